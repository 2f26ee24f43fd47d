/* SPDX-License-Identifier: ISC */
/*
 * lineend: LF, CR and CRLF, in any mixture, become CRLF (RFC 5321 section
 * 2.3.8). How the octets are cut into calls has no influence.
 */
#ifndef MAIL_MESSAGE_LINEEND_H
#define MAIL_MESSAGE_LINEEND_H

#include <stdbool.h>
#include <stddef.h>

/*
 * The next line ends in a block. Each of the two is looked for again only
 * when it has been passed, so that a block is scanned once for either,
 * whatever mixture it has.
 */
struct line_scan {
	const char *end;
	const char *lf;
	const char *cr;
};
void line_scan_start(struct line_scan *, const char *p, const char *end);
/* Where the line at p ends; its end is `end` when it is not in this block. */
const char *line_scan_next(struct line_scan *, const char *p);

/* Octets on their way; zeroed to begin with. */
struct lineend {
	bool cr;	/* the last octet was a CR: its LF may follow */
	bool open;	/* the last line has no end yet */
};
/* What n octets may come to, and some that are written in vain. */
#define LINEEND_ROOM(n) (2 * (n) + 64)
/* Converts n octets to at most 2n at `to`; returns how many. */
size_t lineend_convert(struct lineend *, const char *, size_t n, char *to);

#endif
