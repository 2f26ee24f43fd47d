/* SPDX-License-Identifier: ISC */
/* unstuff and answer: what comes behind DATA, and what goes back. */
#include "base/buffer.h"
#include "smtp/reply.h"
#include "smtp/server/command.h"
#include "tests/tap.h"

#define TEXT_MAX (1024 * 1024)

/* want: the message; left: octets behind its end, or -1 when it has none. */
static const struct {
	const char *label;
	const char *input;
	const char *want;
	int left;
	bool lf_ends;
} rows[] = {
	{ "empty", ".\r\n", "", 0, false },
	{ "what follows", "a\r\n.\r\nQUIT\r\n", "a\r\n", 6, false },
	{ "stuffed", "..\r\n..a\r\n...\r\n.\r\n", ".\r\n.a\r\n..\r\n", 0,
	    false },
	{ "one dot too few", ".a\r\n.\r\n", "a\r\n", 0, false },
	{ "LF.LF", "a\n.\nb\r\n.\r\n", "a\n.\nb\r\n", 0, false },
	{ "LF.CRLF", "a\n.\r\nb\r\n.\r\n", "a\n.\r\nb\r\n", 0, false },
	{ "CRLF.LF", "a\r\n.\nb\r\n.\r\n", "a\r\n\nb\r\n", 0, false },
	{ "CR.CR", "a\r.\rb\r\n.\r\n", "a\r.\rb\r\n", 0, false },
	{ "CRLF.CR", "a\r\n.\rb\r\n.\r\n", "a\r\n\rb\r\n", 0, false },
	{ "CRLF.CRCRLF", "a\r\n.\r\r\nb\r\n.\r\n", "a\r\n\r\r\nb\r\n", 0,
	    false },
	{ "LF at the start", "\n.\r\n\r\n.\r\n", "\n.\r\n\r\n", 0, false },
	{ "no end", "a\r\n.", "a\r\n", -1, false },
	{ "half an end", "a\r\n.\r", "a\r\n", -1, false },
	{ "typed", "a\n.\nQUIT\n", "a\n", 5, true },
	{ "typed, stuffed", "..\n.a\n.\r\n", ".\na\n", 0, true },
};

static void
test(size_t i, size_t cut)
{
	const char *p = rows[i].input;
	size_t n = strlen(p), at = 0, have = 0, used, len;
	struct unstuff u;
	struct buffer b;

	buffer_init(&b, TEXT_MAX);
	unstuff_start(&u, rows[i].lf_ends);
	while (!u.ended && have < n) {
		have = have + cut > n ? n : have + cut;
		while (!u.ended && (used = unstuff_next(&u, p + at, have - at,
		    &len)) > 0) {
			at += used;
			buffer_add(&b, p + at - len, len);
		}
	}
	tap_ok(u.ended ? (int)(n - at) == rows[i].left : rows[i].left == -1,
	    "%s: where it ends, %zu octets at a time", rows[i].label, cut);
	tap_same(rows[i].label, b.data, b.len, rows[i].want,
	    strlen(rows[i].want));
	buffer_free(&b);
}

static const struct {
	const char *label;
	const char *input;
	const char *want;
} replies[] = {
	{ "as it is", "250 2.1.0 ok\r\n", "250 2.1.0 ok\r\n" },
	{ "no status", "250 ok\r\n", "250 2.0.0 ok\r\n" },
	{ "no text", "550\r\n", "550 5.0.0\r\n" },
	{ "all lines", "550-5.1.1 a\r\n550-b\r\n550 5.1.1 c\r\n",
	    "550-5.1.1 a\r\n550-5.1.1 b\r\n550 5.1.1 c\r\n" },
	{ "a status of another class", "550 4.1.1 a\r\n", "550 5.0.0 a\r\n" },
	{ "251", "251 will forward\r\n", "251 2.0.0 will forward\r\n" },
	{ "235", "235 what?\r\n", "250 2.0.0 what?\r\n" },
	{ "354", "354 what?\r\n", "451 4.0.0 what?\r\n" },
	{ "421", "421 4.3.2 down\r\n", "451 4.3.2 down\r\n" },
	{ "521", "521 no\r\n", "550 5.0.0 no\r\n" },
	{ "control characters", "550 a\x1b[1mb\r\n",
	    "550 5.0.0 a\\x1b[1mb\r\n" },
	{ "not ASCII", "550 \xc3\xa4\r\n", "550 5.0.0 \\xc3\\xa4\r\n" },
	{ "an address that begins like a status", "550 5.1.1.1 a\r\n",
	    "550 5.0.0 5.1.1.1 a\r\n" },
};

static void
test_reply(size_t i)
{
	struct reply r;
	struct buffer b;
	size_t used;

	reply_init(&r);
	buffer_init(&b, TEXT_MAX);
	reply_parse(&r, replies[i].input, strlen(replies[i].input), &used);
	answer_add_reply(&b, &r, false);
	tap_same(replies[i].label, b.data, b.len, replies[i].want,
	    strlen(replies[i].want));
	buffer_free(&b);
	reply_free(&r);
}

/* Lines of at most 512 octets; all but the last say that more follow. */
static void
test_long(void)
{
	char text[2000 + 1];
	struct buffer b;
	bool good = true;
	size_t lines = 0, n;
	const char *p, *eol;

	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	buffer_init(&b, TEXT_MAX);
	answer_add(&b, 451, "4.3.0", text, false);
	for (p = b.data; p < b.data + b.len; p = eol + 1) {
		eol = strchr(p, '\n');
		n = (size_t)(eol - p) + 1;
		good &= n <= 512 && (p[3] == ' ') == (eol + 1 == b.data +
		    b.len) && strncmp(p + 4, "4.3.0 x", 7) == 0;
		lines++;
	}
	tap_ok(good && lines == 5, "a long text is cut into lines");
	buffer_free(&b);
}

int
main(void)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		for (size_t cut = 1; cut < 4; cut++)
			test(i, cut);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		test(i, 1000);
	for (size_t i = 0; i < sizeof(replies) / sizeof(replies[0]); i++)
		test_reply(i);
	test_long();
	return tap_done();
}
