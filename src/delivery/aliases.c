/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/buffer.h"
#include "base/fault.h"
#include "base/memory.h"
#include "base/text.h"
#include "mail/address/address.h"
#include "mail/envelope.h"
#include "mail/header/rewrite.h"
#include "mail/message/message.h"
#include "wire/tls/tls.h"
#include "config/account/localdomain.h"
#include "config/alias/alias.h"
#include "delivery/aliases.h"
#include "delivery/request.h"

#define ORIGIN_MAX (64 * 1024)	/* octets of where a setting comes from */

void
alias_source_init(struct alias_source *a, const struct account *account,
    bool off)
{
	memset(a, 0, sizeof(*a));
	aliases_init(&a->aliases);
	a->account = account;
	a->off = off || (alias_choice(account) == ALIAS_CHOICE_NONE &&
	    account->root == NULL);
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
	struct buffer origin, text;

	if (account->root == NULL)
		return;
	buffer_init(&origin, ORIGIN_MAX);
	buffer_init(&text, ALIAS_FILE_MAX);
	account_add_origin(&origin, account, OPTION_ROOT);
	buffer_add_string(&origin, ": root");
	buffer_printf(&text, "root: %s", account->root);
	alias_put_first(a, origin.data, text.data);
	buffer_free(&origin);
	buffer_free(&text);
}

static int
load(struct alias_source *a, struct notes *notes, struct fault *f)
{
	enum alias_choice choice = alias_choice(a->account);
	bool configured = choice == ALIAS_CHOICE_FILE;

	if (a->loaded)
		return 0;
	a->aliases.include = a->account->alias_include == TOGGLE_ON;
	if (choice != ALIAS_CHOICE_NONE && alias_load(&a->aliases, configured ?
	    a->account->aliases : ALIASLOAD_DEFAULT, configured, notes,
	    f) == -1) {
		/* what was read so far must not stay: it is read again */
		aliases_free(&a->aliases);
		aliases_init(&a->aliases);
		return -1;
	}
	put_root(&a->aliases, a->account);
	a->loaded = true;
	return 0;
}

int
aliases_apply_to(struct alias_source *a, const struct mailbox *box,
    struct notes *notes, struct fault *f)
{
	if (a->off)
		return 0;
	if (!a->gathered && local_domains_gather(&a->domains, a->account,
	    ALIASLOAD_MAILNAME, f) == -1)
		return -1;
	a->gathered = true;
	if (local_domains_find(&a->domains, box->domain) == LOCALITY_NONE)
		return 0;
	if (load(a, notes, f) == -1)
		return -1;
	return a->aliases.count > 0 || a->aliases.first != NULL;
}

void
aliases_begin_message(struct alias_source *a)
{
	alias_begin_message(&a->aliases);
}

int
aliases_expand(struct alias_source *a, const struct mailbox *box,
    struct envelope *to, struct fault *f)
{
	return alias_expand(&a->aliases, &a->domains, box, to, f);
}

/* In the header as in the envelope: with an A-label where nothing else needs
 * SMTPUTF8. */
static const struct mailbox *
replacement(const struct mailbox *box, void *context)
{
	struct alias_source *a = context;
	const struct mailbox *only = alias_replacement(&a->aliases,
	    &a->domains, box);
	char *ascii;

	if (only == NULL || mailbox_needs_smtputf8(only) ||
	    tls_domain_to_ascii(only->domain, &ascii) == -1)
		return only;
	mailbox_free(&a->shown);
	a->shown.local = memory_string(only->local);
	a->shown.domain = ascii;
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

/* Files that have been checked already, and what came of them. */
struct checks {
	void (*report)(const char *text);
	struct notes paths;
	size_t errors;
};

static void
check_entries(struct checks *c, const struct account *account,
    const char *path, struct notes *errors, struct fault *f)
{
	struct alias_source a;

	alias_source_init(&a, account, false);
	a.aliases.include = account->alias_include == TOGGLE_ON;
	if (local_domains_gather(&a.domains, account, ALIASLOAD_MAILNAME,
	    f) == 0 && alias_read(&a.aliases, path, errors, f) == 0) {
		alias_check(&a.aliases, &a.domains, errors);
		printf("%s: %zu alias%s\n", path, a.aliases.count,
		    a.aliases.count == 1 ? "" : "es");
	}
	for (size_t i = 0; i < errors->count; i++)
		c->report(errors->text[i]);
	c->errors += errors->count;
	alias_source_free(&a);
}

/* The file of one account, unless it has been another's, too. */
static void
check_account(struct checks *c, const struct account *account)
{
	enum alias_choice choice = alias_choice(account);
	struct notes errors = { .text = NULL };
	struct fault f = { .class = FAULT_NONE };
	struct stat st;
	char *path;

	if (choice == ALIAS_CHOICE_NONE || (choice == ALIAS_CHOICE_DEFAULT &&
	    stat(ALIASLOAD_DEFAULT, &st) == -1 && errno == ENOENT))
		return;
	/* "~" is resolved for the account that is chosen; here none is */
	path = account_path(choice == ALIAS_CHOICE_DEFAULT ?
	    ALIASLOAD_DEFAULT : account->aliases);
	if (path == NULL)
		path = memory_string(account->aliases);
	for (size_t i = 0; i < c->paths.count; i++)
		if (strcmp(c->paths.text[i], path) == 0) {
			free(path);
			return;
		}
	notes_add(&c->paths, "%s", path);
	check_entries(c, account, path, &errors, &f);
	if (f.class != FAULT_NONE) {
		c->report(f.text);
		c->errors++;
	}
	notes_free(&errors);
	fault_clear(&f);
	free(path);
}

size_t
aliases_check_named(const struct accounts *accounts,
    void (*report)(const char *text))
{
	struct checks c = { .report = report };

	for (size_t i = 0; i < accounts->table.count; i++)
		if (alias_choice(accounts->table.account[i]) ==
		    ALIAS_CHOICE_FILE)
			check_account(&c, accounts->table.account[i]);
	notes_free(&c.paths);
	return c.errors;
}

int
aliases_check(const struct request *request,
    void (*report)(const char *text), struct fault *f)
{
	struct checks c = { .report = report };
	struct accounts accounts;
	int r = 0;

	accounts_init(&accounts);
	if (request->settings->set[OPTION_ALIASES]) {
		check_account(&c, request->settings);
	} else if ((r = request_load(request, &accounts, f)) == 0) {
		for (size_t i = 0; i < accounts.table.count; i++)
			check_account(&c, accounts.table.account[i]);
		if (accounts.table.count == 0)
			check_account(&c, request->settings);
	}
	if (r == 0 && c.errors > 0)
		r = fault(f, FAULT_CONFIG, "%zu error%s in alias files",
		    c.errors, c.errors == 1 ? "" : "s");
	else if (r == 0 && c.paths.count == 0)
		printf("no alias file\n");
	notes_free(&c.paths);
	accounts_free(&accounts);
	return r;
}
