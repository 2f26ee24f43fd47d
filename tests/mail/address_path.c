/* SPDX-License-Identifier: ISC */
/* Reverse-paths, the forms of addresses and domains, and sheer size. */
#include <stdlib.h>

#include "base/buffer.h"
#include "base/fault.h"
#include "mail/address/address.h"
#include "tests/tap.h"

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))

/* want: the mailbox, "" for the null path, "!" and a part of the fault. */
static const struct {
	const char *input;
	const char *want;
} paths[] = {
	{ "a@example.org", "a@example.org" },
	{ "<a@example.org>", "a@example.org" },
	{ "Ann B <a@example.org>", "a@example.org" },
	{ "a@example.org (Ann)", "a@example.org" },
	{ "root", "root" },
	{ "<root>", "root" },
	{ "\"a b\"@example.org", "\"a b\"@example.org" },
	{ "<@b.example:a@example.org>", "a@example.org" },
	{ "", "" },
	{ " ", "" },
	{ "<>", "" },
	{ " < > ", "" },
	{ "(nobody) <>", "" },
	{ "Ann <>", "!empty address" },
	{ "<> <>", "!second angle bracket" },
	{ "<>a", "!text behind" },
	{ "a@example.org,", "!octet 14" },
	{ ",a@example.org", "!octet 1" },
	{ ",", "!octet 1" },
	{ ";", "!octet 1" },
	{ "a@example.org, b@example.org", "!octet 14" },
	{ "<>, a@example.org", "!octet 3" },
	{ "a@example.org; b@example.org", "!octet 14" },
	{ "T: a@example.org;", "!octet 2" },
	{ "T:;", "!octet 2" },
	{ "a@example.org\r\nRCPT", "!\\x0d" },
	{ "a b@example.org", "!octet 1" },
	{ "<a@example.org", "!octet 1" },
	{ "a@", "!octet 2" },
	{ "|cmd", "!octet 1" },
};

static void
check_path(const char *input, const char *want)
{
	struct fault f = { .class = FAULT_NONE };
	struct mailbox box;
	struct buffer got;
	bool empty;

	buffer_init(&got, 1024);
	if (address_parse_path(&box, &empty, input, strlen(input), &f) == -1)
		buffer_printf(&got, "!%s", f.text);
	else if (!empty)
		address_add_spec(&got, &box);
	else if (box.local != NULL || box.domain != NULL || box.name != NULL)
		buffer_add_string(&got, "(a mailbox and empty)");
	if (want[0] == '!')
		tap_ok(f.class == FAULT_DATA && got.data[0] == '!' &&
		    strstr(got.data, want + 1) != NULL,
		    "path refused: %s", want + 1);
	else
		tap_same("path", got.len == 0 ? "" : got.data, got.len,
		    want, strlen(want));
	buffer_free(&got);
	mailbox_free(&box);
	fault_clear(&f);
}

static const struct {
	const char *text;
	bool dot_atom, domain, fqdn;
} forms[] = {
	{ "a", true, true, false },
	{ "a.b", true, true, true },
	{ "mail.example.org", true, true, true },
	{ "", false, false, false },
	{ ".", false, false, false },
	{ "a.", false, false, false },
	{ ".a", false, false, false },
	{ "a..b", false, false, false },
	{ "a b", false, false, false },
	{ "a+b.c", true, false, false },
	{ "a_b.c", true, false, false },
	{ "a@b", false, false, false },
	{ "-a.b", true, false, false },
	{ "a-.b", true, false, false },
	{ "a-b.c-d", true, true, true },
	{ "192.0.2.1", true, true, false },
	{ "example.123", true, true, false },
	{ "123.example", true, true, true },
	{ "localhost", true, true, false },
	{ "localhost.localdomain", true, true, false },
	{ "host.LocalDomain", true, true, false },
	{ "host.localdomain.example", true, true, false },
	{ "localhost.example", true, true, false },
	{ "b\xc3\xbc.example", true, true, false },
	{ "b\xfc.example", false, false, false },
	{ "[192.0.2.1]", false, false, false },
	{ "a\r\nb", false, false, false },
	/* 63 and 64 octets in a label */
	{ "aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffff123.b",
	    true, true, true },
	{ "aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffff1234.b",
	    true, false, false },
};

static void
check_forms(void)
{
	char dots[257];

	for (size_t i = 0; i < COUNT(forms); i++) {
		const char *s = forms[i].text;
		size_t n = strlen(s);

		tap_ok(address_is_dot_atom(s, n) == forms[i].dot_atom,
		    "form %zu: dot-atom", i + 1);
		tap_ok(address_is_domain(s, n) == forms[i].domain,
		    "form %zu: domain", i + 1);
		tap_ok(address_is_fqdn(s, n) == forms[i].fqdn,
		    "form %zu: fqdn", i + 1);
	}
	for (size_t i = 0; i < sizeof(dots); i++)
		dots[i] = i % 2 == 0 ? 'a' : '.';
	tap_ok(address_is_domain(dots, 255), "domain of 255 octets");
	tap_ok(!address_is_domain(dots, 257), "domain of 257 octets");
}

static int
parse(struct address_list *list, const struct buffer *b, struct fault *f)
{
	memset(list, 0, sizeof(*list));
	memset(f, 0, sizeof(*f));
	return address_parse(list, b->data, b->len, f);
}

/* None of these may cost a stack, or more than linear time. */
static void
check_size(void)
{
	struct address_list list;
	struct buffer b;
	struct fault f;

	buffer_init(&b, 64 * 1024 * 1024);
	for (int i = 0; i < 100000; i++)
		buffer_printf(&b, "U %d <u%d@example.org>,\r\n ", i, i);
	tap_ok(parse(&list, &b, &f) == 0 && list.count == 100000,
	    "100,000 recipients");
	address_list_free(&list);
	buffer_clear(&b);

	for (int i = 0; i < 1000000; i++)
		buffer_add_char(&b, '(');
	tap_ok(parse(&list, &b, &f) == -1, "a million comments, open");
	fault_clear(&f);
	for (int i = 0; i < 1000000; i++)
		buffer_add_char(&b, ')');
	buffer_add_string(&b, "a@example.org");
	tap_ok(parse(&list, &b, &f) == 0 && list.count == 1,
	    "a million comments, nested");
	address_list_free(&list);
	buffer_clear(&b);

	for (int i = 0; i < 1000000; i++)
		buffer_add_string(&b, "a.");
	tap_ok(parse(&list, &b, &f) == -1 &&
	    strstr(f.text, "too many words") != NULL, "a million words");
	address_list_free(&list);
	fault_clear(&f);
	buffer_clear(&b);

	for (int i = 0; i < 300000; i++)
		buffer_add_string(&b, "=?x,");
	tap_ok(parse(&list, &b, &f) == -1, "encoded words that never end");
	address_list_free(&list);
	fault_clear(&f);
	buffer_clear(&b);

	buffer_add_char(&b, '"');
	for (int i = 0; i < 1000000; i++)
		buffer_add_string(&b, "\\\"");
	buffer_add_string(&b, "\"@example.org");
	tap_ok(parse(&list, &b, &f) == -1 &&
	    strstr(f.text, "too long") != NULL, "a megabyte in quotes");
	address_list_free(&list);
	fault_clear(&f);
	buffer_free(&b);
}

/* What a fault quotes is short, and ends with a whole character. */
static void
check_quote(void)
{
	struct address_list list;
	struct buffer b;
	struct fault f;

	for (size_t pad = 0; pad < 4; pad++) {
		buffer_init(&b, 4096);
		buffer_add(&b, "xxxx", pad);
		for (int i = 0; i < 50; i++)
			buffer_add_string(&b, "\xe2\x82\xac");
		buffer_add_string(&b, " y");
		tap_ok(parse(&list, &b, &f) == -1 &&
		    strstr(f.text, "\xe2\x82\xac...\"") != NULL &&
		    strlen(f.text) < 120, "shortened quote %zu", pad);
		fault_clear(&f);
		buffer_free(&b);
	}
}

int
main(void)
{
	for (size_t i = 0; i < COUNT(paths); i++)
		check_path(paths[i].input, paths[i].want);
	check_forms();
	check_size();
	check_quote();
	return tap_done();
}
