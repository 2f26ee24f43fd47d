/* SPDX-License-Identifier: ISC */
/*
 * unstuff: the octets behind DATA (RFC 5321 section 4.5.2), for when we are
 * the server. The message ends at CRLF.CRLF and at nothing else: a lone dot
 * between other line ends is text, so that nobody can hide a second message
 * in a first one by disagreeing with us on what a line is.
 */
#ifndef SMTP_SERVER_UNSTUFF_H
#define SMTP_SERVER_UNSTUFF_H

#include <stdbool.h>
#include <stddef.h>

struct unstuff {
	bool lf_ends;		/* a person types: LF ends a line, too */
	bool line_start;	/* the next octet begins a line */
	bool cr;		/* the last octet was a CR */
	bool ended;		/* what follows is the next command */
};

void unstuff_start(struct unstuff *, bool lf_ends);
/*
 * Looks at n octets and returns how many of them are done with; of these the
 * last *len are the message's. 0: it takes more octets to tell. How the input
 * is cut has no influence. Not to be called once it has ended.
 */
size_t unstuff_next(struct unstuff *, const char *p, size_t n, size_t *len);

#endif
