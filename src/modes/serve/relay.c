/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/clock.h"
#include "base/memory.h"
#include "base/text.h"
#include "mail/address/address.h"
#include "mail/message/message.h"
#include "smtp/server/command.h"
#include "smtp/session.h"
#include "delivery/outcome.h"
#include "delivery/request.h"
#include "delivery/submission.h"
#include "modes/modes.h"
#include "modes/serve/serving.h"

/*
 * Recipients of a transaction. RFC 5321 section 4.5.3.1.8 wants room for 100;
 * no smarthost is known to take ten thousand, and a client that names more
 * wants our memory.
 */
#define RECIPIENTS_MAX 10000
#define RECEIVED_MAX 100	/* RFC 5321 section 6.3: at least as many */
#define ANSWER_MAX (SIZE_MAX / 4)	/* octets: replies have their own */

void
relay_init(struct relay *r, const struct request *request,
    const struct peer *peer)
{
	memset(r, 0, sizeof(*r));
	r->request = request;
	r->peer = peer;
	carrier_init(&r->carrier, request);
	r->carrier.others = true;	/* the next message's */
	envelope_init(&r->given);
	delivery_init(&r->delivery, request);
}

/* Forgets the transaction; the session stays. */
static void
forget(struct relay *r)
{
	if (!r->begun)
		return;
	if (!r->leaving)
		submission_end(&r->delivery.submission);
	delivery_end(&r->delivery);
	r->begun = r->too_big = r->postponed = r->broken = false;
	r->unkept = false;
	r->hidden = NULL;
	envelope_free(&r->given);
	free(r->member);
	r->member = NULL;
	r->members = r->members_cap = 0;
	fault_clear(&r->trouble);
}

void
relay_free(struct relay *r)
{
	r->leaving = true;
	forget(r);
	if (r->accepted && r->carrier.at->link.open &&
	    queue_may_flush(&r->carrier))
		queue_flush(&r->carrier);
	carrier_free(&r->carrier);
}

/* The account that fits the reverse-path; the session of another one ends. */
static int
choose_account(struct relay *r, const struct mailbox *sender, struct fault *f)
{
	struct carrier *c = &r->carrier;
	bool loaded = c->loaded;

	if (carrier_load(c, f) == -1)
		return -1;
	if (!loaded)
		request_tell(r->request, &c->accounts, NULL);
	return carrier_choose(c, sender, f);
}

/* Reverse-path, account, and the letter that is made for it. */
static int
prepare(struct relay *r, const struct command_mail *m, struct fault *f)
{
	struct envelope *given = &r->given;
	int result;

	if (m->null_path)
		envelope_set_null_path(given);
	else
		envelope_set_path(given, &m->path);
	given->smtputf8 = m->smtputf8;
	given->requiretls = m->requiretls;
	given->qualified = m->qualified;
	given->ret = m->ret;
	given->envid = memory_string(m->envid);
	result = choose_account(r, &given->path, f);
	delivery_begin(&r->delivery, &r->carrier, true);
	submission_init(&r->delivery.submission, &r->carrier.at->link,
	    &r->delivery.letter.envelope, &r->delivery.outcome, true);
	if (result == -1)
		return -1;
	return letter_set_sender(&r->delivery.letter, given, f);
}

/*
 * May what has failed be tried again when the message is here? What the queue
 * would keep, and what another account or a moment's patience can cure.
 */
static bool
can_wait(const struct relay *r)
{
	const struct account *a = &r->carrier.at->account;
	enum retry retry = r->delivery.outcome.retry;

	if (r->delivery.outcome.insecure)
		return a->fallback != NULL;
	return (retry != RETRY_NEVER && a->queue == TOGGLE_ON) ||
	    (retry == RETRY_ELSEWHERE && (a->fallback != NULL ||
	    a->retry_for > 0));
}

/* RFC 1870 section 6.1: the server need not be asked. */
static int
check_size(struct relay *r, uint64_t octets, struct fault *f)
{
	uint64_t limit = relay_limit(r);

	if (limit == 0 || octets <= limit)
		return 0;
	r->too_big = true;
	return fault(f, FAULT_DATA, "%s: the client has announced more than "
	    "the %" PRIu64 " octets that the server takes",
	    account_server(&r->carrier.at->account), limit);
}

void
relay_mail(struct relay *r, const struct command_mail *m)
{
	struct fault *f = &r->trouble;

	r->begun = true;
	r->delivery.peer_known = r->peer->known;
	r->delivery.peer_uid = (unsigned long)r->peer->uid;
	r->delivery.peer_pid = (long)r->peer->pid;
	/* A client that does not declare the body may still send 8-bit text,
	 * and then it is too late to declare that. */
	r->eight_bit = m->body != COMMAND_BODY_7BIT;
	r->delivery.eight_bit = r->eight_bit;
	if (prepare(r, m, f) == -1 ||
	    delivery_open(&r->delivery, &r->carrier, f) == -1 ||
	    check_size(r, m->size, f) == -1 ||
	    submission_mail(&r->delivery.submission, m->size, r->eight_bit,
	    f) == -1)
		r->postponed = can_wait(r);
}

/* Does it say who we are at the smarthost, or where its socket is? */
static bool
names_us(const struct relay *r, const char *text, size_t n)
{
	const struct account *a = &r->carrier.at->account;

	return (a->user != NULL && a->user[0] != '\0' &&
	    text_find(text, n, a->user, strlen(a->user)) != NULL) ||
	    (a->socket != NULL &&
	    text_find(text, n, a->socket, strlen(a->socket)) != NULL);
}

/*
 * Another user need not know what stands in our account file, and it would not
 * help him. He is told what is wrong with his mail, and what the network and
 * the smarthost say, but for AUTH; unless that names other accounts, or us.
 */
static bool
is_private(const struct relay *r, const struct fault *f)
{
	const struct account *a = &r->carrier.own->account;
	enum phase phase = r->delivery.outcome.phase;

	if (f->class == FAULT_NONE || !peer_is_foreign(r->peer))
		return false;
	if (r->unkept || names_us(r, f->text, strlen(f->text)))
		return true;
	switch (f->class) {
	case FAULT_DATA:
	case FAULT_RECIPIENT:
		return false;
	case FAULT_HOST:
	case FAULT_NO_HOST:
	case FAULT_REFUSED:
	case FAULT_TEMPORARY:
	case FAULT_PROTOCOL:
		return phase == PHASE_NONE || phase == PHASE_AUTH ||
		    a->fallback != NULL;
	default:
		return true;
	}
}

/* What the client is not told goes to standard error where there is no log;
 * systemd keeps that. */
static void
note_unlogged(const struct relay *r, const char *text)
{
	const struct log *log = &r->delivery.log;

	if (log->file == -1 && log->syslog == -1)
		r->request->note(text);
}

static const char not_sent[] = "this mail cannot be sent; this machine's log "
    "says more";

/* A fault's text, if the client may see it. */
static const char *
text_for_client(const struct relay *r, const struct fault *f)
{
	if (!is_private(r, f))
		return f->text;
	return f->class == FAULT_DATA || f->class == FAULT_RECIPIENT ||
	    f->class == FAULT_REFUSED ? not_sent : "this machine cannot send "
	    "mail now; its log says more";
}

static void
answer_fault(const struct relay *r, const struct fault *f,
    struct buffer *b)
{
	answer_add(b, fault_smtp_code(f->class), fault_smtp_status(f->class),
	    text_for_client(r, f), r->given.smtputf8);
}

/* What the smarthost says; where it refuses somebody, it may name us. */
static void
answer_reply(const struct relay *r, const struct reply *reply,
    struct buffer *b)
{
	struct fault whole = { .class = FAULT_NONE };
	struct reply plain;

	if (reply_digit(reply) == 2 || !peer_is_foreign(r->peer) ||
	    reply->text.len == 0 ||
	    !names_us(r, reply->text.data, reply->text.len)) {
		answer_add_reply(b, reply, r->given.smtputf8);
		return;
	}
	fault(&whole, FAULT_REFUSED, "%s: %d %.*s",
	    account_server(&r->carrier.at->account), reply->code,
	    (int)reply->text.len, reply->text.data);
	note_unlogged(r, whole.text);
	fault_clear(&whole);
	reply_init(&plain);
	reply_copy(&plain, reply);
	buffer_clear(&plain.text);
	buffer_add_string(&plain.text, not_sent);
	answer_add_reply(b, &plain, r->given.smtputf8);
	reply_free(&plain);
}

static void
answer_too_big(const struct relay *r, const struct fault *f, struct buffer *b)
{
	answer_add(b, 552, "5.3.4", text_for_client(r, f), r->given.smtputf8);
}

void
relay_answer_broken(const struct relay *r, const struct fault *f,
    struct buffer *b)
{
	if (r->too_big)
		answer_too_big(r, f, b);
	else
		answer_fault(r, f, b);
}

/* Of the smarthost's reply to MAIL; 0: there is none. */
static int
mail_digit(const struct relay *r)
{
	return !r->delivery.submission.begun ? 0 :
	    reply_digit(&r->delivery.submission.transaction.mail);
}

/* Asks the smarthost about a recipient that is new in this transaction. */
static void
ask(struct relay *r, size_t number)
{
	const struct submission *s = &r->delivery.submission;
	struct recipient *to = &r->delivery.letter.envelope.recipient[number];

	if (r->trouble.class != FAULT_NONE || !s->begun)
		return;
	/* without PIPELINING a refusal is known before the next step */
	if (s->transaction.mail.code != 0 && !relay_is_open(r))
		return;
	if (!s->utf8 && mailbox_needs_smtputf8(&to->box)) {
		to->state = RECIPIENT_REFUSED;
		to->reply = memory_string(RECIPIENT_UNTRIED "this address "
		    "needs SMTPUTF8");
		return;
	}
	if (submission_rcpt(&r->delivery.submission, number,
	    &r->trouble) == -1)
		r->postponed = can_wait(r);
}

/* Those that an address stands for, itself if it has no alias. */
static int
expand(struct relay *r, const struct mailbox *box, struct envelope *to,
    struct fault *f)
{
	int result;

	if (!r->carrier.chosen) {
		envelope_add(to, box);
		return 0;
	}
	result = aliases_expand(&r->carrier.at->aliases, box, false, to,
	    &r->carrier.accounts.warnings, f);
	request_tell(r->request, &r->carrier.accounts, NULL);
	return result;
}

static void
join(struct relay *r, const struct mailbox *box, const struct command_rcpt *c)
{
	struct envelope *e = &r->delivery.letter.envelope;
	size_t before = e->count;

	envelope_add(e, box);
	if (e->count > before) {
		e->recipient[before].notify = c->notify;
		e->recipient[before].orcpt = memory_string(c->orcpt);
		ask(r, before);
	}
	r->member = memory_grow(r->member, r->members, &r->members_cap,
	    sizeof(*r->member));
	r->member[r->members++] = envelope_find(e, box);
}

/* Adds the refusal of a recipient that the smarthost is not asked about. */
static bool
refuse_recipient(struct relay *r, struct buffer *b)
{
	if (r->members >= RECIPIENTS_MAX)
		buffer_add_string(b, "452 4.5.3 too many recipients\r\n");
	else if (r->members > 0 &&
	    r->carrier.at->account.protocol == PROTOCOL_LMTP)
		/* LMTP has a reply to the message for each recipient, and the
		 * client can be told only one */
		buffer_add_string(b, "452 4.5.3 one recipient at a time: the "
		    "next one in another transaction\r\n");
	return b->len > 0;
}

void
relay_rcpt(struct relay *r, const struct command_rcpt *c,
    struct relay_share *share)
{
	struct fault f = { .class = FAULT_NONE };
	struct envelope to;
	struct buffer b;

	memset(share, 0, sizeof(*share));
	share->first = r->members;
	envelope_init(&to);
	buffer_init(&b, ANSWER_MAX);
	if (refuse_recipient(r, &b)) {
		share->refusal = buffer_detach(&b);
	} else if (expand(r, &c->box, &to, &f) == -1) {
		answer_fault(r, &f, &b);
		/* it is no outcome, so that the log does not have it */
		if (is_private(r, &f))
			r->request->note(f.text);
		share->refusal = buffer_detach(&b);
	} else {
		envelope_add(&r->given, &c->box);
		for (size_t i = 0; i < to.count; i++)
			join(r, &to.recipient[i].box, c);
	}
	share->count = r->members - share->first;
	fault_clear(&f);
	envelope_free(&to);
	buffer_free(&b);
}

void
relay_sync(struct relay *r)
{
	struct submission *s = &r->delivery.submission;
	struct fault *f = &r->trouble;

	if (!s->begun || f->class != FAULT_NONE)
		return;
	if (submission_sync(s, f) == -1) {
		r->postponed = can_wait(r);
	} else if (mail_digit(r) == 4) {
		rejection_of_sender(&s->transaction, f);
		outcome_take(&r->delivery.outcome,
		    &r->carrier.at->link.session);
		diagnosis_settle(&r->delivery.outcome, f);
		r->postponed = can_wait(r);
		/* what became of RCPT behind it tells nothing */
		if (r->postponed)
			transaction_forget(&s->transaction);
		else
			fault_clear(f);
	}
}

/* ---- What the client is told. */

bool
relay_is_open(const struct relay *r)
{
	return r->postponed || mail_digit(r) == 2;
}

void
relay_answer_mail(const struct relay *r, struct buffer *b)
{
	const struct submission *s = &r->delivery.submission;

	if (r->postponed)
		buffer_add_string(b, "250 2.1.0 ok; the smarthost is asked "
		    "later\r\n");
	else if (s->begun && s->transaction.mail.code != 0)
		answer_reply(r, &s->transaction.mail, b);
	else if (r->too_big)
		answer_too_big(r, &r->trouble, b);
	else
		answer_fault(r, &r->trouble, b);
}

static bool
has_queue(const struct relay *r)
{
	return r->carrier.at->account.queue == TOGGLE_ON;
}

/* What one of an RCPT's recipients has come to: the digit, and the words. */
static int
answer_member(const struct relay *r, size_t number, struct buffer *b)
{
	const struct envelope *e = &r->delivery.letter.envelope;
	const struct recipient *to = &e->recipient[number];
	const struct reply *reply =
	    r->delivery.submission.begun
		? transaction_reply(&r->delivery.submission.transaction, number)
		: NULL;

	buffer_clear(b);
	if (r->postponed ? to->state != RECIPIENT_REFUSED :
	    to->state == RECIPIENT_DEFERRED && has_queue(r))
		buffer_add_string(b, "250 2.1.5 ok; the smarthost is asked "
		    "later\r\n");
	else if (reply != NULL && reply->code != 0)
		answer_reply(r, reply, b);
	else if (to->state == RECIPIENT_REFUSED && to->reply != NULL)
		answer_add(b, 553, "5.6.7", to->reply, r->given.smtputf8);
	else if (r->trouble.class != FAULT_NONE && relay_is_open(r))
		answer_fault(r, &r->trouble, b);
	else
		buffer_add_string(b, "503 5.5.1 MAIL was refused\r\n");
	return b->data[0] - '0';
}

void
relay_answer_rcpt(const struct relay *r, const struct relay_share *share,
    struct buffer *b)
{
	struct buffer worst, this;
	int digit = 0, d;

	if (share->refusal != NULL) {
		buffer_add_string(b, share->refusal);
		return;
	}
	buffer_init(&worst, SIZE_MAX / 4);
	buffer_init(&this, SIZE_MAX / 4);
	for (size_t i = 0; i < share->count; i++) {
		d = answer_member(r, r->member[share->first + i], &this);
		if (d <= digit)
			continue;
		digit = d;
		buffer_clear(&worst);
		buffer_add(&worst, this.data, this.len);
	}
	if (digit == 0)
		buffer_add_string(b, "550 5.1.1 nobody stands behind this "
		    "name\r\n");
	else
		buffer_add(b, worst.data, worst.len);
	buffer_free(&worst);
	buffer_free(&this);
}

bool
relay_may_send(const struct relay *r)
{
	const struct envelope *e = &r->delivery.letter.envelope;

	if (r->postponed)
		return e->count > envelope_in_state(e, RECIPIENT_REFUSED);
	return relay_is_open(r) && r->trouble.class == FAULT_NONE &&
	    (envelope_in_state(e, RECIPIENT_ACCEPTED) > 0 || (has_queue(r) &&
	    envelope_in_state(e, RECIPIENT_DEFERRED) > 0));
}

void
relay_answer_nobody(const struct relay *r, struct buffer *b)
{
	if (r->trouble.class != FAULT_NONE && relay_is_open(r))
		answer_fault(r, &r->trouble, b);
	else if (!relay_is_open(r))
		buffer_add_string(b, "503 5.5.1 MAIL was refused\r\n");
	else if (r->delivery.letter.envelope.count == 0)
		buffer_add_string(b, "503 5.5.1 RCPT comes first\r\n");
	else
		buffer_add_string(b, "554 5.5.1 no recipient was "
		    "accepted\r\n");
}

uint64_t
relay_limit(const struct relay *r)
{
	const struct link *l = &r->carrier.at->link;

	return l->open ? l->session.capabilities.size : 0;
}

bool
relay_offers(const struct relay *r, enum capability capability)
{
	const struct link *l = &r->carrier.at->link;

	return !l->open || l->session.capabilities.has[capability];
}

static int
count_received(const struct message *m, struct fault *f)
{
	size_t from = 0, n = 0;

	while (header_next(&m->header, "Received", &from) != NULL)
		if (++n > RECEIVED_MAX)
			return fault(f, FAULT_REFUSED, "more than %d Received "
			    "fields: the message goes round in circles",
			    RECEIVED_MAX);
	return 0;
}

static void
add_received(const struct relay *r, struct message *m, const char *received)
{
	const struct link *l = &r->carrier.at->link;
	char *name = l->open ? memory_string(l->session.ehlo_name) :
	    session_own_name();
	char date[CLOCK_DATE_SIZE], *field;

	clock_date(time(NULL), date);
	field = buffer_format("%s\r\n\tby %s (postrider) with %s;\r\n\t%s",
	    received, name == NULL ? "localhost" : name, r->given.smtputf8 ?
	    "UTF8SMTP" : r->esmtp ? "ESMTP" : "SMTP", date);
	header_prepend(&m->header, "Received", field);
	free(field);
	free(name);
}

/* What stops the message here, where the smarthost need not be asked. */
static int
refuse(struct relay *r, struct message *m, const char *received,
    const struct fault *broken, struct fault *f, struct buffer *answer)
{
	if (broken->class != FAULT_NONE) {
		fault_pass(f, broken, "");
		relay_answer_broken(r, f, answer);
	} else if (count_received(m, f) == -1) {
		answer_add(answer, 554, "5.4.6", f->text, false);
	} else {
		add_received(r, m, received);
		if (letter_write(&r->delivery.letter, m, &r->given, f) == -1)
			answer_fault(r, f, answer);
		else if (!r->carrier.at->link.open ||
		    rejection_by_size(&r->carrier.at->link.session,
		    &r->delivery.letter.message, f) == 0)
			return 0;
		else
			answer_too_big(r, f, answer);
	}
	return -1;
}

/* The message as this server can take it: MAIL has declared what it will. */
static int
submit_message(struct relay *r, struct fault *f)
{
	struct letter *l = &r->delivery.letter;

	if (letter_fit(l, &r->carrier.at->link.session, r->eight_bit,
		       r->delivery.submission.utf8, f) == -1)
		return -1;
	return submission_send(&r->delivery.submission, l->conversion.message,
			       f);
}

/* Has the client been told that the recipient is taken? */
static bool
is_promised(const struct relay *r, const struct recipient *to)
{
	if (r->postponed)
		return to->state != RECIPIENT_REFUSED;
	return to->state == RECIPIENT_ACCEPTED ||
	    (has_queue(r) && to->state == RECIPIENT_DEFERRED);
}

/*
 * The message and what the client was promised; the others are its own matter.
 * Nothing is owned but the envelope.
 */
static void
make_job(const struct relay *r, const struct message *m, struct job *job)
{
	const struct envelope *e = &r->delivery.letter.envelope;

	memset(job, 0, sizeof(*job));
	envelope_init(&job->envelope);
	envelope_copy_sender(&job->envelope, &r->given);
	job->message = *m;
	for (size_t i = 0; i < e->count; i++)
		if (is_promised(r, &e->recipient[i]))
			envelope_copy_recipient(&job->envelope,
			    &e->recipient[i]);
}

/* All of it once more, to those who were promised; the client waits. */
static int
send_again(struct relay *r, const struct job *job, struct fault *f)
{
	struct delivery *d = &r->delivery;
	const struct envelope *to = &job->envelope;
	struct envelope *e = &d->letter.envelope;

	submission_end(&d->submission);
	fault_clear(f);
	for (size_t i = 0; i < to->count; i++)
		e->recipient[envelope_find(e, &to->recipient[i].box)].state =
		    RECIPIENT_PENDING;
	r->postponed = d->expanded = d->stay = true;
	return delivery_run(d, &r->carrier, job, f);
}

/*
 * Is there one of those who were promised who neither has the message nor waits
 * in the queue, while others do? Then a success would be the last that anybody
 * heard of him.
 */
static bool
is_broken(struct relay *r, const struct envelope *promised, struct fault *f)
{
	struct envelope *e = &r->delivery.letter.envelope;
	bool kept = r->delivery.queued != NULL;
	const struct recipient *to, *without = NULL;
	size_t has = 0;
	char *spec;

	for (size_t i = 0; i < promised->count; i++) {
		to = &e->recipient[envelope_find(e,
		    &promised->recipient[i].box)];
		if (kept ? to->state != RECIPIENT_REFUSED :
		    to->state == RECIPIENT_DELIVERED)
			has++;
		else if (without == NULL || without->reply == NULL)
			without = to;
	}
	if (has == 0 || without == NULL)
		return false;
	if (without->reply != NULL) {
		spec = address_spec(&without->box);
		fault_add(f, "; %s: %s", spec, without->reply);
		free(spec);
	}
	return true;
}

/*
 * The client has taken its time over the message, and the smarthost did not
 * wait: it has gone, or it goes when it hears of DATA. Nothing of the message
 * has been sent then.
 */
static bool
has_idled_out(const struct relay *r, const struct fault *f)
{
	const struct outcome *o = &r->delivery.outcome;

	return o->phase == PHASE_DATA && f->class == FAULT_TEMPORARY &&
	    reply_digit(&r->delivery.submission.transaction.data) != 3;
}

static bool
may_send_again(const struct relay *r, const struct fault *f)
{
	const struct account *a = &r->carrier.at->account;

	return r->postponed ||
	    (r->delivery.outcome.retry == RETRY_ELSEWHERE &&
	    (a->fallback != NULL || a->retry_for > 0 || has_idled_out(r, f)));
}

/* By the session that is open; else, or where it breaks, by what there is;
 * else it is kept. */
static int
deliver(struct relay *r, const struct message *m, struct fault *f)
{
	struct delivery *d = &r->delivery;
	struct link *l = &r->carrier.at->link;
	struct job job;
	int result;

	make_job(r, m, &job);
	if (!r->postponed && (!link_is_whole(l) || link_is_stale(l))) {
		link_close(l);
		r->postponed = true;
	}
	result = r->postponed ? -1 : submit_message(r, f);
	if (result == -1 && may_send_again(r, f))
		result = send_again(r, &job, f);
	r->hidden = is_private(r, f) ? text_for_client(r, f) : NULL;
	/* why it is not kept names a folder of ours */
	if (result == -1 && delivery_keep(d, &r->carrier, &job, f) == -1)
		r->unkept = has_queue(r);
	r->broken = result == -1 && is_broken(r, &job.envelope, f);
	envelope_free(&job.envelope);
	return result;
}

static void
answer_kept(const struct relay *r, struct buffer *answer)
{
	char *text = buffer_format("kept as %s: %s", r->delivery.queued,
	    r->hidden != NULL ? r->hidden : r->delivery.why);

	answer_add(answer, 250, "2.0.0", text, r->given.smtputf8);
	free(text);
}

/*
 * The smarthost's own words, if it has settled the message; else what went
 * wrong, and then the session is of no more use.
 */
static void
answer_message(struct relay *r, int result, const struct fault *f,
    struct buffer *answer)
{
	const struct outcome *o = &r->delivery.outcome;
	const struct reply *final = r->postponed ? &o->reply :
	    transaction_final(&r->delivery.submission.transaction);
	/* what was said to EHLO or AUTH is nothing about the message */
	int digit = o->phase < PHASE_MAIL ? 0 : reply_digit(final);

	if (r->broken) {
		answer_fault(r, f, answer);
	} else if (r->delivery.queued != NULL) {
		answer_kept(r, answer);
	} else if (result == 0 || (!o->unsure && (digit == 4 || digit == 5 ||
	    (digit == 2 && o->delivered > 0)))) {
		answer_reply(r, final, answer);
		return;
	} else if (r->delivery.submission.begun && digit == 0 && !o->unsure &&
	    r->carrier.at->link.open && o->phase == PHASE_RCPT) {
		relay_answer_nobody(r, answer);
		return;
	} else {
		answer_fault(r, f, answer);
	}
	link_close(&r->carrier.at->link);
}

static void
log_outcome(struct relay *r, struct fault *f)
{
	struct delivery *d = &r->delivery;
	bool hidden = f->class != FAULT_NONE ? is_private(r, f) :
	    r->hidden != NULL;

	if (hidden)
		note_unlogged(r, f->class != FAULT_NONE ? f->text : d->why);
	delivery_log(d, f);
}

void
relay_message(struct relay *r, struct message *m, const char *received,
    const struct fault *broken, struct buffer *answer)
{
	struct fault f = { .class = FAULT_NONE };
	int result;

	if (refuse(r, m, received, broken, &f, answer) == 0) {
		result = deliver(r, m, &f);
		answer_message(r, result, &f, answer);
		r->accepted |= r->delivery.outcome.delivered > 0;
	}
	log_outcome(r, &f);
	fault_clear(&f);
	forget(r);
}

/*
 * Why a transaction without a message was none; nothing when it was the
 * client's wish and nobody had been refused.
 */
static void
explain(struct relay *r, const struct fault *why, struct fault *f)
{
	struct submission *s = &r->delivery.submission;
	struct outcome *o = &r->delivery.outcome;
	const struct transaction *t = &s->transaction;

	outcome_count(o, &r->delivery.letter.envelope);
	if (r->trouble.class != FAULT_NONE) {
		fault_pass(f, &r->trouble, "");
	} else if (s->begun && t->mail.code != 0 && !relay_is_open(r)) {
		rejection_of_sender(t, f);
		outcome_take(o, &r->carrier.at->link.session);
		diagnosis_settle(o, f);
	} else if (why != NULL && why->class != FAULT_NONE) {
		fault_pass(f, why, "");
	} else if (o->refused + o->deferred > 0) {
		outcome_settle(o, &t->refusal);
		fault(f, o->deferred > 0 ? FAULT_TEMPORARY : FAULT_RECIPIENT,
		    "%s: the server refused %zu of %zu recipients; the client "
		    "sent no message", account_server(&r->carrier.at->account),
		    o->refused + o->deferred, o->recipients);
	}
}

void
relay_reset(struct relay *r, const struct fault *why)
{
	struct fault f = { .class = FAULT_NONE };

	if (!r->begun)
		return;
	explain(r, why, &f);
	if (f.class != FAULT_NONE)
		log_outcome(r, &f);
	fault_clear(&f);
	forget(r);
}
