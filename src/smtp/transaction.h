/* SPDX-License-Identifier: ISC */
/*
 * transaction: one mail transaction over an open session, step by step (RFC
 * 5321 section 3.3), for callers that decide between the steps:
 *
 *	transaction_init(&t, &session, &envelope, true);
 *	transaction_mail(&t, octets, eight_bit, utf8, f);
 *	transaction_rcpt(&t, 0, f);		as the recipients come
 *	transaction_rcpt(&t, 1, f);
 *	transaction_sync(&t, f);		now all replies have come
 *	... t.mail, transaction_reply(&t, 0), transaction_reply(&t, 1)
 *	content_data(&t, f);
 *	content_send_data(&t, ...);		to the accepted recipients
 *	... transaction_final(&t)
 *	transaction_free(&t);
 *
 * Instead of DATA a caller may say transaction_reset(); it must,
 * before the session takes another transaction, unless the final reply is 2yz.
 * With PIPELINING the commands between two syncs travel as one group, and a
 * sync that is owed nothing costs nothing; without it each command waits for
 * its reply. When a step returns -1, the connection is of no more use, and
 * session_close() is all that is left. A refusal is not such a failure: it is
 * in the reply.
 */
#ifndef SMTP_TRANSACTION_H
#define SMTP_TRANSACTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "smtp/reply.h"

struct envelope;
struct session;

struct transaction {
	struct session *session;
	struct envelope *envelope;
	bool utf8;		/* SMTPUTF8 was declared */
	struct reply mail;	/* code 0: no reply yet; so are the others */
	struct reply refusal;	/* the last one of a recipient */
	struct reply data;	/* to DATA */
	struct reply end;	/* to the end of data, or the first refusal of
				 * a chunk */
	size_t accepted;	/* recipients whose RCPT was accepted */
	size_t overflow;	/* RCPTs answered 452 4.5.3: they are for the
				 * next transaction */
	bool spill;		/* leave those RECIPIENT_PENDING, provided that
				 * somebody was accepted before them */
	bool chunk_failed;	/* a chunk was refused, and no more were sent */
	bool end_put;		/* the end of data was sent */
	bool end_taken;		/* and has a 2yz */
	bool dismissed;		/* QUIT's reply came where the end's was owed */
	bool unsure;		/* the message may have been delivered */
	size_t awaited;		/* replies to the end that have not come */
	size_t settled;		/* LMTP: RCPTs whose final reply has come */
	size_t *asked;		/* recipients in the order of their RCPTs */
	size_t asked_count;
	size_t asked_cap;
	size_t answered;	/* RCPTs whose reply has come */
	/*
	 * Called before the last octet of the message is put, or NULL: from
	 * then on it may be delivered. -1 with a fault: that octet is not sent.
	 */
	int (*before_end)(void *context, struct fault *);
	void *context;
	bool keep;		/* every reply to RCPT is kept: see
				 * transaction_reply() */
	struct reply *kept;	/* by number of the recipient */
	size_t kept_count;
};

/*
 * Session and envelope are not owned. Recipients may be added to the envelope
 * until DATA, and their states are kept in it: PENDING before the
 * reply to RCPT, then ACCEPTED, DEFERRED or REFUSED; DELIVERED after the final
 * reply.
 */
void transaction_init(struct transaction *, struct session *,
    struct envelope *, bool keep);
/* Replies that are still owed must not be waited for any more. */
void transaction_free(struct transaction *);
/*
 * MAIL, with the envelope's reverse-path and delivery status wishes, and the
 * parameters for which the server has the extension: SIZE unless octets is 0,
 * BODY=8BITMIME, SMTPUTF8; and REQUIRETLS where it is wished for, in any case.
 * FAULT_DATA, and nothing is sent, for an address that no command can hold (see
 * path_check()).
 */
int transaction_mail(struct transaction *, uint64_t octets, bool eight_bit,
    bool utf8, struct fault *);
/* RCPT for the envelope's recipient of that number; each at most once. */
int transaction_rcpt(struct transaction *, size_t recipient, struct fault *);
/* Reads every reply that is owed. -1 as dialogue_sync(). */
int transaction_sync(struct transaction *, struct fault *);
/*
 * The reply to this recipient's RCPT; its code is 0 while there is none. Only
 * with `keep`. Valid until the next transaction_rcpt().
 */
const struct reply *transaction_reply(const struct transaction *,
    size_t recipient);
/*
 * The reply that settled the message: with 2yz it is the server's, with any
 * other nobody gets it. The one to DATA if that was refused. With LMTP the
 * best of all, but the worst with `keep`, whose caller has one client to
 * answer. Code 0: there is none.
 */
const struct reply *transaction_final(const struct transaction *);
/*
 * Makes the recipients that were asked pending again, for another
 * transaction: what refused them was not about themselves.
 */
void transaction_forget(struct transaction *);
/* RSET, and its reply. -1 also when that is not 2yz. */
int transaction_reset(struct transaction *, struct fault *);
/*
 * Is this the 2yz that was wanted? A 221 behind our QUIT belongs to that.
 */
bool transaction_is_success(const struct transaction *, const struct reply *);
/* Marks the recipient as refused, or deferred, by this reply. */
void transaction_refuse(struct transaction *, size_t recipient,
    const struct reply *);

#endif
