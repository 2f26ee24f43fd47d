/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/clock.h"
#include "base/memory.h"
#include "mail/address/address.h"
#include "mail/message/message.h"
#include "smtp/server/answer.h"
#include "smtp/server/command.h"
#include "delivery/diagnosis.h"
#include "delivery/rejection.h"
#include "delivery/request.h"
#include "modes/serve/peer.h"
#include "modes/serve/relay.h"

#define MEMBERS_MIN 16			/* first size of the list */
/*
 * Recipients of a transaction. RFC 5321 section 4.5.3.1.8 wants room for 100;
 * no smarthost is known to take ten thousand, and a client that names more
 * wants our memory.
 */
#define RECIPIENTS_MAX 10000
#define RECEIVED_MAX 100	/* RFC 5321 section 6.3: at least as many */
#define FIELD_MAX (64 * 1024)	/* octets of a Received field of ours */
#define ANSWER_MAX (SIZE_MAX / 4)	/* octets: replies have their own */

void
relay_init(struct relay *r, const struct request *request,
    const struct peer *peer)
{
	memset(r, 0, sizeof(*r));
	r->request = request;
	r->peer = peer;
	accounts_init(&r->accounts);
	account_init(&r->account);
	alias_source_init(&r->aliases, &r->account, true);
	link_init(&r->link, request);
	envelope_init(&r->given);
	delivery_init(&r->delivery, request);
}

/* Forgets the transaction; the session stays. */
static void
forget(struct relay *r)
{
	struct fault ignored = { FAULT_NONE, NULL, NULL, false };

	if (!r->begun)
		return;
	if (!r->leaving &&
	    submission_end(&r->delivery.submission, &ignored) == -1)
		link_close(&r->link);
	fault_clear(&ignored);
	delivery_end(&r->delivery);
	r->begun = r->too_big = false;
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
	link_free(&r->link);
	forget(r);
	alias_source_free(&r->aliases);
	account_free(&r->account);
	accounts_free(&r->accounts);
}

static int
load(struct relay *r, struct fault *f)
{
	r->loaded = request_load(r->request, &r->accounts, f) == 0;
	if (!r->loaded) {
		/* what was read so far must not stay: it is read again */
		accounts_free(&r->accounts);
		accounts_init(&r->accounts);
		return -1;
	}
	request_tell(r->request, &r->accounts, NULL);
	return 0;
}

static bool
is_chosen(const struct relay *r, const struct account *a)
{
	return r->chosen && (a->name == NULL || r->account.name == NULL ?
	    a->name == r->account.name :
	    strcmp(a->name, r->account.name) == 0);
}

/* The account that fits the reverse-path; the session of another one ends. */
static int
choose_account(struct relay *r, const struct mailbox *sender, struct fault *f)
{
	struct account next;
	int result;

	if (!r->loaded && load(r, f) == -1)
		return -1;
	account_init(&next);
	result = request_choose(r->request, &r->accounts, sender, &next, f);
	if (result == -1 || is_chosen(r, &next)) {
		account_free(&next);
		return result;
	}
	alias_source_free(&r->aliases);
	link_use(&r->link, NULL);
	account_free(&r->account);
	r->account = next;
	r->chosen = true;
	link_use(&r->link, &r->account);
	alias_source_init(&r->aliases, &r->account, r->request->no_aliases);
	return 0;
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
	given->ret = m->ret;
	given->envid = memory_string(m->envid);
	result = choose_account(r, &given->path, f);
	delivery_begin(&r->delivery, &r->account, &r->aliases,
	    &r->accounts.warnings, true);
	submission_init(&r->delivery.submission, &r->link,
	    &r->delivery.letter.envelope, &r->delivery.outcome, true);
	if (result == -1)
		return -1;
	return letter_set_sender(&r->delivery.letter, given, f);
}

/* Why the transaction cannot go on; the fault is taken over. */
static void
trouble(struct relay *r, struct fault *f)
{
	fault_pass(&r->trouble, f, "");
	fault_clear(f);
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
	    account_server(&r->account), limit);
}

void
relay_mail(struct relay *r, const struct command_mail *m)
{
	struct fault f = { FAULT_NONE, NULL, NULL, false };

	r->begun = true;
	r->delivery.peer_known = r->peer->known;
	r->delivery.peer_uid = (unsigned long)r->peer->uid;
	r->delivery.peer_pid = (long)r->peer->pid;
	/* A client that does not declare the body may still send 8-bit text,
	 * and then it is too late to declare that. */
	r->eight_bit = m->body != COMMAND_BODY_7BIT;
	if (prepare(r, m, &f) == -1 ||
	    link_open(&r->link, &r->delivery.outcome, &f) == -1 ||
	    check_size(r, m->size, &f) == -1 ||
	    submission_mail(&r->delivery.submission, m->size, r->eight_bit,
	    &f) == -1)
		trouble(r, &f);
}

/*
 * Another user need not know what stands in our account file, and it would not
 * help him.
 */
static void
answer_fault(const struct relay *r, const struct fault *f,
    struct buffer *b)
{
	static const char ours[] = "this machine's mail is not set up "
	    "correctly; its log says more";
	bool private = f->class == FAULT_CONFIG ||
	    f->class == FAULT_COMMAND || f->class == FAULT_INPUT ||
	    f->class == FAULT_SYSTEM || f->class == FAULT_SOFTWARE ||
	    f->class == FAULT_AUTH;
	const char *text = private && peer_is_foreign(r->peer) ? ours :
	    f->text;

	answer_add(b, fault_smtp_code(f->class), fault_smtp_status(f->class),
	    text, strlen(text), r->given.smtputf8);
}

static void
add_member(struct relay *r, size_t recipient)
{
	if (r->members == r->members_cap) {
		r->members_cap = r->members_cap == 0 ? MEMBERS_MIN :
		    r->members_cap * 2;
		r->member = memory_resize(r->member, r->members_cap,
		    sizeof(*r->member));
	}
	r->member[r->members++] = recipient;
}

/* Asks the smarthost about a recipient that is new in this transaction. */
static void
ask(struct relay *r, size_t number)
{
	const struct submission *s = &r->delivery.submission;
	struct recipient *to = &r->delivery.letter.envelope.recipient[number];
	struct fault f = { FAULT_NONE, NULL, NULL, false };

	if (r->trouble.class != FAULT_NONE || !s->begun)
		return;
	/* without PIPELINING a refusal is known before the next step */
	if (s->transaction.mail.code != 0 && !relay_is_open(r))
		return;
	if (!s->utf8 && mailbox_needs_smtputf8(&to->box)) {
		to->state = RECIPIENT_REFUSED;
		to->reply = memory_string("not tried: this address needs "
		    "SMTPUTF8");
		return;
	}
	if (submission_rcpt(&r->delivery.submission, number, &f) == -1)
		trouble(r, &f);
}

/* Those that an address stands for, itself if it has no alias. */
static int
expand(struct relay *r, const struct mailbox *box, struct envelope *to,
    struct fault *f)
{
	int result;

	if (!r->chosen) {
		envelope_add(to, box);
		return 0;
	}
	result = aliases_expand(&r->aliases, box, to,
	    &r->accounts.warnings, f);
	request_tell(r->request, &r->accounts, NULL);
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
	add_member(r, envelope_find(e, box));
}

/* Adds the refusal of a recipient that the smarthost is not asked about. */
static bool
refuse_recipient(struct relay *r, struct buffer *b)
{
	if (r->members >= RECIPIENTS_MAX)
		buffer_add_string(b, "452 4.5.3 too many recipients\r\n");
	else if (r->members > 0 && r->account.protocol == PROTOCOL_LMTP)
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
	struct fault f = { FAULT_NONE, NULL, NULL, false };
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
	struct fault f = { FAULT_NONE, NULL, NULL, false };

	if (r->delivery.submission.begun && r->trouble.class == FAULT_NONE &&
	    submission_sync(&r->delivery.submission, &f) == -1)
		trouble(r, &f);
}

/* ---- What the client is told. */

bool
relay_is_open(const struct relay *r)
{
	return r->delivery.submission.begun &&
	    reply_digit(&r->delivery.submission.transaction.mail) == 2;
}

void
relay_answer_mail(const struct relay *r, struct buffer *b)
{
	const struct submission *s = &r->delivery.submission;

	if (s->begun && s->transaction.mail.code != 0)
		answer_add_reply(b, &s->transaction.mail,
		    r->given.smtputf8);
	else if (r->too_big)
		answer_add(b, 552, "5.3.4", r->trouble.text,
		    strlen(r->trouble.text), r->given.smtputf8);
	else
		answer_fault(r, &r->trouble, b);
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
	if (reply != NULL && reply->code != 0)
		answer_add_reply(b, reply, r->given.smtputf8);
	else if (to->state == RECIPIENT_REFUSED && to->reply != NULL)
		answer_add(b, 553, "5.6.7", to->reply, strlen(to->reply),
		    r->given.smtputf8);
	else if (r->trouble.class != FAULT_NONE && !relay_is_open(r))
		buffer_add_string(b, "503 5.5.1 MAIL was refused\r\n");
	else if (r->trouble.class != FAULT_NONE)
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
	return relay_is_open(r) && r->trouble.class == FAULT_NONE &&
	    envelope_in_state(&r->delivery.letter.envelope,
	    RECIPIENT_ACCEPTED) > 0;
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
	return r->link.open ? r->link.session.capabilities.size : 0;
}

bool
relay_offers(const struct relay *r, enum capability capability)
{
	return !r->link.open || r->link.session.capabilities.has[capability];
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
	char date[CLOCK_DATE_SIZE];
	struct buffer b;

	clock_date(time(NULL), date);
	buffer_init(&b, FIELD_MAX);
	buffer_printf(&b, "%s\r\n\tby %s (postrider) with %s;\r\n\t%s",
	    received, r->link.session.ehlo_name, r->given.smtputf8 ?
	    "UTF8SMTP" : r->esmtp ? "ESMTP" : "SMTP", date);
	header_prepend(&m->header, "Received", b.data);
	buffer_free(&b);
}

/* What stops the message here, where the smarthost need not be asked. */
static int
refuse(struct relay *r, struct message *m, const char *received,
    const struct fault *broken, struct fault *f, struct buffer *answer)
{
	const char *status = NULL;
	int code = 554;

	if (broken->class != FAULT_NONE) {
		fault_pass(f, broken, "");
		code = 552;
		status = r->too_big ? "5.3.4" : NULL;
	} else if (count_received(m, f) == -1) {
		status = "5.4.6";
	} else {
		add_received(r, m, received);
		if (letter_write(&r->delivery.letter, m, &r->given, f) == 0) {
			if (rejection_by_size(&r->link.session,
			    &r->delivery.letter.message, f) == 0)
				return 0;
			code = 552;
			status = "5.3.4";
		}
	}
	if (status == NULL)
		answer_fault(r, f, answer);
	else
		answer_add(answer, code, status, f->text, strlen(f->text),
		    r->given.smtputf8);
	return -1;
}

/* The message as this server can take it: MAIL has declared what it will. */
static int
submit_message(struct relay *r, struct fault *f)
{
	struct letter *l = &r->delivery.letter;

	if (letter_fit(l, &r->link.session, r->eight_bit,
		       r->delivery.submission.utf8, f) == -1)
		return -1;
	return submission_send(&r->delivery.submission, l->conversion.message,
			       f);
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
	const struct reply *final =
	    transaction_final(&r->delivery.submission.transaction);
	int digit = reply_digit(final);

	if (result == 0 || (!o->unsure && (digit == 4 || digit == 5 ||
	    (digit == 2 && o->delivered > 0)))) {
		answer_add_reply(answer, final, r->given.smtputf8);
		return;
	}
	if (r->delivery.submission.begun && digit == 0 && !o->unsure &&
	    r->link.open && o->phase == PHASE_RCPT) {
		relay_answer_nobody(r, answer);
		return;
	}
	answer_fault(r, f, answer);
	link_close(&r->link);
}

void
relay_message(struct relay *r, struct message *m, const char *received,
    const struct fault *broken, struct buffer *answer)
{
	struct fault f = { FAULT_NONE, NULL, NULL, false };
	int result;

	if (refuse(r, m, received, broken, &f, answer) == 0) {
		result = submit_message(r, &f);
		answer_message(r, result, &f, answer);
	}
	delivery_log(&r->delivery, &f);
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
		outcome_take(o, &r->link.session);
		diagnosis_settle(o, f);
	} else if (why->class != FAULT_NONE) {
		fault_pass(f, why, "");
	} else if (o->refused + o->deferred > 0) {
		outcome_settle(o, &t->refusal);
		fault(f, o->deferred > 0 ? FAULT_TEMPORARY : FAULT_RECIPIENT,
		    "%s: the server refused %zu of %zu recipients; the client "
		    "sent no message", account_server(&r->account),
		    o->refused + o->deferred, o->recipients);
	}
}

void
relay_reset(struct relay *r, const struct fault *why)
{
	struct fault f = { FAULT_NONE, NULL, NULL, false };

	if (!r->begun)
		return;
	explain(r, why, &f);
	if (f.class != FAULT_NONE)
		delivery_log(&r->delivery, &f);
	fault_clear(&f);
	forget(r);
}
