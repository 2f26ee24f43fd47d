/* SPDX-License-Identifier: ISC */
/*
 * show: what the modes print on standard output, one on a line. Everything is
 * made printable, so that nothing in it can deceive a terminal.
 */
#ifndef MODES_SHOW_H
#define MODES_SHOW_H

#include <stddef.h>

struct account;
struct buffer;
struct fault;
struct mailbox;

/* `what`, with the colon and blank that belong to it, then the text. */
void show_text(const char *what, const char *, size_t);
/* The same with an address, or "<>" where there is no local part. */
void show_mailbox(const char *what, const struct mailbox *);
/* "account: ", its name, where it is defined, and why it was chosen. */
void show_account(const struct account *);
/*
 * Ends the object of JSON that the buffer has with what came of it (status,
 * error and hint), and prints and frees it.
 */
void show_end(struct buffer *, const struct fault *);

#endif
