/* SPDX-License-Identifier: ISC */
/*
 * inquiry: commands that carry no message and have one reply: ETRN (RFC 1985),
 * VRFY and EXPN (RFC 5321 section 3.5).
 */
#ifndef SMTP_QUERY_H
#define SMTP_QUERY_H

struct fault;
struct reply;
struct session;

enum query { QUERY_ETRN, QUERY_VRFY, QUERY_EXPN };

/*
 * Sends the command in an open session, domains that are not ASCII as
 * A-labels where nothing else needs UTF-8. 0: *r is the reply. -1, and *r is
 * the reply if one came: FAULT_REFUSED when the server does not offer what is
 * asked for or will not do it now, FAULT_DATA when it cannot make sense of
 * the argument, FAULT_RECIPIENT when it knows no such mailbox or list,
 * FAULT_TEMPORARY, or FAULT_PROTOCOL.
 */
int query_make(struct session *, enum query, const char *argument,
    struct reply *r, struct fault *);
/* What a reply with a good code means, or NULL where it speaks for itself. */
const char *query_meaning(enum query, const struct reply *);

#endif
