/* SPDX-License-Identifier: ISC */
/*
 * relay: the smarthost's side of -bs. A transaction is begun, gets recipients
 * one by one, and a message or none; the session with the smarthost lasts
 * while the account stays the same. Nothing here fails: what goes wrong is
 * in the answers, and in the log.
 *
 * The replies are the smarthost's. Where it cannot be reached, and the account
 * has a queue, fallbacks or retry_for, the transaction goes on without it, and
 * the message is sent or kept when it is complete.
 */
#ifndef MODES_SERVE_RELAY_H
#define MODES_SERVE_RELAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/fault.h"
#include "mail/envelope.h"
#include "smtp/capability.h"
#include "delivery/carrier.h"
#include "delivery/delivery.h"

struct buffer;
struct command_mail;
struct command_rcpt;
struct message;
struct peer;
struct request;

struct relay {
	const struct request *request;
	const struct peer *peer;
	struct carrier carrier;		/* the account, and its smarthost */
	bool accepted;			/* a message was, in this session */
	bool leaving;			/* no more replies are waited for */
	bool esmtp;			/* the client has said EHLO */
	/* the transaction */
	bool begun;
	bool postponed;			/* the smarthost is asked later */
	const char *hidden;		/* what is told instead of why it is
					 * kept, or NULL; static */
	bool unkept;			/* it could not be kept */
	bool broken;			/* somebody was taken in vain */
	bool too_big;			/* more than the smarthost takes */
	bool eight_bit;
	struct envelope given;		/* as the client has named them */
	struct delivery delivery;	/* as the smarthost is told */
	size_t *member;			/* recipients' numbers, of all RCPTs */
	size_t members;
	size_t members_cap;
	struct fault trouble;		/* why it cannot go on */
};

/* Some of a transaction's members: whom one RCPT stands for. */
struct relay_share {
	size_t first;
	size_t count;
	char *refusal;	/* an answer of our own, instead; owned */
};

void relay_init(struct relay *, const struct request *, const struct peer *);
/* Leaves the smarthost without waiting. */
void relay_free(struct relay *);

/*
 * Begins a transaction: account, session if there is none that fits, MAIL.
 * Replies come with relay_sync().
 */
void relay_mail(struct relay *, const struct command_mail *);
/* Adds a recipient, or what its alias stands for. */
void relay_rcpt(struct relay *, const struct command_rcpt *,
    struct relay_share *);
/* Waits for all replies; what was asked since the last time is one group. */
void relay_sync(struct relay *);

/* Add what the client is to be told; behind relay_sync() only. */
void relay_answer_mail(const struct relay *, struct buffer *);
void relay_answer_rcpt(const struct relay *, const struct relay_share *,
    struct buffer *);
/* Has the smarthost accepted MAIL, or is it asked later? */
bool relay_is_open(const struct relay *);
/* May a message follow: was anybody accepted, and is the session alive? */
bool relay_may_send(const struct relay *);
/* If it may not: why. */
void relay_answer_nobody(const struct relay *, struct buffer *);
/* That the message cannot be taken, for that reason. */
void relay_answer_broken(const struct relay *, const struct fault *,
    struct buffer *);
/* The smarthost's limit for messages, octets; 0 if unknown or none. */
uint64_t relay_limit(const struct relay *);
/* False only when there is a session whose server lacks the extension. */
bool relay_offers(const struct relay *, enum capability);

/*
 * Submits the message to those that were accepted, behind a Received field
 * that begins with `received`, unless `broken` says why it cannot be; adds the
 * answer, and ends the transaction.
 */
void relay_message(struct relay *, struct message *, const char *received,
    const struct fault *broken, struct buffer *answer);
/* Ends it without a message; `why` is for the log; or NULL. */
void relay_reset(struct relay *, const struct fault *why);

#endif
