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

#include "mail/message/bodyscan.h"
#include "smtp/reply.h"

struct buffer;
struct envelope;
struct fault;
struct mailbox;
struct message;
struct recipient;
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

/*
 * ---- content.c: the message of a transaction, by DATA (RFC 5321 section
 * 4.1.1.4) or by BDAT (RFC 3030), and the replies to it.
 */

/* What is told of a message whose end was sent and not answered. */
#define CONTENT_UNSURE "the whole message was sent, but its reply is lost: " \
    "it may have been delivered"

/* DATA; its reply comes with the next sync. */
int content_data(struct transaction *, struct fault *);
/*
 * The message behind a 354, for all that are RECIPIENT_ACCEPTED; there must be
 * one. quit: QUIT rides along. With LMTP each recipient has a reply of its
 * own, and becomes DELIVERED, DEFERRED or REFUSED by it.
 * 0: transaction_final() is the reply. -1: no reply came, and the fault says
 * so; if the connection broke between the end of data and its reply, the
 * transaction is `unsure`, and the fault says that the message may have been
 * delivered. FAULT_IO if the temporary file failed. After -1 the session must
 * be closed, which then breaks off without QUIT.
 */
int content_send_data(struct transaction *, const struct message *, bool quit,
    struct fault *);

/* A chunk ends with the line that makes it as large as this, or larger; the
 * first one has the header besides. */
#define CHUNK_OCTETS BODY_STEP

struct chunk_plan {
	bool safe;		/* may go by BDAT */
	uint64_t *octets;	/* of each chunk, the last included */
	size_t count;
};

/*
 * How a message would go by BDAT, and whether it may. One with a line that a
 * broken server could run, were a chunk refused and not read (see verbline.h),
 * goes by DATA; so does one with lines so long that such a server would cut
 * them, and find a line in the middle of one. A chunk always begins where a
 * line does, so that no other place of a line can be made one. The plan is to
 * be freed with chunk_free().
 */
void chunk_plan(struct chunk_plan *, const struct message *);
void chunk_free(struct chunk_plan *);
/*
 * Sends the message as content_send_data() does, but by BDAT. The number of
 * chunks whose replies have not come is bounded, and behind a chunk that was
 * refused no other is sent. The replies to the envelope may come with those to
 * the chunks. A server that answers BDAT with 500 to 504 gets DATA from the
 * next transaction on.
 */
int content_send_chunks(struct transaction *, const struct message *,
    const struct chunk_plan *, bool quit, struct fault *);
/*
 * Ends the data at once: DATA was answered 354 although no recipient is left
 * (RFC 2920 section 3.1).
 */
void content_end_unwanted(struct transaction *);
/*
 * If the end of data was sent, the transaction is `unsure` from now on, and
 * the fault says that the message may have been delivered.
 */
void content_add_unsure(struct transaction *, struct fault *);

/*
 * ---- path.c: addresses and delivery status wishes as parameters of MAIL and
 * RCPT (RFC 5321 section 4.1.2, RFC 6531, RFC 3461).
 */

/*
 * What can be known of an address before there is a server: FAULT_DATA for one
 * that no command could hold, and for a domain that has no A-label form.
 */
int path_check(const struct mailbox *, struct fault *);
/*
 * Gives an address its A-labels where the local part is ASCII, so that no part
 * of it needs SMTPUTF8. One whose domain has no such form stays as it is.
 */
void path_to_ascii(struct mailbox *);
/*
 * Is SMTPUTF8 needed? Declared only for a local part that is not ASCII, or
 * when asked for: declaring it because it is offered makes mail bounce
 * further on. When the server lacks it, a recipient that needs it is settled
 * as refused here; a sender that needs it is FAULT_REFUSED.
 */
int path_prepare(struct envelope *, bool offered, bool *utf8,
    const char *peer, struct fault *);
/*
 * Adds local@domain, the domain in A-labels unless utf8 and the local part
 * is not ASCII; nothing for the null path. FAULT_DATA for a domain that has
 * no A-label form; with a NULL fault such a domain is added as it is.
 */
int path_add(struct buffer *, const struct mailbox *, bool utf8,
    struct fault *);
/* Adds " RET=" and " ENVID=" as wished. */
void path_add_mail_dsn(struct buffer *, const struct envelope *);
/* Adds " NOTIFY=", and " ORCPT=" when any delivery status is wished for. */
void path_add_rcpt_dsn(struct buffer *, const struct envelope *,
    const struct recipient *);

#endif
