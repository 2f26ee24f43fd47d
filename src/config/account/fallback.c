/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>

#include "base/fault.h"
#include "base/memory.h"
#include "base/text.h"
#include "config/account/account.h"
#include "config/account/fallback.h"

/* A `fallback` in a file that is checked. */
struct fallback {
	char *account;			/* NULL: defaults */
	char *names;			/* its value */
	struct option_place place;	/* of the value */
};

void
fallback_keep(struct accounts *accounts, const struct account *account,
    const struct option_place *place)
{
	struct fallback *kept;

	accounts->fallback = memory_resize(accounts->fallback,
	    accounts->fallbacks + 1, sizeof(*kept));
	kept = &accounts->fallback[accounts->fallbacks++];
	kept->account = memory_string(account->name);
	kept->names = memory_string(account->fallback);
	kept->place = *place;
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
		return fault_hint(f, "%s", unreadable->remedy);
	return fault_hint(f, "fallback takes names of accounts, separated by "
	    "blanks or commas");
}

static void
report_names(struct accounts *accounts, const struct fallback *kept,
    bool alone)
{
	struct account account = { .fallback = kept->names };
	struct option_place at = kept->place;
	struct fault f = { 0 };
	const char *name;
	size_t n;

	for (size_t i = 0; (name = account_fallback_at(&account, i,
	    &n)) != NULL; i++) {
		if (check_name(accounts, kept->account, name, n, &f) == 0)
			continue;
		at.column = kept->place.column + (unsigned)(name - kept->names);
		if (alone && account_table_find(&accounts->table, name,
		    n) == NULL) {
			notes_add(&accounts->warnings, "%s:%u:%u: %s in this "
			    "file; %s", at.file, at.line, at.column, f.text,
			    f.hint);
		} else {
			fault_prefix(&f, "%s:%u:%u: ", at.file, at.line,
			    at.column);
			accounts->report(accounts->report_arg, &f);
		}
		fault_clear(&f);
		if (name[0] == '#')
			break;
	}
}

void
fallback_report(struct accounts *accounts, bool alone)
{
	struct fallback *kept;

	for (size_t i = 0; i < accounts->fallbacks; i++) {
		kept = &accounts->fallback[i];
		report_names(accounts, kept, alone);
		free(kept->account);
		free(kept->names);
	}
	free(accounts->fallback);
	accounts->fallback = NULL;
	accounts->fallbacks = 0;
}

int
fallback_check(const struct accounts *accounts, const struct account *account,
    struct fault *f)
{
	/* what comes from elsewhere was not written for this account alone */
	bool own = account->set[OPTION_FALLBACK] &&
	    account->origin[OPTION_FALLBACK].file != NULL;
	const char *name;
	size_t n;

	for (size_t i = 0; (name = account_fallback_at(account, i,
	    &n)) != NULL; i++)
		if (check_name(accounts, own ? account->name : NULL, name, n,
		    f) == -1)
			return account_fault_prefix(f, account,
			    OPTION_FALLBACK);
	return 0;
}
