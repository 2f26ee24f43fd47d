/* SPDX-License-Identifier: ISC */
/* Which account a message goes by, and whether it can. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/fault.h"
#include "base/file.h"
#include "base/idna.h"
#include "base/memory.h"
#include "base/variable.h"
#include "mail/address/address.h"
#include "config/account/account.h"
#include "config/account/accountfile.h"
#include "config/account/judge.h"
#include "config/account/sender.h"

#define NAMES_SHOWN_MAX 10	/* account names that a message lists */
#define MESSAGE_MAX (64 * 1024)	/* octets of a fault's text */

/* The account whose `from` fits best; among equals the first. */
static const struct account *
find_by_sender(const struct accounts *accounts, const char *sender)
{
	const struct account *best = NULL;
	size_t best_fit = ACCOUNTMATCH_NONE, fit;

	for (size_t i = 0; i < accounts->table.count; i++) {
		fit = accountmatch(accounts->table.account[i], sender,
		    accounts->author);
		if (fit > best_fit) {
			best_fit = fit;
			best = accounts->table.account[i];
		}
	}
	return best;
}

static void
add_names(struct fault *f, const struct account_table *table)
{
	size_t n = table->count;

	if (n == 0)
		return;
	fault_add(f, n == 1 ? "; the only account is " :
	    "; the accounts are ");
	for (size_t i = 0; i < n && i < NAMES_SHOWN_MAX; i++)
		fault_add(f, "%s'%s'", i == 0 ? "" : ", ",
		    table->account[i]->name);
	if (n > NAMES_SHOWN_MAX)
		fault_add(f, " and %zu more", n - NAMES_SHOWN_MAX);
}

static void
add_sources(struct fault *f, const struct accounts *accounts)
{
	static const char *const words[] = {
		[ACCOUNT_SOURCE_MISSING] = "does not exist",
		[ACCOUNT_SOURCE_READ] = "was read",
		[ACCOUNT_SOURCE_UNREADABLE] = "cannot be read",
	};
	const struct account_source *source;

	for (size_t i = 0; i < accounts->sources; i++) {
		source = accounts->source[i];
		fault_add(f, "; %s %s", source->path, words[source->state]);
		if (source->why.text != NULL)
			fault_add(f, " (%s)", source->why.text);
	}
}

/* Tells a user who has no account yet where to write the first one. */
static int
hint_at_files(const struct accounts *accounts, struct fault *f)
{
	static const char ours[] = "/postrider/accounts";
	const struct account_source *source;
	size_t n, len = sizeof(ours) - 1;
	struct buffer b;

	buffer_init(&b, MESSAGE_MAX);
	for (size_t i = 0; i < accounts->sources; i++) {
		source = accounts->source[i];
		n = strlen(source->path);
		if (source->state == ACCOUNT_SOURCE_MISSING && n >= len &&
		    strcmp(source->path + n - len, ours) == 0)
			buffer_printf(&b, "%s%s", b.len == 0 ? " " :
			    ", or for all users ", source->path);
	}
	fault_hint(f, "write an account file%s, or set POSTRIDER_HOST; see "
	    "postrider-accounts(5), or begin with what postrider "
	    "--configure=ADDRESS prints",
	    b.len == 0 ? "" : b.data);
	buffer_free(&b);
	return -1;
}

static int
no_account(const struct accounts *accounts, const char *name,
    const char *sender, struct fault *f)
{
	const struct account_source *unreadable = accounts_unreadable(accounts);
	const char *near = name == NULL ? NULL :
	    account_table_nearest(&accounts->table, name, strlen(name));

	if (name != NULL)
		fault(f, FAULT_CONFIG, "there is no account '%s'", name);
	else if (accounts->table.count == 0)
		fault(f, FAULT_CONFIG, "there is no account to send with");
	else if (sender != NULL)
		fault(f, FAULT_CONFIG, "cannot choose an account: none fits "
		    "'%s', and none is called 'default'", sender);
	else
		fault(f, FAULT_CONFIG, "cannot choose an account: none is "
		    "called 'default'");
	add_names(f, &accounts->table);
	add_sources(f, accounts);
	if (variable_set_id())
		fault_add(f, "; in a set-id process neither a user's file nor "
		    "the environment counts");
	if (name == NULL)
		environment_blame(f);
	if (near != NULL)
		return fault_hint(f, "did you mean '%s'?", near);
	if (unreadable != NULL)
		return fault_hint(f, "%s", unreadable->why.hint);
	if (accounts->table.count == 0)
		return hint_at_files(accounts, f);
	if (name != NULL)
		return fault_hint(f, "choose one of these");
	return fault_hint(f, "choose one with -a NAME, or end the file with "
	    "the line 'account default : NAME'");
}

/* Those that HOME leads to are checked as account files are. */
static int
check_home_file(const char *path, struct fault *f)
{
	struct file file;
	int r = 0;

	if (file_open(&file, path) == -1)
		return 0;
	if (file_type(&file) == NULL)
		r = owner_check(&file, "file", NULL, f);
	file_close(&file);
	return r;
}

static int
resolve_path(struct account *account, enum option_id id, struct fault *f)
{
	const struct option_row *row = option_row(id);
	char **path = (char **)(void *)((char *)account + row->offset);
	char *whole;

	if (*path == NULL || (row->flags & OPTION_LATE) != 0)
		return 0;
	whole = account_path(*path);
	if (whole == NULL) {
		fault(f, FAULT_CONFIG, "'%s': this user has no home folder",
		    *path);
		fault_hint(f, "write the whole path, or set HOME");
		return account_fault_prefix(f, account, id);
	}
	if ((*path)[0] == '~' && check_home_file(whole, f) == -1) {
		free(whole);
		return account_fault_prefix(f, account, id);
	}
	free(*path);
	*path = whole;
	return 0;
}

/* What hardly ever works is told before it is tried. */
static void
warn(const struct account *account, struct notes *notes)
{
	struct fault f = { .class = FAULT_NONE };

	if (account_judge_way(account, &f) == -1)
		notes_add(notes, "%s; %s", f.text, f.hint);
	fault_clear(&f);
}

static int
check(const struct account *account, struct fault *f)
{
	bool port = account->protocol == PROTOCOL_LMTP && account->port == 0 &&
	    account->socket == NULL;

	if (account_judge(account, f) == 0)
		return 0;
	/* no file has a line to add to */
	if (account->name == NULL && account_server(account) != NULL)
		fault_replace_hint(f, port ? "give --port=NUMBER" : "give "
		    "--user=NAME, or --auth=off");
	if (account->name == NULL)
		return fault_prefix(f, "the account of the command line ");
	if (account_is_environment(account)) {
		fault_replace_hint(f, port ? "set POSTRIDER_PORT" : "set "
		    "POSTRIDER_USER, or POSTRIDER_AUTH=off");
		return fault_prefix(f, "the account of the environment ");
	}
	return fault_prefix(f, "account '%s' (%s:%u) ", account->name,
	    account->defined.file, account->defined.line);
}

static const struct account *
find(const struct accounts *accounts, const char *name, const char *sender,
    const char **reason)
{
	static const char fallback[] = "default";
	const struct account *account = NULL;

	*reason = "it is the one that was named";
	if (name != NULL)
		return account_table_find(&accounts->table, name,
		    strlen(name));
	*reason = "its from fits the reverse-path best";
	if (sender != NULL)
		account = find_by_sender(accounts, sender);
	if (account != NULL)
		return account;
	*reason = "it is the default";
	account = account_table_find(&accounts->table, fallback,
	    sizeof(fallback) - 1);
	if (account == NULL && accounts->table.count == 1) {
		*reason = "it is the only one";
		account = accounts->table.account[0];
	}
	return account;
}

static int
choose_environment(struct account *out, const char *name, struct fault *f)
{
	if (environment_read(out, f) == -1)
		return -1;
	out->name = memory_string(ENVIRONMENT_NAME);
	out->reason = name != NULL ? "it is the one that was named" :
	    "no file gives an account";
	return 0;
}

/* Gets from the files what accounts_forget_passwords() has wiped. */
static int
recall_passwords(struct accounts *accounts, struct fault *f)
{
	struct accounts again;
	struct account *a;
	const struct account *same;
	int r;

	accounts_init(&again);
	r = accountfile_load(&again, accounts->named_file, accounts->trusted,
	    f);
	for (size_t i = 0; r == 0 && i < accounts->table.count; i++) {
		a = accounts->table.account[i];
		same = account_table_find(&again.table, a->name,
		    strlen(a->name));
		if (!a->forgotten || same == NULL)
			continue;
		secret_copy(&a->password, &same->password);
		secret_copy(&a->proxy_password, &same->proxy_password);
		a->forgotten = false;
	}
	accounts_free(&again);
	return r;
}

static int
choose(struct accounts *accounts, const char *name, const char *sender,
    struct account *out, struct fault *f)
{
	const char *reason;
	const struct account *account = find(accounts, name, sender, &reason);

	if (account == NULL && (name == NULL ? environment_has_host() :
	    strcmp(name, ENVIRONMENT_NAME) == 0))
		return choose_environment(out, name, f);
	if (account == NULL)
		return no_account(accounts, name, sender, f);
	if (account->forgotten && accounts->loaded &&
	    recall_passwords(accounts, f) == -1)
		return -1;
	account_copy(out, account);
	free(out->name);
	out->name = memory_string(account->name);
	out->defined = account->defined;
	out->reason = reason;
	return 0;
}

static int
expand_domain(struct account *a, enum option_id id, char **domain,
    struct fault *f)
{
	char *expanded;

	if (*domain == NULL)
		return 0;
	expanded = pattern_expand_setting(a, id, *domain, NULL, false, f);
	if (expanded == NULL)
		return account_fault_prefix(f, a, id);
	free(*domain);
	*domain = expanded;
	return 0;
}

/* It becomes an A-label, since it goes into addresses of the header, too. */
static int
resolve_qualify_domain(struct account *a, struct fault *f)
{
	char *ascii;

	if (expand_domain(a, OPTION_QUALIFY_DOMAIN, &a->qualify_domain,
	    f) == -1)
		return -1;
	if (a->qualify_domain == NULL)
		return 0;
	if (address_is_domain(a->qualify_domain, strlen(a->qualify_domain)) &&
	    idna_to_ascii(a->qualify_domain, &ascii) == 0) {
		free(a->qualify_domain);
		a->qualify_domain = ascii;
		return 0;
	}
	fault(f, FAULT_CONFIG, "'%s' is no domain", a->qualify_domain);
	fault_hint(f, "write a name such as example.org");
	return account_fault_prefix(f, a, OPTION_QUALIFY_DOMAIN);
}

int
accounts_choose(struct accounts *accounts, const char *name,
    const char *sender, const struct account *overrides, struct account *out,
    struct fault *f)
{
	if (overrides->set[OPTION_HOST])
		out->reason = "--host was given";
	else if (choose(accounts, name, sender, out, f) == -1)
		return -1;
	account_override(out, overrides);
	free(out->author);
	out->author = memory_string(accounts->author);
	for (int i = 0; i < OPTION_COUNT; i++)
		if (option_row((enum option_id)i)->type == OPTION_TYPE_PATH &&
		    resolve_path(out, (enum option_id)i, f) == -1)
			return -1;
	if (expand_domain(out, OPTION_DOMAIN, &out->domain, f) == -1 ||
	    resolve_qualify_domain(out, f) == -1 ||
	    account_complete_oauth2(out, f) == -1 || check(out, f) == -1)
		return -1;
	/* who checks the files is told as of an error */
	if (accounts->report == NULL)
		warn(out, &accounts->warnings);
	return fallback_check(accounts, out, f);
}
