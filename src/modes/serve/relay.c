/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/text.h"
#include "mail/address/address.h"
#include "mail/message/message.h"
#include "wire/conn.h"
#include "smtp/path.h"
#include "smtp/server/command.h"
#include "delivery/expand.h"
#include "delivery/request.h"
#include "delivery/sender.h"
#include "delivery/upstream.h"
#include "modes/serve/relay.h"
#include "modes/serve/relaytrip.h"
#include "modes/serve/serve.h"

#define MEMBERS_MIN 16			/* first size of the list */
/*
 * Recipients of a transaction. RFC 5321 section 4.5.3.1.8 wants room for 100;
 * no smarthost is known to take ten thousand, and a client that names more
 * wants our memory.
 */
#define RECIPIENTS_MAX 10000

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
	verdict_init(&r->verdict);
	envelope_init(&r->given);
	envelope_init(&r->envelope);
	log_init(&r->log);
}

void
relay_free(struct relay *r)
{
	r->leaving = true;
	relay_leave(r);
	relay_forget(r);
	fault_clear(&r->denied);
	verdict_free(&r->verdict);
	alias_source_free(&r->aliases);
	account_free(&r->account);
	accounts_free(&r->accounts);
}

void
relay_leave(struct relay *r)
{
	if (r->open)
		session_close(&r->session);
	r->open = r->used = false;
	r->verdict.tls_version = NULL;
	secret_clear(&r->password);
}

static int
load(struct relay *r, struct fault *f)
{
	r->loaded = request_load(r->request, &r->accounts, f) == 0;
	if (!r->loaded) {
		/* what was read so far must not stay: it is read again */
		accounts_free(&r->accounts);
		return -1;
	}
	request_tell(r->request, &r->accounts, NULL);
	return 0;
}

static bool
is_chosen(const struct relay *r, const struct account *a)
{
	return r->chosen && (a->name == NULL || r->account.name == NULL ?
	    a->name == r->account.name : strcmp(a->name, r->account.name) == 0);
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
	relay_leave(r);
	fault_clear(&r->denied);
	alias_source_free(&r->aliases);
	account_free(&r->account);
	r->account = next;
	r->chosen = true;
	alias_source_init(&r->aliases, &r->account,
	    r->request->no_aliases);
	return 0;
}

static int
prepare(struct relay *r, const struct command_mail *m, struct fault *f)
{
	struct envelope *e = &r->envelope;
	int result;

	if (m->null_path)
		envelope_set_null_path(e);
	else
		envelope_set_path(e, &m->path);
	result = choose_account(r, &e->path, f);
	r->log.ident = r->request->ident;
	log_open(&r->log, &r->account, SYSLOG_PATH);
	if (result == -1)
		return -1;
	e->smtputf8 = m->smtputf8;
	e->notify = (unsigned)r->account.dsn_notify;
	e->ret = m->ret != DSN_RETURN_UNSET ? m->ret : r->account.dsn_return;
	e->envid = memory_string(m->envid);
	if (sender_complete(e, &r->account, f) == -1)
		return -1;
	return e->path.local == NULL ? 0 : path_check(&e->path, f);
}

/*
 * A server that has waited too long says 421, or just goes. Both can be seen;
 * what else it may say now is none of its business.
 */
static bool
is_stale(const struct relay *r)
{
	struct conn *c = r->session.conn;
	struct pollfd p = { .fd = conn_read_fd(c), .events = POLLIN };

	return conn_peek(c) || poll(&p, 1, 0) != 0;
}

static int
ensure_session(struct relay *r, struct fault *f)
{
	if (r->open && is_stale(r))
		relay_leave(r);
	if (r->open)
		return 0;
	/* the same password once more only makes servers lock the account */
	if (r->denied.class != FAULT_NONE)
		return fault_pass(f, &r->denied, "");
	if (upstream_secret(&r->password, &r->account, f) == -1)
		return -1;
	upstream_fill(&r->params, &r->account, &r->password);
	r->params.transcript = r->request->transcript;
	r->params.note = r->request->note;
	r->params.verdict = &r->verdict;
	if (session_open(&r->session, &r->params, f) == -1) {
		secret_clear(&r->password);
		if (f->class == FAULT_AUTH)
			fault_pass(&r->denied, f, "");
		return -1;
	}
	r->open = true;
	return 0;
}

static int
begin(struct relay *r, struct fault *f)
{
	const bool *has;
	bool utf8;

	if (ensure_session(r, f) == -1)
		return -1;
	has = r->session.capabilities.has;
	if (path_prepare(&r->envelope, has[CAP_SMTPUTF8], &utf8,
	    conn_peer(r->session.conn), f) == -1)
		return -1;
	transaction_init(&r->course, &r->session, &r->envelope, true);
	r->asked = true;
	return transaction_mail(&r->course, r->octets, r->eight_bit, utf8, f);
}

static void
drop_course(struct relay *r)
{
	if (r->asked)
		transaction_free(&r->course);
	r->asked = false;
}

/* The same again, with all recipients whose replies have not come. */
static int
repeat(struct relay *r, struct fault *f)
{
	drop_course(r);
	if (begin(r, f) == -1)
		return -1;
	for (size_t i = 0; i < r->envelope.count; i++)
		if (r->envelope.recipient[i].state == RECIPIENT_PENDING &&
		    transaction_rcpt(&r->course, i, f) == -1)
			return -1;
	return transaction_sync(&r->course, f);
}

/*
 * The connection broke. If the session was an old one and nobody has answered
 * MAIL, it had broken before we came: then a new one may do better.
 */
static void
lost(struct relay *r, struct fault *f)
{
	if (r->used && r->asked && r->course.mail.code == 0) {
		fault_clear(f);
		relay_leave(r);
		if (repeat(r, f) == 0)
			return;
	}
	relay_leave(r);
	fault_pass(&r->trouble, f, "");
	fault_clear(f);
}

int
relay_again(struct relay *r, struct fault *f)
{
	struct envelope *e = &r->envelope;

	if (transaction_reset(&r->course, f) == -1)
		return -1;
	for (size_t i = 0; i < e->count; i++)
		if (e->recipient[i].state == RECIPIENT_ACCEPTED)
			e->recipient[i].state = RECIPIENT_PENDING;
	return repeat(r, f);
}

void
relay_mail(struct relay *r, const struct command_mail *m)
{
	struct fault f = { FAULT_NONE, NULL, NULL, false };

	r->begun = true;
	r->octets = m->size;
	/* who says nothing about it may still send 8-bit text, and then it is
	 * too late to declare it */
	r->eight_bit = m->body != COMMAND_BODY_7BIT;
	r->smtputf8 = m->smtputf8;
	r->verdict.code = 0;
	buffer_clear(&r->verdict.text);
	if (prepare(r, m, &f) == -1)
		fault_pass(&r->trouble, &f, "");
	else if (begin(r, &f) == -1)
		lost(r, &f);
	fault_clear(&f);
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

/* Asks the smarthost about one who is new. */
static void
ask(struct relay *r, size_t number)
{
	struct recipient *to = &r->envelope.recipient[number];
	struct fault f = { FAULT_NONE, NULL, NULL, false };

	if (r->trouble.class != FAULT_NONE || !r->asked)
		return;
	/* without pipelining a refusal is known before the next step */
	if (r->course.mail.code != 0 && reply_digit(&r->course.mail) != 2)
		return;
	if (!r->course.utf8 && mailbox_needs_smtputf8(&to->box)) {
		to->state = RECIPIENT_REFUSED;
		to->reply = memory_string("not tried: this address needs "
		    "SMTPUTF8");
		return;
	}
	if (transaction_rcpt(&r->course, number, &f) == -1)
		lost(r, &f);
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
	result = expand_recipient(&r->aliases, box, to,
	    &r->accounts.warnings, f);
	request_tell(r->request, &r->accounts, NULL);
	return result;
}

static void
join(struct relay *r, const struct recipient *to, const struct command_rcpt *c)
{
	struct envelope *e = &r->envelope;
	size_t before = e->count;

	envelope_add(e, &to->box);
	if (e->count > before) {
		e->recipient[before].notify = c->notify;
		e->recipient[before].orcpt = memory_string(c->orcpt);
		ask(r, before);
	}
	add_member(r, envelope_find(e, &to->box));
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
	buffer_init(&b, SIZE_MAX / 4);
	if (r->members >= RECIPIENTS_MAX) {
		buffer_add_string(&b, "452 4.5.3 too many recipients\r\n");
		share->refusal = buffer_detach(&b);
	} else if (expand(r, &c->box, &to, &f) == -1) {
		relay_answer_fault(r, &f, &b);
		share->refusal = buffer_detach(&b);
	} else {
		envelope_add(&r->given, &c->box);
		for (size_t i = 0; i < to.count; i++)
			join(r, &to.recipient[i], c);
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

	if (!r->asked || r->trouble.class != FAULT_NONE)
		return;
	if (transaction_sync(&r->course, &f) == -1)
		lost(r, &f);
}
