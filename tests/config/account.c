/* SPDX-License-Identifier: ISC */
/* The grammar of account files, and what accounts inherit. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/fault.h"
#include "config/account/account.h"
#include "config/account/accountfile.h"
#include "tests/tap.h"

#define MANY 20000		/* accounts in one file */
#define MANY_MAX (4 * 1024 * 1024)	/* octets of that file */
#define LONG_VALUE (1024 * 1024)	/* octets of one line */
#define TEXT_MAX 4096		/* octets of an expected text */

/*
 * A file, an account of it, and settings that this has: "host port user" with
 * "-" for what is unset. Or what the fault and its hint say.
 */
static const struct {
	const char *label;
	const char *file;
	const char *account;	/* NULL: the file is refused */
	const char *expected;
	const char *hint;
} rows[] = {
	{ "plain", "account a\nhost h\nport 25\nuser u\n", "a", "h 25 u",
	    NULL },
	{ "no final newline", "account a\nhost h", "a", "h 0 -", NULL },
	{ "CRLF", "account a\r\nhost h\r\nport 25\r\n", "a", "h 25 -", NULL },
	{ "tabs and blanks", "\taccount\t a \n  host \t h\t \n", "a",
	    "h 0 -", NULL },
	{ "comments", "# one\n  # two\naccount a\n#host x\nhost h\n", "a",
	    "h 0 -", NULL },
	{ "empty lines", "\n\n \naccount a\n\t\nhost h\n\n", "a", "h 0 -",
	    NULL },
	{ "byte order mark", "\xef\xbb\xbf" "account a\nhost h\n", "a",
	    "h 0 -", NULL },
	{ "quotes", "account \"a\"\nhost \"h\"\nuser \"u v\"\n", "a",
	    "h 0 u v", NULL },
	{ "one quote", "account a\nhost h\nuser \"u\n", "a", "h 0 \"u",
	    NULL },
	{ "lone quote", "account a\nhost h\nuser \"\n", "a", "h 0 \"",
	    NULL },
	{ "quotes within", "account a\nhost h\nuser \"a\" \"b\"\n", "a",
	    "h 0 a\" \"b", NULL },
	{ "empty quotes", "account a\nhost h\nuser u\nuser \"\"\n", "a",
	    "h 0 -", NULL },
	{ "number sign in a value", "account a\nhost h\nuser a#b # c\n", "a",
	    "h 0 a#b # c", NULL },
	{ "last wins", "account a\nhost g\nhost h\n", "a", "h 0 -", NULL },
	{ "a name with blanks", "account my own\nhost h\n", "my own",
	    "h 0 -", NULL },
	{ "settings first", "host h\nport 26\n", "default", "h 26 -", NULL },
	{ "settings first, then another", "host h\naccount b\nhost i\n",
	    "default", "h 0 -", NULL },
	{ "defaults", "defaults\nport 26\naccount a\nhost h\n", "a",
	    "h 26 -", NULL },
	{ "defaults overridden", "defaults\nport 26\naccount a\nhost h\n"
	    "port 27\n", "a", "h 27 -", NULL },
	{ "defaults accumulate", "defaults\nport 26\naccount a\nhost h\n"
	    "defaults\nuser u\naccount b\nhost i\n", "b", "i 26 u", NULL },
	{ "defaults are for what follows", "account a\nhost h\ndefaults\n"
	    "user u\n", "a", "h 0 -", NULL },
	{ "inherit", "account a\nhost h\nport 26\naccount b : a\nuser u\n",
	    "b", "h 26 u", NULL },
	{ "inherit without blanks", "account a\nhost h\naccount b:a\n", "b",
	    "h 0 -", NULL },
	{ "the default idiom", "account a\nhost h\naccount default : a\n",
	    "default", "h 0 -", NULL },
	{ "inherit from two", "account a\nhost h\nport 26\naccount b\nport 27"
	    "\nuser u\naccount c : a, b\n", "c", "h 27 u", NULL },
	{ "the last base wins", "account a\nhost h\nport 26\naccount b\n"
	    "port 27\nuser u\naccount c :b,a\n", "c", "h 26 u", NULL },
	{ "inherit twice", "account a\nhost h\naccount b : a\nport 26\n"
	    "account c : b\n", "c", "h 26 -", NULL },
	{ "own settings last", "account a\nhost h\naccount b : a\nhost i\n",
	    "b", "i 0 -", NULL },
	{ "a base hands on what it sets, not its defaults", "defaults\n"
	    "port 26\naccount a\nhost h\ndefaults\nport 27\n"
	    "account b : a\n", "b", "h 27 -", NULL },
	{ "an unset setting is handed on", "defaults\nuser d\naccount a\n"
	    "host h\nuser\naccount b : a\n", "b", "h 0 -", NULL },
	{ "from settings above", "host h\naccount b : default\n", "b",
	    "h 0 -", NULL },
	{ "an empty file", "", "-", "nothing", NULL },
	{ "comments only", "# nothing\n", "-", "nothing", NULL },

	{ "unknown setting", "account a\nprot 25\n", NULL,
	    "F:2:1: unknown setting 'prot'", "did you mean 'port'?" },
	{ "unknown and far", "account a\n  xyzzy 25\n", NULL,
	    "F:2:3: unknown setting 'xyzzy'", "postrider-accounts(5)" },
	{ "accountt", "accountt a\n", NULL, "F:1:1: unknown setting 'accountt'",
	    "did you mean 'account'?" },
	{ "default", "default\n", NULL, "F:1:1: unknown setting 'default'",
	    "did you mean 'defaults'?" },
	{ "upper case", "account a\nHost h\n", NULL,
	    "F:2:1: unknown setting 'Host'", "did you mean 'host'?" },
	{ "value column", "account a\n  port   70000\n", NULL,
	    "F:2:10: port 70000", NULL },
	{ "quoted value column", "account a\nport \"x\"\n", NULL,
	    "F:2:7: port 'x'", NULL },
	{ "CRLF column", "account a\r\nport x\r\n", NULL,
	    "F:2:6: port 'x' is", NULL },
	{ "comment behind a value", "account a\nport 587 # x\n", NULL,
	    "F:2:10: unexpected text '# x'", "a line of its own" },
	{ "missing value", "account a\nport\n", NULL,
	    "F:2:5: port needs a value", "port NUMBER" },
	{ "equals sign", "account a\npassword=hunter2\n", NULL,
	    "F:2:9: a blank should follow 'password'",
	    "write 'password', a blank, and the value" },
	{ "colon", "host: h\n", NULL, "F:1:5: a blank should follow 'host'",
	    "write 'host h'" },
	{ "not a word", "[account]\n", NULL, "F:1:1: a line begins with",
	    NULL },
	{ "twice", "account a\nhost h\naccount a\n", NULL,
	    "F:3:9: account 'a' is defined twice: here and in line 1",
	    "another name" },
	{ "twice, the first without a line", "\nhost h\naccount default\n",
	    NULL, "F:3:9: account 'default' is defined twice: here and in "
	    "line 2", "settings above the first account line" },
	{ "twice, and one between", "host h\naccount a\naccount default\n",
	    NULL, "F:3:9: account 'default' is defined twice: here and in "
	    "line 1", "settings above the first account line" },
	{ "default twice", "account default\naccount default\n",
	    NULL, "F:2:9: account 'default' is defined twice", "another" },
	{ "unknown base", "account a\nhost h\naccount b : c\n", NULL,
	    "F:3:13: account 'c' is not defined above this line",
	    "stands above it" },
	{ "misspelt base", "account work\nhost h\naccount b : workk\n", NULL,
	    "F:3:13: account 'workk'", "did you mean 'work'?" },
	{ "its own base", "account a : a\n", NULL,
	    "F:1:13: account 'a' is not defined", NULL },
	{ "a later base", "account b : a\naccount a\n", NULL,
	    "F:1:13: account 'a' is not defined", NULL },
	{ "no name", "account\n", NULL, "F:1:8: account needs a name",
	    "account NAME" },
	{ "no name but a base", "account a\naccount : a\n", NULL,
	    "F:2:9: account needs a name", NULL },
	{ "no base", "account a :\n", NULL, "F:1:12: an account name is "
	    "missing", "BASE" },
	{ "comma at the end", "account a\naccount b : a,\n", NULL,
	    "F:2:15: an account name is missing", NULL },
	{ "comma in a name", "account a,b\n", NULL,
	    "F:1:10: an account name has no comma", NULL },
	{ "control character in a name", "account a\x01z\n", NULL,
	    "F:1:10: an account name has no control", NULL },
	{ "text behind defaults", "defaults port 25\n", NULL,
	    "F:1:10: unexpected text", "lines of their own" },
	{ "a carriage return within", "account a\nhost h\rport 25\n", NULL,
	    "F:2:7: host holds a control", NULL },
	{ "a control character", "account a\nfrom a\x1b[31m\n", NULL,
	    "F:2:7: from holds a control", NULL },
};

#define ROWS (sizeof(rows) / sizeof(rows[0]))

static int
parse(struct accounts *accounts, const char *file, struct fault *f)
{
	struct accountfile_facts facts;

	return accountfile_parse(accounts, NULL, "F", file, strlen(file),
	    &facts, f);
}

static char *
settings(const struct account *a)
{
	struct buffer b;

	buffer_init(&b, TEXT_MAX);
	if (a == NULL)
		buffer_add_string(&b, "nothing");
	else
		buffer_printf(&b, "%s %lld %s", a->host == NULL ? "-" :
		    a->host, (long long)a->port, a->user == NULL ? "-" :
		    a->user);
	return buffer_detach(&b);
}

static void
test_row(size_t i)
{
	struct accounts accounts;
	struct fault f = { 0 };
	const char *name = rows[i].account, *hint = rows[i].hint;
	char *got;
	int r;

	accounts_init(&accounts);
	r = parse(&accounts, rows[i].file, &f);
	if (name != NULL) {
		got = settings(account_table_find(&accounts.table, name,
		    strlen(name)));
		tap_ok(r == 0 && strcmp(got, rows[i].expected) == 0,
		    "%s: %s%s", rows[i].label, got, f.text == NULL ? "" :
		    f.text);
		free(got);
	} else {
		tap_ok(r == -1 && f.class == FAULT_CONFIG &&
		    accounts.table.count == 0 &&
		    strncmp(f.text, rows[i].expected,
		    strlen(rows[i].expected)) == 0 && (hint == NULL ||
		    (f.hint != NULL && strstr(f.hint, hint) != NULL)) &&
		    strstr(f.text, "hunter2") == NULL,
		    "%s: %s; %s", rows[i].label, f.text == NULL ? "(none)" :
		    f.text, f.hint == NULL ? "" : f.hint);
	}
	fault_clear(&f);
	accounts_free(&accounts);
}

static void
test_nul(void)
{
	static const char file[] = "account a\nhost h\0i\n";
	struct accountfile_facts facts;
	struct accounts accounts;
	struct fault f = { 0 };

	accounts_init(&accounts);
	accountfile_parse(&accounts, NULL, "F", file, sizeof(file) - 1,
	    &facts, &f);
	tap_ok(f.class == FAULT_CONFIG &&
	    strncmp(f.text, "F:2:7: a NUL", 12) == 0, "a NUL: %s", f.text);
	fault_clear(&f);
	accounts_free(&accounts);
}

static void
test_facts(void)
{
	static const struct {
		const char *file;
		bool password;
		bool command;
	} facts[] = {
		{ "host h\n", false, false },
		{ "password x\n", true, false },
		{ "passwordeval x\n", false, true },
		{ "oauth2 x\n", false, true },
		{ "oauth2\n", false, false },
		{ "password\npasswordeval \"\"\n", false, false },
		{ "defaults\npassword x\n", true, false },
		{ "account a\naccount b\npasswordeval x\npassword y\n", true,
		    true },
	};
	struct accountfile_facts got;
	struct accounts accounts;
	struct fault f = { 0 };

	for (size_t i = 0; i < sizeof(facts) / sizeof(facts[0]); i++) {
		accounts_init(&accounts);
		accountfile_parse(&accounts, NULL, "F", facts[i].file,
		    strlen(facts[i].file), &got, &f);
		tap_ok(f.class == FAULT_NONE &&
		    got.password == facts[i].password &&
		    (got.command != NULL) == facts[i].command,
		    "what file %zu holds", i);
		accounts_free(&accounts);
	}
}

static void
test_long_line(void)
{
	char *file = memory_alloc(LONG_VALUE + 64), *at = file;
	struct accounts accounts;
	struct fault f = { 0 };

	at += snprintf(at, 64, "account a\npasswordeval ");
	memset(at, 'x', LONG_VALUE);
	accounts_init(&accounts);
	tap_ok(parse(&accounts, file, &f) == 0 &&
	    strlen(accounts.table.account[0]->passwordeval) == LONG_VALUE,
	    "a line of a megabyte");
	accounts_free(&accounts);
	free(file);
}

/* Not timed; what is quadratic here makes the whole run crawl. */
static void
test_many(void)
{
	struct accounts accounts;
	struct fault f = { 0 };
	struct buffer b;

	buffer_init(&b, MANY_MAX);
	for (int i = 0; i < MANY; i++)
		buffer_printf(&b, "account a%d\nhost h%d.example.org\n"
		    "from u%d@example.org\npassword secret%d\n", i, i, i, i);
	buffer_add_string(&b, "account last : a0, a19999\n");
	accounts_init(&accounts);
	tap_ok(parse(&accounts, b.data, &f) == 0 &&
	    accounts.table.count == MANY + 1, "%d accounts", MANY);
	tap_ok(strcmp(account_table_find(&accounts.table, "a17", 3)->host,
	    "h17.example.org") == 0 && strcmp(account_table_find(
	    &accounts.table, "last", 4)->host, "h19999.example.org") == 0,
	    "and each of them is found");
	accounts_free(&accounts);
	buffer_free(&b);
}

/* The names of a fallback, each in brackets. */
static void
test_fallback(const char *fallback, const char *names)
{
	struct account account;
	struct buffer b;
	const char *name;
	size_t len;

	account_init(&account);
	account.fallback = memory_string(fallback);
	buffer_init(&b, TEXT_MAX);
	for (size_t i = 0; (name = account_fallback_at(&account, i,
	    &len)) != NULL; i++)
		buffer_printf(&b, "[%.*s]", (int)len, name);
	tap_ok(len == 0 && strcmp(b.len == 0 ? "" : b.data, names) == 0,
	    "fallback '%s': %s", fallback == NULL ? "" : fallback,
	    b.len == 0 ? "" : b.data);
	buffer_free(&b);
	account_free(&account);
}

static void
test_fallbacks(void)
{
	test_fallback(NULL, "");
	test_fallback("", "");
	test_fallback(" ,\t", "");
	test_fallback("b", "[b]");
	test_fallback("b c", "[b][c]");
	test_fallback(",b,\tc , d,", "[b][c][d]");
	test_fallback("b;c \xc3\xa4:/'\"", "[b;c][\xc3\xa4:/'\"]");
}

int
main(void)
{
	for (size_t i = 0; i < ROWS; i++)
		test_row(i);
	test_nul();
	test_facts();
	test_long_line();
	test_many();
	test_fallbacks();
	return tap_done();
}
