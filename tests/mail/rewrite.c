/* SPDX-License-Identifier: ISC */
/* Addresses of the header that give way to others. */
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "mail/address/address.h"
#include "mail/header/header.h"
#include "mail/header/rewrite.h"
#include "mail/message/message.h"
#include "tests/tap.h"

/* "a" becomes a@x.org, "b" something shorter, "u" something not ASCII. */
static const struct mailbox *
choose(const struct mailbox *box, void *context)
{
	static char a[] = "a", b[] = "b", u[] = "\xc3\xbc", x[] = "x.org",
	    none[] = "";
	static const struct mailbox to_a = { NULL, a, x };
	static const struct mailbox to_b = { NULL, b, none };
	static const struct mailbox to_u = { NULL, u, x };

	++*(size_t *)context;
	return strcmp(box->local, "a") == 0 ? &to_a :
	    strcmp(box->local, "bbb") == 0 ? &to_b :
	    strcmp(box->local, "u") == 0 ? &to_u : NULL;
}

/* Lines end in "|" here. */
static const struct {
	const char *label;
	const char *before;
	const char *after;	/* NULL: the same */
	bool eight_bit;
} rows[] = {
	{ "none", "To: c|Cc: d@example.org|", NULL, false },
	{ "bare", "To:a|X: a|Cc: a (b)|", "To:a@x.org|X: a|Cc: a@x.org (b)|",
	    false },
	{ "angle", "To: \"A, a\" <a>, A a < bbb >|",
	    "To: \"A, a\" <a@x.org>, A a < b >|", false },
	{ "folded", "To: a,|\tbbb ,| c,|  d|X: a|",
	    "To: a@x.org,|\tb ,| c,|  d|X: a|", false },
	{ "folded within", "To: a|  (x) @ localhost|  ,c|",
	    "To: a@x.org|  ,c|", false },
	{ "shorter", "To: bbb@localhost, c|Cc: a, bbb|X: y|",
	    "To: b, c|Cc: a@x.org, b|X: y|", false },
	{ "a route", "To: A <@r,@s:a>|", "To: A <@r,@s:a@x.org>|", false },
	{ "a group", "Cc: g: a, c;, bbb|", "Cc: g: a@x.org, c;, b|",
	    false },
	{ "equal ones", "To: X <a@q>, a, c@d|Cc: a, a|From: a, a|",
	    "To: X <a@x.org>, c@d|Cc: a@x.org|From: a, a|", false },
	{ "a literal", "To: a@[127.0.0.1]|", "To: a@x.org|", false },
	{ "quoted", "To: \"a\"@localhost|", "To: a@x.org|", false },
	{ "not ASCII", "To: u|", "To: \xc3\xbc@x.org|", true },
	{ "other fields", "From: a|Bcc: a|Reply-To: a|Resent-X: a|", NULL,
	    false },
	{ "not an address", "To: a, b c|Cc: a|", "To: a, b c|Cc: a@x.org|",
	    false },
	{ "resent", "Resent-To: a|Resent-Cc: a|X: y|Resent-To: a|To: a|",
	    "Resent-To: a@x.org|Resent-Cc: a@x.org|X: y|Resent-To: a|To: a|",
	    false },
};

static void
add_lines(struct header *h, const char *text)
{
	const char *end;

	for (; *text != '\0'; text = end + 1) {
		end = strchr(text, '|');
		header_add_line(h, text, (size_t)(end - text));
	}
}

/* As it goes out: field by field, as a walk would see it. */
static void
describe(struct buffer *b, const struct header *h)
{
	for (size_t i = 0; i < h->count; i++) {
		const char *s = h->text.data + h->field[i].start;
		size_t n = h->field[i].len;

		for (size_t k = 0; k < n; k++)
			if (s[k] == '\n')
				buffer_add_char(b, '|');
			else if (s[k] != '\r')
				buffer_add_char(b, s[k]);
	}
}

static void
test_row(size_t i)
{
	const char *want = rows[i].after == NULL ? rows[i].before :
	    rows[i].after;
	bool eight_bit = false;
	struct header h;
	struct buffer b;
	size_t asked = 0;

	header_init(&h);
	buffer_init(&b, HEADER_MAX);
	add_lines(&h, rows[i].before);
	tap_ok(rewrite_recipients(&h, choose, &asked, &eight_bit) == 0 &&
	    eight_bit == rows[i].eight_bit &&
	    header_octets(&h) == h.text.len, "%s: %zu addresses",
	    rows[i].label, asked);
	describe(&b, &h);
	tap_same(rows[i].label, b.data, b.len, want, strlen(want));
	for (size_t k = 0; k < h.count; k++)
		if (h.text.data[h.field[k].body - 1] != ':')
			tap_ok(false, "field %zu has lost its body", k);
	buffer_free(&b);
	header_free(&h);
}

/* Removed fields are not asked about and keep their place. */
static void
test_removed(void)
{
	bool eight_bit = false;
	struct header h;
	size_t asked = 0;

	header_init(&h);
	add_lines(&h, "To: a|Cc: a|To: a|");
	header_remove(&h, "Cc");
	tap_ok(rewrite_recipients(&h, choose, &asked, &eight_bit) == 0 &&
	    asked == 2 && header_octets(&h) ==
	    2 * strlen("To: a@x.org\r\n"), "removed fields");
	header_free(&h);
}

static void
test_too_long(void)
{
	struct header_edit edit = { 4, 1, NULL };
	struct header h;

	header_init(&h);
	add_lines(&h, "To: a|");
	edit.text = malloc(HEADER_MAX);
	if (edit.text == NULL)
		return;
	memset(edit.text, 'x', HEADER_MAX - 1);
	edit.text[HEADER_MAX - 1] = '\0';
	tap_ok(header_edit(&h, &edit, 1) == -1 &&
	    strcmp(h.text.data, "To: a\r\n") == 0 && h.field[0].len == 7,
	    "a header that would be too long stays as it was");
	free(edit.text);
	header_free(&h);
}

int
main(void)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		test_row(i);
	test_removed();
	test_too_long();
	return tap_done();
}
