/* SPDX-License-Identifier: ISC */
#include <stdio.h>
#include <string.h>

#include "base/buffer.h"
#include "base/fault.h"
#include "base/memory.h"
#include "smtp/probe.h"
#include "smtp/session.h"
#include "delivery/contact.h"
#include "delivery/upstream.h"
#include "modes/query.h"

#define REPLY_SHOWN_MAX (4 * REPLY_MAX + 4096)	/* octets, escaped */

static void
print(enum query what, const struct reply *r, bool good)
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

static int
ask(const struct contact *c, const struct account *a, enum query what,
    const char *argument, struct fault *f)
{
	struct secret password = { NULL, 0 };
	struct session_params p;
	struct session session;
	struct reply r;
	int result = upstream_secret(&password, a, f);

	if (result == -1)
		return -1;
	reply_init(&r);
	upstream_fill(&p, a, &password);
	p.transcript = c->transcript;
	p.note = c->note;
	result = session_open(&session, &p, f);
	if (result == 0) {
		result = query_make(&session, what, argument, &r, f);
		session_close(&session);
		print(what, &r, result == 0);
	}
	reply_free(&r);
	secret_clear(&password);
	return result;
}

int
query(const struct contact *c, enum query what, const char *argument,
    struct fault *f)
{
	struct accounts accounts;
	struct account account;
	int result;

	accounts_init(&accounts);
	account_init(&account);
	result = contact_choose(c, &accounts, &account, f);
	if (result == 0)
		result = ask(c, &account, what, argument, f);
	account_free(&account);
	accounts_free(&accounts);
	return result;
}
