/* SPDX-License-Identifier: ISC */
/*
 * lineend: LF, CRLF and CR, in any mixture, become CRLF (RFC 5321 section
 * 2.3.8). A run of CRs in front of an LF is one line end with it: converters
 * that meet CRLF where they expect LF leave such. In a run that no LF follows
 * each CR ends a line. How the octets are cut into calls has no influence.
 */
#ifndef MAIL_MESSAGE_LINEEND_H
#define MAIL_MESSAGE_LINEEND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The next line ends in a block. Each of the two is looked for again only
 * when it has been passed, so that a block is scanned once for either,
 * whatever mixture it has.
 */
struct line_scan {
	const char *end;
	const char *lf;
	const char *cr;
	const char *lone;	/* no LF follows the CRs in front of this */
	bool longer;		/* a line end had more octets than CRLF has */
};
void line_scan_start(struct line_scan *, const char *p, const char *end);
/* Where the line at p ends; its end is `end` when it is not in this block. */
const char *line_scan_next(struct line_scan *, const char *p);

/*
 * Where the next line begins that one which ends at eol, before `end`, is
 * followed by. *crs is the number of CRs from eol on when nothing else is in
 * the rest of the block: the first has ended the line, and what the others are
 * the next block tells; then it returns `end`.
 */
const char *line_next(struct line_scan *, const char *eol, uint64_t *crs);
/*
 * Where to go on in a block: behind the rest of such a run, and its LF. When
 * there was none, *empty is the number of empty lines that the run comes to,
 * the line apart that it ended; else 0. *crs is 0 afterwards, unless the run
 * goes on in the next block.
 */
const char *line_behind_run(const char *p, const char *end, uint64_t *crs,
    uint64_t *empty);
/* The octets have ended: how many empty lines the run came to. */
uint64_t line_end_run(uint64_t *crs);

/* Octets on their way; zeroed to begin with. */
struct lineend {
	uint64_t crs;	/* CRs that were last, as line_next() has them */
	uint64_t owed;	/* empty lines that are still to be written */
	bool open;	/* the last line has no end yet */
};
/* What lineend_convert() takes at once, and what it may write at once. */
#define LINEEND_PART ((size_t)128 * 1024)
#define LINEEND_ROOM (2 * LINEEND_PART)
/*
 * Converts octets from *p on, which it moves, at most LINEEND_ROOM at `to`;
 * returns how many. To be called until *p is `end` and nothing is owed.
 */
size_t lineend_convert(struct lineend *, const char **p, const char *end,
    char *to);
/* The same when the octets have ended: until nothing is owed. */
size_t lineend_finish(struct lineend *, char *to);

#endif
