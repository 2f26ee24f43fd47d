/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/fault.h"
#include "base/memory.h"
#include "mail/address/address.h"
#include "smtp/transaction.h"
#include "config/account/account.h"
#include "config/account/sender.h"
#include "config/alias/alias.h"

struct senders {
	struct aliases file;
	struct local_domains domains;
};

/* One whole address. */
static int
check_entry(struct alias_entry *e, struct fault *f)
{
	struct alias_target *t;

	if (alias_targets(e, f) == -1)
		return -1;
	t = e->target;
	if (e->targets == 1 && t->kind == ALIAS_ADDRESS &&
	    t->box.domain[0] != '\0') {
		path_to_ascii(&t->box);
		return 0;
	}
	fault(f, FAULT_CONFIG, "%s:%zu: a sender stands for one whole address",
	    e->in->file, e->line);
	return fault_hint(f, "write 'LOGIN: you@example.org'");
}

static int
read_file(struct senders *s, const char *path, struct fault *f)
{
	struct notes errors = { .text = NULL };
	int r = alias_read(&s->file, path, &errors, f);

	if (r == 0 && errors.count > 0)
		r = fault(f, FAULT_CONFIG, "%s", errors.text[0]);
	for (size_t i = 0; r == 0 && i < s->file.count; i++)
		r = check_entry(&s->file.entry[i], f);
	notes_free(&errors);
	return r;
}

struct senders *
senders_read(const struct account *account, struct fault *f)
{
	struct senders *s = memory_alloc(sizeof(*s));

	aliases_init(&s->file);
	s->file.senders = true;
	if (local_domains_gather(&s->domains, account, MAILNAME, f) == 0 &&
	    read_file(s, account->senders, f) == 0)
		return s;
	senders_free(s);
	return NULL;
}

void
senders_free(struct senders *s)
{
	if (s == NULL)
		return;
	aliases_free(&s->file);
	local_domains_free(&s->domains);
	free(s);
}

const struct mailbox *
senders_find(const struct senders *s, const struct mailbox *box)
{
	char *spec = address_spec(box);
	const char *at = strrchr(spec, '@');
	const struct alias_entry *e = alias_find(&s->file, spec, strlen(spec));

	if (e == NULL && local_domains_find(&s->domains, box->domain) !=
	    LOCALITY_NONE)
		e = alias_find(&s->file, box->local, strlen(box->local));
	if (e == NULL && at != NULL)
		e = alias_find(&s->file, at, strlen(at));
	free(spec);
	return e == NULL ? NULL : &e->target[0].box;
}
