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

/*
 * ---- quoted.c: quoted-printable, RFC 2045 section 6.7, of text in wire form.
 * How the text is cut into calls has no influence on what comes out.
 */

#define QUOTED_LINE_MAX 76	/* octets of a line, RFC 2045 section 6.7 (5) */

struct quoted {
	size_t column;		/* octets on the line so far */
	/* held back until the next octet is known: */
	size_t from;		/* octets of what may become "From " */
	char blank;		/* a blank that may end its line, or 0 */
	bool cr;		/* a CR whose LF may follow */
	char *to;		/* where the next octet is written */
};

void quoted_start(struct quoted *);
/*
 * Adds the encoded form of n octets. CRLF stays the end of a line; a CR or LF
 * alone, a NUL and all else that might not survive becomes =XX: blanks in
 * front of a line end, a dot that begins a line, and the F of "From " (RFC
 * 2049 section 3). The buffer must have room for QUOTED_GROWTH octets for each,
 * and QUOTED_MORE; without it, nothing is added.
 */
void quoted_add(struct quoted *, struct buffer *, const char *, size_t n);
/* The text has ended: what was held back, QUOTED_MORE octets at most. */
void quoted_end(struct quoted *, struct buffer *);

#define QUOTED_GROWTH 4
#define QUOTED_MORE 64

#endif
