/* SPDX-License-Identifier: ISC */
/*
 * course: one mail transaction over an open session, step by step (RFC 5321
 * section 3.3), for whoever decides between the steps. submission_run()
 * is made of it; a mode that hears commands one by one uses it like this:
 *
 *	transaction_init(&c, &session, &envelope, true);
 *	transaction_mail(&c, octets, eight_bit, utf8, f);
 *	transaction_rcpt(&c, 0, f);		as the recipients come
 *	transaction_rcpt(&c, 1, f);
 *	transaction_sync(&c, f);		now all of their replies are
 *known
 *	... c.mail, transaction_reply(&c, 0), transaction_reply(&c, 1)
 *	transaction_send(&c, &message, f);	to those that were accepted
 *	... transaction_verdict(&c)
 *	transaction_free(&c);
 *
 * and instead of transaction_send() it may say transaction_reset(); it has to
 *unless the verdict is 2yz. Then the session is ready for the next course. With
 * PIPELINING, what stands between two syncs travels as one group, and a sync
 * without anything owed costs nothing; without it each step waits for its
 * reply. Any step that returns -1 has met a connection that is of no more use:
 * all that is left is session_close(). A refusal is not such a failure; it is
 * in the reply.
 */
#ifndef SMTP_TRANSACTION_H
#define SMTP_TRANSACTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "smtp/reply.h"

struct chunk_plan;
struct envelope;
struct fault;
struct message;
struct session;

struct transaction {
	struct session *session;
	struct envelope *envelope;
	bool utf8;		/* SMTPUTF8 was declared */
	struct reply mail;	/* code 0: no reply yet; so are the others */
	struct reply refusal;	/* the last one of a recipient */
	struct reply data;	/* to DATA */
	struct reply end;	/* to the end of the message, or the first
				 * refusal of a chunk */
	size_t accepted;	/* recipients whose RCPT was accepted */
	size_t overflow;	/* 452 4.5.3: for another transaction */
	bool spill;		/* leave those RECIPIENT_PENDING, but when
				 * nobody was accepted before them */
	bool chunk_failed;	/* and no other was sent */
	bool last_put;		/* the end of the message was sent */
	bool last_taken;	/* and has a 2yz */
	bool dismissed;		/* QUIT's reply came in place of its own */
	bool unknown;		/* it may have been delivered */
	size_t awaited;		/* replies to it that have not come */
	size_t settled;		/* LMTP: RCPTs whose last reply has come */
	size_t *asked;		/* recipients in the order of their RCPTs */
	size_t asked_count;
	size_t asked_cap;
	size_t answered;    /* RCPTs whose reply has come */
	bool keep;	    /* every reply to RCPT, for transaction_reply() */
	struct reply *kept; /* by number of the recipient */
	size_t kept_count;
};

/*
 * A course of its own for each transaction. Session and envelope are not
 * owned; recipients may be added to the envelope until transaction_send(), and
 * their states are kept in it: PENDING before the reply to RCPT, then
 * ACCEPTED, DEFERRED or REFUSED; DELIVERED after transaction_send(). keep: the
 * replies to RCPT will be wanted as they were.
 */
void transaction_init(struct transaction *, struct session *, struct envelope *,
    bool keep);
/* What was asked and not yet answered must not be waited for any more. */
void transaction_free(struct transaction *);
/*
 * MAIL, with the envelope's reverse-path and delivery status wishes, and the
 * parameters for which the server has the extension: SIZE unless octets is 0,
 * BODY=8BITMIME, SMTPUTF8. FAULT_DATA, and nothing sent, for an address that
 * no command can hold (see path_check()).
 */
int transaction_mail(struct transaction *, uint64_t octets, bool eight_bit,
		     bool utf8, struct fault *);
/* RCPT for the envelope's recipient of that number; each at most once. */
int transaction_rcpt(struct transaction *, size_t recipient, struct fault *);
/* Now every reply that is owed has come. -1 as dialogue_sync(). */
int transaction_sync(struct transaction *, struct fault *);
/*
 * What was said to this recipient's RCPT; code 0: nothing yet. Only with
 * `keep`. Valid until the next transaction_rcpt().
 */
const struct reply *transaction_reply(const struct transaction *,
				      size_t recipient);
/*
 * The message, whole, for all that are RECIPIENT_ACCEPTED; there must be one.
 * By BDAT (RFC 3030) where the server has it and the message can do no harm
 * (see smtp/chunk.h), else by DATA. A server that answers BDAT with 500 to 504
 * gets DATA from the next course on. With LMTP each recipient has a reply of
 * its own, and becomes DELIVERED, DEFERRED or REFUSED by it.
 * 0: transaction_verdict() is what came of it. -1: no reply came, and the fault
 * says so; if the connection broke between the end of the message and the
 * reply, that it may have been delivered; FAULT_IO if its file failed. After
 * -1 the session must be closed, which then breaks off without QUIT.
 */
int transaction_send(struct transaction *, const struct message *,
		     struct fault *);
/*
 * The reply that settled the message: 2yz, and it is the server's; any other,
 * and nobody gets it. To DATA, if that was refused. With LMTP 2yz if anybody
 * has it.
 */
const struct reply *transaction_verdict(const struct transaction *);
/*
 * RSET, and waits for its reply, whatever it says of this transaction. -1
 * also when it is not 2yz.
 */
int transaction_reset(struct transaction *, struct fault *);

/* smtp/payload.c: what submission_run() needs beyond these. */

/* Is this the 2yz that was wanted? A 221 behind our QUIT is QUIT's. */
bool transaction_is_success(const struct transaction *, const struct reply *);
/* The recipient is refused, or deferred, by this reply. */
void transaction_refuse(struct transaction *, size_t recipient,
			const struct reply *);
/* DATA; its reply comes with the next sync. */
int transaction_data(struct transaction *, struct fault *);
/* The message behind a 354, and its reply. As transaction_send(). */
int transaction_send_data(struct transaction *, const struct message *,
			  bool quit, struct fault *);
/*
 * The message by BDAT, and its replies. The window of chunks whose replies
 * have not come is bounded; behind one that was refused no other is sent. What
 * the envelope is owed may come with it. quit: QUIT rides along. As
 * transaction_send().
 */
int transaction_send_chunks(struct transaction *, const struct message *,
    const struct chunk_plan *, bool quit, struct fault *);
/* 354 although nobody is left: RFC 2920 wants an end of data at once. */
void transaction_end_unwanted(struct transaction *);
/* The message was sent, and what became of it is not known: says so. */
void transaction_add_unknown(struct transaction *, struct fault *);

#endif
