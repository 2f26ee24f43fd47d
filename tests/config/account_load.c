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
#include "config/account/accountfile.h"
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
	{ "user, plain", ACCOUNTFILE_USER, 0644, PLAIN, NULL, NULL, NULL },
	{ "user, plain, others write", ACCOUNTFILE_USER, 0646, PLAIN,
	    "account file file can be written by others than", "chmod go-w "
	    "file", NULL },
	{ "named, plain, others write", ACCOUNTFILE_NAMED, 0666, PLAIN, NULL,
	    NULL, NULL },
	{ "user, password", ACCOUNTFILE_USER, 0600, SECRET, NULL, NULL,
	    NULL },
	{ "user, password, others", ACCOUNTFILE_USER, 0604, SECRET,
	    "mode 0604 lets others in", "chmod 600 file", NULL },
	{ "user, no password in it after all", ACCOUNTFILE_USER, 0644,
	    "host h\npassword\n", NULL, NULL, NULL },
	{ "user, command", ACCOUNTFILE_USER, 0644, COMMAND, NULL, NULL,
	    NULL },
	{ "user, command, others write", ACCOUNTFILE_USER, 0602, COMMAND,
	    "mode 0602", "chmod go-w file", NULL },
	{ "named, command, others write", ACCOUNTFILE_NAMED, 0622, COMMAND,
	    "holds a passwordeval and can be written", "chmod go-w file",
	    NULL },
	{ "system, plain", ACCOUNTFILE_SYSTEM, 0644, PLAIN, NULL, NULL,
	    NULL },
	{ "system, password", ACCOUNTFILE_SYSTEM, 0640, SECRET, NULL, NULL,
	    NULL },
	{ "system, password, everybody", ACCOUNTFILE_SYSTEM, 0644, SECRET,
	    NULL, NULL, "file holds a password, and its mode 0644 lets others "
	    "in; run: chmod o-rwx file" },
	{ "system, command, others write", ACCOUNTFILE_SYSTEM, 0646, COMMAND,
	    "mode 0646", "chmod go-w file", NULL },
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

/* One of root's that is named is as the system's file. */
static void
test_named(void)
{
	bool root = geteuid() == 0;
	struct accounts accounts;
	struct fault f = { 0 };
	int r;

	write_file(SECRET, 0644);
	accounts_init(&accounts);
	r = accountfile_read(&accounts, "./file", ACCOUNTFILE_NAMED, &f);
	tap_ok(r == (root ? 0 : -1) && accounts.warnings.count == root &&
	    (root || strcmp(f.hint, "run: chmod 600 ./file") == 0),
	    "named, password, others: %s", root ? accounts.warnings.text[0] :
	    f.text);
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

/* "hunter2-of-b" with each octet's lowest bit turned over: a search for it does
 * not find itself. */
static const char coded[] = "itouds3,ng,c";
#define CODED (sizeof(coded) - 1)

static bool
is_coded(const char *p)
{
	for (size_t i = 0; i < CODED; i++)
		if ((p[i] ^ 1) != coded[i])
			return false;
	return true;
}

/* How often the password is in the heap, and in pages of their own; -1 when
 * that cannot be seen. */
#ifdef SANITIZE	/* which forbids to look */
static int
count_in_memory(void)
{
	return -1;
}
#else
static int
count_in_memory(void)
{
	FILE *maps = fopen("/proc/self/maps", "re");
	char line[512], *rest;
	unsigned long from, to;
	int found = 0;

	while (maps != NULL && fgets(line, sizeof(line), maps) != NULL) {
		from = strtoul(line, &rest, 16);
		to = strtoul(rest + 1, &rest, 16);
		/* private, writable, and of no file */
		if (strncmp(rest, " rw-p 00000000 00:00 0", 22) != 0 ||
		    strstr(line, "[st") != NULL)
			continue;
		for (unsigned long p = from; p <= to - CODED; p++)
			found += is_coded((const char *)p);
	}
	if (maps == NULL)
		return -1;
	fclose(maps);
	return found;
}
#endif

static void
add_coded(int fd)
{
	char c;

	for (size_t i = 0; i < CODED; i++) {
		c = (char)(coded[i] ^ 1);
		if (write(fd, &c, 1) != 1)
			perror("file");
	}
}

static bool
has_coded(const struct account *a)
{
	return a->password.len == CODED && is_coded(a->password.bytes);
}

/* What no connection is made with leaves memory, and can be had again. */
static void
test_forgotten(void)
{
	struct accounts accounts;
	struct account none, out;
	struct fault f = { 0 };
	int fd, before, after, r;

	write_file("account a\nhost h\npassword x\naccount b\nhost h\n"
	    "password ", 0600);
	fd = open("file", O_WRONLY | O_APPEND);
	add_coded(fd);
	close(fd);
	accounts_init(&accounts);
	account_init(&none);
	account_init(&out);
	accountfile_load(&accounts, "file", false, &f);
	before = count_in_memory();
	tap_ok(accounts_choose(&accounts, "a", NULL, &none, &out, &f) == 0,
	    "an account is chosen");
	accounts_forget_passwords(&accounts, out.name);
	after = count_in_memory();
	tap_ok(!secret_is_set(&accounts.table.account[1]->password) &&
	    secret_is_set(&accounts.table.account[0]->password) &&
	    secret_is_set(&out.password), "the other's password is gone");
	if (before == 1)
		tap_ok(after == 0, "and nowhere in memory");
	else
		tap_ok(true, "and nowhere in memory # SKIP cannot be seen");
	account_free(&out);
	tap_ok(accounts_choose(&accounts, "b", NULL, &none, &out, &f) == 0 &&
	    has_coded(&out), "it is there again when that one is chosen");
	account_free(&out);
	accounts_forget_passwords(&accounts, NULL);
	tap_ok(accounts_choose(&accounts, "a", NULL, &none, &out, &f) == 0 &&
	    secret_is_set(&out.password) && count_in_memory() == before,
	    "all forgotten, and again");
	account_free(&out);
	accounts_forget_passwords(&accounts, NULL);
	unlink("file");
	r = accounts_choose(&accounts, "a", NULL, &none, &out, &f);
	tap_ok(r == -1 && f.class == FAULT_CONFIG, "the file is gone: %s",
	    f.text);
	fault_clear(&f);
	account_free(&out);
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
	test_named();
	test_missing();
	test_both();
	test_forgotten();
	if (chdir("/") == -1 || rmdir(folder) == -1)
		perror(folder);
	return tap_done();
}
