/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "base/confine.h"
#include "base/fault.h"
#include "base/wait.h"
#include "wire/conn.h"
#include "wire/dial.h"
#include "smtp/sasl/sasl.h"
#include "config/account/account.h"
#include "config/account/judge.h"
#include "config/password/password.h"
#include "delivery/outcome.h"
#include "delivery/link.h"
#include "delivery/request.h"
#include "delivery/policy.h"

bool
link_wants_tls(const struct account *a)
{
	return account_server(a) != NULL && account_tls(a) != SESSION_CLEAR;
}

bool
link_wants_secret(const struct account *a)
{
	enum option_id from = account_password_setting(a);

	if (a->auth != NULL && sasl_needs_password(a->auth))
		return true;
	/* the PIN of a token, or the passphrase of a key */
	return a->tls_key_file != NULL && from != OPTION_COUNT &&
	    from != OPTION_OAUTH2;
}

static void
fill_route(struct route *r, const struct account *a)
{
	static const enum dial_family families[] = {
		[ADDRESS_FAMILY_ANY] = DIAL_ANY,
		[ADDRESS_FAMILY_IPV4] = DIAL_IPV4,
		[ADDRESS_FAMILY_IPV6] = DIAL_IPV6
	};

	r->socket = a->socket;
	r->source_ip = a->source_ip;
	r->family = families[a->address_family];
	r->proxy_host = a->proxy_host;
	r->proxy_port = (uint16_t)a->proxy_port;
	r->proxy_user = a->proxy_user;
	r->proxy_password = &a->proxy_password;
}

static void
fill_trust(struct tls_params *p, const struct account *a)
{
	p->host = a->tls_host_override;
	p->trust_file = a->tls_trust_file;
	p->extra_trust_file = a->tls_extra_trust_file;
	p->crl_file = a->tls_crl_file;
	p->fingerprints = a->tls_fingerprint;
	p->key_pins = a->tls_pin;
	p->key_file = a->tls_key_file;
	p->cert_file = a->tls_cert_file;
	p->priorities = a->tls_priorities;
	p->min_dh_bits = (unsigned)a->tls_min_dh_prime_bits;
	p->newest = a->tls_min_version == TLS_MIN_VERSION_1_3;
	p->check = a->tls_certcheck != TOGGLE_OFF;
}

void
link_fill_params(struct session_params *p, const struct account *a,
    const struct secret *password)
{
	memset(p, 0, sizeof(*p));
	p->host = a->host;
	fill_route(&p->route, a);
	p->timeout_ms = a->timeout * 1000;
	p->ehlo_name = a->domain;
	fill_trust(&p->trust, a);
	p->auth = a->auth;
	p->auth_id = a->auth_id;
	p->ntlm_domain = a->ntlmdomain;
	p->auth_without_tls = a->auth_without_tls == TOGGLE_ON;
	p->user = a->user;
	p->password = password;
	p->lmtp = a->protocol == PROTOCOL_LMTP;
	p->no_pipelining = a->pipelining == TOGGLE_OFF;
	p->no_chunking = a->chunking == TOGGLE_OFF;
	p->all_or_none = a->rejected_recipients == REJECTED_ABORT;
	p->tls = account_tls(a);
	p->port = account_port(a);
}

void
link_init(struct link *l, const struct request *request,
    const struct account *account)
{
	memset(l, 0, sizeof(*l));
	l->request = request;
	l->account = account;
	buffer_init(&l->addresses, DIAL_ADDRESSES_MAX);
}

void
link_set_sender(struct link *l, const struct envelope *e)
{
	if (l->open || l->confined)
		return;
	free(l->sender_domain);
	l->sender_domain = sender_domain(e, l->account);
}

static void
leave(struct link *l)
{
	if (l->open)
		session_close(&l->session);
	l->open = l->used = false;
}

static void
forget(struct link *l)
{
	secret_clear(&l->password);
	tls_free(l->tls);
	l->tls = NULL;
	buffer_clear(&l->addresses);
}

void
link_free(struct link *l)
{
	leave(l);
	forget(l);
	buffer_free(&l->addresses);
	free(l->sender_domain);
	fault_clear(&l->denied);
}

void
link_close(struct link *l)
{
	leave(l);
	if (!l->confined)
		forget(l);
}

/*
 * A server that has waited too long says 421, or just goes. Both can be seen;
 * whatever it says now, it is no reply to what comes next.
 */
bool
link_is_stale(const struct link *l)
{
	struct conn *c = l->session.conn;
	struct pollfd p = { .fd = conn_read_fd(c), .events = POLLIN };

	return conn_peek(c) || poll(&p, 1, 0) != 0;
}

/*
 * A message that was broken off would get the next command's octets as its
 * own, and a reply that is still owed would be taken for the next command's.
 */
bool
link_is_whole(const struct link *l)
{
	const struct dialogue *d = &l->session.dialogue;

	return l->open && !l->session.amid_data && d->owed_count == 0 &&
	    !d->closing && !d->left && d->trouble.class == FAULT_NONE;
}

static int
another_token(void *context, struct fault *f)
{
	struct link *l = context;

	if (l->renewed)
		return 0;
	l->renewed = true;
	return account_another_token(l->account, &l->password, f);
}

/* Gives up what `rest` does not keep, and, unless there may be another session,
 * the way to this server. */
static void
confine_to_rest(struct link *l, bool again)
{
	struct confinement rest;

	if (l->rest == NULL || (l->confined && again))
		return;
	rest = *l->rest;
	rest.port = !again ? 0 : l->account->proxy_host == NULL ?
	    l->params.port : route_proxy_port(&l->params.route);
	confine(&rest);
	l->confined = !rest.read;
}

/* A server may turn out not to know BDAT, or take few messages in a session;
 * and another message may follow out of a queue. */
static bool
may_come_again(const struct link *l)
{
	return l->session.chunking || l->session.capabilities.mail_max > 0 ||
	    l->account->queue == TOGGLE_ON;
}

/* Before a server is heard, if its session will ask for nothing more: for
 * another token, or for files of a token's library. */
static void
connected(void *context)
{
	struct link *l = context;

	if ((l->tls == NULL || !tls_opens_more(l->tls)) &&
	    (l->params.auth == NULL || !sasl_asks_more(l->params.auth)))
		confine_to_rest(l, true);
}

static int
try_session(struct link *l, struct outcome *o, struct fault *f)
{
	link_fill_params(&l->params, l->account, &l->password);
	l->params.sender_domain = l->sender_domain;
	l->params.transcript = l->request->transcript;
	l->params.progress = l->request->progress;
	l->params.note = l->request->note;
	l->params.probe = l->request->probe;
	l->params.no_chunking |= l->no_chunking;
	l->params.refused_before = l->refused_before;
	l->params.another_token = another_token;
	l->params.connected = connected;
	l->params.tls_kept = &l->tls;
	l->params.route.addresses = &l->addresses;
	l->params.context = l;
	wait_catch_signals();
	l->open = session_open(&l->session, &l->params, f) == 0;
	outcome_take(o, &l->session);
	if (!l->open)
		session_close(&l->session);
	else
		confine_to_rest(l, may_come_again(l));
	return l->open ? 0 : -1;
}

/* A server that hangs up on a token that it refuses is asked again, once. */
static int
open_session(struct link *l, struct outcome *o, struct fault *f)
{
	bool renewed = l->renewed;
	int result = try_session(l, o, f);

	if (result == -1 && l->renewed && !renewed &&
	    o->phase == PHASE_AUTH && f->class == FAULT_TEMPORARY &&
	    o->reply.code == 0) {
		fault_clear(f);
		result = try_session(l, o, f);
	}
	if (result == -1)
		diagnosis_settle(o, f);
	return result;
}

static int
fetch_secret(struct link *l, struct outcome *o, struct fault *f)
{
	const char *key = l->account->tls_key_file;
	struct notes notes = { .text = NULL };
	int r = key == NULL ? 0 : passwordfile_check_key(key, &notes, f);

	/* whoever is asked for it may be ended by a signal of ours */
	wait_catch_signals();
	if (r == 0 && link_wants_secret(l->account))
		r = account_password(l->account, &l->password, &notes, f);
	for (size_t i = 0; i < notes.count && l->request->note != NULL; i++)
		l->request->note(notes.text[i]);
	notes_free(&notes);
	l->typed = r == 1;
	l->renewed = false;
	if (r == -1)
		diagnosis_settle(o, f);
	return r == -1 ? -1 : 0;
}

/* Has the server said how many transactions it takes, and had them (RFC
 * 9422)? */
static bool
is_spent(const struct link *l)
{
	uint64_t max = l->session.capabilities.mail_max;

	return max > 0 && l->session.transactions >= max;
}

int
link_open(struct link *l, struct outcome *o, struct fault *f)
{
	if (link_is_whole(l) && !is_spent(l) && !link_is_stale(l)) {
		reply_clear(&l->session.settled);
		outcome_take(o, &l->session);
		return 0;
	}
	link_close(l);
	/* nothing of the session before is about this one */
	o->phase = PHASE_NONE;
	reply_clear(&o->reply);
	if (l->denied.class != FAULT_NONE) {
		fault_pass(f, &l->denied, "");
		diagnosis_settle(o, f);
		return -1;
	}
	if (!l->confined && fetch_secret(l, o, f) == -1)
		return -1;
	if (open_session(l, o, f) == 0)
		return 0;
	link_close(l);
	if (f->class == FAULT_AUTH)
		fault_pass(&l->denied, f, "");
	return -1;
}

int
link_renew(struct link *l, struct outcome *o, struct fault *f)
{
	leave(l);
	return open_session(l, o, f);
}
