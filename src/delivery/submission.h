/* SPDX-License-Identifier: ISC */
/*
 * submission: a message over the link to its smarthost, in as many mail
 * transactions as that takes (RFC 6409). Here the envelope meets the wire.
 *
 * The commit point is the reply that settles the last recipient, the final one
 * of the last transaction (LMTP: the last of them), where anybody has got the
 * message: then signals are held (base/wait), until the caller goes on to other
 * work. A signal before that ends the submission as a lost connection does;
 * those who have the message by earlier transactions are told then, too.
 *
 * submission_run() does it all. A caller that hears of the recipients one by
 * one (-bs) says submission_mail(), submission_rcpt(), submission_sync(), and
 * submission_send() when it has the message.
 */
#ifndef DELIVERY_SUBMISSION_H
#define DELIVERY_SUBMISSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "smtp/transaction.h"

struct envelope;
struct link;
struct message;
struct outcome;
struct probe;
struct session;

/*
 * Somebody who writes down how far a submission has come, so that it is known
 * although the process is killed. -1 of before_end(), with a fault: the message
 * is not sent.
 */
struct journal {
	/* the message may be delivered from now on */
	int (*before_end)(void *context, struct fault *);
	/* a transaction is over: the envelope says who has the message */
	void (*settled)(void *context, bool unsure);
	void *context;
};

struct submission {
	struct link *link;
	struct envelope *envelope;
	struct outcome *outcome;
	const struct message *message;	/* NULL until it is known */
	struct journal *journal;	/* not owned; or NULL */
	bool stepwise;		/* the caller asks for each step */
	bool stay;		/* the session goes on: no QUIT */
	bool reused;		/* stepwise: MAIL was said in an old session */
	uint64_t octets;	/* to be declared by SIZE, 0: unknown */
	bool eight_bit;		/* BODY=8BITMIME is declared */
	bool utf8;		/* SMTPUTF8 is declared */
	struct chunk_plan chunks;
	bool chunking;		/* the message may go by BDAT */
	size_t first;		/* no recipient before it is pending */
	size_t opened;		/* those before it are of earlier sessions */
	size_t limit;		/* recipients in a transaction; 0: unknown */
	struct reply refusal;	/* the last one of a recipient */
	bool begun;		/* there is a transaction: */
	struct transaction transaction;
};

/* Nothing is owned. `stepwise`: see above; then the session stays, too. */
void submission_init(struct submission *, struct link *, struct envelope *,
    struct outcome *, bool stepwise);
void submission_free(struct submission *);

/*
 * Submits over a link that is open. 0: every recipient has the message, for a
 * 2yz to the end of data was read. -1: the fault and the outcome say why, and
 * the envelope's recipients carry the replies that refused them; some may have
 * the message all the same. eight_bit: BODY=8BITMIME was asked for even if
 * there is no 8-bit data.
 */
int submission_run(struct submission *, const struct message *,
    bool eight_bit, struct fault *);

/*
 * Opens the link where that is needed, and says MAIL, with SIZE unless octets
 * is 0; its reply comes with a sync. A session that turns out to have gone
 * stale is replaced, and MAIL and RCPT are said again.
 */
int submission_mail(struct submission *, uint64_t octets, bool eight_bit,
    struct fault *);
/* RCPT for the envelope's recipient of that number; each at most once. */
int submission_rcpt(struct submission *, size_t recipient, struct fault *);
/* Reads every reply that is owed. */
int submission_sync(struct submission *, struct fault *);
/*
 * The message, to those that were accepted; there must be one. As
 * submission_run(); transaction_final() of the transaction is what a client
 * may be told.
 */
int submission_send(struct submission *, const struct message *,
    struct fault *);
/*
 * Asks the smarthost for the envelope, one command after the other, and tells
 * of each that was accepted: "MAIL" and "RCPT", with the address. There is no
 * message. 0: every recipient was accepted. -1: as it would be if there were
 * one.
 */
int submission_rehearse(struct submission *, const struct probe *,
    struct fault *);
/*
 * Something on this side ends it, with whatever has come so far: the outcome is
 * filled, and the fault says why, and whether the message may have been
 * delivered; none when every recipient has it.
 */
void submission_break_off(struct submission *, const char *why,
    struct fault *);
/*
 * Ends it; a transaction that the smarthost may have open is reset. A session
 * that is of no more use is closed.
 */
void submission_end(struct submission *);

/*
 * ---- rejection.c: the sentence that tells the user who was refused, and what
 * the server said. Each records a fault, whose meaning is delivery/diagnosis'.
 */

/* MAIL was refused. Always -1. */
int rejection_of_sender(const struct transaction *, struct fault *);
/* No recipient was accepted, the last one refused by this reply. Always -1. */
int rejection_of_all(struct session *, const struct envelope *,
    const struct reply *last, struct fault *);
/* `rejected_recipients abort`: some were refused, so nobody gets it. */
int rejection_of_some(const struct transaction *, struct fault *);
/* REQUIRETLS is asked for, and this session is not fit for it. */
int rejection_by_tls(const struct session *, const struct envelope *,
    struct fault *);
/* The server takes no message as large as this: -1. Else 0. */
int rejection_by_size(const struct session *, const struct message *,
    struct fault *);
/* All or none cannot be had in two transactions: -1. Else 0. */
int rejection_by_count(const struct session *, const struct envelope *,
    struct fault *);

#endif
