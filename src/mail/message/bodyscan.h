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

#include "mail/message/verbline.h"

/* Octets of a line without CRLF: RFC 5322 section 2.1.1. */
#define MESSAGE_LINE_MAX 998

/* Octets that lie between two places where a body may be cut, or more: it is
 * cut only where a line begins. */
#define BODY_STEP (1024 * 1024)

/* Where to cut, and whether that does any harm. */
struct bodycuts {
	bool verb;		/* a line could be run: see mail/verbline.h */
	uint64_t *at;		/* offsets in wire form, rising */
	size_t count;
	size_t cap;
};

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

#endif
