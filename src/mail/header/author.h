/* SPDX-License-Identifier: ISC */
/* author: whom a message says it is from. */
#ifndef MAIL_HEADER_AUTHOR_H
#define MAIL_HEADER_AUTHOR_H

#include <stdbool.h>

struct header;
struct mailbox;

/*
 * The first mailbox of the first Resent-From field, who is the last to have
 * sent the message, else of the From field. False when there is none, or it
 * cannot be parsed; else the caller frees it.
 */
bool author_find(struct mailbox *, const struct header *);

#endif
