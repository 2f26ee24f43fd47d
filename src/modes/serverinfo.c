/* SPDX-License-Identifier: ISC */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/fault.h"
#include "base/text.h"
#include "smtp/capability.h"
#include "smtp/probe.h"
#include "smtp/session.h"
#include "delivery/contact.h"
#include "delivery/upstream.h"
#include "modes/serverinfo.h"

/* Octets: what the shortest keywords that are explained grow to, twice. */
#define REPORT_MAX (64 * REPLY_MAX)

static void
add_hint(struct buffer *b, const struct probe *i,
    const struct session_params *p)
{
	struct capabilities c;

	memset(&c, 0, sizeof(c));
	capability_read(&c, &i->hello);
	if (p->tls == SESSION_CLEAR && c.has[CAP_STARTTLS])
		buffer_add_string(b, "hint: the server offers STARTTLS, and "
		    "the account does not use it; set \"tls on\"\n");
	capability_clear(&c);
}

static void
add_capabilities(struct buffer *b, const struct probe *i)
{
	if (i->clear.code != 0) {
		buffer_add_string(b, "capabilities before TLS:\n");
		probe_add_capabilities(b, &i->clear);
	}
	if (i->tls.len > 0)
		buffer_add(b, i->tls.data, i->tls.len);
	if (i->hello.code == 0)
		return;
	buffer_add_string(b, i->tls.len > 0 ? "capabilities with TLS:\n" :
	    "capabilities:\n");
	probe_add_capabilities(b, &i->hello);
}

static void
print(const struct probe *i, const struct session_params *p)
{
	/* a socket has neither host nor port */
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
	if (i->greeting.code != 0) {
		buffer_add_string(&b, "greeting:\n");
		probe_add_reply(&b, &i->greeting);
	}
	/* what began with TLS spoke of it first */
	add_capabilities(&b, i);
	add_hint(&b, i, p);
	if (b.len > 0)
		fwrite(b.data, 1, b.len, stdout);
	buffer_free(&b);
}

static int
look(const struct contact *c, const struct account *a, struct fault *f)
{
	struct session_params p;
	struct session session;
	struct probe i;
	int result;

	probe_init(&i);
	upstream_fill(&p, a, NULL);
	p.transcript = c->transcript;
	p.note = c->note;
	p.interview = &i;
	/* who is not sure whom he talks to says nothing about himself */
	p.trust.survey = true;
	p.trust.key_file = p.trust.cert_file = NULL;
	p.auth = NULL;
	result = session_open(&session, &p, f);
	if (result == 0)
		session_close(&session);
	if (result == 0 || i.greeting.code != 0 || i.tls.len > 0)
		print(&i, &p);
	if (result == 0 && i.distrust.class != FAULT_NONE)
		result = fault_pass(f, &i.distrust, "");
	probe_free(&i);
	return result;
}

int
serverinfo(const struct contact *c, struct fault *f)
{
	struct accounts accounts;
	struct account account;
	int result;

	accounts_init(&accounts);
	account_init(&account);
	result = contact_choose(c, &accounts, &account, f);
	if (result == 0)
		result = look(c, &account, f);
	account_free(&account);
	accounts_free(&accounts);
	return result;
}
