/* SPDX-License-Identifier: ISC */
/*
 * rewrap: base64 (RFC 2045 section 6.8) in lines of its own. What it decodes
 * to stays the same. How the text is cut into calls has no influence.
 */
#ifndef MAIL_CONVERSION_REWRAP_H
#define MAIL_CONVERSION_REWRAP_H

#include <stdbool.h>
#include <stddef.h>

struct buffer;

#define REWRAP_LINE_MAX 76	/* octets of a line, RFC 2045 section 6.8 */

struct rewrap { /* all zeros at first */
	size_t column;		/* octets on the line so far */
	bool foreign;		/* there was text that is no base64 */
};

/* Adds n octets without their blanks and line ends, 2 * n octets at most. */
void rewrap_add(struct rewrap *, struct buffer *, const char *, size_t n);
/* The text has ended. */
void rewrap_end(struct rewrap *, struct buffer *);

#endif
