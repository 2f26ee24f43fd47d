/* SPDX-License-Identifier: ISC */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/confine.h"
#include "base/fault.h"
#include "base/jsonout.h"
#include "base/memory.h"
#include "base/text.h"
#include "smtp/session.h"
#include "smtp/probe.h"
#include "config/account/judge.h"
#include "delivery/carrier.h"
#include "delivery/outcome.h"
#include "delivery/request.h"
#include "modes/modes.h"
#include "modes/show.h"

#define REPLY_SHOWN_MAX (4 * REPLY_MAX + 4096)	/* octets, escaped */

/*
 * Octets: an EHLO reply of the shortest keywords that are explained grows to
 * half of this.
 */
#define REPORT_MAX (64 * REPLY_MAX)

/* A session without a message, and what it needs. */
struct visit {
	struct carrier carrier;
	struct outcome outcome;
};

/* Chooses the account; nothing is connected yet. */
static int
begin(struct visit *v, const struct request *r, const struct mailbox *sender,
    struct fault *f)
{
	struct envelope e;

	carrier_init(&v->carrier, r);
	outcome_init(&v->outcome);
	if (carrier_load(&v->carrier, f) == -1 ||
	    carrier_choose(&v->carrier, sender, f) == -1)
		return -1;
	request_tell(r, &v->carrier.accounts, &v->carrier.at->account);
	envelope_init(&e);
	if (sender->local != NULL)
		envelope_set_path(&e, sender);
	link_set_sender(&v->carrier.at->link, &e);
	envelope_free(&e);
	return 0;
}

static void
end(struct visit *v)
{
	outcome_free(&v->outcome);
	carrier_free(&v->carrier);
}

static void
print_reply(enum query what, const struct reply *r, bool good)
{
	const char *meaning = good ? query_meaning(what, r) : NULL;
	struct buffer b;

	if (r->code == 0)
		return;
	buffer_init(&b, REPLY_SHOWN_MAX);
	probe_add_reply(&b, r);
	if (b.len > 0)
		fwrite(b.data, 1, b.len, stdout);
	if (meaning != NULL)
		printf("(%s)\n", meaning);
	buffer_free(&b);
}

int
query(const struct request *request, const struct mailbox *sender,
    enum query what, const char *argument, struct fault *f)
{
	static const struct confinement nothing = { false, 0, NULL, 0 };
	struct visit v;
	struct reply reply;
	struct link *link;
	int result = begin(&v, request, sender, f);

	reply_init(&reply);
	link = &v.carrier.at->link;
	link->rest = &nothing;
	if (result == 0)
		result = link_open(link, &v.outcome, f);
	if (result == 0) {
		result = query_make(&link->session, what, argument, &reply, f);
		link_close(link);
		print_reply(what, &reply, result == 0);
	}
	reply_free(&reply);
	end(&v);
	return result;
}

static void
add_hint(struct buffer *b, const struct probe *probe,
    const struct session_params *p)
{
	struct capabilities c;

	memset(&c, 0, sizeof(c));
	capability_read(&c, &probe->hello);
	if (p->tls == SESSION_CLEAR && c.has[CAP_STARTTLS])
		buffer_add_string(b, "hint: the server offers STARTTLS, and "
		    "the account does not use it; set \"tls on\"\n");
	capability_clear(&c);
}

static void
add_capabilities(struct buffer *b, const struct probe *probe)
{
	if (probe->clear.code != 0) {
		buffer_add_string(b, "capabilities before TLS:\n");
		probe_add_capabilities(b, &probe->clear);
	}
	if (probe->tls.len > 0)
		buffer_add(b, probe->tls.data, probe->tls.len);
	if (probe->hello.code == 0)
		return;
	buffer_add_string(b, probe->tls.len > 0 ? "capabilities with TLS:\n" :
	    "capabilities:\n");
	probe_add_capabilities(b, &probe->hello);
}

static void
print_probe(const struct probe *probe, const struct session_params *p)
{
	const char *name = p->route.socket != NULL ? p->route.socket :
	    p->host;
	char *shown = text_printable(name, strlen(name));
	struct buffer b;

	buffer_init(&b, REPORT_MAX);
	if (p->route.socket != NULL)
		printf("server at %s:\n", shown);
	else
		printf("server at %s, port %u:\n", shown, (unsigned)p->port);
	free(shown);
	if (probe->greeting.code != 0) {
		buffer_add_string(&b, "greeting:\n");
		probe_add_reply(&b, &probe->greeting);
	}
	add_capabilities(&b, probe);
	add_hint(&b, probe, p);
	if (b.len > 0)
		fwrite(b.data, 1, b.len, stdout);
	buffer_free(&b);
}

/* The lines of a reply, from the one of that number on. */
static void
add_lines(struct buffer *b, const char *name, const struct reply *r,
    unsigned from)
{
	size_t at = 0, n;
	const char *line;

	jsonout_begin(b, name, '[');
	for (unsigned i = 0; r->code != 0 && reply_line(r, &at, &line, &n);
	    i++)
		if (i >= from)
			jsonout_text(b, NULL, line, n);
	jsonout_end(b, ']');
}

static void
print_json(const struct visit *v, const struct probe *probe,
    const struct fault *f)
{
	const struct account *a = &v->carrier.at->account;
	bool chosen = v->carrier.chosen;
	struct buffer b;

	buffer_init(&b, JSON_MAX);
	jsonout_begin(&b, NULL, '{');
	jsonout_string(&b, "account", a->name);
	jsonout_string(&b, "server", chosen ? account_server(a) : NULL);
	if (chosen && a->socket == NULL)
		jsonout_number(&b, "port", account_port(a));
	add_lines(&b, "greeting", &probe->greeting, 0);
	add_lines(&b, "capabilities_before_tls", &probe->clear, 1);
	if (probe->tls.len > 0) {
		buffer_add_string(&b, ", ");
		buffer_add(&b, probe->tls.data, probe->tls.len);
	}
	add_lines(&b, "capabilities", &probe->hello, 1);
	show_end(&b, f);
}

static int
look(struct visit *v, struct probe *probe, struct fault *f)
{
	const struct request *request = v->carrier.request;
	struct session_params p;
	struct session session;
	int result;

	link_fill_params(&p, &v->carrier.at->account, NULL);
	p.sender_domain = v->carrier.at->link.sender_domain;
	p.transcript = request->transcript;
	p.note = request->note;
	p.probe = probe;
	/* The server is not verified yet: nothing is told of ourselves. */
	p.trust.survey = true;
	p.trust.key_file = p.trust.cert_file = NULL;
	p.auth = NULL;
	result = session_open(&session, &p, f);
	outcome_take(&v->outcome, &session);
	session_close(&session);
	diagnosis_settle(&v->outcome, f);
	if (!request->json && (result == 0 || probe->greeting.code != 0 ||
	    probe->tls.len > 0))
		print_probe(probe, &p);
	if (result == 0 && probe->distrust.class != FAULT_NONE)
		result = fault_pass(f, &probe->distrust, "");
	return result;
}

int
serverinfo(const struct request *request, const struct mailbox *sender,
    struct fault *f)
{
	struct probe probe;
	struct visit v;
	int result = begin(&v, request, sender, f);

	probe_init(&probe);
	probe.json = request->json;
	if (result == 0)
		result = look(&v, &probe, f);
	if (request->json)
		print_json(&v, &probe, f);
	probe_free(&probe);
	end(&v);
	return result;
}
