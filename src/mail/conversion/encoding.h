/* SPDX-License-Identifier: ISC */
/* encoding: the transfer forms of header text and of SMTP parameters. */
#ifndef MAIL_CONVERSION_ENCODING_H
#define MAIL_CONVERSION_ENCODING_H

#include <stdbool.h>
#include <stddef.h>

struct buffer;

/*
 * Adds a display name as an RFC 5322 phrase: as it is when it consists of
 * atoms, quoted when it has specials, RFC 2047 encoded words (UTF-8, at most
 * 75 octets each, folded by CRLF SP, never splitting a character) when it is
 * not ASCII. Bytes that are not UTF-8 are taken as ISO 8859-1.
 */
void encoding_add_phrase(struct buffer *, const char *, size_t);

/*
 * Adds well-formed UTF-8 as encoded words, by B or Q, whichever is shorter,
 * as above; the first begins in that column, counted from 0, and its line
 * holds at most 76 octets where the column leaves room for a character, which
 * up to ENCODING_COLUMN_MAX it does.
 */
void encoding_add_words(struct buffer *, const char *, size_t, size_t column);
#define ENCODING_COLUMN_MAX 50
#define ENCODING_WORD_MAX 75	/* octets of one, RFC 2047 section 2 */

/* RFC 3461 section 4: xtext. */
void encoding_add_xtext(struct buffer *, const char *, size_t);

#endif
