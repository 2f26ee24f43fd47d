/* SPDX-License-Identifier: ISC */
/*
 * bodyscan: what there is to know of a body, found in one look at its octets
 * while they come in, with whatever line ends they have.
 */
#ifndef MAIL_MESSAGE_BODYSCAN_H
#define MAIL_MESSAGE_BODYSCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Octets of a line without CRLF: RFC 5322 section 2.1.1. */
#define MESSAGE_LINE_MAX 998

/* Octets that lie between two places where a body may be cut, or more: it is
 * cut only where a line begins. */
#define BODY_STEP (1024 * 1024)

/* Where to cut, and whether that does any harm. */
struct bodycuts {
	bool verb;		/* a line could be run: see below */
	uint64_t *at;		/* offsets in wire form, rising */
	size_t count;
	size_t cap;
};

/*
 * ---- verbline.c: could a server run this line of a message?
 *
 * BDAT (RFC 3030) marks a chunk off by its length alone. A broken server that
 * refuses the command and does not read the chunk takes its lines for commands,
 * so whoever wrote the message could have it send mail in our name. Such a line
 * begins with a verb of SMTP, in any mixture of case, behind blanks (of any
 * usual character set), also as quoted-printable.
 */

#define VERBLINE_VERB_MAX 8	/* octets of the longest verb: STARTTLS */
/*
 * Octets of a longer line need not begin a line only for us: no server has to
 * take a longer command whole (RFC 5321 section 4.5.3.1.4, without CRLF).
 */
#define VERBLINE_MAX 510

/* What is known of a line that comes in pieces; zeroed before the first. */
struct verbline {
	bool decided;		/* the rest of this line makes no difference */
	int escape;		/* hexadecimal digits to come behind "=" */
	unsigned value;		/* of those that came */
	char word[VERBLINE_VERB_MAX];	/* in lower case */
	size_t len;
};

/* True when the octet completes a verb. At LF or CR the line ends. */
bool verbline_octet(struct verbline *, char);
/*
 * The next octets of whole text in wire form, in pieces of any size: does any
 * of their lines begin with a verb? One that may, and goes on in the next
 * piece, is told then.
 */
bool verbline_text(struct verbline *, const char *, size_t);
/*
 * A line that begins at p and may go on beyond `end`: false when no verb can
 * begin it. Two letters tell nearly all of them.
 */
bool verbline_may_begin(const char *p, const char *end);

struct bodyscan {
	/* what is known of the octets so far; lines without their ends */
	uint64_t octets;	/* in wire form, but for the last line's end */
	uint64_t lines;		/* that have ended */
	uint64_t column;	/* octets of the line that has not */
	uint64_t longest;	/* octets of the longest line that has ended */
	uint64_t long_line;	/* number of the first one above
				 * MESSAGE_LINE_MAX, from 1; 0: none */
	uint64_t nul_line;	/* the first NUL's line and octet, from 1; */
	uint64_t nul_octet;	/* 0: there is none */
	bool eight_bit;
	bool longer;		/* a line end had more octets than CRLF has */
	struct bodycuts cuts;
	/* between two pieces */
	uint64_t crs;		/* CRs that were last: see line_next() */
	bool begins;		/* a line begins with the next octet, but for
				 * the rest of such a run */
	bool in_doubt;		/* the line so far may become a verb: */
	struct verbline verbline;
	uint64_t next_cut;	/* in wire form; not before that */
};

/*
 * Lines are numbered from `lines` on. The octets begin behind that many CRs of
 * a run, as line_next() has them.
 */
void bodyscan_start(struct bodyscan *, uint64_t lines, uint64_t crs);
/* Takes n octets. How they are cut into calls has no influence. */
void bodyscan_add(struct bodyscan *, const char *, size_t n);
/* There are no more: a line that has no end gets one. */
void bodyscan_end(struct bodyscan *);
/* Frees the cuts, the only thing that a bodyscan owns. */
void bodycuts_free(struct bodycuts *);

/*
 * ---- lineend.c: LF, CRLF and CR, in any mixture, become CRLF (RFC 5321
 * section 2.3.8). A run of CRs in front of an LF is one line end with it:
 * converters that meet CRLF where they expect LF leave such. In a run that no
 * LF follows each CR ends a line. How the octets are cut into calls has no
 * influence.
 */

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
