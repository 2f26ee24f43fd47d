/* SPDX-License-Identifier: ISC */
/*
 * loopback: the end of a sign-in in a browser (RFC 8252 section 7.3): an HTTP
 * server on 127.0.0.1 that the browser is redirected to, and standard input,
 * into which the address can be pasted that it was redirected to.
 */
#ifndef OAUTH2_LOOPBACK_H
#define OAUTH2_LOOPBACK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buffer.h"

struct fault;

#define LOOPBACK_VISITORS 16	/* connections at a time */

struct loopback {
	int listener;
	unsigned port;
	struct {
		int fd;			/* -1: none */
		int64_t deadline;
		struct buffer head;	/* of the request, as far as it came */
	} visitor[LOOPBACK_VISITORS];
	int input;			/* -1: it has ended */
	struct buffer typed;		/* a line that has no end yet */
};

/* Listens on a free port. FAULT_SYSTEM. loopback_close() in any case. */
int loopback_open(struct loopback *, struct fault *);
void loopback_close(struct loopback *);
/*
 * Waits until a request or a pasted address has that state, and adds its query
 * to the buffer. Other requests get 404; the end of standard input ends
 * nothing. FAULT_TEMPORARY after so many milliseconds.
 */
int loopback_wait(struct loopback *, const char *state, int64_t ms,
    struct buffer *query, struct fault *);

#endif
