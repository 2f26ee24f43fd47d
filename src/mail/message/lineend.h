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

/*
 * Where the next line begins that one which ends at eol, before `end`, is
 * followed by. *cr is set when the last octet before `end` is a CR: its LF may
 * be the first octet of the next block.
 */
const char *line_next(const char *eol, const char *end, bool *cr);
/* Where to go on in a block, which is not empty: behind the LF of such a CR.
 * *cr is false afterwards. */
const char *line_behind_cr(const char *p, bool *cr);

/* Octets on their way; zeroed to begin with. */
struct lineend {
	bool cr;	/* the last octet was a CR: its LF may follow */
	bool open;	/* the last line has no end yet */
};
/* What n octets may come to. */
#define LINEEND_ROOM(n) (2 * (n))
/* Converts n octets to at most LINEEND_ROOM(n) at `to`; returns how many. */
size_t lineend_convert(struct lineend *, const char *, size_t n, char *to);

#endif
