/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/fault.h"
#include "base/memory.h"
#include "base/text.h"
#include "config/account/account.h"
#include "config/account/accountfile.h"
#include "delivery/policy.h"
#include "delivery/request.h"
#include "modes/fitness.h"
#include "modes/modes.h"

/* What has been found in account files. */
struct findings {
	struct notes seen;	/* accounts may share a setting */
	size_t errors;
};

static void
report_account(void *arg, const struct fault *f)
{
	struct findings *found = arg;

	for (size_t i = 0; i < found->seen.count; i++)
		if (strcmp(found->seen.text[i], f->text) == 0)
			return;
	notes_add(&found->seen, "%s", f->text);
	found->errors++;
	fprintf(stderr, "%s\n", f->text);
	if (f->hint != NULL)
		fprintf(stderr, "    hint: %s\n", f->hint);
}

static void
print_notes(const struct accounts *accounts)
{
	for (size_t i = 0; i < accounts->warnings.count; i++)
		fprintf(stderr, "note: %s\n", accounts->warnings.text[i]);
}

static void
report_alias(const char *text)
{
	fprintf(stderr, "%s\n", text);
}

static void
print_sources(const struct accounts *accounts)
{
	const struct account_source *source;
	char *path;

	for (size_t i = 0; i < accounts->sources; i++) {
		source = accounts->source[i];
		path = text_printable(source->path,
		    strlen(source->path));
		if (source->state == ACCOUNT_SOURCE_READ)
			printf("%s: read\n", path);
		else if (source->state == ACCOUNT_SOURCE_UNREADABLE)
			fprintf(stderr, "note: %s: %s\n", path,
			    source->why.text);
		free(path);
	}
	printf("%zu account%s\n", accounts->table.count,
	    accounts->table.count == 1 ? "" : "s");
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
	if (local_domains_gather(&a.domains, account, MAILNAME, f) == 0 &&
	    alias_read(&a.aliases, path, errors, f) == 0) {
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
	const char *file = alias_file(account);
	struct notes errors = { .text = NULL };
	struct fault f = { .class = FAULT_NONE };
	struct stat st;
	char *path;

	if (file == NULL || (account->aliases == NULL &&
	    stat(file, &st) == -1 && errno == ENOENT))
		return;
	/* "~" is resolved for the account that is chosen; here none is */
	path = account_path(file);
	if (path == NULL)
		path = memory_string(file);
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

/* The files that these accounts name: the number of errors. */
static size_t
check_named(const struct accounts *accounts)
{
	struct checks c = { .report = report_alias };

	for (size_t i = 0; i < accounts->table.count; i++)
		if (accounts->table.account[i]->aliases != NULL)
			check_account(&c, accounts->table.account[i]);
	notes_free(&c.paths);
	return c.errors;
}

/* Without any the environment may have one, or it is told where files were
 * looked for. */
static int
check_choice(struct accounts *accounts, const struct request *request,
    struct fault *f)
{
	struct account a;
	int r;

	account_init(&a);
	r = accounts_choose(accounts, request->account, NULL,
	    request->settings, &a, f);
	account_free(&a);
	return r;
}

/* One file by itself, or (NULL) those that a message would go by. */
static int
check(const struct request *request, const char *file,
    struct findings *found, struct fault *f)
{
	size_t before = found->errors;
	struct accounts accounts;
	int r;

	accounts_init(&accounts);
	accounts.report = report_account;
	accounts.report_arg = found;
	r = file != NULL ?
	    accountfile_read(&accounts, file, ACCOUNTFILE_NAMED, f) :
	    accountfile_load(&accounts, request->file, request->file_of_root,
	    f);
	/* what follows from a line that is wrong is no error of its own */
	for (size_t i = 0; found->errors == before &&
	    i < accounts.table.count; i++)
		fitness_of(&accounts, accounts.table.account[i],
		    report_account, found);
	print_notes(&accounts);
	print_sources(&accounts);
	if (r == 0 && file == NULL && accounts.table.count == 0 &&
	    found->errors == before)
		r = check_choice(&accounts, request, f);
	found->errors += check_named(&accounts);
	accounts_free(&accounts);
	return r;
}

int
check_config(const struct request *request, const char *const *files,
    size_t n, struct fault *f)
{
	struct findings found = { .seen.text = NULL };
	int r = n == 0 ? check(request, NULL, &found, f) : 0;

	/* an account may be in several of the files */
	for (size_t i = 0; i < n && r == 0; i++)
		r = check(request, files[i], &found, f);
	notes_free(&found.seen);
	if (r == -1 || found.errors == 0)
		return r;
	return fault(f, FAULT_CONFIG, "%zu error%s", found.errors,
	    found.errors == 1 ? "" : "s");
}

int
check_aliases(const struct request *request,
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
