/* SPDX-License-Identifier: ISC */
/*
 * serving: one session of -bs, as client.c, message.c and serve.c share it.
 * Replies go out in the order of the commands. A reply that needs the
 * smarthost's word is owed until the client waits for us, so that commands
 * which the client sent together reach the smarthost together (RFC 2920).
 */
#ifndef MODES_SERVE_SERVING_H
#define MODES_SERVE_SERVING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/buffer.h"
#include "base/fault.h"
#include "mail/envelope.h"
#include "mail/message/intake.h"
#include "mail/message/message.h"
#include "smtp/session.h"
#include "smtp/server/command.h"
#include "delivery/carrier.h"
#include "delivery/delivery.h"

struct conn;
struct peer;
struct request;

/*
 * ---- relay.c: the smarthost's side of -bs. A transaction is begun, gets
 * recipients one by one, and a message or none; the session with the smarthost
 * lasts while the account stays the same. Nothing here fails: what goes wrong
 * is in the answers, and in the log.
 *
 * The replies are the smarthost's. Where it cannot be reached, and the account
 * has a queue, fallbacks or retry_for, the transaction goes on without it, and
 * the message is sent or kept when it is complete.
 */

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

/* ---- peer.c: who speaks SMTP to us on standard input. ---- */

enum peer_kind {
	PEER_PROCESS,	/* a pipe, file or terminal of whoever started us */
	PEER_LOCAL,	/* a Unix socket */
	PEER_LOOPBACK,	/* TCP from this machine */
	PEER_REMOTE	/* another machine, or unknown */
};

struct peer {
	enum peer_kind kind;
	bool terminal;		/* a person types */
	bool known;		/* the kernel tells uid and pid (0: no pid) */
	uid_t uid;
	pid_t pid;
};

void peer_find(struct peer *, int fd);
/* May it belong to another user than ours and root? */
bool peer_is_foreign(const struct peer *);
/* Adds the text of a Received field's comment, without parentheses. */
void peer_add_comment(struct buffer *, const struct peer *);

/* ---- serve.c, client.c, message.c ---- */

/* A reply that the client has not been given yet. */
struct owed_reply {
	bool mail;			/* the smarthost's to MAIL; else: */
	struct relay_share share;	/* to RCPT, or a reply of our own */
};

struct serving {
	struct conn *conn;		/* to the client */
	struct peer peer;
	struct relay relay;
	char *name;			/* our host name */
	char *hello;			/* what EHLO or HELO said, or NULL */
	bool done;			/* no further command is read */
	bool silent;			/* the client's time has run out */
	bool late;			/* so has that of the session */
	int64_t end;			/* when it does, as of clock_now() */
	bool gone;			/* nothing more is read */
	bool cr;			/* the current line ended in CRLF */
	bool overlong;			/* the current line is too long */
	unsigned errors;		/* commands in a row that were wrong */
	unsigned commands;		/* since the last accepted message */
	struct owed_reply *owed;
	size_t owed_count;
	size_t owed_cap;
	/* the message, while it is being received */
	bool taking;
	bool by_chunks;			/* by BDAT, not by DATA */
	bool chunk_refused;		/* and so are those behind it */
	struct message message;
	struct intake intake;
	struct fault broken;		/* why it will not be sent */
	uint64_t taken;			/* octets received so far */
};

/* client.c */

/* Gives the client a line, without its CRLF, behind what is owed. */
void serving_say(struct serving *, const char *text);
/* The same, where the client's command was wrong; too many end the session. */
void serving_refuse(struct serving *, const char *text);
/* Owes the client the smarthost's reply to MAIL. */
void serving_owe_mail(struct serving *);
/* The same for RCPT. The share's refusal belongs to the session then. */
void serving_owe_rcpt(struct serving *, const struct relay_share *);
/* Waits for the smarthost's replies, and gives the client all that is owed. */
void serving_settle(struct serving *);
/* Gives the client whole lines, each with its CRLF, and frees them. Nothing may
 * be owed. */
void serving_put(struct serving *, struct buffer *lines);
/* Settles, and waits for octets from the client; -1: none will come. */
int serving_fill(struct serving *);

/* message.c */

void serving_data(struct serving *, const struct command *);
void serving_bdat(struct serving *, const struct command *);
/* Forgets the message that is being received, if there is one. */
void serving_end_message(struct serving *);

#endif
