/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/fault.h"
#include "base/memory.h"
#include "mail/conversion/conversion.h"
#include "mail/envelope.h"
#include "mail/message/message.h"
#include "mail/message/bodyscan.h"
#include "wire/conn.h"
#include "smtp/transaction.h"
#include "smtp/session.h"

/*
 * Chunks whose replies have not come. That many chunks of CHUNK_OCTETS are more
 * than any network path holds, and what is sent in vain when one is refused.
 */
#define CHUNK_WINDOW 8

static void
on_data(void *context, const struct reply *r)
{
	struct transaction *t = context;

	reply_copy(&t->data, r);
}

/* LMTP (RFC 2033 section 4.2): the reply for the next accepted recipient. */
static void
settle_next(struct transaction *t, const struct reply *r)
{
	struct recipient *to = t->envelope->recipient;

	while (to[t->asked[t->settled]].state != RECIPIENT_ACCEPTED)
		t->settled++;
	if (transaction_is_success(t, r))
		to[t->asked[t->settled++]].state = RECIPIENT_DELIVERED;
	else
		transaction_refuse(t, t->asked[t->settled++], r);
}

/*
 * SMTP has one reply for all accepted recipients. If MAIL was refused, nobody
 * gets the message, whatever the server says of it.
 */
static void
settle_all(struct transaction *t)
{
	struct recipient *to = t->envelope->recipient;

	if (reply_digit(&t->mail) != 2)
		return;
	for (size_t i = 0; i < t->answered; i++)
		if (to[t->asked[i]].state == RECIPIENT_ACCEPTED)
			to[t->asked[i]].state = RECIPIENT_DELIVERED;
}

/* The commit point: a 2yz here, and the message is the server's. */
static void
on_end(void *context, const struct reply *r)
{
	struct transaction *t = context;
	bool success = transaction_is_success(t, r);

	t->awaited--;
	t->end_taken = t->end_taken || success;
	t->dismissed = t->dismissed || (r->code == 221 &&
	    t->session->dialogue.left);
	/* Whatever this answers to, the message was not sent whole, or its
	 * own reply is missing: nobody has it, and nobody was refused. */
	if (t->chunk_failed || t->dismissed)
		return;
	if (t->end.code == 0 ||
	    (t->keep ? !success : !transaction_is_success(t, &t->end)))
		reply_copy(&t->end, r);
	if (t->session->params->lmtp)
		settle_next(t, r);
	else if (success)
		settle_all(t);
}

/* Every chunk needs a 2yz; the first other reply is the one that counts. */
static void
on_chunk(void *context, const struct reply *r)
{
	struct transaction *t = context;

	if (transaction_is_success(t, r) || t->chunk_failed)
		return;
	t->chunk_failed = true;
	reply_copy(&t->end, r);
}

int
content_data(struct transaction *t, struct fault *f)
{
	t->session->phase = PHASE_DATA;
	buffer_add_string(dialogue_line(&t->session->dialogue), "DATA");
	return dialogue_send(&t->session->dialogue, VERB_DATA, on_data, t, f);
}

void
content_add_unsure(struct transaction *t, struct fault *f)
{
	const struct session *s = t->session;
	size_t delivered = envelope_in_state(t->envelope,
	    RECIPIENT_DELIVERED);

	if (!t->end_put || !conn_all_sent(s->conn))
		return;
	t->unsure = true;
	if (delivered > 0)
		fault_add(f, "; %zu of %zu recipients have the message, and "
		    "for the others it may have been delivered", delivered,
		    t->envelope->count);
	else
		fault_add(f, "; " CONTENT_UNSURE);
	fault_replace_hint(f, "look whether it arrived before you "
	    "send it again");
}

/*
 * The end was put: what is owed for it, and all that is owed at all. 0 when
 * that has come, whatever the server says or does afterwards.
 */
static int
finish(struct transaction *t, const struct message *m, bool quit,
       struct fault *f)
{
	struct session *s = t->session;
	struct dialogue *d = &s->dialogue;
	size_t replies = s->params->lmtp ? t->accepted : 1;

	s->phase = PHASE_MESSAGE;
	t->end_put = true;
	t->awaited = replies;
	dialogue_remark_time(d, "message sent, %" PRIu64 " octets",
	    message_octets(m));
	for (size_t i = 0; i < replies; i++)
		dialogue_expect(d, VERB_MESSAGE, on_end, t);
	if (quit)
		dialogue_put_quit(d);
	if (dialogue_sync(d, f) == 0 || t->awaited == 0) {
		s->amid_data = false;
		fault_clear(f);
		return 0;
	}
	/* A server that says 421 has not accepted the commands that it did
	 * not answer. */
	if (!d->closing || envelope_in_state(t->envelope,
	    RECIPIENT_DELIVERED) > 0)
		content_add_unsure(t, f);
	return -1;
}

/* The next octet is the last one: is all in order so far? */
static int
may_end(struct transaction *t, struct fault *f)
{
	if (dialogue_check(&t->session->dialogue, f) == -1)
		return -1;
	return t->before_end == NULL ? 0 : t->before_end(t->context, f);
}

/*
 * DATA's dots (RFC 5321 section 4.5.2), by what is emitted and not by what was
 * read. A walk over a message knows no line end but CRLF, so that an early end
 * of data cannot be expressed.
 */
struct framing {
	struct dialogue *dialogue;
	bool line_start;	/* the last octets emitted were a line end */
};

static void
framing_put(struct framing *fr, const char *p, size_t n)
{
	const char *plain = p, *end = p + n, *dot = p;

	while (dot < end &&
	    (dot = memchr(dot, '.', (size_t)(end - dot))) != NULL) {
		if (dot == p ? fr->line_start : dot[-1] == '\n') {
			/* up to this dot, and from this dot on once more */
			dialogue_put(fr->dialogue, plain,
			    (size_t)(dot + 1 - plain));
			plain = dot;
		}
		dot++;
	}
	dialogue_put(fr->dialogue, plain, (size_t)(end - plain));
	if (n > 0)
		fr->line_start = end[-1] == '\n';
}

/* The end of data. A message without a final CRLF gets it. */
static void
framing_end(struct framing *fr)
{
	if (!fr->line_start)
		dialogue_put(fr->dialogue, "\r\n", 2);
	dialogue_put(fr->dialogue, ".\r\n", 3);
}

/* What fits into a window has left before a second is over. */
static void
watch(struct session *s, const struct message *m)
{
	struct dialogue *d = &s->dialogue;

	if (s->params->progress == NULL || message_octets(m) < CONN_OUTPUT_SIZE)
		return;
	progress_begin(&d->progress, s->params->progress, d->put,
	    message_octets(m));
	conn_watch(d->conn, progress_sent, &d->progress);
}

static void
unwatch(struct session *s)
{
	conn_watch(s->conn, NULL, NULL);
	progress_hide(&s->dialogue.progress);
}

static int
send_data(struct transaction *t, const struct message *m, bool quit,
    struct fault *f)
{
	struct session *s = t->session;
	struct framing framing = { &s->dialogue, true };
	struct message_walk walk;
	const char *p;
	ssize_t n;

	s->amid_data = true;
	message_walk_start(&walk, m);
	while ((n = message_walk_next(&walk, &p, f)) > 0)
		framing_put(&framing, p, (size_t)n);
	message_walk_end(&walk);
	if (n == -1 || may_end(t, f) == -1)
		return -1;
	/* From here on the message may be delivered. */
	framing_end(&framing);
	return finish(t, m, quit, f);
}

int
content_send_data(struct transaction *t, const struct message *m, bool quit,
    struct fault *f)
{
	int result;

	watch(t->session, m);
	result = send_data(t, m, quit, f);
	unwatch(t->session);
	return result;
}

/* Could a server run a line of the header? */
static bool
header_has_verb(const struct message *m)
{
	struct verbline line = { .decided = false };
	size_t at = 0, n;
	const char *p;

	while ((n = header_next_octets(&m->header, &at, &p)) > 0)
		if (verbline_text(&line, p, n))
			return true;
	return false;
}

static bool
is_safe(const struct message *m)
{
	return !message_cuts(m)->verb &&
	    m->longest_body_line <= VERBLINE_MAX &&
	    headerword_longest_line(&m->header, NULL) <= VERBLINE_MAX &&
	    !header_has_verb(m);
}

/* A chunk that goes to this offset in the message. */
static void
add_chunk(struct chunk_plan *plan, uint64_t *from, uint64_t to)
{
	if (to > *from)
		plan->octets[plan->count++] = to - *from;
	*from = to;
}

void
chunk_plan(struct chunk_plan *plan, const struct message *m)
{
	const struct bodycuts *cuts = message_cuts(m);
	uint64_t header = message_header_octets(m), from = 0;

	memset(plan, 0, sizeof(*plan));
	plan->safe = is_safe(m);
	if (!plan->safe)
		return;
	plan->octets = memory_array(cuts->count + 2, sizeof(*plan->octets));
	if (header >= CHUNK_OCTETS)
		add_chunk(plan, &from, header);
	for (size_t i = 0; i < cuts->count; i++)
		add_chunk(plan, &from, header + cuts->at[i]);
	add_chunk(plan, &from, message_octets(m));
}

void
chunk_free(struct chunk_plan *plan)
{
	free(plan->octets);
	memset(plan, 0, sizeof(*plan));
}

/* What is still to be said of the message, and where we are in it. */
struct chunks {
	struct transaction *transaction;
	struct message_walk walk;
	const char *p;		/* octets of the walk not yet put */
	size_t n;
};

/* That many octets of the message; the last one only if all is in order. */
static int
put_chunk(struct chunks *w, uint64_t octets, bool last, struct fault *f)
{
	struct dialogue *d = &w->transaction->session->dialogue;
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
		if (octets == 1 && (last ? may_end(w->transaction, f) :
		    dialogue_check(d, f)) == -1)
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
	struct transaction *t = w->transaction;
	struct dialogue *d = &t->session->dialogue;
	bool last = false;

	for (size_t i = 0; i < plan->count && !t->chunk_failed; i++) {
		last = i + 1 == plan->count;
		buffer_printf(dialogue_line(d), "BDAT %" PRIu64 "%s",
		    plan->octets[i], last ? " LAST" : "");
		if (dialogue_say(d, VERB_BDAT, f) == -1)
			return -1;
		/* From the last one on the message may be delivered. */
		if (put_chunk(w, plan->octets[i], last, f) == -1)
			return -1;
		if (last)
			return finish(t, m, quit, f);
		dialogue_expect(d, VERB_BDAT, on_chunk, t);
		if (dialogue_wait(d, d->pipelining ? CHUNK_WINDOW - 1 : 0,
		    f) == -1)
			return -1;
		conn_peek(d->conn);
		dialogue_absorb(d);
	}
	return dialogue_sync(d, f);
}

int
content_send_chunks(struct transaction *t, const struct message *m,
    const struct chunk_plan *plan, bool quit, struct fault *f)
{
	struct session *s = t->session;
	struct chunks w = { .transaction = t };
	int result;

	s->phase = PHASE_DATA;
	s->amid_data = true;
	message_walk_start(&w.walk, m);
	watch(s, m);
	result = send_all(&w, m, plan, quit, f);
	unwatch(s);
	message_walk_end(&w.walk);
	if (t->accepted > 0 && t->end.code >= 500 && t->end.code <= 504)
		s->chunking = false;
	/* the refusal of a chunk stands, whatever came behind it */
	if (result == -1 && !t->chunk_failed)
		return -1;
	fault_clear(f);
	s->amid_data = false;
	return 0;
}

void
content_end_unwanted(struct transaction *t)
{
	struct dialogue *d = &t->session->dialogue;

	dialogue_put(d, ".\r\n", 3);
	/* LMTP: a reply for each recipient, so there is none */
	if (!t->session->params->lmtp)
		dialogue_expect(d, VERB_MESSAGE, NULL, NULL);
	dialogue_sync(d, NULL);
}
