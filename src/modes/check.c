/* SPDX-License-Identifier: ISC */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fault.h"
#include "base/text.h"
#include "config/account/account.h"
#include "config/account/load.h"
#include "delivery/aliases.h"
#include "delivery/request.h"
#include "modes/check.h"

static void
report(void *arg, const struct fault *f)
{
	size_t *errors = arg;

	(*errors)++;
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
			    source->trouble);
		free(path);
	}
	printf("%zu account%s\n", accounts->table.count,
	    accounts->table.count == 1 ? "" : "s");
}

/* One file by itself, or (NULL) those that a message would go by. */
static int
check(const struct request *request, const char *file, size_t *errors,
    struct fault *f)
{
	struct accounts accounts;
	int r;

	accounts_init(&accounts);
	accounts.report = report;
	accounts.report_arg = errors;
	r = file != NULL ?
	    accountfile_read(&accounts, file, ACCOUNTFILE_NAMED, f) :
	    accountfile_load(&accounts, request->file, request->file_of_root,
	    f);
	print_notes(&accounts);
	print_sources(&accounts);
	*errors += aliases_check_named(&accounts, report_alias);
	accounts_free(&accounts);
	return r;
}

int
check_config(const struct request *request, const char *const *files,
    size_t n, struct fault *f)
{
	size_t errors = 0;
	int r = n == 0 ? check(request, NULL, &errors, f) : 0;

	/* an account may be in several of the files */
	for (size_t i = 0; i < n && r == 0; i++)
		r = check(request, files[i], &errors, f);
	if (r == -1 || errors == 0)
		return r;
	return fault(f, FAULT_CONFIG, "%zu error%s", errors,
	    errors == 1 ? "" : "s");
}
