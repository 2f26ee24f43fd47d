/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/fault.h"
#include "base/memory.h"
#include "base/wait.h"
#include "mail/envelope.h"
#include "mail/message/message.h"
#include "wire/conn.h"
#include "smtp/transaction.h"
#include "smtp/probe.h"
#include "smtp/session.h"
#include "config/account/account.h"
#include "delivery/outcome.h"
#include "delivery/link.h"
#include "delivery/submission.h"

/*
 * Octets of a message that travels in the same flight as its envelope. They
 * are sent in vain when the envelope is refused, and are little more than what
 * a new connection may have on the way (RFC 6928: 10 segments, then twice as
 * many).
 */
#define RIDE_MAX (32 * 1024)
/* Recipients that every server takes: RFC 5321 section 4.5.3.1.8. */
#define RCPT_SURE 100

void
submission_init(struct submission *s, struct link *link, struct envelope *e,
    struct outcome *o, bool stepwise)
{
	memset(s, 0, sizeof(*s));
	s->link = link;
	s->envelope = e;
	s->outcome = o;
	s->stepwise = s->stay = stepwise;
	s->reused = link->open && link->used;
	reply_init(&s->refusal);
}

static void
drop_transaction(struct submission *s)
{
	if (s->begun)
		transaction_free(&s->transaction);
	s->begun = false;
}

void
submission_free(struct submission *s)
{
	drop_transaction(s);
	chunk_free(&s->chunks);
	reply_free(&s->refusal);
}

static bool
all_or_none(const struct submission *s)
{
	/* a client that is asked about each recipient decides itself */
	return s->link->params.all_or_none && !s->stepwise;
}

/* How many recipients are pending, but not above max. */
static size_t
count_pending(const struct submission *s, size_t max)
{
	const struct envelope *e = s->envelope;
	size_t n = 0;

	for (size_t i = s->first; i < e->count && n < max; i++)
		n += e->recipient[i].state == RECIPIENT_PENDING;
	return n;
}

/* ---- The envelope. */

static int
begin(struct submission *s, struct fault *f)
{
	struct session *session = &s->link->session;

	drop_transaction(s);
	transaction_init(&s->transaction, session, s->envelope, s->stepwise);
	if (s->journal != NULL) {
		s->transaction.before_end = s->journal->before_end;
		s->transaction.context = s->journal->context;
	}
	s->transaction.spill = !s->stepwise && !all_or_none(s);
	s->begun = s->link->used = true;
	return transaction_mail(&s->transaction, s->octets, s->eight_bit,
	    s->utf8, f);
}

static int
send_envelope(struct submission *s, struct fault *f)
{
	struct envelope *e = s->envelope;
	struct transaction *t = &s->transaction;

	if (begin(s, f) == -1)
		return -1;
	for (size_t i = s->first; i < e->count; i++) {
		/* what is known of a refusal makes the next step needless */
		if ((t->mail.code != 0 &&
		    !transaction_is_success(t, &t->mail)) || t->overflow > 0)
			return 0;
		if (s->limit > 0 && t->asked_count == s->limit)
			return 0;
		if (e->recipient[i].state == RECIPIENT_PENDING &&
		    transaction_rcpt(t, i, f) == -1)
			return -1;
	}
	return 0;
}

/* Every recipient of this transaction has been refused by its own reply. */
static bool
nobody_accepted(const struct transaction *t)
{
	return t->asked_count > 0 && t->answered == t->asked_count &&
	    t->accepted == 0;
}

/* ---- Replies out of step. */

/*
 * Replies are told apart by nothing but their order. When there are more or
 * fewer than commands, nobody knows which one was the message's; nor those of
 * the messages before it in the same session.
 */
static int
out_of_step(struct submission *s, struct fault *f)
{
	struct transaction *t = &s->transaction;
	struct recipient *to = s->envelope->recipient;

	fault_clear(f);
	fault(f, FAULT_PROTOCOL, "%s: the server's replies are out of step",
	    conn_peer(t->session->conn));
	for (size_t i = s->opened; i < s->envelope->count; i++) {
		if (to[i].state != RECIPIENT_DELIVERED)
			continue;
		to[i].state = RECIPIENT_ACCEPTED;
		t->end_put = true;	/* be it by another transaction */
	}
	content_add_unsure(t, f);
	/* no reply can be said to be about anything */
	reply_clear(&t->session->settled);
	reply_clear(&s->outcome->reply);
	return -1;
}

/*
 * As many replies as commands must have come, up to QUIT's; if there are more,
 * the result is certain only when it is the same whichever replies they are.
 * QUIT marks the end; it may go if no other transaction follows (`over`: that
 * is certain).
 */
static bool
in_step(struct submission *s, bool taken, bool over)
{
	const struct transaction *t = &s->transaction;
	struct dialogue *d = &s->link->session.dialogue;
	struct dialogue_surplus more;

	if (!s->stay && !d->left && !d->closing &&
	    (over || count_pending(s, 1) == 0))
		dialogue_put_quit(d);
	more = dialogue_surplus(d);
	if (t->session->params->lmtp)
		return !more.successes && !more.refusals;
	if (taken)
		return !more.refusals &&
		    !(more.successes && t->accepted < t->answered);
	return !more.successes;
}

/* ---- The message. */

/* 0: the message was taken, or each recipient refused by a reply of its own. */
static int
judge(struct submission *s, bool count, struct fault *f)
{
	struct transaction *t = &s->transaction;
	const struct reply *r = transaction_final(t);
	struct session *session = t->session;
	bool taken = transaction_is_success(t, r) && t->end_taken;

	/* a refusal can wait for QUIT's reply, if there is to be one */
	count = !s->stay && (count || (!taken &&
	    (session->dialogue.left || !session->dialogue.closing)));
	if (t->dismissed || (count && t->end_put && !in_step(s, taken,
	    !taken)))
		return out_of_step(s, f);
	if (taken) {
		reply_copy(&session->settled, r);
		return 0;
	}
	if (session->params->lmtp && t->end_put && !t->chunk_failed) {
		reply_copy(&session->settled, r);
		return 0;
	}
	session_refused(session, r, t->data.code != 0 && t->end.code == 0 ?
	    PHASE_DATA : PHASE_MESSAGE, t->end.code == 0 ? "DATA" :
	    "the message", f);
	if (t->end_taken)
		content_add_unsure(t, f);
	return -1;
}

/* The message, behind an envelope whose replies are known. */
static int
send_message(struct submission *s, bool chunks, struct fault *f)
{
	struct transaction *t = &s->transaction;
	bool quit = !s->stay && t->session->dialogue.pipelining &&
	    count_pending(s, 1) == 0;

	if (chunks)
		return content_send_chunks(t, s->message, &s->chunks, quit,
		    f);
	if (t->data.code == 0 && (content_data(t, f) == -1 ||
	    transaction_sync(t, f) == -1))
		return -1;
	if (reply_digit(&t->data) != 3)
		return 0;
	return content_send_data(t, s->message, quit, f);
}

/* Behind a message the refusals may be those of other commands. */
static bool
may_be_another(struct submission *s, bool over)
{
	bool before = s->opened < s->first;

	return (s->transaction.end_put || before) &&
	    !in_step(s, false, over);
}

/*
 * What went out together with the envelope comes to nothing when that is
 * refused: the result is then the same as if we had waited for it.
 */
static int
judge_envelope(struct submission *s, int result, struct fault *f)
{
	struct transaction *t = &s->transaction;
	struct dialogue *d = &t->session->dialogue;

	/* without PIPELINING nothing came behind it that is not its own */
	if (result == -1 && !d->pipelining)
		return -1;
	if (t->mail.code != 0 && !transaction_is_success(t, &t->mail) &&
	    t->mail.code != 421) {
		if (t->end_taken && t->accepted > 0)
			return out_of_step(s, f);
		fault_clear(f);
		if (reply_digit(&t->data) == 3)
			content_end_unwanted(t);
		if (may_be_another(s, true))
			return out_of_step(s, f);
		transaction_forget(t);
		return rejection_of_sender(t, f);
	}
	if (!nobody_accepted(t) || d->closing)
		return result;
	fault_clear(f);
	if (reply_digit(&t->data) == 3)
		content_end_unwanted(t);
	return may_be_another(s, false) ? out_of_step(s, f) : 0;
}

/*
 * One transaction, for as many pending recipients as it may have. `asked`: the
 * envelope's replies are known already. 0: none of these is open any more, but
 * for an overflow.
 */
static int
attempt(struct submission *s, bool asked, struct fault *f)
{
	struct transaction *t = &s->transaction;
	struct session *session = &s->link->session;
	bool chunks = s->chunking && session->chunking && s->chunks.safe;
	bool together = session->dialogue.pipelining && !all_or_none(s);
	bool ride = !asked && together && chunks && !session->params->lmtp &&
	    message_octets(s->message) <= RIDE_MAX;
	size_t sure = s->limit > 0 ? s->limit : RCPT_SURE;
	bool quit = !s->stay && count_pending(s, sure + 1) <= sure;
	int result = 0;

	if (!asked) {
		result = send_envelope(s, f);
		if (result == 0 && ride)
			result = content_send_chunks(t, s->message,
			    &s->chunks, quit, f);
		else if (result == 0 && together && !chunks)
			result = content_data(t, f);
		if (result == 0 && !ride)
			result = transaction_sync(t, f);
		result = judge_envelope(s, result, f);
	}
	if (result == -1 || nobody_accepted(t))
		return result;
	if (all_or_none(s) && t->accepted < s->envelope->count)
		return rejection_of_some(t, f);
	if (!ride && send_message(s, chunks, f) == -1)
		return -1;
	/* chunks and LMTP: replies that no 354 stands in front of */
	return judge(s, chunks || session->params->lmtp, f);
}

/* ---- One transaction after the other. */

/* Did the server offer CHUNKING, and refuse BDAT as a command? */
static bool
bdat_unknown(const struct submission *s)
{
	const struct transaction *t = &s->transaction;

	return s->begun && transaction_is_success(t, &t->mail) &&
	    t->accepted > 0 && !t->end_taken && !t->unsure &&
	    t->data.code == 0 && t->end.code >= 500 && t->end.code <= 504;
}

/*
 * An old session that breaks, or says 421, before it has answered MAIL had
 * ended before we came.
 */
static bool
was_stale(const struct submission *s)
{
	const struct transaction *t = &s->transaction;

	return s->reused && s->begun && !t->unsure &&
	    (t->mail.code == 0 || t->mail.code == 421);
}

/* Ready for the next transaction: that may need another session. */
static int
prepare_next(struct submission *s, struct fault *f)
{
	struct session *session = &s->link->session;
	uint64_t max = session->capabilities.mail_max;

	if (session->dialogue.left ||
	    (max > 0 && session->transactions >= max)) {
		s->opened = s->first;
		return link_renew(s->link, s->outcome, f);
	}
	return s->transaction.end_taken ? 0 :
	    transaction_reset(&s->transaction, f);
}

/* All that was asked will be asked again, in a new session. */
static void
forget_session(struct submission *s, struct fault *f)
{
	s->reused = false;
	fault_clear(f);
	transaction_forget(&s->transaction);
	drop_transaction(s);
}

/* The recipients that were accepted once more, by DATA. */
static int
go_back_to_data(struct submission *s, struct fault *f)
{
	struct envelope *e = s->envelope;

	for (size_t i = 0; i < e->count; i++)
		if (e->recipient[i].state == RECIPIENT_ACCEPTED)
			e->recipient[i].state = RECIPIENT_PENDING;
	if (s->link->params.note != NULL)
		s->link->params.note("the server offers CHUNKING and refuses "
		    "BDAT; once more without (\"chunking off\" saves that)");
	s->link->no_chunking = true;
	s->chunking = false;
	fault_clear(f);
	reply_clear(&s->link->session.settled);
	reply_clear(&s->outcome->reply);
	return prepare_next(s, f);
}

static int
go_on(struct submission *s, struct fault *f)
{
	if (s->transaction.overflow > 0)
		s->limit = s->transaction.accepted;
	return prepare_next(s, f);
}

/*
 * The others did not get it, and some have it already: that is no failure of
 * the whole, unless nobody knows who has it.
 */
static int
settle_rest(struct submission *s, struct fault *f)
{
	struct envelope *e = s->envelope;
	enum recipient_state state = s->outcome->retry != RETRY_NEVER ?
	    RECIPIENT_DEFERRED : RECIPIENT_REFUSED;
	struct recipient *to;

	if (s->outcome->unsure ||
	    envelope_in_state(e, RECIPIENT_DELIVERED) == 0)
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

static void
take_outcome(struct submission *s)
{
	if (s->link->open)
		outcome_take(s->outcome, &s->link->session);
	s->outcome->unsure = s->begun && s->transaction.unsure;
	s->outcome->unanswered = s->begun && s->chunking && s->chunks.safe &&
	    s->transaction.accepted > 0 && s->transaction.data.code == 0 &&
	    s->transaction.end.code == 0 &&
	    s->outcome->phase >= PHASE_DATA;
	diagnosis_settle_recipients(s->envelope);
	outcome_count(s->outcome, s->envelope);
}

/* May this session have the message? */
static int
check_tls(struct submission *s, struct fault *f)
{
	if (rejection_by_tls(&s->link->session, s->envelope, f) == 0)
		return 0;
	s->outcome->insecure = true;
	return -1;
}

/* What the outcome means. Always -1. */
static int
diagnose(struct submission *s, struct fault *f)
{
	diagnosis_settle(s->outcome, f);
	diagnosis_find_address(s->outcome, s->envelope, &s->message->header,
	    f);
	return -1;
}

static int
conclude(struct submission *s, struct fault *f)
{
	take_outcome(s);
	return diagnose(s, f);
}

/* A transaction; *again: and another one, as there are recipients left. */
static int
run_once(struct submission *s, bool asked, bool *again, struct fault *f)
{
	const struct envelope *e = s->envelope;
	int result = attempt(s, asked, f);

	if (s->journal != NULL)
		s->journal->settled(s->journal->context,
		    s->transaction.unsure);
	if (s->transaction.refusal.code != 0)
		reply_copy(&s->refusal, &s->transaction.refusal);
	*again = false;
	if (result == -1 && bdat_unknown(s)) {
		result = go_back_to_data(s, f);
		*again = result == 0;
	} else if (result == -1 && !s->stepwise && was_stale(s)) {
		forget_session(s, f);
		result = link_renew(s->link, s->outcome, f);
		*again = result == 0;
	} else if (result == 0) {
		while (s->first < e->count &&
		    e->recipient[s->first].state != RECIPIENT_PENDING)
			s->first++;
		*again = s->first < e->count;
		if (*again)
			result = go_on(s, f);
		else if (envelope_in_state(e, RECIPIENT_DELIVERED) > 0)
			wait_hold();
	}
	if (result == 0)
		return 0;
	*again = false;
	take_outcome(s);
	/* what it means for those who have not got the message */
	s->outcome->delivered = 0;
	diagnose(s, f);
	outcome_count(s->outcome, s->envelope);
	return settle_rest(s, f);
}

/* Everybody is settled; who has the message? */
static int
sum_up(struct submission *s, struct fault *f)
{
	struct outcome *o = s->outcome;

	take_outcome(s);
	if (o->delivered == o->recipients)
		return 0;
	if (o->delivered == 0) {
		rejection_of_all(&s->link->session, s->envelope, &s->refusal,
		    f);
	} else {
		fault(f, o->refused > 0 ? FAULT_RECIPIENT : FAULT_TEMPORARY,
		    "%s: the message was accepted for %zu of %zu recipients",
		    account_server(s->link->account), o->delivered,
		    o->recipients);
	}
	return conclude(s, f);
}

static int
run(struct submission *s, bool asked, struct fault *f)
{
	bool again = asked || count_pending(s, 1) > 0;

	while (again) {
		if (run_once(s, asked, &again, f) == -1)
			return -1;
		asked = false;
	}
	return sum_up(s, f);
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

static void
take_message(struct submission *s, const struct message *m)
{
	s->message = m;
	s->chunking = s->link->session.chunking;
	if (s->chunking)
		chunk_plan(&s->chunks, m);
}

int
submission_run(struct submission *s, const struct message *m, bool eight_bit,
    struct fault *f)
{
	struct session *session = &s->link->session;
	struct envelope *e = s->envelope;

	s->message = m;
	s->octets = message_octets(m);
	s->eight_bit = eight_bit || m->eight_bit_body || m->eight_bit_header;
	s->limit = (size_t)session->capabilities.rcpt_max;
	note_lacks(session, e, m);
	if (check_tls(s, f) == -1 || rejection_by_size(session, m, f) == -1 ||
	    rejection_by_count(session, e, f) == -1 ||
	    path_prepare(e, session->capabilities.has[CAP_SMTPUTF8],
	    &s->utf8, conn_peer(session->conn), f) == -1)
		return conclude(s, f);
	take_message(s, m);
	return run(s, false, f);
}

/* ---- Step by step. */

static int
open_and_begin(struct submission *s, struct fault *f)
{
	const struct session *session = &s->link->session;

	link_set_sender(s->link, s->envelope);
	if (link_open(s->link, s->outcome, f) == -1 ||
	    check_tls(s, f) == -1 || path_prepare(s->envelope,
	    session->capabilities.has[CAP_SMTPUTF8], &s->utf8,
	    conn_peer(session->conn), f) == -1)
		return -1;
	return begin(s, f);
}

/*
 * The connection broke, or a 421 came. A session that had gone stale is
 * replaced, and everything is asked again there.
 */
static int
recover(struct submission *s, struct fault *f)
{
	struct envelope *e = s->envelope;

	if (!was_stale(s)) {
		take_outcome(s);
		diagnosis_settle(s->outcome, f);
		link_close(s->link);
		return -1;
	}
	forget_session(s, f);
	link_close(s->link);
	if (open_and_begin(s, f) == -1)
		return -1;
	for (size_t i = 0; i < e->count; i++)
		if (e->recipient[i].state == RECIPIENT_PENDING &&
		    transaction_rcpt(&s->transaction, i, f) == -1)
			return -1;
	return transaction_sync(&s->transaction, f);
}

int
submission_mail(struct submission *s, uint64_t octets, bool eight_bit,
    struct fault *f)
{
	s->octets = octets;
	s->eight_bit = eight_bit;
	s->reused = s->link->open && s->link->used;
	if (open_and_begin(s, f) == 0)
		return 0;
	return s->begun ? recover(s, f) : -1;
}

int
submission_rcpt(struct submission *s, size_t recipient, struct fault *f)
{
	if (transaction_rcpt(&s->transaction, recipient, f) == 0)
		return 0;
	return recover(s, f);
}

int
submission_sync(struct submission *s, struct fault *f)
{
	if (transaction_sync(&s->transaction, f) == 0 &&
	    !(s->transaction.mail.code == 421 &&
	    was_stale(s)))
		return 0;
	return recover(s, f);
}

int
submission_send(struct submission *s, const struct message *m,
    struct fault *f)
{
	take_message(s, m);
	return run(s, true, f);
}

/* ---- Without a message. */

static int
rehearse_recipients(struct submission *s, const struct probe *p,
    struct fault *f)
{
	struct envelope *e = s->envelope;

	for (size_t i = 0; i < e->count; i++) {
		if (submission_rcpt(s, i, f) == -1 ||
		    submission_sync(s, f) == -1)
			return -1;
		if (e->recipient[i].state == RECIPIENT_ACCEPTED)
			probe_accepted(p, "RCPT", &e->recipient[i].box);
	}
	if (s->transaction.accepted == e->count)
		return 0;
	reply_copy(&s->refusal, &s->transaction.refusal);
	if (s->transaction.accepted == 0)
		rejection_of_all(&s->link->session, e, &s->refusal, f);
	else
		fault(f, FAULT_RECIPIENT, "%s: the message would be accepted "
		    "for %zu of %zu recipients",
		    account_server(s->link->account), s->transaction.accepted,
		    e->count);
	take_outcome(s);
	diagnosis_settle(s->outcome, f);
	return -1;
}

int
submission_rehearse(struct submission *s, const struct probe *p,
    struct fault *f)
{
	if (submission_mail(s, 0, false, f) == -1 ||
	    submission_sync(s, f) == -1)
		return -1;
	if (!transaction_is_success(&s->transaction, &s->transaction.mail)) {
		rejection_of_sender(&s->transaction, f);
		take_outcome(s);
		diagnosis_settle(s->outcome, f);
		return -1;
	}
	probe_accepted(p, "MAIL", &s->envelope->path);
	return rehearse_recipients(s, p, f);
}

/* ---- The end. */

void
submission_break_off(struct submission *s, const char *why, struct fault *f)
{
	struct outcome *o = s->outcome;
	struct transaction *t = &s->transaction;

	fault(f, FAULT_TEMPORARY, "%s; ", why);
	if (o == NULL) {
		fault_add(f, "the message was not sent");
		return;
	}
	/* the reply to the end of data was still awaited */
	if (s->begun && s->link->open && t->awaited > 0 &&
	    conn_all_sent(s->link->session.conn))
		t->unsure = true;
	take_outcome(s);
	if (o->unsure)
		fault_add(f, CONTENT_UNSURE);
	else if (o->delivered > 0)
		fault_add(f, "the message was accepted for %zu of %zu "
		    "recipients", o->delivered, o->recipients);
	else
		fault_add(f, "the message was not sent");
	if (o->delivered > 0 && o->delivered == o->recipients)
		fault_clear(f);
	diagnosis_settle(o, f);
}

void
submission_end(struct submission *s)
{
	struct transaction *t = &s->transaction;
	/* a chunk was answered, be it behind a MAIL that was refused */
	bool chunk = t->end.code != 0 && t->data.code == 0;

	/* within a message RSET would be a part of it, behind 421 it is vain;
	 * not all servers forget a message by themselves when they refuse it,
	 * and behind a chunk that was refused RSET has to come (RFC 3030
	 * section 2) */
	if (s->begun && s->link->open && (!link_is_whole(s->link) ||
	    ((chunk || transaction_is_success(t, &t->mail)) &&
	    !transaction_is_success(t, transaction_final(t)) &&
	    transaction_reset(t, NULL) == -1)))
		link_close(s->link);
	drop_transaction(s);
}
