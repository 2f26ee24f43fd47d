/* SPDX-License-Identifier: ISC */
#ifndef SMARTHOST_BODY_H
#define SMARTHOST_BODY_H

#include <stdbool.h>
#include <stdio.h>

#include "peer.h"

enum body_flaw {
	BODY_GOOD,
	BODY_BARE_CR, /* a CR that no LF follows */
	BODY_BARE_LF, /* a LF that no CR precedes */
	BODY_NUL,
	BODY_DOT,     /* a line that begins with one dot: it was not stuffed */
	BODY_TORN     /* the last line has no CRLF (BDAT ... LAST only) */
};

/*
 * A message on its way from the wire into a file, read in pieces, never held
 * in memory. Set up with body_begin.
 */
struct body {
	FILE *sink;    /* NULL: discarded; the caller opens and closes it */
	bool unstuff;  /* store lines without the dot that was added */
	bool fastidious; /* body_read_dot stops at the first flaw */

	enum body_flaw flaw;          /* the first one */
	unsigned long long flaw_at;   /* octets before it on the wire */
	unsigned long long wire;      /* octets read, framing included */
	unsigned long long stored;    /* octets of content */
	unsigned long long longest;   /* line, in octets without CRLF */
	bool eight_bit;
	bool write_failed;            /* the sink did not take it */

	unsigned long long line;      /* octets in the current line */
	unsigned state;
};

void body_begin(struct body *body, FILE *sink);

/*
 * Reads after 354 up to and including CRLF.CRLF (or .CRLF, when there is
 * nothing else: RFC 5321 section 4.1.1.4); what is stored ends with the CRLF
 * before the dot. Returns -1 when the client closed before that, and when
 * fastidious and there is a flaw.
 */
int body_read_dot(struct body *body, struct peer *peer);

/*
 * Reads a chunk of size octets (RFC 3030). Without BINARYMIME the content is
 * text like any other, so flaws are looked for; a line may span chunks. After
 * the last one call body_end. Returns -1 when the client closed early.
 */
int body_read_chunk(struct body *body, struct peer *peer,
    unsigned long long size);
void body_end(struct body *body);

/* In words, for messages. */
const char *body_flaw_name(enum body_flaw flaw);

#endif
