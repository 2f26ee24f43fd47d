/* SPDX-License-Identifier: ISC */
/* What stands between a course's envelope and its verdict: the message. */
#include "config.h"

#include <inttypes.h>

#include "base/fault.h"
#include "base/memory.h"
#include "mail/envelope.h"
#include "mail/message/message.h"
#include "wire/conn.h"
#include "smtp/chunk.h"
#include "smtp/framing.h"
#include "smtp/session.h"
#include "smtp/transaction.h"

/* Chunks whose replies have not come. With CHUNK_OCTETS this is more than any
 * path holds, and what a refusal costs in vain. */
#define CHUNK_WINDOW 8

bool
transaction_is_success(const struct transaction *c, const struct reply *r)
{
	return reply_digit(r) == 2 &&
	    !(r->code == 221 && c->session->dialogue.left);
}

static void
on_data(void *context, const struct reply *r)
{
	struct transaction *c = context;

	reply_copy(&c->data, r);
}

/* From now on a shortage of memory cannot change what came of it. */
static void
settle(const struct transaction *c)
{
	const struct envelope *e = c->envelope;

	/* the last one, as counting would be done for each transaction */
	if (e->recipient[e->count - 1].state == RECIPIENT_PENDING)
		return;
	memory_settle(fault_exit_status(
	    envelope_in_state(e, RECIPIENT_REFUSED) > 0 ? FAULT_RECIPIENT :
	    envelope_in_state(e, RECIPIENT_DELIVERED) < e->count ?
	    FAULT_TEMPORARY : FAULT_NONE));
}

/* LMTP (RFC 2033 section 4.2): the verdict on the next accepted recipient. */
static void
settle_next(struct transaction *c, const struct reply *r)
{
	struct recipient *to = c->envelope->recipient;

	while (to[c->asked[c->settled]].state != RECIPIENT_ACCEPTED)
		c->settled++;
	if (transaction_is_success(c, r))
		to[c->asked[c->settled++]].state = RECIPIENT_DELIVERED;
	else
		transaction_refuse(c, c->asked[c->settled++], r);
}

/* All of them: RFC 5321 has one verdict. Without a sender nobody gets it. */
static void
settle_all(struct transaction *c)
{
	struct recipient *to = c->envelope->recipient;

	if (reply_digit(&c->mail) != 2)
		return;
	for (size_t i = 0; i < c->answered; i++)
		if (to[c->asked[i]].state == RECIPIENT_ACCEPTED)
			to[c->asked[i]].state = RECIPIENT_DELIVERED;
}

/* The commit point: a 2yz here, and the message is the server's. */
static void
on_end(void *context, const struct reply *r)
{
	struct transaction *c = context;

	c->awaited--;
	c->dismissed = c->dismissed || (r->code == 221 &&
	    c->session->dialogue.left);
	if (transaction_is_success(c, r))
		c->last_taken = true;
	/* whatever was taken, it was not the message; nobody was refused */
	if (c->chunk_failed || c->dismissed)
		return;
	if (c->end.code == 0 || !transaction_is_success(c, &c->end))
		reply_copy(&c->end, r);
	if (c->session->params->lmtp)
		settle_next(c, r);
	else if (transaction_is_success(c, r))
		settle_all(c);
	if (c->last_taken && c->awaited == 0)
		settle(c);
}

/* Every chunk needs a 2yz; the first that has none is the verdict. */
static void
on_chunk(void *context, const struct reply *r)
{
	struct transaction *c = context;

	if (transaction_is_success(c, r) || c->chunk_failed)
		return;
	c->chunk_failed = true;
	reply_copy(&c->end, r);
}

int
transaction_data(struct transaction *c, struct fault *f)
{
	return dialogue_command(&c->session->dialogue, VERB_DATA, on_data, c,
	    f, "DATA");
}

void
transaction_add_unknown(struct transaction *c, struct fault *f)
{
	const struct session *s = c->session;
	size_t delivered = envelope_in_state(c->envelope,
	    RECIPIENT_DELIVERED);

	if (!c->last_put || !conn_all_sent(s->conn))
		return;
	c->unknown = true;
	if (delivered > 0)
		fault_add(f, "; %zu of %zu recipients have the message, and "
		    "for the others it may have been delivered", delivered,
		    c->envelope->count);
	else
		fault_add(f, "; the whole message was sent, but its reply is "
		    "lost: it may have been delivered");
	fault_replace_hint(f, "look whether it arrived before you "
	    "send it again");
}

/*
 * The end was put: what is owed for it, and all that is owed at all. 0 when
 * that has come, whatever the server says or does afterwards.
 */
static int
finish(struct transaction *c, const struct message *m, bool quit,
       struct fault *f)
{
	struct session *s = c->session;
	struct dialogue *d = &s->dialogue;
	size_t replies = s->params->lmtp ? c->accepted : 1;

	c->last_put = true;
	c->awaited = replies;
	dialogue_remark(d, "message sent, %" PRIu64 " octets",
	    message_octets(m));
	for (size_t i = 0; i < replies; i++)
		dialogue_expect(d, VERB_MESSAGE, on_end, c);
	if (quit)
		dialogue_put_quit(d);
	if (dialogue_sync(d, f) == 0 || c->awaited == 0) {
		s->amid_data = false;
		fault_clear(f);
		return 0;
	}
	/* who says he goes away has not taken what he did not answer to */
	if (!d->closing || envelope_in_state(c->envelope,
	    RECIPIENT_DELIVERED) > 0)
		transaction_add_unknown(c, f);
	return -1;
}

int
transaction_send_data(struct transaction *c, const struct message *m, bool quit,
    struct fault *f)
{
	struct session *s = c->session;
	struct message_walk walk;
	struct framing framing;
	const char *p;
	ssize_t n;

	s->amid_data = true;
	framing_start(&framing, &s->dialogue);
	message_walk_start(&walk, m);
	while ((n = message_walk_next(&walk, &p, f)) > 0)
		framing_put(&framing, p, (size_t)n);
	message_walk_end(&walk);
	if (n == -1 || sequence_check(&s->dialogue, f) == -1)
		return -1;
	/* From here on the message may be delivered. */
	framing_end(&framing);
	return finish(c, m, quit, f);
}

/* What is still to be said of the message, and where we are in it. */
struct chunks {
	struct transaction *course;
	struct message_walk walk;
	const char *p;		/* octets of the walk not yet put */
	size_t n;
};

/* That many octets of the message; the last one only if all is in order. */
static int
put_chunk(struct chunks *w, uint64_t octets, struct fault *f)
{
	struct dialogue *d = &w->course->session->dialogue;
	size_t part;
	ssize_t n;

	while (octets > 0) {
		if (w->n == 0) {
			n = message_walk_next(&w->walk, &w->p, f);
			if (n == -1)
				return -1;
			if (n == 0)
				return fault(f, FAULT_SOFTWARE, "the message "
				    "is shorter than its chunks");
			w->n = (size_t)n;
		}
		if (octets == 1 && sequence_check(d, f) == -1)
			return -1;
		part = w->n < octets - (octets > 1) ? w->n :
		    (size_t)(octets - (octets > 1));
		dialogue_put(d, w->p, part);
		w->p += part;
		w->n -= part;
		octets -= part;
	}
	return 0;
}

/* 0 also when a chunk was refused, and so the others were not sent. */
static int
send_all(struct chunks *w, const struct message *m,
    const struct chunk_plan *plan, bool quit, struct fault *f)
{
	struct transaction *c = w->course;
	struct dialogue *d = &c->session->dialogue;
	bool last = false;

	for (size_t i = 0; i < plan->count && !c->chunk_failed; i++) {
		last = i + 1 == plan->count;
		if (dialogue_say(d, VERB_BDAT, f, "BDAT %" PRIu64 "%s",
		    plan->octets[i], last ? " LAST" : "") == -1)
			return -1;
		/* From the last one on the message may be delivered. */
		if (put_chunk(w, plan->octets[i], f) == -1)
			return -1;
		if (last)
			return finish(c, m, quit, f);
		dialogue_expect(d, VERB_BDAT, on_chunk, c);
		if (dialogue_wait(d, d->pipelining ? CHUNK_WINDOW - 1 : 0,
		    f) == -1)
			return -1;
		conn_peek(d->conn);
		dialogue_absorb(d);
	}
	return dialogue_sync(d, f);
}

int
transaction_send_chunks(struct transaction *c, const struct message *m,
    const struct chunk_plan *plan, bool quit, struct fault *f)
{
	struct session *s = c->session;
	struct chunks w = { .course = c };
	int result;

	s->amid_data = true;
	message_walk_start(&w.walk, m);
	result = send_all(&w, m, plan, quit, f);
	message_walk_end(&w.walk);
	if (c->accepted > 0 && c->end.code >= 500 && c->end.code <= 504)
		s->chunking = false;
	/* the refusal of a chunk stands, whatever came behind it */
	if (result == -1 && !c->chunk_failed)
		return -1;
	fault_clear(f);
	s->amid_data = false;
	return 0;
}

int
transaction_send(struct transaction *c, const struct message *m,
		 struct fault *f)
{
	struct chunk_plan plan;
	int result;

	chunk_plan(&plan, m);
	plan.safe = plan.safe && c->session->chunking;
	if (plan.safe)
		result = transaction_send_chunks(c, m, &plan, false, f);
	else if ((result = transaction_data(c, f)) == 0 &&
	    reply_digit(&c->data) == 3)
		result = transaction_send_data(c, m, false, f);
	else if (result == 0 && reply_digit(&c->data) == 2)
		/* a success, and the server has not even seen the message */
		result = session_refused(c->session, &c->data, STAGE_DATA,
		    "DATA", f);
	chunk_free(&plan);
	return result;
}

void
transaction_end_unwanted(struct transaction *c)
{
	struct fault ignored = { FAULT_NONE, NULL, NULL, false };
	struct dialogue *d = &c->session->dialogue;

	dialogue_put(d, ".\r\n", 3);
	/* LMTP: a reply for each recipient, so there is none */
	if (!c->session->params->lmtp)
		dialogue_expect(d, VERB_MESSAGE, NULL, NULL);
	dialogue_sync(d, &ignored);
	fault_clear(&ignored);
}
