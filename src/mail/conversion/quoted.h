/* SPDX-License-Identifier: ISC */
/*
 * quoted: quoted-printable, RFC 2045 section 6.7, of text in wire form. How
 * the text is cut into calls has no influence on what comes out.
 */
#ifndef MAIL_CONVERSION_QUOTED_H
#define MAIL_CONVERSION_QUOTED_H

#include <stdbool.h>
#include <stddef.h>

struct buffer;

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
