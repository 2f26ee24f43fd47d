/* SPDX-License-Identifier: ISC */
/*
 * Account files. Whatever they hold: an error names a line and column that the
 * file has, and adds no account; a second time gives the same; each account is
 * found by its name and can be chosen without harm.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/fault.h"
#include "config/account/account.h"
#include "config/account/accountfile.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static void
require(bool truth)
{
	if (!truth)
		abort();
}

/* Octets of a line without its line feed; SIZE_MAX when there is none such. */
static size_t
line_length(const char *s, size_t n, unsigned long line)
{
	const char *eol;

	for (; line > 1 && n > 0; line--) {
		eol = memchr(s, '\n', n);
		if (eol == NULL)
			return SIZE_MAX;
		n -= (size_t)(eol - s) + 1;
		s = eol + 1;
	}
	if (line != 1)
		return SIZE_MAX;
	eol = n == 0 ? NULL : memchr(s, '\n', n);
	return eol == NULL ? n : (size_t)(eol - s);
}

static void
check_fault(const struct fault *f, const char *s, size_t n)
{
	unsigned long line, column;
	char *end;

	require(f->class == FAULT_CONFIG && strncmp(f->text, "F:", 2) == 0);
	line = strtoul(f->text + 2, &end, 10);
	require(line >= 1 && *end == ':');
	column = strtoul(end + 1, &end, 10);
	require(column >= 1 && strncmp(end, ": ", 2) == 0);
	require(line_length(s, n, line) != SIZE_MAX);
	require(column <= line_length(s, n, line) + 1);
}

static void
check_accounts(const struct accounts *accounts)
{
	const struct account_table *table = &accounts->table;
	const struct account *a;

	for (size_t i = 0; i < table->count; i++) {
		a = table->account[i];
		require(a->name[0] != '\0' && account_table_find(table,
		    a->name, strlen(a->name)) == a);
		require(a->port >= 0 && a->port <= 65535 &&
		    a->timeout >= 0 && a->passwordeval_timeout >= 1);
		for (int k = 0; k < OPTION_COUNT; k++)
			require(!a->set[k] || a->origin[k].line > 0);
	}
}

static void
choose(struct accounts *accounts)
{
	struct account none, out;
	struct fault f = { 0 };

	account_init(&none);
	account_init(&out);
	if (accounts_choose(accounts, NULL, "joe@example.org", &none, &out,
	    &f) == 0)
		require(out.host != NULL && out.name != NULL);
	else
		require(f.class == FAULT_CONFIG);
	fault_clear(&f);
	account_free(&out);
}

static void
count(void *arg, const struct fault *f)
{
	size_t *errors = arg;

	require(f->class == FAULT_CONFIG && f->text != NULL);
	(*errors)++;
}

/* Checking finds an error if parsing does; it also looks into each `from`. */
static void
check_all(const char *s, size_t n, bool wrong)
{
	struct accountfile_facts facts;
	struct accounts accounts;
	struct fault f = { 0 };
	size_t errors = 0;

	accounts_init(&accounts);
	accounts.report = count;
	accounts.report_arg = &errors;
	require(accountfile_parse(&accounts, NULL, "F", s, n, &facts,
	    &f) == 0);
	require(f.class == FAULT_NONE && (errors > 0 || !wrong));
	check_accounts(&accounts);
	fallback_report(&accounts, false);
	accounts_free(&accounts);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct accountfile_facts facts;
	struct accounts once, twice;
	struct fault f = { 0 }, g = { 0 };
	const char *s = (const char *)data;
	int r;

	accounts_init(&once);
	accounts_init(&twice);
	r = accountfile_parse(&once, NULL, "F", s, n, &facts, &f);
	require(accountfile_parse(&twice, NULL, "F", s, n, &facts, &g) ==
	    r);
	require(once.table.count == twice.table.count);
	require(r == 0 || strcmp(f.text, g.text) == 0);
	if (r == -1) {
		require(once.table.count == 0);
		check_fault(&f, s, n);
	} else {
		require(f.class == FAULT_NONE);
		check_accounts(&once);
		choose(&once);
		/* as the system's file behind the same one of the user */
		require(accountfile_parse(&once, NULL, "G", s, n, &facts,
		    &f) == 0);
		require(once.table.count == twice.table.count);
	}
	check_all(s, n, r == -1);
	fault_clear(&f);
	fault_clear(&g);
	accounts_free(&once);
	accounts_free(&twice);
	return 0;
}
