/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/fault.h"
#include "base/memory.h"
#include "base/text.h"
#include "mail/address/address.h"
#include "mail/envelope.h"
#include "mail/message/message.h"
#include "wire/conn.h"
#include "smtp/chunk.h"
#include "smtp/path.h"
#include "smtp/session.h"
#include "smtp/transaction.h"
#include "smtp/verdict.h"
#include "delivery/diagnosis.h"
#include "delivery/rejection.h"
#include "delivery/submission.h"

/* Octets of a message that travels with its envelope: sent in vain when that
 * is refused, and little more than what a new connection may have on the way
 * (RFC 6928: 10 segments, then twice as many). */
#define RIDE_MAX (32 * 1024)
/* Recipients that every server takes: RFC 5321 section 4.5.3.1.8. */
#define RCPT_SURE 100

/* What is the same for all transactions that it takes. */
struct plan {
	const struct message *message;
	struct chunk_plan chunks;
	bool eight_bit;
	bool utf8;
	size_t first;		/* no recipient before it is pending */
	size_t opened;		/* those before it are of earlier sessions */
	size_t limit;		/* recipients in a transaction; 0: not known */
	struct reply refusal;	/* the last one of a recipient */
};


/* How many recipients are pending, but not above max. */
static size_t
count_pending(const struct plan *p, const struct envelope *e, size_t max)
{
	size_t n = 0;

	for (size_t i = p->first; i < e->count && n < max; i++)
		n += e->recipient[i].state == RECIPIENT_PENDING;
	return n;
}

static int
send_envelope(struct transaction *c, const struct plan *p, struct fault *f)
{
	const struct message *m = p->message;
	struct envelope *e = c->envelope;

	if (transaction_mail(c, message_octets(m), p->eight_bit ||
	    m->eight_bit_body || m->eight_bit_header, p->utf8, f) == -1)
		return -1;
	for (size_t i = p->first; i < e->count; i++) {
		/* what is known of a refusal makes the next step needless */
		if ((c->mail.code != 0 &&
		     !transaction_is_success(c, &c->mail)) ||
		    c->overflow > 0)
			return 0;
		if (p->limit > 0 && c->asked_count == p->limit)
			return 0;
		if (e->recipient[i].state == RECIPIENT_PENDING &&
		    transaction_rcpt(c, i, f) == -1)
			return -1;
	}
	return 0;
}

/*
 * Too many or too few replies: whose is the one taken for the message's? And
 * those to the messages before it in this session?
 */
static int
out_of_step(struct transaction *c, const struct plan *p, struct fault *f)
{
	struct recipient *to = c->envelope->recipient;

	fault_clear(f);
	fault(f, FAULT_PROTOCOL, "%s: the server's replies are out of step",
	    conn_peer(c->session->conn));
	for (size_t i = p->opened; i < c->envelope->count; i++) {
		if (to[i].state != RECIPIENT_DELIVERED)
			continue;
		to[i].state = RECIPIENT_ACCEPTED;
		/* a message was sent, be it by another course */
		c->last_put = true;
	}
	transaction_add_unknown(c, f);
	/* what was said cannot be blamed on anything */
	c->mail.code = c->refusal.code = c->data.code = c->end.code = 0;
	return -1;
}

/* Every recipient of this transaction has been refused by its own reply. */
static bool
nobody_accepted(const struct transaction *c)
{
	return c->asked_count > 0 && c->answered == c->asked_count &&
	    c->accepted == 0;
}

/*
 * Replies are told apart by nothing but their number. Were there more than
 * commands, then the verdict is sure only if all say the same.
 */
static bool
is_in_step(struct transaction *c, const struct plan *p, bool taken, bool over)
{
	struct dialogue *d = &c->session->dialogue;
	struct sequence_surplus surplus;

	/* QUIT marks the end; it may go if no other transaction follows */
	if (!d->left && !d->closing &&
	    (over || count_pending(p, c->envelope, 1) == 0))
		dialogue_put_quit(d);
	surplus = sequence_surplus(d);
	if (c->session->params->lmtp)
		return !surplus.refusals && !surplus.successes;
	if (taken)
		return !surplus.refusals && !(surplus.successes &&
		    c->accepted < c->answered);
	return !surplus.successes;
}

/* 0: the message was taken, or each recipient refused by a reply of its own. */
static int
judge(struct transaction *c, const struct plan *p, bool count, struct fault *f)
{
	const struct reply *r = transaction_verdict(c);
	struct session *s = c->session;
	bool taken = transaction_is_success(c, r) && c->last_taken;

	/* a refusal can wait for QUIT's reply, if there is to be one */
	count = count || (!taken &&
	    (s->dialogue.left || !s->dialogue.closing));
	if (c->dismissed || (count && c->last_put &&
	    !is_in_step(c, p, taken, !taken)))
		return out_of_step(c, p, f);
	if (taken) {
		verdict_reply(s->params->verdict, r);
		return 0;
	}
	if (s->params->lmtp && c->last_put && !c->chunk_failed)
		return 0;
	session_refused(s, r, c->data.code != 0 && c->end.code == 0 ?
	    STAGE_DATA : STAGE_MESSAGE, c->end.code == 0 ? "DATA" :
	    "the message", f);
	if (c->last_taken)
		transaction_add_unknown(c, f);
	return -1;
}

/* The message, behind an envelope whose replies are known. */
static int
send_message(struct transaction *c, const struct plan *p, bool chunks,
    struct fault *f)
{
	bool quit = c->session->dialogue.pipelining &&
	    count_pending(p, c->envelope, 1) == 0;

	if (chunks)
		return transaction_send_chunks(c, p->message, &p->chunks, quit,
					       f);
	if (c->data.code == 0 && transaction_data(c, f) == -1)
		return -1;
	if (reply_digit(&c->data) != 3)
		return 0;
	return transaction_send_data(c, p->message, quit, f);
}

/* Refused only because the sender was, if at all: nothing about themselves. */
static void
forget_recipients(struct transaction *c)
{
	struct recipient *to;

	for (size_t i = 0; i < c->answered; i++) {
		to = &c->envelope->recipient[c->asked[i]];
		to->state = RECIPIENT_PENDING;
		free(to->reply);
		to->reply = NULL;
	}
	reply_free(&c->refusal);
	reply_init(&c->refusal);
}

/* Behind a message the refusals may be those of other commands. */
static bool
may_be_another(struct transaction *c, const struct plan *p, bool over)
{
	bool before = p->opened < p->first;

	return (c->last_put || before) && !is_in_step(c, p, false, over);
}

/*
 * What went out together with the envelope comes to nothing when that is
 * refused: the verdict is then the same as if we had waited for it.
 */
static int
judge_envelope(struct transaction *c, const struct plan *p, int result,
    struct fault *f)
{
	/* without PIPELINING nothing came behind it that is not its own */
	if (result == -1 && !c->session->dialogue.pipelining)
		return -1;
	if (c->mail.code != 0 && !transaction_is_success(c, &c->mail) &&
	    c->mail.code != 421) {
		if (c->last_taken && c->accepted > 0)
			return out_of_step(c, p, f);
		fault_clear(f);
		if (reply_digit(&c->data) == 3)
			transaction_end_unwanted(c);
		if (may_be_another(c, p, true))
			return out_of_step(c, p, f);
		forget_recipients(c);
		return refusal_of_sender(c, f);
	}
	if (!nobody_accepted(c) || c->session->dialogue.closing)
		return result;
	fault_clear(f);
	if (reply_digit(&c->data) == 3)
		transaction_end_unwanted(c);
	return may_be_another(c, p, false) ? out_of_step(c, p, f) : 0;
}

/*
 * One transaction, for as many pending recipients as it may have. 0: none of
 * these is open any more, but for an overflow.
 */
static int
attempt(struct transaction *c, const struct plan *p, struct fault *f)
{
	struct session *s = c->session;
	bool chunks = s->chunking && p->chunks.safe;
	bool together = s->dialogue.pipelining && !s->params->all_or_none;
	bool ride = together && chunks && !s->params->lmtp &&
	    message_octets(p->message) <= RIDE_MAX;
	size_t sure = p->limit > 0 ? p->limit : RCPT_SURE;
	bool quit = count_pending(p, c->envelope, sure + 1) <= sure;
	int result = send_envelope(c, p, f);

	if (result == 0 && ride)
		result =
		    transaction_send_chunks(c, p->message, &p->chunks, quit, f);
	else if (result == 0)
		result = together && !chunks ? transaction_data(c, f) :
		    transaction_sync(c, f);
	result = judge_envelope(c, p, result, f);
	if (result == -1 || nobody_accepted(c))
		return result;
	if (s->params->all_or_none && c->accepted < c->envelope->count)
		return refusal_of_some(c, f);
	if (!ride && send_message(c, p, chunks, f) == -1)
		return -1;
	/* what has no 354 in front of it, or replies without commands */
	return judge(c, p, chunks || s->params->lmtp, f);
}

/* A server that offers CHUNKING and does not know BDAT. */
static bool
worth_another_try(const struct transaction *c)
{
	return transaction_is_success(c, &c->mail) && c->accepted > 0 &&
	    !c->last_taken && !c->unknown &&
	    c->data.code == 0 && c->end.code >= 500 && c->end.code <= 504;
}

/* The session anew, for the accepted ones of a course that came to nothing. */
static int
reopen(struct session *s, struct fault *f)
{
	const struct session_params *params = s->params;

	session_close(s);
	return session_open(s, params, f);
}

static int
try_data(struct transaction *c, struct plan *p, struct fault *f)
{
	struct session *s = c->session;
	struct recipient *to = c->envelope->recipient;

	for (size_t i = 0; i < c->answered; i++)
		if (to[c->asked[i]].state == RECIPIENT_ACCEPTED)
			to[c->asked[i]].state = RECIPIENT_PENDING;
	if (s->params->note != NULL)
		s->params->note("the server offers CHUNKING and refuses BDAT; "
		    "once more without (\"chunking off\" saves that)");
	p->chunks.safe = false;
	p->opened = p->first;
	fault_clear(f);
	return reopen(s, f);
}

/* Ready for the next transaction: that may need another session. */
static int
prepare_next(struct transaction *c, struct plan *p, struct fault *f)
{
	struct session *s = c->session;
	uint64_t max = s->capabilities.mail_max;

	if (c->overflow > 0)
		p->limit = c->accepted;
	if (s->dialogue.left || (max > 0 && s->transactions >= max)) {
		p->opened = p->first;
		return reopen(s, f);
	}
	return c->last_taken ? 0 : transaction_reset(c, f);
}

/*
 * The others did not get it, and some have it already: that is no failure of
 * the whole, unless we do not know who has it.
 */
static int
settle_rest(struct envelope *e, bool unknown, struct fault *f)
{
	enum recipient_state state = f->class == FAULT_TEMPORARY ||
	    f->class == FAULT_HOST ? RECIPIENT_DEFERRED : RECIPIENT_REFUSED;
	struct recipient *to;

	if (unknown || envelope_in_state(e, RECIPIENT_DELIVERED) == 0)
		return -1;
	for (size_t i = 0; i < e->count; i++) {
		to = &e->recipient[i];
		if (to->state != RECIPIENT_PENDING &&
		    to->state != RECIPIENT_ACCEPTED)
			continue;
		to->state = state;
		free(to->reply);
		to->reply = memory_string(f->text);
	}
	fault_clear(f);
	return 0;
}

/* A course; *again: and another one, as there are recipients left. */
static int
run_once(struct session *s, struct envelope *e, struct plan *p, bool *again,
    struct fault *f)
{
	struct transaction c;
	int result;

	transaction_init(&c, s, e, false);
	c.spill = !s->params->all_or_none;
	result = attempt(&c, p, f);
	if (c.refusal.code != 0)
		reply_copy(&p->refusal, &c.refusal);
	*again = false;
	if (result == -1 && worth_another_try(&c)) {
		result = try_data(&c, p, f);
		*again = result == 0;
	} else if (result == 0) {
		while (p->first < e->count &&
		    e->recipient[p->first].state != RECIPIENT_PENDING)
			p->first++;
		*again = p->first < e->count;
		if (*again)
			result = prepare_next(&c, p, f);
	}
	if (result == -1) {
		*again = false;
		diagnosis_explain(&(struct diagnosis_replies){&c.mail,
							      &c.refusal,
							      &c.data, &c.end},
				  e, &p->message->header, f);
		result = settle_rest(e, c.unknown, f);
	}
	transaction_free(&c);
	return result;
}

static int
run(struct session *s, struct envelope *e, struct plan *p, struct fault *f)
{
	static const struct reply none = { .code = 0 };
	bool again = envelope_in_state(e, RECIPIENT_PENDING) > 0;

	while (again)
		if (run_once(s, e, p, &again, f) == -1)
			return -1;
	if (envelope_in_state(e, RECIPIENT_DELIVERED) > 0)
		return 0;
	refusal_of_all(s, e, &p->refusal, f);
	diagnosis_explain(
	    &(struct diagnosis_replies){&none, &p->refusal, &none, &none}, e,
	    &p->message->header, f);
	return -1;
}

static void
note_lacks(const struct session *s, const struct envelope *e,
    const struct message *m)
{
	const bool *has = s->capabilities.has;

	if (s->params->note == NULL)
		return;
	if (!has[CAP_DSN] && (e->notify != 0 || e->envid != NULL ||
	    e->ret != DSN_RETURN_UNSET))
		s->params->note("the server does not offer DSN; the message "
		    "goes without -N, -R and -V");
	if (!has[CAP_8BITMIME] && (m->eight_bit_body || m->eight_bit_header))
		s->params->note("the server does not offer 8BITMIME; 8-bit "
		    "text goes as it is");
	if (!has[CAP_SMTPUTF8] && e->smtputf8)
		s->params->note("the server does not offer SMTPUTF8; the "
		    "message goes without -U");
}

int
submission_run(struct session *s, struct envelope *e,
    const struct message *m, bool eight_bit, struct fault *f)
{
	struct plan p = { .message = m, .eight_bit = eight_bit };
	int result;

	reply_init(&p.refusal);
	p.limit = (size_t)s->capabilities.rcpt_max;
	note_lacks(s, e, m);
	result = refusal_by_size(s, m, f);
	if (result == 0)
		result = refusal_by_count(s, e, f);
	if (result == 0)
		result = path_prepare(e, s->capabilities.has[CAP_SMTPUTF8],
		    &p.utf8, conn_peer(s->conn), f);
	if (result == 0 && s->chunking)
		chunk_plan(&p.chunks, m);
	if (result == 0)
		result = run(s, e, &p, f);
	chunk_free(&p.chunks);
	reply_free(&p.refusal);
	return result;
}
