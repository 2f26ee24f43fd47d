/* SPDX-License-Identifier: ISC */
/* Files with owners and modes: which are read, refused or warned of. */
#include <sys/stat.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fault.h"
#include "config/account/account.h"
#include "config/account/grammar.h"
#include "tests/tap.h"

#define PLAIN "host h\n"
#define SECRET "host h\npassword hunter2\n"
#define COMMAND "host h\npasswordeval x\n"

static const struct {
	const char *label;
	enum accountfile_kind kind;
	mode_t mode;
	const char *content;
	const char *fault;	/* NULL: it is read */
	const char *hint;
	const char *warning;	/* NULL: none */
} rows[] = {
	{ "user, plain", ACCOUNTFILE_USER, 0666, PLAIN, NULL, NULL, NULL },
	{ "user, password", ACCOUNTFILE_USER, 0600, SECRET, NULL, NULL,
	    NULL },
	{ "user, password, group", ACCOUNTFILE_USER, 0640, SECRET,
	    "mode 0640 lets others in", "chmod 600 file", NULL },
	{ "user, password, others", ACCOUNTFILE_USER, 0604, SECRET,
	    "mode 0604", "chmod 600 file", NULL },
	{ "user, no password in it after all", ACCOUNTFILE_USER, 0644,
	    "host h\npassword\n", NULL, NULL, NULL },
	{ "user, command", ACCOUNTFILE_USER, 0644, COMMAND, NULL, NULL,
	    NULL },
	{ "user, command, group writes", ACCOUNTFILE_USER, 0664, COMMAND,
	    "holds a passwordeval, and its mode 0664", "chmod go-w file",
	    NULL },
	{ "user, command, others write", ACCOUNTFILE_USER, 0602, COMMAND,
	    "mode 0602", "chmod go-w file", NULL },
	{ "named, password", ACCOUNTFILE_NAMED, 0644, SECRET, "mode 0644",
	    "chmod 600 file", NULL },
	{ "named, command", ACCOUNTFILE_NAMED, 0622, COMMAND, "mode 0622",
	    "chmod go-w file", NULL },
	{ "system, plain", ACCOUNTFILE_SYSTEM, 0644, PLAIN, NULL, NULL,
	    NULL },
	{ "system, password", ACCOUNTFILE_SYSTEM, 0640, SECRET, NULL, NULL,
	    NULL },
	{ "system, password, everybody", ACCOUNTFILE_SYSTEM, 0644, SECRET,
	    NULL, NULL, "file holds a password and everybody can read it; "
	    "run: chmod o-r file" },
	{ "system, command, group writes", ACCOUNTFILE_SYSTEM, 0664, COMMAND,
	    "mode 0664", "chmod go-w file", NULL },
	{ "trusted, others write", ACCOUNTFILE_TRUSTED, 0666, PLAIN,
	    "-C file: it", NULL, NULL },
};

static void
write_file(const char *content, mode_t mode)
{
	int fd = open("file", O_WRONLY | O_CREAT | O_TRUNC, 0600);
	ssize_t n = write(fd, content, strlen(content));

	if (fd == -1 || n != (ssize_t)strlen(content) || fchmod(fd, mode) == -1)
		perror("file");
	close(fd);
}

static void
test_row(size_t i)
{
	struct accounts accounts;
	struct fault f = { 0 };
	bool warned;
	int r;

	write_file(rows[i].content, rows[i].mode);
	accounts_init(&accounts);
	r = accountfile_read(&accounts, "file", rows[i].kind, &f);
	warned = accounts.warnings.count == (rows[i].warning != NULL) &&
	    (rows[i].warning == NULL ||
	    strstr(accounts.warnings.text[0], rows[i].warning) != NULL);
	if (rows[i].fault == NULL)
		tap_ok(r == 0 && warned && accounts.table.count == 1 &&
		    accounts.source[0]->state == ACCOUNT_SOURCE_READ,
		    "%s%s%s", rows[i].label, f.text == NULL ? "" : ": ",
		    f.text == NULL ? "" : f.text);
	else
		tap_ok(r == -1 && warned && strstr(f.text,
		    rows[i].fault) != NULL && (rows[i].hint == NULL ||
		    strstr(f.hint, rows[i].hint) != NULL), "%s: %s; %s",
		    rows[i].label, f.text == NULL ? "" : f.text,
		    f.hint == NULL ? "" : f.hint);
	fault_clear(&f);
	accounts_free(&accounts);
	unlink("file");
}

/* A file that was looked for in vain is remembered, and no fault. */
static void
test_missing(void)
{
	static const enum accountfile_kind kinds[] = {
		ACCOUNTFILE_USER, ACCOUNTFILE_SYSTEM, ACCOUNTFILE_NAMED
	};
	struct accounts accounts;
	struct fault f = { 0 };
	int r;

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		accounts_init(&accounts);
		r = accountfile_read(&accounts, "none/file", kinds[i], &f);
		tap_ok((r == -1) == (kinds[i] == ACCOUNTFILE_NAMED) &&
		    accounts.sources == 1 &&
		    accounts.source[0]->state == ACCOUNT_SOURCE_MISSING,
		    "a missing file of kind %zu", i);
		fault_clear(&f);
		accounts_free(&accounts);
	}
}

/* The user's account hides the system's of the same name. */
static void
test_both(void)
{
	struct accounts accounts;
	struct fault f = { 0 };
	const struct account *a;

	accounts_init(&accounts);
	write_file("account a\nhost user\n", 0600);
	accountfile_read(&accounts, "./file", ACCOUNTFILE_USER, &f);
	write_file("account a\nhost system\nport 26\naccount b : a\n", 0600);
	accountfile_read(&accounts, "file", ACCOUNTFILE_SYSTEM, &f);
	unlink("file");
	a = account_table_find(&accounts.table, "a", 1);
	tap_ok(f.class == FAULT_NONE && accounts.table.count == 2 &&
	    strcmp(a->host, "user") == 0 && a->port == 0,
	    "an account of the user's as a whole");
	a = account_table_find(&accounts.table, "b", 1);
	tap_ok(a != NULL && strcmp(a->host, "system") == 0 && a->port == 26,
	    "the system's inherit from the system's");
	accounts_free(&accounts);
}

int
main(void)
{
	char folder[] = "/tmp/postrider-unit-XXXXXX";

	if (mkdtemp(folder) == NULL || chdir(folder) == -1) {
		perror(folder);
		return 1;
	}
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		test_row(i);
	test_missing();
	test_both();
	if (chdir("/") == -1 || rmdir(folder) == -1)
		perror(folder);
	return tap_done();
}
