/* SPDX-License-Identifier: ISC */
/*
 * framing: how a message's octets are marked off from commands: DATA's dots
 * (RFC 5321 section 4.5.2). It looks at what was emitted, never at what was
 * read, and its input knows no line end but CRLF: an early end of data
 * cannot be expressed.
 */
#ifndef SMTP_FRAMING_H
#define SMTP_FRAMING_H

#include <stdbool.h>
#include <stddef.h>

struct dialogue;

struct framing {
	struct dialogue *dialogue;
	bool line_start;	/* the last octets emitted were a line end */
};

void framing_start(struct framing *, struct dialogue *);
void framing_put(struct framing *, const char *, size_t);
/* The end of data. A message without a final CRLF gets it. */
void framing_end(struct framing *);

#endif
