/* SPDX-License-Identifier: ISC */
/* Fields that say nothing, and those that are there several times. */
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "mail/header/header.h"
#include "mail/header/repair.h"
#include "mail/header/syntax.h"
#include "tests/tap.h"

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))

enum { AUTO = 0, OFF = 1, BCC = 2, HIDDEN = 4 };

/* Lines end in "|" here. */
static const struct {
	const char *label;
	const char *before;
	const char *after;	/* NULL: the same */
	int flags;
} rows[] = {
	{ "nothing", "From: a@b|To: c@d, e|Cc: g:;|"
	    "Date: 1 Jan 2024 12:00 +0000|Message-ID: <a@b>|Subject:|"
	    "Sender: a@b|X:|", NULL, AUTO },
	{ "empty fields", "From:|To: |Cc:| |Reply-To:|Sender:|Date:|"
	    "Message-ID:|References:|In-Reply-To:|MIME-Version:|Content-Type:|"
	    "Content-Transfer-Encoding:|Subject:|X:|", "Subject:|X:|", AUTO },
	{ "empty fields that nobody replaces", "From:|Date:|Message-ID:|", NULL,
	    OFF },
	{ "text that says nothing", "From: Foo Bar|Date: heute|"
	    "Message-ID: 1234|", "X-Original-From: Foo Bar|"
	    "X-Original-Date: heute|X-Original-Message-ID: 1234|", AUTO },
	{ "the same, which nobody replaces", "From: Foo|Date: heute|"
	    "Message-ID: 1234|", NULL, OFF },
	{ "From with a bare name", "From: root|", NULL, AUTO },
	{ "From with half an address", "From: root@|",
	    "X-Original-From: root@|", AUTO },
	{ "From with an empty address", "From: \"A B\" <>|",
	    "X-Original-From: \"A B\" <>|", AUTO },
	{ "From with a comma in a name", "From: Doe, J <j@x.org>|", NULL,
	    AUTO },
	{ "From that is an empty group", "From: nobody:;|",
	    "X-Original-From: nobody:;|", AUTO },
	{ "From with several errors", "From: a@b@c|",
	    "X-Original-From: a@b@c|", AUTO },
	{ "an author twice", "From: A <a@b>, c@d, a@B|",
	    "From: A <a@b>, c@d|", AUTO },
	{ "an author twice, -G", "From: A <a@b>, a@B|", NULL, OFF },
	{ "From twice", "From: a@b|X: y|From: C <c@d>|",
	    "From: a@b, C <c@d>|X: y|", AUTO },
	{ "From twice, once good", "From: |From: Foo Bar|FROM : a@b|",
	    "X-Original-From: Foo Bar|FROM : a@b|", AUTO },
	{ "From twice, bad and the same", "From: Foo|From: Bar b|From: Bar b|",
	    "From: Foo|X-Original-From: Bar b|X-Original-From: Bar b|", AUTO },
	{ "From twice, never good", "From: A b|From: Bar b|From: A b|",
	    "X-Original-From: A b|X-Original-From: Bar b|", AUTO },
	{ "To twice", "To: a@b|To: C <c@d>,|  e@f (g)|X: y|",
	    "To: a@b, C <c@d>, e@f (g)|X: y|", AUTO },
	{ "To twice, and the same", "To: a@b|To: A <a@b>|To: c|",
	    "To: a@b, c|", AUTO },
	{ "Cc twice, once empty", "Cc:|Cc: a@b|Cc: |", "Cc: a@b|", AUTO },
	{ "Cc that is always empty", "Cc:|Cc:|", "", AUTO },
	{ "undisclosed beside a real one", "To: undisclosed-recipients:;|"
	    "To: a@b|", "To: a@b|", AUTO },
	{ "undisclosed twice", "To: undisclosed-recipients:;|"
	    "To: undisclosed-recipients:;|", "To: undisclosed-recipients:;|",
	    AUTO },
	{ "groups", "To: a@b, g: c@d,|To: x@y;, h:;, z@z|",
	    "X-Original-To: a@b, g: c@d,|To: x@y, h:;, z@z|", AUTO },
	{ "a group and another", "To: g: c@d, e@f;|To: h: i@j;, k@l|",
	    "To: g: c@d, e@f;, h: i@j;, k@l|", AUTO },
	{ "semicolons and empty elements", "To: a@b; c@d;|To: ,,e@f,,|",
	    "To: a@b, c@d, e@f|", AUTO },
	{ "comments", "To: (x) a@b|To: (y, z)|To: c@d (w)|",
	    "To: (x) a@b, c@d (w)|", AUTO },
	{ "a route and a quoted name", "To: <@r,@s:a@b>|To: \"x, y\" <c@d>|",
	    "To: <@r,@s:a@b>, \"x, y\" <c@d>|", AUTO },
	{ "a list that cannot be read", "To: a b c|To: d@e|",
	    "X-Original-To: a b c|To: d@e|", AUTO },
	{ "recipients to be hidden", "To: a b c|To: d@e|To: |", NULL, HIDDEN },
	{ "Bcc that goes", "Bcc: a|Bcc: b c|Resent-Bcc: x|Resent-Bcc: y|",
	    NULL, AUTO },
	{ "Bcc that stays", "Bcc: a|Bcc: b c|Bcc: d|", "Bcc: a, d|Bcc: b c|",
	    BCC },
	{ "folding", "To: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa@example.org|"
	    "To: bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb@example.org|",
	    "To: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa@example.org,|"
	    " bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb@example.org|", AUTO },
	{ "Resent- fields of the last time", "Resent-To: a@b|Resent-To: c@d|"
	    "X: y|Resent-To: e@f|Resent-To: g@h|",
	    "Resent-To: a@b, c@d|X: y|Resent-To: e@f|Resent-To: g@h|", AUTO },
	{ "Date twice", "Date: x|Date: 1 Jan 2024 12:00 +0000|"
	    "Date: 2 Jan 2024 12:00 +0000|Date: 1 Jan 2024 12:00 +0000|",
	    "X-Original-Date: x|Date: 1 Jan 2024 12:00 +0000|"
	    "X-Original-Date: 2 Jan 2024 12:00 +0000|", AUTO },
	{ "Date twice and bad, and nobody replaces it", "Date: x|Date: y|",
	    "Date: x|X-Original-Date: y|", OFF },
	{ "Message-ID twice", "Message-ID: <a@b>|Message-Id: <c@d>|",
	    "Message-ID: <a@b>|X-Original-Message-Id: <c@d>|", AUTO },
	{ "Subject twice", "Subject: |Subject: a|Subject: b|SUBJECT: a|",
	    "Subject: a|X-Original-Subject: b|", AUTO },
	{ "Subject twice and empty", "Subject:|Subject:|", "Subject:|", AUTO },
	{ "Sender twice", "Sender: a, b|Sender: c@d|Sender: e@f|",
	    "X-Original-Sender: a, b|Sender: c@d|X-Original-Sender: e@f|",
	    AUTO },
	{ "Sender without an address", "Sender: Foo Bar|",
	    "X-Original-Sender: Foo Bar|", AUTO },
	{ "References twice", "References: <a@b>|X: y|References:|"
	    "References: <c@d>|  <e@f>|",
	    "References: <a@b>| <c@d>|  <e@f>|X: y|", AUTO },
	{ "MIME fields twice", "MIME-Version: 1.0|Content-Type: a/b|"
	    "Mime-Version: 1.0|Content-Type: c/d|Content-Type: a/b|",
	    "MIME-Version: 1.0|Content-Type: a/b|Content-Type: c/d|", AUTO },
};

static void
add_lines(struct header *h, const char *text)
{
	const char *end;

	for (; *text != '\0'; text = end + 1) {
		end = strchr(text, '|');
		if (header_add_line(h, text, (size_t)(end - text)) == -1)
			abort();
	}
}

static void
describe(struct buffer *b, const struct header *h)
{
	size_t at = 0, n;
	const char *p;

	buffer_add(b, "", 0);
	while ((n = header_next_octets(h, &at, &p)) > 0)
		for (size_t k = 0; k < n; k++)
			if (p[k] == '\n')
				buffer_add_char(b, '|');
			else if (p[k] != '\r')
				buffer_add_char(b, p[k]);
}

static bool
is_sound(const struct header *h)
{
	for (size_t i = 0; i < h->count; i++) {
		const struct header_field *f = &h->field[i];

		if (h->text.data[f->body - 1] != ':' ||
		    header_name_length(h->text.data + f->start, f->len) !=
		    f->name_len)
			return false;
	}
	return true;
}

static void
test_row(size_t i)
{
	const char *want = rows[i].after == NULL ? rows[i].before :
	    rows[i].after;
	bool replace = (rows[i].flags & OFF) == 0;
	struct repair repair = { replace, replace, replace, replace,
	    (rows[i].flags & HIDDEN) == 0, rows[i].flags & BCC };
	struct header h;
	struct buffer b;

	header_init(&h);
	buffer_init(&b, HEADER_MAX);
	add_lines(&h, rows[i].before);
	tap_ok(repair_header(&h, &repair) == 0 && is_sound(&h), "%s",
	    rows[i].label);
	describe(&b, &h);
	tap_same(rows[i].label, b.data, b.len, want, strlen(want));
	/* what is repaired needs nothing more */
	repair_header(&h, &repair);
	buffer_clear(&b);
	describe(&b, &h);
	tap_same("again", b.data, b.len, want, strlen(want));
	buffer_free(&b);
	header_free(&h);
}

/* A hundred thousand fields of each kind. */
static void
test_many(void)
{
	static const struct repair all = { true, true, true, true, true, true };
	static const char *const lines[][2] = { { "To: a", "@b.example" },
	    { "Date: ", "" }, { "Subject: ", "" }, { "References: <", "@a>" },
	    { "From: a", "@b.example" }, { "Content-Type: a/", "" },
	    { "Sender: a b ", "" } };
	struct header h;
	char line[100];

	header_init(&h);
	for (int i = 0; i < 100000; i++)
		for (size_t k = 0; k < COUNT(lines); k++) {
			snprintf(line, sizeof(line), "%s%d%s", lines[k][0], i,
			    lines[k][1]);
			header_add_line(&h, line, strlen(line));
		}
	tap_ok(repair_header(&h, &all) == 0 && is_sound(&h), "many fields");
	header_free(&h);
}

static const struct {
	const char *text;
	bool date;
	bool id;
} bodies[] = {
	{ " Mon, 01 Jan 2024 12:00:00 +0000\r\n", true, false },
	{ "Mon,1 Jan 2024 12:00 +0000", true, false },
	{ "1 Jan 2024 12:00:00 -1130 (a (b) \\) c)", true, false },
	{ "Mon ,\r\n 01\r\n Jan (x) 2024 12 : 00 : 60 GMT", true, false },
	{ "mon, 29 feb 2024 00:00:00 EST", true, false },
	{ "1 Jan 24 12:00:00 Z", true, false },
	{ "1 Jan 124 12:00:00 +0000", true, false },
	{ "Mon, 29 Feb 2023 12:00:00 +0000", false, false },
	{ "Mon, 31 Apr 2023 12:00:00 +0000", false, false },
	{ "Mon, 0 Jan 2024 12:00:00 +0000", false, false },
	{ "Mon, 1 Jan 1024 12:00:00 +0000", false, false },
	{ "Mon 1 Jan 2024 12:00:00 +0000", false, false },
	{ "Mo, 1 Jan 2024 12:00:00 +0000", false, false },
	{ "Lun, 1 Janv 2024 12:00:00 +0000", false, false },
	{ "Monday, 1 January 2024 12:00:00 +0000", false, false },
	{ "Mon, 1 Jan 2024 24:00:00 +0000", false, false },
	{ "Mon, 1 Jan 2024 12:60:00 +0000", false, false },
	{ "Mon, 1 Jan 2024 12:00:61 +0000", false, false },
	{ "Mon, 1 Jan 2024 1:00:00 +0000", false, false },
	{ "Mon, 1 Jan 2024 12:00:00", false, false },
	{ "Mon, 1 Jan 2024 12:00:00 0000", false, false },
	{ "Mon, 1 Jan 2024 12:00:00 + 0000", false, false },
	{ "Mon, 1 Jan 2024 12:00:00 +000", false, false },
	{ "Mon, 1 Jan 2024 12:00:00 +0000 x", false, false },
	{ "Mon, 1 Jan 2024 12:00:00 +0000 (x", false, false },
	{ "Mon, 1 Jan 2024 12:00:00 +0000 (Zeit f\xc3\xbcr)", false, false },
	{ "Mon Jan  1 12:00:00 2024", false, false },
	{ "2024-01-01T12:00:00Z", false, false },
	{ "", false, false },
	{ " <a.b@c.example>\r\n", false, true },
	{ "\r\n (x) <a@[127.0.0.1]> (y)\r\n", false, true },
	{ "<a..b:c@d@example_x.org>", false, true },
	{ "<\xc3\xa4@b>", false, true },
	{ "<\xe4@b>", false, false },
	{ "<a@b", false, false },
	{ "a@b", false, false },
	{ "<a>", false, false },
	{ "<a@>", false, false },
	{ "<@b>", false, false },
	{ "<>", false, false },
	{ "<a@(none)>", false, false },
	{ "<a@b c>", false, false },
	{ "<a b@c>", false, false },
	{ "<a@b> <c@d>", false, false },
	{ "<a@b>>", false, false },
	{ "<<a@b>", false, false },
};

static void
test_syntax(void)
{
	for (size_t i = 0; i < COUNT(bodies); i++) {
		const char *s = bodies[i].text;
		struct rest r = { s, s + strlen(s) };

		if (!tap_ok(syntax_is_date(r) == bodies[i].date &&
		    syntax_is_message_id(r) == bodies[i].id, "syntax %zu",
		    i + 1))
			tap_show("of", s, strlen(s));
	}
}

int
main(void)
{
	for (size_t i = 0; i < COUNT(rows); i++)
		test_row(i);
	test_many();
	test_syntax();
	return tap_done();
}
