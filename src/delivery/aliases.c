/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <pwd.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/fault.h"
#include "base/memory.h"
#include "mail/address/address.h"
#include "mail/envelope.h"
#include "mail/header/rewrite.h"
#include "mail/message/message.h"
#include "smtp/transaction.h"
#include "config/alias/alias.h"
#include "delivery/policy.h"

void
alias_source_init(struct alias_source *a, const struct account *account,
    bool off)
{
	memset(a, 0, sizeof(*a));
	aliases_init(&a->aliases);
	a->account = account;
	a->off = off || (alias_file(account) == NULL && account->root == NULL);
}

void
alias_source_free(struct alias_source *a)
{
	aliases_free(&a->aliases);
	local_domains_free(&a->domains);
	mailbox_free(&a->shown);
	memset(a, 0, sizeof(*a));
}

/* The setting `root` is an entry of its own, before any in a file. */
static void
put_root(struct aliases *a, const struct account *account)
{
	char *origin, *where, *entry;

	if (account->root == NULL)
		return;
	origin = account_origin(account, OPTION_ROOT);
	where = buffer_format("%s: root", origin);
	entry = buffer_format("root: %s", account->root);
	alias_put_first(a, where, entry);
	free(entry);
	free(where);
	free(origin);
}

static int
load(struct alias_source *a, struct notes *notes, struct fault *f)
{
	const char *file = alias_file(a->account);

	if (a->loaded)
		return 0;
	a->aliases.include = a->account->alias_include == TOGGLE_ON;
	if (file != NULL && alias_load(&a->aliases, file,
	    a->account->aliases != NULL, notes, f) == -1) {
		/* what was read so far must not stay: it is read again */
		aliases_free(&a->aliases);
		aliases_init(&a->aliases);
		return -1;
	}
	put_root(&a->aliases, a->account);
	a->loaded = true;
	return 0;
}

/* 1: the recipient is local, and there are aliases; 0: it is itself; -1. */
static int
may_stand_for_others(struct alias_source *a, const struct mailbox *box,
    struct notes *notes, struct fault *f)
{
	if (a->off)
		return 0;
	if (!a->gathered && local_domains_gather(&a->domains, a->account,
	    MAILNAME, f) == -1)
		return -1;
	a->gathered = true;
	if (local_domains_find(&a->domains, box->domain) == LOCALITY_NONE)
		return 0;
	if (load(a, notes, f) == -1)
		return -1;
	return a->aliases.count > 0 || a->aliases.first != NULL;
}

/*
 * Adds one that no alias has anything to do with any more. As long as all were
 * `unchanged`, none of them can be there already: they are different as given.
 */
static int
add(struct envelope *to, const struct mailbox *box, const struct account *a,
    bool unchanged, struct fault *f)
{
	struct mailbox whole = *box;

	if (qualify_wants(a, box)) {
		whole.domain = a->qualify_domain;
		unchanged = false;
	}
	if (path_check(&whole, f) == -1)
		return -1;
	if (unchanged && to->indexed == 0)
		envelope_append(to, &whole);
	else
		envelope_add(to, &whole);
	return 0;
}

bool
aliases_know(const struct alias_source *a, const char *name)
{
	return (a->loaded && !a->off && alias_find(&a->aliases, name,
	    strlen(name)) != NULL) || getpwnam(name) != NULL;
}

/* The server may know it: by itself it reaches nobody who was not meant. */
static int
add_doubtful(struct envelope *to, const struct mailbox *box, struct fault *f)
{
	char none[] = "";
	struct mailbox doubtful = { .name = none, .local = box->local,
	    .domain = box->domain };
	struct recipient *r;

	if (path_check(box, f) == -1)
		return -1;
	envelope_add(to, &doubtful);
	r = &to->recipient[envelope_find(to, box)];
	if (!mailbox_needs_smtputf8(box) || !r->doubtful)
		return 0;
	r->state = RECIPIENT_REFUSED;
	free(r->reply);
	r->reply = memory_string(RECIPIENT_UNTRIED "no name of this host, and "
	    "not ASCII");
	return 0;
}

int
aliases_expand(struct alias_source *a, const struct mailbox *box,
    bool doubtful, struct envelope *to, struct notes *notes, struct fault *f)
{
	int r = may_stand_for_others(a, box, notes, f);
	struct envelope members;

	if (r != -1 && doubtful && !aliases_know(a, box->local))
		return add_doubtful(to, box, f);
	if (r <= 0)
		return r == -1 ? -1 : add(to, box, a->account, true, f);
	/* whoever came of an earlier recipient is in `to`, unless it is new */
	if (to->count == 0)
		alias_begin_expansion(&a->aliases);
	envelope_init(&members);
	r = alias_expand(&a->aliases, &a->domains, box, &members, f);
	for (size_t i = 0; i < members.count && r == 0; i++)
		r = add(to, &members.recipient[i].box, a->account, false, f);
	envelope_free(&members);
	return r;
}

/* In the header as in the envelope: with an A-label where nothing else needs
 * SMTPUTF8. */
static const struct mailbox *
replacement(const struct mailbox *box, void *context)
{
	struct alias_source *a = context;
	const struct mailbox *only = alias_replacement(&a->aliases,
	    &a->domains, box);

	if (only == NULL)
		return NULL;
	mailbox_free(&a->shown);
	mailbox_copy(&a->shown, only);
	path_to_ascii(&a->shown);
	return &a->shown;
}

int
aliases_rewrite(struct alias_source *a, struct message *m, struct fault *f)
{
	if (!a->loaded || rewrite_recipients(&m->header, replacement, a,
	    &m->eight_bit_header) == 0)
		return 0;
	return fault(f, FAULT_DATA, "the header is too long with the "
	    "addresses of its aliases");
}
