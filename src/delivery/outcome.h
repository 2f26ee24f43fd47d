/* SPDX-License-Identifier: ISC */
/*
 * outcome: what happened to a message on its way by one account. It is filled
 * while the message goes, and read when the session is closed and its memory
 * is gone. What became of each recipient stands in the letter's envelope.
 */
#ifndef DELIVERY_OUTCOME_H
#define DELIVERY_OUTCOME_H

#include <stdbool.h>
#include <stddef.h>

#include "smtp/reply.h"

struct envelope;
struct header;
struct session;

/* Where another try may do better; each includes those before it. */
enum retry {
	RETRY_NEVER,	/* only a change of the message or the settings helps */
	RETRY_HERE,	/* at this smarthost only: it may have the message */
	RETRY_LATER,	/* at this smarthost, some time later */
	RETRY_ELSEWHERE	/* by another account at once, or here later */
};

struct outcome {
	enum phase phase;	/* the step that was begun last */
	bool unsure;		/* the end of data was sent, and no reply that
				 * is certain came: the message may have been
				 * delivered */
	enum retry retry;	/* of a failure, as delivery/diagnosis has it */
	size_t recipients;	/* all, and of these: */
	size_t delivered;
	size_t deferred;	/* another try may serve them */
	size_t refused;		/* for good */
	struct reply reply;	/* the reply that settled it: the final one, or
				 * the last refusal; code 0: there was none */
	bool auth;		/* the account authenticates, */
	bool token;		/* by a token and nothing else */
	bool insecure;		/* REQUIRETLS could not be honoured: no time
				 * cures that, but another account may */
	bool unanswered;	/* it goes by BDAT, and that had no reply */
	char *ehlo_name;	/* by which we greeted, or NULL */
	const char *tls_version;	/* as tls_version(); NULL: no TLS */
};

void outcome_init(struct outcome *);
void outcome_free(struct outcome *);
/* Takes over from a session what it has come to; it may be closed then. */
void outcome_take(struct outcome *, const struct session *);
/* Counts what has become of the recipients. */
void outcome_count(struct outcome *, const struct envelope *);
/* This reply settles the message, unless its code is 0. */
void outcome_settle(struct outcome *, const struct reply *);
/*
 * The queue id in the final reply, *len octets long and not terminated; NULL
 * where nothing was accepted, or the server told none.
 */
const char *outcome_queue_id(const struct outcome *, size_t *len);

/*
 * ---- diagnosis.c: what a failure means. One table maps an outcome to the exit
 * status, to whether another try may do better, and where, and to the remedy.
 * To add a rule is to add a row.
 */

/*
 * Gives the fault of an outcome the class that the table has for it, and the
 * remedy unless one is recorded already. A fault that no reply made keeps its
 * class. FAULT_NONE stays what it is, and is RETRY_NEVER. The outcome's retry
 * is what is returned.
 */
enum retry diagnosis_settle(struct outcome *, struct fault *);
/*
 * Does what was settled say that the message can never go? A setting or a file
 * that is wrong does not: a message that waits can go once it is mended.
 */
bool diagnosis_is_final(const struct outcome *, const struct fault *);
/*
 * Some servers refuse for good what a day cures: recipients that were refused
 * so become RECIPIENT_DEFERRED.
 */
void diagnosis_settle_recipients(struct envelope *);
/*
 * For a transaction that has failed: gives the fault a hint that names the
 * address that was refused, and the setting or option that it comes from.
 * Servers refuse the reverse-path in the reply to RCPT, or From in the reply
 * to the message; what the reply says is all there is to know it by. The
 * header is the one that was sent.
 */
void diagnosis_find_address(const struct outcome *, const struct envelope *,
    const struct header *, struct fault *);

#endif
