/* SPDX-License-Identifier: ISC */
/* Raw UTF-8 in a header becomes encoded words where they may stand. */
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "mail/conversion/conversion.h"
#include "mail/header/header.h"
#include "tests/tap.h"

#define X10 "xxxxxxxxx "
#define X50 X10 X10 X10 X10 X10
#define X500 X50 X50 X50 X50 X50 X50 X50 X50 X50 X50
#define Y10 "yyyyyyyyyy"
#define Y100 Y10 Y10 Y10 Y10 Y10 Y10 Y10 Y10 Y10 Y10
#define Y1000 Y100 Y100 Y100 Y100 Y100 Y100 Y100 Y100 Y100 Y100
#define U "\xc3\xbc"
#define Q(text) "=?UTF-8?Q?" text "?="
#define B(text) "=?UTF-8?B?" text "?="

/* Lines end in "|" here. */
static const struct {
	const char *label;
	const char *before;
	const char *after;	/* NULL: the same */
} rows[] = {
	{ "ASCII", "Subject: a  b |To: A <a@b>|", NULL },
	{ "a word", "Subject: gr" U "n|", "Subject: " B("Z3LDvG4=") "|" },
	{ "no blank behind the colon", "Subject:" U "|",
	    "Subject: " B("w7w=") "|" },
	{ "Q where it is shorter", "Subject: xxxxxxxxxxx" U "|",
	    "Subject: " Q("xxxxxxxxxxx=C3=BC") "|" },
	{ "from first to last", "Subject: a " U "a  b a" U " c |",
	    "Subject: a " B("w7xhICBiIGHDvA==") " c |" },
	{ "folded", "Subject: a|\taaaaaa" U "|  b" U "bbb|  c|",
	    "Subject: a|\t" Q("aaaaaa=C3=BC__b=C3=BCbbb") "|  c|" },
	{ "a tab", "Subject: aa" U "\tbbbbb" U "|",
	    "Subject: " B("YWHDvAliYmJiYsO8") "|" },
	{ "trailing blanks", "Subject: " U " \t|",
	    "Subject: " B("w7w=") " \t|" },
	{ "encoded words of others", "Subject: =?x?Q?a?= aa" U " =?x?Q?b?=|",
	    "Subject: =?x?Q?a?= " B("IGFhw7wg") " =?x?Q?b?=|" },
	{ "text between", "Subject: =?x?Q?a?= b aa" U " c =?x?Q?b?= " U "|",
	    "Subject: =?x?Q?a?= b " Q("aa=C3=BC") " c =?x?Q?b?=| "
	    B("IMO8") "|" },
	{ "not an encoded word", "Subject: aa" U " =?x?Q?? bbbb" U "|",
	    "Subject: " B("YWHDvCA9P3g/UT8/IGJiYmLDvA==") "|" },
	{ "X- fields", "X-A: aaa" U "|Y: aaa" U "|",
	    "X-A: " B("YWFhw7w=") "|Y: aaa" U "|" },
	{ "structured fields", "Received: " U "|List-Id: " U " <a.b>|"
	    "Content-Type: text/plain; name=" U "|Message-ID: <" U "@b>|",
	    NULL },
	{ "not UTF-8", "Subject: \xfc|From: \xfc <a@b>|", NULL },
	{ "a display name", "To: aaaa" U " B <a@b>|",
	    "To: " B("YWFhYcO8") " B <a@b>|" },
	{ "quoted", "to:\"B, aa\\\"" U "\"<a@b>, c@d|",
	    "to: " B("QiwgYWEiw7w=") " <a@b>, c@d|" },
	{ "words of a name", "Cc: A aa" U "  \"b c\" ddd" U " E <a@b>|",
	    "Cc: A " B("YWHDvCBiIGMgZGRkw7w=") " E <a@b>|" },
	{ "what stands close", "Cc: A aaa." U "b.c D <a@b>|",
	    "Cc: A " B("YWFhLsO8Yi5j") " D <a@b>|" },
	{ "encoded words in a name", "Cc: =?x?Q?a?= aa" U " =?x?Q?b?= <a@b>|",
	    "Cc: =?x?Q?a?= " B("IGFhw7wg") " =?x?Q?b?= <a@b>|" },
	{ "a group", "Cc: Gaa" U ":a@b,aaa" U "<c@d>;|",
	    "Cc: " B("R2Fhw7w=") " :a@b," " " B("YWFhw7w=") " <c@d>;|" },
	{ "a comment", "From: root (Cron D" U "mon)|",
	    "From: root (Cron " B("RMO8bW9u") ")|" },
	{ "comments nested and escaped", "From: a@b (a(bbb" U ")\\((ccc\\)" U
	    ") x)|", "From: a@b (a(" B("YmJiw7w=") ")\\(("
	    B("Y2NjKcO8") ") x)|" },
	{ "a comment in a name", "From: aa" U " (bb" U ") cc" U " <a@b>|",
	    "From: " Q("aa=C3=BC") " (" Q("bb=C3=BC") ") " Q("cc=C3=BC")
	    " <a@b>|" },
	{ "a comment in the brackets", "From: A <(aa" U ")a@b>|",
	    "From: A <(" Q("aa=C3=BC") ")a@b>|" },
	{ "addresses stay", "From: " U "@b|To: \"" U "\"@b, A <" U "@b>|",
	    NULL },
	{ "a name beside such an address", "To: aa" U " <" U "@b>, " U "@c|",
	    "To: " Q("aa=C3=BC") " <" U "@b>, " U "@c|" },
	{ "not a list", "To: " U " <a@b|To: " U " \\ <a@b>|",
	    "To: " B("w7w=") " <a@b|To: " U " \\ <a@b>|" },
	{ "removed fields", "Bcc: " U " <a@b>|", NULL },
	{ "folded at 76", "Subject: aa" U " " X50 X50 "|",
	    "Subject: " Q("aa=C3=BC") " xxxxxxxxx xxxxxxxxx xxxxxxxxx"
	    " xxxxxxxxx|"
	    " xxxxxxxxx xxxxxxxxx xxxxxxxxx xxxxxxxxx xxxxxxxxx xxxxxxxxx |" },
	{ "folded before the word", "Subject: " X50 "aa" U "|",
	    "Subject: xxxxxxxxx xxxxxxxxx xxxxxxxxx xxxxxxxxx xxxxxxxxx|"
	    " " Q("aa=C3=BC") "|" },
	{ "folded at 998", "List-X: " X500 X500 "x|", "List-X: " X500 X50 X50
	    X50 X50 X50 X50 X50 X50 X50
	    "xxxxxxxxx xxxxxxxxx xxxxxxxxx xxxxxxxxx| xxxxxxxxx x|" },
	{ "998 octets", "List-X: " X500 X50 X50 X50 X50 X50 X50 X50 X50 X50
	    X10 X10 X10 X10 "|", NULL },
	{ "nowhere to fold", "List-X: " Y1000 "|", NULL },
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
	struct header h;
	struct buffer b;

	header_init(&h);
	buffer_init(&b, HEADER_MAX);
	add_lines(&h, rows[i].before);
	header_remove(&h, "Bcc");
	tap_ok(headerword_encode(&h, true, 998) == 0 &&
	    (strstr(rows[i].label, "removed") != NULL ||
	    header_octets(&h) == h.text.len), "%s: encoded", rows[i].label);
	describe(&b, &h);
	tap_same(rows[i].label, b.data, b.len, want, strlen(want));
	buffer_free(&b);
	header_free(&h);
}

/* ASCII, no line a blank one, and none longer than *longest. */
static bool
is_sound(const struct header *h, size_t *longest)
{
	size_t n = 0, text = 0;

	for (size_t i = 0; i < h->text.len; i++) {
		char c = h->text.data[i];

		if (c == '\n') {
			if (text == 0)
				return false;
			*longest = n > *longest ? n : *longest;
			n = text = 0;
		} else if (c != '\r') {
			n++;
			text += c != ' ';
		}
		if ((unsigned char)c > 126)
			return false;
	}
	return true;
}

/* Many words: lines of at most 76 octets. */
static void
test_long(const char *name, const char *unit, const char *end)
{
	size_t longest = 0;
	struct buffer line;
	struct header h;

	header_init(&h);
	buffer_init(&line, HEADER_MAX);
	buffer_add_string(&line, name);
	for (int i = 0; i < 300; i++)
		buffer_add_string(&line, unit);
	buffer_add_string(&line, end);
	header_add_line(&h, line.data, line.len);
	tap_ok(headerword_encode(&h, true, 998) == 0 &&
	    is_sound(&h, &longest) && longest <= 76,
	    "%s%s: lines of %zu", name, unit, longest);
	buffer_free(&line);
	header_free(&h);
}

int
main(void)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		test_row(i);
	test_long("Subject: ", U, "");
	test_long("Subject: ", "\xf0\x9f\x98\x80", "");
	test_long("Subject: ", "a" U "aaaa ", "");
	test_long("From: ", "\"" U "a, b\" <a@b>, ", "c@d");
	test_long("From: ", "c@d (" U "aaaaaaaa), ", "c@d");
	return tap_done();
}
