/* SPDX-License-Identifier: ISC */
/*
 * probe: what a server says about itself in a session. It is kept to be
 * printed when the session has ended, or has failed.
 */
#ifndef SMTP_PROBE_H
#define SMTP_PROBE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/fault.h"
#include "smtp/reply.h"

struct mailbox;
struct route;
struct session;
struct tls;

struct probe {
	struct reply greeting;	/* code 0: none came */
	struct reply clear;	/* to EHLO before STARTTLS; code 0: none */
	struct reply hello;	/* to the last EHLO; code 0: none */
	bool json;		/* what is kept of TLS is to be JSON */
	struct buffer tls;	/* as of tls_add_report(); empty: no TLS */
	struct fault distrust;	/* why the certificate is not trusted */
	/* is told of each step that was taken, with the clock_now() of that,
	 * and in one printable line what came of it; or NULL */
	void (*step)(void *context, const char *what, int64_t when,
	    const char *detail);
	void *context;
};

void probe_init(struct probe *);
void probe_free(struct probe *);

/* For the session to record it; they do nothing where the probe is NULL. */
void probe_greeting(struct probe *, const struct reply *);
void probe_hello(struct probe *, const struct reply *);
void probe_secured(struct probe *, const struct tls *);
/* The name and its addresses. */
void probe_looked_up(struct probe *, const char *);
void probe_connected(struct probe *, const struct route *, int fd);
void probe_authenticated(struct probe *, const char *mechanism,
    const char *user);
void probe_accepted(const struct probe *, const char *command,
    const struct mailbox *);

/*
 * Adds a line, printable, indented and ended by '\n', for each keyword of an
 * EHLO reply (RFC 5321 section 4.1.1.1), with an explanation of those that
 * are known.
 */
void probe_add_capabilities(struct buffer *, const struct reply *);
/* Adds the lines of a reply as they came, printable and ended by '\n'. */
void probe_add_reply(struct buffer *, const struct reply *);

/*
 * ---- query.c: commands that carry no message and have one reply: ETRN (RFC
 * 1985), VRFY and EXPN (RFC 5321 section 3.5).
 */

enum query { QUERY_ETRN, QUERY_VRFY, QUERY_EXPN };

/*
 * Sends the command in an open session, with the domain of its argument as
 * A-labels. 0: *r, which must be initialised, is the reply. -1, and *r is the
 * reply if one came: FAULT_REFUSED when the server does not offer the command
 * or the SMTPUTF8 that the argument needs, or refuses; FAULT_DATA when it
 * does not understand the argument; FAULT_RECIPIENT when it knows no such
 * mailbox or list; FAULT_TEMPORARY; FAULT_PROTOCOL.
 */
int query_make(struct session *, enum query, const char *argument,
    struct reply *r, struct fault *);
/* What a reply with a good code means, or NULL where it speaks for itself. */
const char *query_meaning(enum query, const struct reply *);

#endif
