/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>

#include "base/fault.h"
#include "base/memory.h"
#include "delivery/carrier.h"
#include "delivery/request.h"

struct given_up {
	char *name;
	struct fault why;
};

void
carrier_init(struct carrier *c, const struct request *request)
{
	memset(c, 0, sizeof(*c));
	c->request = request;
	accounts_init(&c->accounts);
	account_init(&c->account);
	alias_source_init(&c->aliases, &c->account, request->no_aliases);
	link_init(&c->link, request);
	/* that of the environment, should there be no other */
	link_use(&c->link, &c->account);
}

void
carrier_free(struct carrier *c)
{
	link_free(&c->link);
	alias_source_free(&c->aliases);
	account_free(&c->account);
	accounts_free(&c->accounts);
	for (size_t i = 0; i < c->given_up_count; i++) {
		free(c->given_up[i].name);
		fault_clear(&c->given_up[i].why);
	}
	free(c->given_up);
}

int
carrier_load(struct carrier *c, struct fault *f)
{
	if (c->loaded)
		return 0;
	/* what an earlier attempt has read is read again */
	accounts_free(&c->accounts);
	accounts_init(&c->accounts);
	c->loaded = request_load(c->request, &c->accounts, f) == 0;
	return c->loaded ? 0 : -1;
}

static bool
is_present(const struct carrier *c, const struct account *a)
{
	return c->chosen && (a->name == NULL || c->account.name == NULL ?
	    a->name == c->account.name :
	    strcmp(a->name, c->account.name) == 0);
}

static struct given_up *
find(const struct carrier *c)
{
	for (size_t i = 0; c->account.name != NULL &&
	    i < c->given_up_count; i++)
		if (strcmp(c->given_up[i].name, c->account.name) == 0)
			return &c->given_up[i];
	return NULL;
}

void
carrier_give_up(struct carrier *c, const struct fault *why)
{
	struct given_up *g;

	/* the first one wins, and may be the very one */
	fault_pass(&c->link.denied, why, "");
	if (c->account.name == NULL || find(c) != NULL)
		return;
	c->given_up = memory_resize(c->given_up, c->given_up_count + 1,
	    sizeof(*c->given_up));
	g = &c->given_up[c->given_up_count++];
	memset(g, 0, sizeof(*g));
	g->name = memory_string(c->account.name);
	fault_pass(&g->why, why, "");
}

/* The account takes the place of the present one, unless it is the same. */
static void
take(struct carrier *c, struct account *next)
{
	const struct given_up *g;

	if (is_present(c, next)) {
		account_free(next);
		return;
	}
	if (c->chosen && c->link.denied.class != FAULT_NONE)
		carrier_give_up(c, &c->link.denied);
	alias_source_free(&c->aliases);
	link_use(&c->link, NULL);
	account_free(&c->account);
	c->account = *next;
	c->chosen = true;
	link_use(&c->link, &c->account);
	alias_source_init(&c->aliases, &c->account, c->request->no_aliases);
	g = find(c);
	if (g != NULL)
		fault_pass(&c->link.denied, &g->why, "");
}

int
carrier_choose(struct carrier *c, const struct mailbox *sender,
    struct fault *f)
{
	struct account next;
	int result;

	account_init(&next);
	result = request_choose(c->request, &c->accounts, sender, &next, f);
	if (result == 0) {
		take(c, &next);
	} else if (!c->chosen) {
		/* as far as it is there it says where to log this */
		account_free(&c->account);
		c->account = next;
	} else {
		account_free(&next);
	}
	return result;
}

int
carrier_exchange(struct carrier *c, const char *name, bool own,
    struct fault *f)
{
	struct account next, none;
	int result;

	account_init(&next);
	account_init(&none);
	result = accounts_choose(&c->accounts, name, NULL, own ?
	    c->request->settings : &none, &next, f);
	if (result == 0) {
		accounts_forget_passwords(&c->accounts, next.name);
		take(c, &next);
	} else {
		account_free(&next);
	}
	account_free(&none);
	return result;
}
