/* SPDX-License-Identifier: ISC */
/* Which account is chosen, and what the command line changes in it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/fault.h"
#include "config/account/account.h"
#include "config/account/accountfile.h"
#include "tests/tap.h"

#define TEXT_MAX 4096	/* octets of an expected text */

/* The files of the choice: the user's, and the system's. */
static const char user_file[] =
    "defaults\nhost h\n"
    "account globs\nfrom *@*.example.org\n"
    "account work\nfrom Joe@work.example.org\n"
    "account other\nfrom joe@work.example.org\n"
    "account home\nfrom joe@example.net\n"
    "account domain\nfrom *@Example.NET\n"
    "account bare\nfrom ?oot\n";
static const char system_file[] =
    "account work\nhost system\naccount base\nhost system\nport 26\n"
    "account default : base\n";
static const char only_file[] = "account single\nhost h\n";
static const char two_file[] = "account a\nhost h\naccount b\nhost i\n";
static const char broken_file[] = "account nohost\nuser u\n"
    "account nouser\nhost h\nauth on\n"
    "account external\nhost h\nauth external\n";
static const char fallback_file[] = "defaults\nhost h\n"
    "account a\nfallback b, c\naccount b\nfallback a\n"
    "account system\nfallback base,default\n"
    "account typo\nfallback b,syst3m\n"
    "account none\n\nfallback zzz\n"
    "account self\nfallback b self\n"
    "account heir : self\n"
    "account comment\nfallback b # the other\n"
    "defaults\nfallback b c\naccount c\n";

static const struct {
	const char *label;
	const char *files[2];
	const char *name;	/* -a */
	const char *sender;	/* -f */
	const char *chosen;	/* name of the account, or NULL: */
	const char *fault;
	const char *hint;
} choices[] = {
	{ "by name", { user_file, system_file }, "home", NULL, "home", NULL,
	    NULL },
	{ "by name, whatever the sender", { user_file, system_file }, "home",
	    "root", "home", NULL, NULL },
	{ "the exact address", { user_file, system_file }, NULL,
	    "joe@work.example.org", "other", NULL, NULL },
	{ "the exact address, its other case", { user_file, system_file },
	    NULL, "Joe@WORK.example.org", "work", NULL, NULL },
	{ "any case before a pattern", { user_file, system_file }, NULL,
	    "JOE@work.example.org", "work", NULL, NULL },
	{ "an address before a pattern", { user_file, system_file }, NULL,
	    "joe@example.net", "home", NULL, NULL },
	{ "a pattern", { user_file, system_file }, NULL,
	    "ann@x.example.org", "globs", NULL, NULL },
	{ "a pattern, domain in any case", { user_file, system_file }, NULL,
	    "ann@EXAMPLE.net", "domain", NULL, NULL },
	{ "a pattern without domain", { user_file, system_file }, NULL,
	    "root", "bare", NULL, NULL },
	{ "none fits: default", { user_file, system_file }, NULL,
	    "ann@example.com", "default", NULL, NULL },
	{ "no sender: default", { user_file, system_file }, NULL, NULL,
	    "default", NULL, NULL },
	{ "the only one", { only_file, "" }, NULL, NULL, "single", NULL,
	    NULL },
	{ "the only one, none fits", { only_file, "" }, NULL, "a@b.example",
	    "single", NULL, NULL },
	{ "the only one is the system's", { "", only_file }, NULL, NULL,
	    "single", NULL, NULL },
	{ "two and no default", { two_file, "" }, NULL, NULL, NULL,
	    "cannot choose an account: none is called 'default'; the accounts "
	    "are 'a', 'b'", "account default : NAME" },
	{ "two, and none fits", { two_file, "" }, NULL, "x@example.org", NULL,
	    "none fits 'x@example.org', and none is called 'default'", "-a" },
	{ "no such name", { user_file, system_file }, "hmoe", NULL, NULL,
	    "there is no account 'hmoe'; the accounts are 'globs', 'work'",
	    "did you mean 'home'?" },
	{ "nothing", { "", "" }, NULL, NULL, NULL,
	    "there is no account to send with; USER was read",
	    "--configure" },
	{ "no host", { broken_file, "" }, "nohost", NULL, NULL,
	    "account 'nohost' (USER:1) has no host", "host NAME" },
	{ "auth but no user", { broken_file, "" }, "nouser", NULL, NULL,
	    "account 'nouser' (USER:3) has auth but no user", "user NAME" },
	{ "EXTERNAL needs no user", { broken_file, "" }, "external", NULL,
	    "external", NULL, NULL },
	{ "fallbacks", { fallback_file, "" }, "a", NULL, "a", NULL, NULL },
	{ "each other's fallback", { fallback_file, "" }, "b", NULL, "b",
	    NULL, NULL },
	{ "fallbacks in another file", { fallback_file, system_file },
	    "system", NULL, "system", NULL, NULL },
	{ "fallbacks in a file that is not there", { fallback_file, "" },
	    "system", NULL, NULL, "fallback (USER:8): there is no account "
	    "'base'", "names of accounts" },
	{ "a fallback with a slip", { fallback_file, "" }, "typo", NULL, NULL,
	    "fallback (USER:10): there is no account 'syst3m'",
	    "did you mean 'system'?" },
	{ "an unknown fallback", { fallback_file, "" }, "none", NULL, NULL,
	    "fallback (USER:13): there is no account 'zzz'",
	    "names of accounts" },
	{ "its own fallback", { fallback_file, "" }, "self", NULL, NULL,
	    "fallback (USER:15): account 'self' cannot fall back to itself",
	    "another" },
	{ "its base as fallback", { fallback_file, "" }, "heir", NULL, "heir",
	    NULL, NULL },
	{ "a comment behind a fallback", { fallback_file, "" }, "comment",
	    NULL, NULL, "there is no account '#'", "line of its own" },
	{ "a fallback of defaults", { fallback_file, "" }, "c", NULL, "c",
	    NULL, NULL },
};

#define CHOICES (sizeof(choices) / sizeof(choices[0]))

static void
test_choice(size_t i)
{
	static const char *const names[2] = { "USER", "SYSTEM" };
	struct account none, out;
	struct accounts accounts;
	struct accountfile_facts facts;
	struct fault f = { 0 };
	int r = 0;

	accounts_init(&accounts);
	account_init(&none);
	account_init(&out);
	for (int k = 0; k < 2; k++)
		r += accountfile_parse(&accounts, NULL, names[k],
		    choices[i].files[k], strlen(choices[i].files[k]), &facts,
		    &f);
	r += accounts_choose(&accounts, choices[i].name, choices[i].sender,
	    &none, &out, &f);
	if (choices[i].chosen != NULL)
		tap_ok(r == 0 && strcmp(out.name, choices[i].chosen) == 0,
		    "%s: %s", choices[i].label, out.name != NULL ? out.name :
		    f.text);
	else
		tap_ok(r == -1 && f.class == FAULT_CONFIG &&
		    strstr(f.text, choices[i].fault) != NULL &&
		    f.hint != NULL && strstr(f.hint, choices[i].hint) != NULL,
		    "%s: %s; %s", choices[i].label, f.text == NULL ? "" :
		    f.text, f.hint == NULL ? "" : f.hint);
	fault_clear(&f);
	account_free(&out);
	accounts_free(&accounts);
}

static void
set(struct account *a, enum option_id id, const char *value)
{
	static const struct option_place place = { NULL,
	    ORIGIN_COMMAND_LINE, 0 };
	struct fault f = { 0 };

	option_set(a, id, value, strlen(value), &place, &f);
	fault_clear(&f);
}

static void
add_origin(struct buffer *b, const struct account *a, enum option_id id)
{
	char *origin = account_origin(a, id);

	buffer_printf(b, "%s,", origin);
	free(origin);
}

static void
test_overrides(void)
{
	static const char file[] =
	    "account a\nhost h\nport 26\ntls_trust_file ~/ca\n";
	struct accountfile_facts facts;
	struct account over, out;
	struct accounts accounts;
	struct fault f = { 0 };
	struct buffer b;

	buffer_init(&b, TEXT_MAX);
	accounts_init(&accounts);
	account_init(&over);
	account_init(&out);
	accountfile_parse(&accounts, NULL, "F", file, sizeof(file) - 1,
	    &facts, &f);
	set(&over, OPTION_PORT, "27");
	tap_ok(accounts_choose(&accounts, NULL, NULL, &over, &out, &f) == 0 &&
	    out.port == 27 && strcmp(out.host, "h") == 0,
	    "the command line comes last");
	add_origin(&b, &out, OPTION_HOST);
	add_origin(&b, &out, OPTION_PORT);
	add_origin(&b, &out, OPTION_AUTH);
	tap_ok(strcmp(b.data, "F:2,the command line,the default,") == 0,
	    "origins: %s", b.data);
	tap_ok(strcmp(out.tls_trust_file, "/home/of/test/ca") == 0,
	    "~ is the home folder: %s", out.tls_trust_file);
	account_free(&out);
	set(&over, OPTION_HOST, "alone");
	tap_ok(accounts_choose(&accounts, NULL, NULL, &over, &out, &f) == 0 &&
	    strcmp(out.host, "alone") == 0 && out.tls_trust_file == NULL &&
	    out.port == 27, "--host is an account of its own");
	account_free(&out);
	account_free(&over);
	accounts_free(&accounts);
	buffer_free(&b);
}

/* With a fallback from the command line: NULL, or what the fault says. */
static void
test_fallback_override(const char *fallback, const char *want)
{
	struct accountfile_facts facts;
	struct account over, out;
	struct accounts accounts;
	struct fault f = { 0 };
	int r;

	accounts_init(&accounts);
	account_init(&over);
	account_init(&out);
	accountfile_parse(&accounts, NULL, "F", two_file,
	    sizeof(two_file) - 1, &facts, &f);
	set(&over, OPTION_FALLBACK, fallback);
	r = accounts_choose(&accounts, "a", NULL, &over, &out, &f);
	if (want == NULL)
		tap_ok(r == 0 && strcmp(out.fallback, fallback) == 0,
		    "--fallback '%s'", fallback);
	else
		tap_ok(r == -1 && f.class == FAULT_CONFIG &&
		    strstr(f.text, want) != NULL, "--fallback '%s': %s",
		    fallback, f.text == NULL ? "" : f.text);
	fault_clear(&f);
	account_free(&out);
	account_free(&over);
	accounts_free(&accounts);
}

static void
test_sender(void)
{
	static const char *const from[][2] = {
		{ "a@example.org", "a@example.org" },
		{ "*@example.org", NULL }, { "a?@example.org", NULL },
		{ "[ab]@example.org", NULL },
		{ "*@example.org, a@example.org", "a@example.org" },
		{ " a@example.org b@example.org", "a@example.org" },
		{ "*@example.net Ann <a@example.org>,b", "a@example.org" },
		{ "Ann <a@example.org>, b", "a@example.org" },
		{ "\"a, b\"@example.org", "\"a, b\"@example.org" },
		{ "<>", "<>" }, { ",", NULL },
		/* the command line has no patterns */
		{ "a%%%U@example.org", "a%%%U@example.org" },
	};
	struct account a;
	struct fault f = { 0 };
	char *got;

	account_init(&a);
	tap_ok(account_sender(&a, &got, &f) == 0 && got == NULL,
	    "no from is no sender");
	for (size_t i = 0; i < sizeof(from) / sizeof(from[0]); i++) {
		set(&a, OPTION_FROM, from[i][0]);
		account_sender(&a, &got, &f);
		tap_string(from[i][0], got, from[i][1]);
		free(got);
	}
	account_free(&a);
}

int
main(void)
{
	setenv("HOME", "/home/of/test", 1);
	for (size_t i = 0; i < CHOICES; i++)
		test_choice(i);
	test_overrides();
	test_fallback_override("b", NULL);
	/* it was not written for this account alone */
	test_fallback_override("b, a", NULL);
	test_fallback_override("b c",
	    "fallback (the command line): there is no account 'c'");
	test_sender();
	return tap_done();
}
