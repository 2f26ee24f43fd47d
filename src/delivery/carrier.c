/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>

#include "base/fault.h"
#include "base/memory.h"
#include "delivery/carrier.h"
#include "delivery/request.h"

/* A station of the account, which is taken over, becomes the present one. */
static void
add(struct carrier *c, const struct account *a)
{
	struct station *s = memory_alloc(sizeof(*s));

	s->account = *a;
	alias_source_init(&s->aliases, &s->account, c->request->no_aliases);
	link_init(&s->link, c->request, &s->account);
	/* an array of pointers. NOLINTNEXTLINE(bugprone-sizeof-expression) */
	c->station = memory_grow(c->station, c->count, &c->cap,
	    sizeof(struct station *));
	c->station[c->count++] = c->at = s;
}

static void
drop_all(struct carrier *c)
{
	struct station *s;

	for (size_t i = 0; i < c->count; i++) {
		s = c->station[i];
		link_free(&s->link);
		alias_source_free(&s->aliases);
		account_free(&s->account);
		free(s);
	}
	c->count = 0;
}

void
carrier_init(struct carrier *c, const struct request *request)
{
	struct account none;

	memset(c, 0, sizeof(*c));
	c->request = request;
	accounts_init(&c->accounts);
	account_init(&none);
	add(c, &none);
	c->own = c->at;
}

void
carrier_free(struct carrier *c)
{
	drop_all(c);
	free(c->station);
	rights_free(&c->rights);
	accounts_free(&c->accounts);
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
is_of(const struct station *s, const char *name)
{
	return name == NULL || s->account.name == NULL ?
	    name == s->account.name : strcmp(name, s->account.name) == 0;
}

int
carrier_choose(struct carrier *c, const struct mailbox *sender,
    struct fault *f)
{
	struct account next;
	int result;

	account_init(&next);
	result = request_choose(c->request, &c->accounts, sender, &next, f);
	if (c->chosen && (result == -1 || is_of(c->own, next.name))) {
		account_free(&next);
		c->at = c->own;
		return result;
	}
	/* one that will not do still says, as far as it is there, where to log
	 * that */
	drop_all(c);
	add(c, &next);
	c->own = c->at;
	c->chosen = result == 0;
	return result;
}

int
carrier_exchange(struct carrier *c, const char *name, bool own,
    struct fault *f)
{
	struct account next, none;
	int result;

	for (size_t i = 0; i < c->count; i++)
		if (is_of(c->station[i], name)) {
			c->at = c->station[i];
			return 0;
		}
	account_init(&next);
	account_init(&none);
	result = accounts_choose(&c->accounts, name, NULL, own ?
	    c->request->settings : &none, &next, f);
	if (result == 0) {
		accounts_forget_passwords(&c->accounts, next.name);
		add(c, &next);
	} else {
		account_free(&next);
	}
	account_free(&none);
	return result;
}
