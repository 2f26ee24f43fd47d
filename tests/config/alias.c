/* SPDX-License-Identifier: ISC */
/* Alias files: entries, errors, expansion; and what a default file may do. */
#include <sys/stat.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/memory.h"
#include "mail/address/address.h"
#include "mail/envelope.h"
#include "config/account/account.h"
#include "config/alias/alias.h"
#include "tests/tap.h"

#define TEXT_MAX 4096

/* What a file makes of the recipient "a"; or the first error, or the fault. */
static const struct {
	const char *label;
	const char *file;
	const char *want;
	const char *shown;	/* in the header; NULL: the address stays */
} rows[] = {
	{ "nothing", "", "a", NULL },
	{ "one", "a:b@example.org\n", "b@example.org", "b@example.org" },
	{ "no final newline", "a:b@example.org", "b@example.org",
	    "b@example.org" },
	{ "CRLF", "a: b@x.org,\r\n c@x.org\r\n", "b@x.org c@x.org", NULL },
	{ "a byte order mark", "\xef\xbb\xbf" "a: b@x.org\n", "b@x.org",
	    "b@x.org" },
	{ "case", "A: B\nb: c@x.org\n", "c@x.org", "c@x.org" },
	{ "a domain of the host", "a: B@LOCALHOST\nb: c@x.org\n", "c@x.org",
	    "c@x.org" },
	{ "mailname", "a: b@shared.example\nb: c@x.org\n", "c@x.org",
	    "c@x.org" },
	{ "mailname has no default", "a: b@shared.example\ndefault: c@x.org\n",
	    "b@shared.example", "b@shared.example" },
	{ "default", "default: c@x.org\n", "c@x.org", NULL },
	{ "an asterisk", "*: c@x.org\n", "c@x.org", NULL },
	{ "an asterisk in quotes", "\"*\": c@x.org\n", "c@x.org", NULL },
	{ "an asterisk below", "a: b\n*: c@x.org\n", "c@x.org", NULL },
	{ "an asterisk names names", "*: b, a, *\n", "b a *", NULL },
	{ "default before an asterisk", "*: d@x.org\ndefault: c@x.org\n",
	    "c@x.org", NULL },
	{ "mailname has no asterisk", "a: b@shared.example\n*: c@x.org\n",
	    "b@shared.example", "b@shared.example" },
	{ "default below", "a: b\ndefault: c@x.org\n", "c@x.org", NULL },
	{ "default names names", "default: b, a, default\n", "b a default",
	    NULL },
	{ "a name that stays", "a: b\n", "b", "b" },
	{ "twice the same", "a: b@x.org, b@X.org, c\nc: b@x.org\n", "b@x.org",
	    "b@x.org" },
	{ "two ways", "a: b, c\nb: d\nc: d, e@x.org\nd: d@x.org\n",
	    "d@x.org e@x.org", NULL },
	{ "itself", "a: a\n", "a", NULL },
	{ "itself and one", "a: a, b@x.org\n", "a b@x.org", NULL },
	{ "a backslash", "a: \\b\nb: c@x.org\n", "b", "b" },
	{ "a backslash and itself", "a: b\nb: \\a\n", "a", NULL },
	{ "a circle", "a: b\nb: c\nc: b\n",
	    "F:3: the alias 'c' leads back to the alias 'b', and so round",
	    NULL },
	{ "a comment", "#x\na: b@x.org #, c@x.org\n# y\n  #z\n\td@x.org\n",
	    "F:2:4: more than one @ in an address at octet 1: \"b@x.org ",
	    NULL },
	{ "comments between", "a: b@x.org, #c@x.org\n# y\n\n  #z\n\td@x.org\n",
	    "b@x.org d@x.org", NULL },
	{ "no comment", "a: b#c@x.org\n", "b#c@x.org", "b#c@x.org" },
	{ "hash in quotes", "a: \"b #c\"@x.org\n", "\"b #c\"@x.org",
	    "\"b #c\"@x.org" },
	{ "comma in quotes", "a: \"B, C\" <b@x.org>, (d, e) f@x.org\n",
	    "b@x.org f@x.org", NULL },
	{ "empty elements", "a: , b@x.org,,\n", "b@x.org", "b@x.org" },
	{ "empty", "a:\n", "F:1:1: the alias has no address", NULL },
	{ "a comment only", "\na: (b)\n", "F:2:1: the alias has no address",
	    NULL },
	{ "a group", "a: all: b@x.org, c@x.org;\n",
	    "F:1:4: group without its semicolon at octet 1: \"all: b@x.org\"",
	    NULL },
	{ "a name quoted", "\"a\" : b@x.org\n", "b@x.org", "b@x.org" },
	{ "an escape", "\"\\a\": b@x.org\n", "b@x.org", "b@x.org" },
	{ "column", "a: b@x.org, c@x.org,\n  d@x.org,  e f\n",
	    "F:2:13: words that are no address at octet 1: \"e f\"", NULL },
	{ "a quote left open", "a: \"b\n c\"@x.org\n",
	    "F:1:4: quoted text without its end", NULL },
	{ "a command", "a: b@x.org,\n |cat\n",
	    "F:2: the alias 'a' leads to a command", NULL },
	{ "a quoted command", "a: \"|cat, x\"\n",
	    "F:1: the alias 'a' leads to a command", NULL },
	{ "a file", "a: b\nb: \"/x y\"\n",
	    "F:2: the alias 'b' leads to a file", NULL },
	{ "a slash in quotes", "a: \"/c=x/\"@x.org\n", "/c=x/@x.org",
	    "/c=x/@x.org" },
	{ "a list", "a: :INCLUDE: /x\n",
	    "F:1: the alias 'a' leads to a list in another file", NULL },
	{ "a list without a path", "a: :include:x\n",
	    "F:1:4: an included list is a file with its whole path", NULL },
	{ "special", "a: :blackhole:\n",
	    "F:1: the alias 'a' leads to something that is no address", NULL },
	{ "half a name", "a: Doe, John <b@x.org>\n",
	    "F:1:9: name without an address before a display name", NULL },
	{ "control", "a: b\001@x.org\n", "F:1:4: control character \\x01 in "
	    "an address at octet 2", NULL },
	/* lines that are no entries */
	{ "no colon", "b\na: b@x.org\n",
	    "F:1:2: no colon behind the name 'b'; write NAME: ADDRESS",
	    NULL },
	{ "two words", "b c: d\n", "F:1:3: no colon behind the name 'b'; "
	    "write NAME: ADDRESS", NULL },
	{ "no name", ": b\n", "F:1:1: a line begins with the name of an "
	    "alias, and a colon", NULL },
	{ "nothing above", "\n b\n", "F:2:2: a line that begins with a blank "
	    "continues the one above, and there is none", NULL },
	{ "a domain", "b@localhost: c\n d\n", "F:1:1: an alias is a name "
	    "without a domain; it serves those of this host anyway: "
	    "'b@localhost'", NULL },
	{ "a second one", "a: b\nA: c\n d\n", "F:2:1: a second alias 'A'; one "
	    "line has all its addresses, with commas between", NULL },
	{ "an open name", "\"a: b\n", "F:1:1: a quoted name without its end",
	    NULL },
};

static void
take(struct aliases *a, const char *file, struct notes *errors)
{
	struct buffer text;

	buffer_init(&text, ALIAS_FILE_MAX);
	buffer_add_string(&text, file);
	alias_parse(a, "F", &text, errors);
	buffer_free(&text);
}

static void
gather(struct local_domains *d)
{
	static const char host[] = "localhost", shared[] = "shared.example";

	memset(d, 0, sizeof(*d));
	local_domains_add(d, host, strlen(host), LOCALITY_OWN);
	local_domains_add(d, shared, strlen(shared), LOCALITY_SHARED);
}

static void
describe(struct buffer *b, const struct envelope *e)
{
	struct mailbox box;

	for (size_t i = 0; i < e->count; i++) {
		box = e->recipient[i].box;
		if (i > 0)
			buffer_add_char(b, ' ');
		address_add_spec(b, &box);
	}
}

static void
test_row(size_t i)
{
	char local[] = "a", domain[] = "";
	const struct mailbox who = { NULL, local, domain }, *instead;
	struct notes errors = { .text = NULL };
	struct fault f = { .class = FAULT_NONE };
	struct local_domains d;
	struct envelope e;
	struct aliases a;
	struct buffer got, shown;

	aliases_init(&a);
	envelope_init(&e);
	gather(&d);
	buffer_init(&got, TEXT_MAX);
	buffer_init(&shown, TEXT_MAX);
	take(&a, rows[i].file, &errors);
	if (errors.count > 0)
		buffer_add_string(&got, errors.text[0]);
	else if (alias_expand(&a, &d, &who, &e, &f) == -1)
		buffer_add(&got, f.text, strlen(f.text) <
		    strlen(rows[i].want) ? strlen(f.text) :
		    strlen(rows[i].want));
	else
		describe(&got, &e);
	tap_same(rows[i].label, got.data, got.len, rows[i].want,
	    strlen(rows[i].want));
	instead = f.class != FAULT_NONE ? NULL :
	    alias_replacement(&a, &d, &who);
	if (instead != NULL)
		address_add_spec(&shown, instead);
	tap_string("in the header", instead == NULL ? NULL : shown.data,
	    rows[i].shown);
	buffer_free(&got);
	buffer_free(&shown);
	fault_clear(&f);
	notes_free(&errors);
	local_domains_free(&d);
	envelope_free(&e);
	aliases_free(&a);
}

/* alias_load() of the system's file and of one that an account names. */
static const struct {
	const char *label;
	const char *content;	/* NULL: there is none */
	const char *note;	/* of the system's file, or NULL */
	const char *fault;	/* of the other one, or NULL */
} files[] = {
	{ "missing", NULL, NULL, "alias file aliases cannot be read: " },
	{ "right", "a: b\n", NULL, NULL },
	{ "one bad line", "a\nb: c\n", "aliases:1:2: no colon behind the "
	    "name 'a'; write NAME: ADDRESS; the line is ignored",
	    "aliases:1:2: no colon" },
	{ "a folder", "/", "alias file aliases is not a regular file; names "
	    "are not aliased", "alias file aliases is not a regular file" },
};

static void
test_load(size_t i, bool configured)
{
	const char *wrong = configured ? files[i].fault : NULL;
	const char *note = configured ? NULL : files[i].note;
	struct notes notes = { .text = NULL };
	struct fault f = { .class = FAULT_NONE };
	struct aliases a;
	int r;

	aliases_init(&a);
	r = alias_load(&a, "aliases", configured, &notes, &f);
	tap_ok(r == (wrong == NULL ? 0 : -1) && (wrong == NULL ||
	    (f.class == FAULT_CONFIG && strncmp(f.text, wrong,
	    strlen(wrong)) == 0)), "%s, %s: %s", files[i].label,
	    configured ? "configured" : "the system's",
	    f.text == NULL ? "taken" : f.text);
	tap_string("its note", notes.count == 0 ? NULL : notes.text[0], note);
	aliases_free(&a);
	notes_free(&notes);
	fault_clear(&f);
}

static void
test_file(size_t i)
{
	const char *content = files[i].content;
	FILE *file = NULL;

	if (content != NULL && content[0] == '/')
		mkdir("aliases", 0700);
	else if (content != NULL && (file = fopen("aliases", "w")) != NULL)
		fputs(content, file);
	if (file != NULL)
		fclose(file);
	test_load(i, false);
	test_load(i, true);
	remove("aliases");
}

static void
test_mailname(void)
{
	FILE *file = fopen("mailname", "w");
	struct account account;
	struct local_domains d;
	struct fault f = { .class = FAULT_NONE };

	if (file != NULL) {
		fputs("Mail.Example.org \nother.example.org\n", file);
		fclose(file);
	}
	account_init(&account);
	account.alias_domains = memory_string(" own.example.org,more.example");
	tap_ok(local_domains_gather(&d, &account, "mailname", &f) == 0 &&
	    local_domains_find(&d, "mail.example.org") == LOCALITY_SHARED &&
	    local_domains_find(&d, "other.example.org") == LOCALITY_NONE &&
	    local_domains_find(&d, "more.EXAMPLE") == LOCALITY_OWN &&
	    local_domains_find(&d, "example") == LOCALITY_NONE &&
	    local_domains_find(&d, "") == LOCALITY_OWN, "domains");
	local_domains_free(&d);
	fault_clear(&f);
	account_free(&account);
	remove("mailname");
}

/* All errors at once, circles and what nobody asked for included. */
static void
test_check(void)
{
	struct notes errors = { .text = NULL };
	struct local_domains d;
	struct aliases a;

	aliases_init(&a);
	gather(&d);
	take(&a, "a: b, |x\nb: a, c\nc: d e\nf: f\ng: /x\n", &errors);
	alias_check(&a, &d, &errors);
	tap_ok(errors.count == 2, "%zu errors in a file of two",
	    errors.count);
	notes_free(&errors);
	local_domains_free(&d);
	aliases_free(&a);
}

int
main(void)
{
	char folder[] = "/tmp/postrider-unit-XXXXXX";

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		test_row(i);
	if (mkdtemp(folder) == NULL || chdir(folder) == -1) {
		perror(folder);
		return 1;
	}
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		test_file(i);
	test_mailname();
	test_check();
	if (chdir("/") == -1 || rmdir(folder) == -1)
		perror(folder);
	return tap_done();
}
