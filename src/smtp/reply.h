/* SPDX-License-Identifier: ISC */
/* reply: the replies of a server (RFC 5321 section 4.2). */
#ifndef SMTP_REPLY_H
#define SMTP_REPLY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/fault.h"

#define REPLY_MAX (64 * 1024)	/* octets of one reply, all lines */

struct reply {
	int code;		/* three digits */
	int subject;		/* enhanced status code X.subject.detail */
	int detail;		/* (RFC 3463); both -1 when there is none */
	struct buffer text;	/* raw lines without codes, '\n' between them */
};

/* How far a submission has come: the step that was begun last. */
enum phase {
	PHASE_NONE,		/* no connection was tried */
	PHASE_CONNECT,		/* names, dialling, proxies */
	PHASE_TLS,		/* a handshake, or the certificate */
	PHASE_GREETING, PHASE_HELLO, PHASE_STARTTLS, PHASE_AUTH, PHASE_MAIL,
	PHASE_RCPT,
	PHASE_DATA,		/* DATA, or a chunk that is not the last */
	PHASE_MESSAGE		/* the end of data may have been sent */
};

void reply_init(struct reply *);
void reply_free(struct reply *);
/* As after reply_init(): the code is 0. */
void reply_clear(struct reply *);
/* Both must be initialised. */
void reply_copy(struct reply *to, const struct reply *from);
/*
 * Parses one reply at the front of n octets. 1: complete, *used octets long.
 * 0: more octets are needed. -1: not a reply (bad code, lines that do not
 * agree, too long). A lone LF ends a line too.
 */
int reply_parse(struct reply *, const char *p, size_t n, size_t *used);
/* 2 for 2yz and so on. */
int reply_digit(const struct reply *);
/* Has it the enhanced status code X.subject.detail? */
bool reply_has_status(const struct reply *, int subject, int detail);
/*
 * The next line of the text: n octets at *line, which is never NULL. *at is
 * where to look, 0 at first; false when there are no more. The line was the
 * last one if reply_is_last() says so of *at.
 */
bool reply_line(const struct reply *, size_t *at, const char **line,
    size_t *n);
bool reply_is_last(const struct reply *, size_t at);
/* Adds code and text on one line, as it is shown to people; not escaped. */
void reply_add_text(const struct reply *, struct buffer *);
/*
 * Records the fault for a reply that is not the wanted one: the peer, what it
 * refused, its reply. The class goes by the first digit; what the refusal
 * means is for delivery/diagnosis. Always -1.
 */
int reply_refused(const struct reply *, const char *peer, const char *what,
    struct fault *);

/*
 * ---- queueid: the name that a server has given to a message, from its reply
 * to the end of data. No RFC says where it stands; these servers are known:
 *
 *	2.0.0 Ok: queued as 4XyZ1b2c3Dz9	Postfix
 *	OK id=1rTz8K-0004dP-1x			Exim
 *	2.0.0 41SFxyz012345 Message accepted	sendmail, OpenSMTPD
 *	2.6.0 <...> [InternalId=4321, ...	Exchange
 */

#define QUEUEID_MIN 4	/* octets; what is shorter may be anything */
#define QUEUEID_MAX 64	/* octets; Exchange's number has 20, Exim's name 23 */

/*
 * Finds it in the text of a reply (as in struct reply). Its length, and *id
 * points into the text; 0 when there is none, or something that only looks
 * like one: a queue id consists of letters, digits, "-" and "_", and has a
 * digit.
 */
size_t queueid_find(const char *text, size_t n, const char **id);

#endif
