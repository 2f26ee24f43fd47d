/* SPDX-License-Identifier: ISC */
/*
 * query: commands that carry no message and have one reply: ETRN (RFC 1985),
 * VRFY and EXPN (RFC 5321 section 3.5).
 */
#ifndef SMTP_QUERY_H
#define SMTP_QUERY_H

struct fault;
struct reply;
struct session;

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
