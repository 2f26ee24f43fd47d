/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "base/fault.h"
#include "base/text.h"
#include "config/account/account.h"
#include "config/account/accountfile.h"

/*
 * The name of the account if its `fallback` was written for it, or for an
 * account that it is built on; else NULL: it is from `defaults` or from the
 * command line.
 */
static const char *
written_for(const struct account *account)
{
	return account->set[OPTION_FALLBACK] &&
	    account->origin[OPTION_FALLBACK].file != NULL ? account->name :
	    NULL;
}

/* A fault if the account of this name, or NULL, cannot fall back to `name`. */
static int
check_name(const struct accounts *accounts, const char *account,
    const char *name, size_t n, struct fault *f)
{
	const struct account_source *unreadable = accounts_unreadable(accounts);
	const char *near;

	if (account != NULL && text_is(name, n, account)) {
		fault(f, FAULT_CONFIG, "account '%s' cannot fall back to "
		    "itself", account);
		return fault_hint(f, "name another account");
	}
	if (account_table_find(&accounts->table, name, n) != NULL)
		return 0;
	fault(f, FAULT_CONFIG, "there is no account '%.*s'", (int)n, name);
	near = account_table_nearest(&accounts->table, name, n);
	if (name[0] == '#')
		return fault_hint(f, "give a comment a line of its own");
	if (near != NULL)
		return fault_hint(f, "did you mean '%s'?", near);
	if (unreadable != NULL)
		return fault_hint(f, "%s", unreadable->why.hint);
	return fault_hint(f, "fallback takes names of accounts, separated by "
	    "blanks or commas");
}

/* Has an account before the i-th its `fallback` from the same line? */
static bool
was_seen(const struct account_table *table, size_t i)
{
	const struct option_place *at =
	    &table->account[i]->origin[OPTION_FALLBACK], *other;

	for (size_t k = 0; k < i; k++) {
		other = &table->account[k]->origin[OPTION_FALLBACK];
		if (other->file == at->file && other->line == at->line)
			return true;
	}
	return false;
}

/* Reports the fault `f`, which it clears, of a name in the i-th account. */
static void
report(struct accounts *accounts, size_t i, const char *name, bool known,
    bool alone, struct fault *f)
{
	const struct account *account = accounts->table.account[i];
	struct option_place at = account->origin[OPTION_FALLBACK];

	at.column += (unsigned)(name - account->fallback);
	if (known || (!alone && !was_seen(&accounts->table, i))) {
		fault_prefix(f, "%s:%u:%u: ", at.file, at.line, at.column);
		accounts->report(accounts->report_arg, f);
	} else if (!was_seen(&accounts->table, i)) {
		notes_add(&accounts->warnings, "%s:%u:%u: %s in this file; %s",
		    at.file, at.line, at.column, f->text, f->hint);
	}
	fault_clear(f);
}

void
fallback_report(struct accounts *accounts, bool alone)
{
	const struct account_table *table = &accounts->table;
	const struct account *account;
	struct fault f = { 0 };
	const char *name;
	size_t n;

	for (size_t i = 0; accounts->report != NULL && i < table->count; i++) {
		account = table->account[i];
		for (size_t k = 0; (name = account_fallback_at(account, k,
		    &n)) != NULL; k++) {
			if (check_name(accounts, written_for(account), name, n,
			    &f) == -1)
				report(accounts, i, name, account_table_find(
				    table, name, n) != NULL, alone, &f);
			if (name[0] == '#')
				break;
		}
	}
}

int
fallback_check(const struct accounts *accounts, const struct account *account,
    struct fault *f)
{
	const char *name;
	size_t n;

	for (size_t i = 0; (name = account_fallback_at(account, i,
	    &n)) != NULL; i++)
		if (check_name(accounts, written_for(account), name, n,
		    f) == -1)
			return account_fault_prefix(f, account,
			    OPTION_FALLBACK);
	return 0;
}
