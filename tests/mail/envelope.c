/* SPDX-License-Identifier: ISC */
#include <stdlib.h>

#include "base/buffer.h"
#include "base/fault.h"
#include "mail/address/address.h"
#include "mail/envelope.h"
#include "mail/header/header.h"
#include "tests/tap.h"

#define LINES_MAX 12

/* want: the recipients in order, or "!" and a part of the fault. */
static const struct {
	const char *label;
	const char *line[LINES_MAX];
	const char *want;
} rows[] = {
	{ "no header", { NULL }, "" },
	{ "To", { "To: a@x.example" }, "a@x.example" },
	{ "To, Cc, Bcc", { "To: a@x.example", "Cc: b@x.example",
	    "Bcc: c@x.example" }, "a@x.example b@x.example c@x.example" },
	{ "in any case and spacing", { "TO: a@x.example",
	    "cc :b@x.example", "bCC \t: c@x.example" },
	    "a@x.example b@x.example c@x.example" },
	{ "folded", { "To:", " a@x.example,", "\tB <b@x.example>" },
	    "a@x.example b@x.example" },
	{ "several of each", { "To: a@x.example", "To: b@x.example",
	    "Cc: c@x.example", "Cc: d@x.example" },
	    "a@x.example b@x.example c@x.example d@x.example" },
	{ "authors are not meant", { "From: e@x.example, f@x.example",
	    "Sender: g@x.example", "Reply-To: h@x.example",
	    "To: a@x.example" }, "a@x.example" },
	{ "names that are longer", { "X-To: e@x.example",
	    "Apparently-To: f@x.example", "Tos: g@x.example",
	    "To: a@x.example" }, "a@x.example" },
	{ "To in a body of a field", { "Subject: x", " To: e@x.example",
	    "To: a@x.example" }, "a@x.example" },
	{ "empty fields", { "To:", "Cc: ", "Bcc: a@x.example" },
	    "a@x.example" },
	{ "group of nobody", { "To: undisclosed-recipients:;",
	    "Bcc: a@x.example" }, "a@x.example" },
	{ "group", { "To: T: a@x.example, b@x.example;" },
	    "a@x.example b@x.example" },
	{ "duplicates", { "To: a@x.example, a@x.example",
	    "Cc: A <a@X.Example>", "Bcc: \"a\"@x.example" },
	    "a@x.example" },
	{ "local parts in other case differ", { "To: a@x.example",
	    "Cc: A@x.example" }, "a@x.example A@x.example" },
	{ "bare names", { "To: root, root, a@x.example" },
	    "root a@x.example" },
	{ "Resent fields win", { "Resent-To: r@x.example",
	    "Resent-Cc: s@x.example", "Resent-Bcc: t@x.example",
	    "To: a@x.example", "Bcc: b@x.example" },
	    "r@x.example s@x.example t@x.example" },
	{ "Resent fields below", { "From: f@x.example", "To: a@x.example",
	    "Resent-From: s@x.example", "resent-TO : r@x.example" },
	    "r@x.example" },
	{ "Resent without recipients", { "Resent-From: s@x.example",
	    "To: a@x.example" }, "" },
	{ "latest of two blocks", { "Resent-From: s@x.example",
	    "Resent-To: r@x.example", "Received: x",
	    "Resent-From: u@x.example", "Resent-To: v@x.example",
	    "To: a@x.example" }, "r@x.example" },
	{ "blocks that touch", { "Resent-From: s@x.example",
	    "Resent-To: r@x.example", "Resent-From: u@x.example",
	    "Resent-To: v@x.example" }, "r@x.example" },
	{ "blocks that touch, by date", { "Resent-To: r@x.example",
	    "Resent-Date: x", "RESENT-DATE: y", "Resent-To: v@x.example" },
	    "r@x.example" },
	{ "blocks that touch, by id", { "Resent-Message-ID: x",
	    "Resent-To: r@x.example", "Resent-Message-ID: y",
	    "Resent-To: v@x.example" }, "r@x.example" },
	{ "blocks that touch, by sender", { "Resent-Sender: x",
	    "Resent-To: r@x.example", "Resent-Sender: y",
	    "Resent-To: v@x.example" }, "r@x.example" },
	{ "two Resent-To are one block", { "Resent-Date: x",
	    "Resent-To: r@x.example", "Resent-To: s@x.example" },
	    "r@x.example s@x.example" },
	{ "a field named Resent-", { "Resent-: x", "To: a@x.example" },
	    "a@x.example" },
	{ "any Resent field makes a block", { "Resent-Reply-To: x@x",
	    "Resent-To: r@x.example", "To: a@x.example" }, "r@x.example" },
	{ "bad field is named", { "From: f@x.example",
	    "Subject: x", " y", "cc : John Doe" },
	    "!field cc in line 4: words that are no address at octet 2" },
	{ "bad field behind good ones", { "To: a@x.example",
	    "Bcc: b@x.example, <>" }, "!field Bcc in line 2: " },
	{ "bad Resent field", { "Resent-To: a@", "To: a@x.example" },
	    "!field Resent-To in line 1: " },
	{ "bad field that is not asked", { "Resent-To: r@x.example",
	    "To: a@" }, "r@x.example" },
	{ "bad From is not asked", { "From: John Doe", "To: a@x.example" },
	    "a@x.example" },
	{ "8-bit name", { "To: J\xf6rg <a@x.example>" }, "a@x.example" },
};

static void
add_recipients(struct buffer *b, const struct envelope *e)
{
	for (size_t i = 0; i < e->count; i++) {
		struct mailbox box = e->recipient[i].box;

		if (i > 0)
			buffer_add_char(b, ' ');
		address_add_spec(b, &box);
	}
}

static void
check_row(const char *label, const char *const *line, const char *want)
{
	struct fault f = { .class = FAULT_NONE };
	struct envelope e;
	struct header h;
	struct buffer b;

	buffer_init(&b, 4096);
	header_init(&h);
	envelope_init(&e);
	for (size_t i = 0; i < LINES_MAX && line[i] != NULL; i++)
		if (header_add_line(&h, line[i], strlen(line[i])) == -1)
			abort();
	buffer_add_string(&b, "");
	if (envelope_add_header(&e, &h, &f) == 0)
		add_recipients(&b, &e);
	else
		buffer_add_string(&b, f.text);
	if (want[0] == '!')
		tap_ok(f.class == FAULT_DATA &&
		    strstr(b.data, want + 1) != NULL, "%s", label);
	else
		tap_same(label, b.data, b.len, want, strlen(want));
	envelope_free(&e);
	header_free(&h);
	buffer_free(&b);
	fault_clear(&f);
}

/* Removed fields are as if they were not there. */
static void
check_removed(void)
{
	static const char *const line[] = { "Resent-To: r@x.example",
	    "To: a@x.example", "Bcc: b@x.example" };
	struct fault f = { .class = FAULT_NONE };
	struct envelope e;
	struct header h;

	header_init(&h);
	envelope_init(&e);
	for (size_t i = 0; i < 3; i++)
		header_add_line(&h, line[i], strlen(line[i]));
	header_remove(&h, "Resent-To");
	header_remove(&h, "Bcc");
	tap_ok(envelope_add_header(&e, &h, &f) == 0 && e.count == 1 &&
	    strcmp(e.recipient[0].box.local, "a") == 0, "removed fields");
	envelope_free(&e);
	header_free(&h);
	fault_clear(&f);
}

static void
check_many(void)
{
	char local[32], domain[] = "example.org", upper[] = "EXAMPLE.org";
	struct mailbox box = { NULL, local, domain };
	struct envelope e;

	envelope_init(&e);
	for (int round = 0; round < 2; round++) {
		for (int i = 0; i < 100000; i++) {
			snprintf(local, sizeof(local), "user%d", i);
			envelope_add(&e, &box);
		}
		box.domain = upper;
	}
	tap_ok(e.count == 100000, "100,000 recipients, each twice");
	tap_ok(strcmp(e.recipient[99999].box.local, "user99999") == 0 &&
	    strcmp(e.recipient[99999].box.domain, "example.org") == 0,
	    "in their order");
	tap_ok(envelope_in_state(&e, RECIPIENT_PENDING) == 100000 &&
	    envelope_in_state(&e, RECIPIENT_ACCEPTED) == 0, "all pending");
	e.recipient[7].state = RECIPIENT_REFUSED;
	tap_ok(envelope_in_state(&e, RECIPIENT_REFUSED) == 1, "one refused");
	envelope_free(&e);
	tap_ok(e.count == 0 && e.recipient == NULL, "freed");
}

static void
check_path(void)
{
	char a[] = "a", b[] = "b", domain[] = "x.example";
	struct mailbox box = { NULL, a, domain };
	struct envelope e;

	envelope_init(&e);
	e.null_path = true;
	envelope_set_path(&e, &box);
	tap_ok(!e.null_path, "a path is not null");
	box.local = b;
	envelope_set_path(&e, &box);
	tap_string("path, local part", e.path.local, "b");
	tap_string("path, domain", e.path.domain, "x.example");
	envelope_free(&e);
}

/* Each side still finds what it holds: nothing is added twice. */
static void
test_swap(void)
{
	char one[] = "one", two[] = "two", domain[] = "example.org";
	struct mailbox first = { NULL, one, domain };
	struct mailbox second = { NULL, two, domain };
	struct envelope a, b;

	envelope_init(&a);
	envelope_init(&b);
	envelope_add(&a, &first);
	envelope_swap_recipients(&a, &b);
	tap_ok(a.count == 0 && b.count == 1, "recipients exchanged");
	envelope_add(&b, &first);
	envelope_add(&a, &second);
	envelope_add(&b, &second);
	tap_ok(a.count == 1 && b.count == 2 &&
	    strcmp(b.recipient[0].box.local, "one") == 0, "and found again");
	envelope_free(&a);
	envelope_free(&b);
}

int
main(void)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		check_row(rows[i].label, rows[i].line, rows[i].want);
	check_removed();
	check_many();
	check_path();
	test_swap();
	return tap_done();
}
