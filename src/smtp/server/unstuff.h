/* SPDX-License-Identifier: ISC */
/*
 * unstuff: removes the dots that a client has put before lines of its message
 * behind DATA (RFC 5321 section 4.5.2), and finds the end. The message ends at
 * CRLF.CRLF only. A dot between bare LFs is text: if it ended the message
 * here and not at the smarthost, or the other way round, a second message
 * could be smuggled in the first.
 */
#ifndef SMTP_SERVER_UNSTUFF_H
#define SMTP_SERVER_UNSTUFF_H

#include <stdbool.h>
#include <stddef.h>

struct unstuff {
	bool lf_ends;		/* a terminal: LF ends a line, too */
	bool line_start;	/* the next octet begins a line */
	bool cr;		/* the last octet was a CR */
	bool ended;		/* the message has; a command follows */
};

void unstuff_start(struct unstuff *, bool lf_ends);
/*
 * Looks at the next n octets of input and returns how many of them have been
 * consumed; the last *len of those are octets of the message. 0: more input is
 * needed, with these octets at its front. The result does not depend on how
 * the input is cut. Not to be called once the message has ended.
 */
size_t unstuff_next(struct unstuff *, const char *p, size_t n, size_t *len);

#endif
