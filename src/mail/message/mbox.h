/* SPDX-License-Identifier: ISC */
/* mbox: the line that mailbox files put before a message (RFC 4155). */
#ifndef MAIL_MESSAGE_MBOX_H
#define MAIL_MESSAGE_MBOX_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Is a line (without its line end) such a separator: "From ", a sender, and
 * a date as asctime(3) writes it, seconds optional, a time zone allowed
 * before or after the year? "From " with anything else is text that somebody
 * wrote, and must not be lost.
 */
bool mbox_is_separator(const char *line, size_t n);

#endif
