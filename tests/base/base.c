/* SPDX-License-Identifier: ISC */
/* text, buffer, memory, clock, random and fault. */
#include <sys/types.h>

#include <limits.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/buffer.h"
#include "base/clock.h"
#include "base/fault.h"
#include "base/memory.h"
#include "base/random.h"
#include "base/text.h"
#include "tests/tap.h"

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))
#define TEXT(s) s, sizeof(s) - 1

static const struct {
	const char *s;
	size_t n;
	bool utf8;
	const char *printable;
} texts[] = {
	{ TEXT(""), true, "" },
	{ TEXT("plain ~"), true, "plain ~" },
	{ TEXT("a\0b"), true, "a\\x00b" },
	{ TEXT("a\r\n\tb\x7f"), true, "a\\x0d\\x0a\\x09b\\x7f" },
	{ TEXT("\x1b[31m"), true, "\\x1b[31m" },
	{ TEXT("\xc3\xa9"), true, "\xc3\xa9" },
	{ TEXT("\xe2\x82\xac"), true, "\xe2\x82\xac" },
	{ TEXT("\xf0\x9f\x98\x80"), true, "\xf0\x9f\x98\x80" },
	{ TEXT("\xf4\x8f\xbf\xbf"), true, "\xf4\x8f\xbf\xbf" },
	{ TEXT("\xc2\x9b"), true, "\\xc2\\x9b" },
	{ TEXT("\xe2\x80\xae"), true, "\\xe2\\x80\\xae" },
	{ TEXT("\xe2\x80\x8b"), true, "\\xe2\\x80\\x8b" },
	{ TEXT("\xef\xbb\xbf"), true, "\\xef\\xbb\\xbf" },
	{ TEXT("\xf3\xa0\x80\x81"), true, "\\xf3\\xa0\\x80\\x81" },
	{ TEXT("\xe9"), false, "\\xe9" },
	{ TEXT("\x80"), false, "\\x80" },
	{ TEXT("\xc3"), false, "\\xc3" },
	{ TEXT("\xc3("), false, "\\xc3(" },
	{ TEXT("\xe2\x82"), false, "\\xe2\\x82" },
	{ TEXT("\xc0\xaf"), false, "\\xc0\\xaf" },
	{ TEXT("\xe0\x80\xaf"), false, "\\xe0\\x80\\xaf" },
	{ TEXT("\xf0\x80\x80\xaf"), false, "\\xf0\\x80\\x80\\xaf" },
	{ TEXT("\xed\xa0\x80"), false, "\\xed\\xa0\\x80" },
	{ TEXT("\xf4\x90\x80\x80"), false, "\\xf4\\x90\\x80\\x80" },
	{ TEXT("\xff"), false, "\\xff" },
};

static const struct {
	const char *a, *b;
	size_t distance;
} words[] = {
	{ "", "", 0 }, { "host", "host", 0 }, { "", "host", 4 },
	{ "hots", "host", 1 }, { "hst", "host", 1 }, { "hoost", "host", 1 },
	{ "hest", "host", 1 }, { "port", "host", 2 }, { "abc", "xyz", 3 },
	{ "tls_trustfile", "tls_trust_file", 1 }, { "host", "", 4 },
};

static const struct {
	const char *s;
	int64_t max, want;
} numbers[] = {
	{ "0", 9, 0 }, { "7", 9, 7 }, { "007", 9, 7 },
	{ "65535", 65535, 65535 },
	{ "65536", 65535, -1 }, { "9", 8, -1 }, { "8", 8, 8 }, { "1", 0, -1 },
	{ "0", 0, 0 }, { "", 9, -1 }, { "-1", 9, -1 }, { "+1", 9, -1 },
	{ " 1", 9, -1 }, { "1 ", 9, -1 }, { "1x", 9, -1 }, { "0x1", 9, -1 },
	{ "9223372036854775807", INT64_MAX, INT64_MAX },
	{ "9223372036854775808", INT64_MAX, -1 },
	{ "99999999999999999999999999", INT64_MAX, -1 },
};

static void
check_sh_word(void)
{
	static const struct {
		const char *word, *quoted;
	} rows[] = {
		{ "", "''" }, { "plain", "'plain'" },
		{ "$(id) `id` \"a\" \\", "'$(id) `id` \"a\" \\'" },
		{ "it's", "'it'\\''s'" }, { "'", "''\\'''" },
	};
	struct buffer b;

	for (size_t i = 0; i < COUNT(rows); i++) {
		buffer_init(&b, SIZE_MAX / 8);
		text_add_sh_word(&b, rows[i].word);
		tap_ok(strcmp(b.data, rows[i].quoted) == 0,
		    "as one word of sh: %s", rows[i].word);
		buffer_free(&b);
	}
}

static void
check_json(void)
{
	static const struct {
		const char *text;
		const char *json;
	} rows[] = {
		{ "", "\"\"" }, { "plain /", "\"plain /\"" },
		{ "\"\\", "\"\\\"\\\\\"" },
		{ "\t\n\x1b\x7f", "\"\\u0009\\u000a\\u001b\\u007f\"" },
		{ "\xc3\xbc", "\"\xc3\xbc\"" },
		{ "\xf0\x9f\x93\xa7", "\"\xf0\x9f\x93\xa7\"" },
		{ "\xc2\x9b\xe2\x80\xae", "\"\\u009b\\u202e\"" },
		{ "\xf3\xa0\x81\x81", "\"\\udb40\\udc41\"" },
		{ "a\xff\xc3", "\"a\\\\xff\\\\xc3\"" },
	};
	struct buffer b;

	for (size_t i = 0; i < COUNT(rows); i++) {
		buffer_init(&b, SIZE_MAX / 8);
		text_add_json(&b, rows[i].text, strlen(rows[i].text));
		tap_string("as a string of JSON", b.data, rows[i].json);
		buffer_free(&b);
	}
	buffer_init(&b, SIZE_MAX / 8);
	text_add_json(&b, "a\0b", 3);
	tap_string("NUL as JSON", b.data, "\"a\\u0000b\"");
	buffer_free(&b);
}

static bool
is_utf8_in_octets(const char *s, size_t n)
{
	struct text_utf8 u = { .more = 0 };

	for (size_t i = 0; i < n; i++)
		if (!text_utf8_add(&u, s + i, 1))
			return false;
	return u.more == 0;
}

static void
check_text(void)
{
	char *shown;

	for (size_t i = 0; i < COUNT(texts); i++) {
		shown = text_printable(texts[i].s, texts[i].n);
		tap_string("printable", shown, texts[i].printable);
		tap_ok(text_is_utf8(texts[i].s, texts[i].n) == texts[i].utf8,
		    "is UTF-8, %zu", i + 1);
		tap_ok(is_utf8_in_octets(texts[i].s, texts[i].n) ==
		    texts[i].utf8, "in pieces, %zu", i + 1);
		free(shown);
	}
	for (size_t i = 0; i < COUNT(words); i++)
		tap_ok(text_distance(words[i].a, words[i].b) ==
		    words[i].distance, "distance of '%s' and '%s'",
		    words[i].a, words[i].b);
	for (size_t i = 0; i < COUNT(numbers); i++)
		tap_ok(text_number(numbers[i].s, strlen(numbers[i].s),
		    numbers[i].max) == numbers[i].want, "number '%s'",
		    numbers[i].s);
	tap_ok(text_same("aZ09", 4, "Az09", 4) && !text_same("a", 1, "b", 1) &&
	    !text_same("a", 1, "ab", 2) && text_same("", 0, "", 0) &&
	    !text_same("[", 1, "{", 1) && !text_same("\xc4", 1, "\xe4", 1),
	    "same in ASCII case only");
	tap_ok(text_same_word("EHLO", 4, "ehlo") &&
	    !text_same_word("EHLO", 4, "ehl"), "same word");
	tap_ok(text_is_ascii("a\x7f", 2) && !text_is_ascii("a\x80", 2),
	    "is ASCII");
	tap_ok(text_has_control("a\x1f", 2) && !text_has_control("a \xff", 3),
	    "has control");
}

static void
check_find(void)
{
	const char *s = "aab\r\n.\r\nb";

	tap_ok(text_find(s, 9, "\r\n.\r\n", 5) == s + 3, "find");
	tap_ok(text_find(s, 7, "\r\n.\r\n", 5) == NULL, "find, cut short");
	tap_ok(text_find(s, 9, "ab", 2) == s + 1, "find after a near miss");
	tap_ok(text_find(s, 0, "a", 1) == NULL, "find in nothing");
	tap_ok(text_find(s, 9, "b", 1) == s + 2, "find one");
}

static void
check_buffer(void)
{
	struct buffer b;
	char *s;

	buffer_init(&b, 10);
	tap_ok(buffer_add(&b, "abc", 3) == 0 && b.len == 3 &&
	    b.data[3] == '\0', "add");
	tap_ok(buffer_add_string(&b, "12345678") == -1 && b.full &&
	    b.len == 3, "beyond the maximum nothing is added");
	tap_ok(buffer_add_char(&b, 'd') == 0 && b.full, "full is sticky");
	tap_ok(buffer_printf(&b, "%d%s", 12, "3456") == 0 && b.len == 10 &&
	    strcmp(b.data, "abcd123456") == 0, "printf up to the maximum");
	tap_ok(buffer_add_char(&b, 'x') == -1 && b.len == 10, "one more");
	tap_ok(buffer_reserve(&b, SIZE_MAX) == NULL, "reserve overflow");
	buffer_consume(&b, 4);
	tap_ok(b.len == 6 && strcmp(b.data, "123456") == 0, "consume");
	buffer_consume(&b, 0);
	tap_ok(buffer_printf(&b, "%s", "12345") == -1 && b.len == 6,
	    "printf beyond the maximum");
	buffer_clear(&b);
	tap_ok(b.len == 0 && !b.full && b.data[0] == '\0', "clear");
	buffer_add(&b, "a\0b", 3);
	s = buffer_detach(&b);
	tap_ok(memcmp(s, "a\0b", 4) == 0 && b.data == NULL && b.len == 0,
	    "detach");
	free(s);
	s = buffer_detach(&b);
	tap_string("detach from nothing", s, "");
	free(s);
	tap_ok(buffer_add(&b, "xyz", 3) == 0 && b.max == 10, "use again");
	buffer_wipe(&b);
	tap_ok(b.data == NULL && b.len == 0, "wipe");

	buffer_init(&b, 1000000);
	for (int i = 0; i < 1000000; i++)
		buffer_add_char(&b, (char)i);
	tap_ok(b.len == 1000000 && !b.full && b.data[255] == (char)255,
	    "a million octets");
	buffer_free(&b);
}

static void
check_pool(void)
{
	static const size_t some[] = { 1, 3000, 999, 1, 5000, 0, 7 };
	struct memory_pool pool = { .left = 0 };
	char *taken[sizeof(some) / sizeof(some[0])];
	bool kept = true;

	for (size_t i = 0; i < sizeof(some) / sizeof(some[0]); i++) {
		taken[i] = memory_pool_take(&pool, some[i]);
		memset(taken[i], (int)i, some[i]);
	}
	for (size_t i = 0; i < sizeof(some) / sizeof(some[0]); i++)
		for (size_t k = 0; k < some[i]; k++)
			kept &= taken[i][k] == (char)i;
	tap_ok(kept, "a pool's octets do not overlap");
	memory_pool_free(&pool);
	tap_ok(pool.left == 0 && pool.block == NULL, "a pool is free again");
}

static void
check_memory(void)
{
	struct secret s = { NULL, 0 };
	unsigned char random[2][16] = { { 0 }, { 0 } };
	char *copy = memory_copy("abc", 2);
	char *none = memory_string(NULL);
	size_t cap = 0, *grown = NULL;

	for (size_t i = 0; i < 1000; i++) {
		grown = memory_grow(grown, i, &cap, sizeof(*grown));
		grown[i] = i;
	}
	tap_ok(cap >= 1000 && cap < 2000 && grown[0] == 0 && grown[999] == 999,
	    "an array that grows keeps what it has");
	free(grown);
	tap_string("copy", copy, "ab");
	tap_string("copy of NULL", none, NULL);
	memory_wipe(copy, 2);
	tap_ok(copy[0] == '\0' && copy[1] == '\0', "wipe");
	memory_wipe(NULL, 5);
	free(copy);
	tap_ok(!secret_is_set(&s), "no secret");
	secret_set(&s, "pa\0ss", 5);
	tap_ok(secret_is_set(&s) && s.len == 5 && s.bytes[5] == '\0',
	    "secret");
	secret_set(&s, s.bytes, 2);
	tap_ok(s.len == 2 && strcmp(s.bytes, "pa") == 0,
	    "secret set from itself");
	secret_set(&s, "", 0);
	tap_ok(secret_is_set(&s) && s.len == 0, "empty secret is one");
	secret_clear(&s);
	tap_ok(!secret_is_set(&s), "secret cleared");
	tap_ok(random_bytes(random[0], 16) == 0 &&
	    random_bytes(random[1], 16) == 0 &&
	    memcmp(random[0], random[1], 16) != 0, "random");
}

static const struct {
	const char *zone;
	time_t when;
	const char *want;
} dates[] = {
	{ "UTC0", 0, "Thu, 01 Jan 1970 00:00:00 +0000" },
	{ "XXX-5:30", 0, "Thu, 01 Jan 1970 05:30:00 +0530" },
	{ "XXX3", 0, "Wed, 31 Dec 1969 21:00:00 -0300" },
	{ "XXX-14", 1764590950, "Tue, 02 Dec 2025 02:09:10 +1400" },
	{ "XXX12", 1767225600, "Wed, 31 Dec 2025 12:00:00 -1200" },
	{ "XXX-1", 1767223800, "Thu, 01 Jan 2026 00:30:00 +0100" },
	{ "XXX3:30", 1709164800, "Wed, 28 Feb 2024 20:30:00 -0330" },
};

static void
check_clock(void)
{
	char date[CLOCK_DATE_SIZE];
	int64_t now = clock_now();

	for (size_t i = 0; i < COUNT(dates); i++) {
		setenv("TZ", dates[i].zone, 1);
		tzset();
		clock_date(dates[i].when, date);
		tap_string(dates[i].zone, date, dates[i].want);
	}
	clock_date((time_t)INT64_MAX, date);
	tap_ok(strlen(date) == 31, "a date beyond all calendars");
	tap_ok(clock_now() >= now, "the clock does not go back");
	tap_ok(clock_after(CLOCK_NEVER) == CLOCK_NEVER &&
	    clock_after(1000) >= now + 1000, "after");
	tap_ok(clock_left(CLOCK_NEVER) == -1, "never");
	tap_ok(clock_left(now - 1) == 0, "past");
	tap_ok(clock_left(now + INT64_C(0x7fffffff) * 4) == INT_MAX, "far");
}

static const struct {
	enum fault_class class;
	int status;
	const char *name;
} classes[] = {
	{ FAULT_NONE, 0, "EX_OK" }, { FAULT_USAGE, 64, "EX_USAGE" },
	{ FAULT_DATA, 65, "EX_DATAERR" }, { FAULT_INPUT, 66, "EX_NOINPUT" },
	{ FAULT_RECIPIENT, 67, "EX_NOUSER" }, { FAULT_HOST, 68, "EX_NOHOST" },
	{ FAULT_REFUSED, 69, "EX_UNAVAILABLE" },
	{ FAULT_SOFTWARE, 70, "EX_SOFTWARE" }, { FAULT_SYSTEM, 71, "EX_OSERR" },
	{ FAULT_IO, 74, "EX_IOERR" }, { FAULT_TEMPORARY, 75, "EX_TEMPFAIL" },
	{ FAULT_PROTOCOL, 76, "EX_PROTOCOL" }, { FAULT_AUTH, 77, "EX_NOPERM" },
	{ FAULT_CONFIG, 78, "EX_CONFIG" },
	{ FAULT_NO_HOST, 68, "EX_NOHOST" }, { FAULT_COMMAND, 78, "EX_CONFIG" },
};

/* Somebody's long argument must not hide what is wrong with it. */
/* Each class has its reply, and an enhanced status code that fits it. */
static void
check_smtp_replies(void)
{
	for (int c = FAULT_NONE; c < FAULT_CLASSES; c++) {
		int code = fault_smtp_code((enum fault_class)c);
		const char *status = fault_smtp_status((enum fault_class)c);

		tap_ok(code / 100 == (c == FAULT_NONE ? 2 : status[0] - '0') &&
		    (code / 100 == 4 || code / 100 == 5 || c == FAULT_NONE) &&
		    status[0] - '0' == code / 100 && status[1] == '.',
		    "SMTP reply of %s", fault_exit_name((enum fault_class)c));
	}
}

/* A temporary failure has any status of sysexits(3); the others keep theirs. */
static void
check_tempfail(void)
{
	static const char *const names[] = { "EX_USAGE", "EX_DATAERR",
	    "EX_NOINPUT", "EX_NOUSER", "EX_NOHOST", "EX_UNAVAILABLE",
	    "EX_SOFTWARE", "EX_OSERR", "EX_OSFILE", "EX_CANTCREAT", "EX_IOERR",
	    "EX_TEMPFAIL", "EX_PROTOCOL", "EX_NOPERM", "EX_CONFIG" };

	for (int i = 0; i < 15; i++) {
		fault_set_tempfail(64 + i);
		tap_ok(fault_exit_status(FAULT_TEMPORARY) == 64 + i &&
		    fault_exit_status(FAULT_REFUSED) == 69 &&
		    fault_smtp_code(FAULT_TEMPORARY) == 451,
		    "a temporary failure exits with %d", 64 + i);
		tap_string("its name", fault_exit_name(FAULT_TEMPORARY),
		    names[i]);
	}
	fault_set_tempfail(0);
	tap_ok(fault_exit_status(FAULT_TEMPORARY) == 75, "and with 75 again");
}

static void
check_long_fault(void)
{
	struct fault f = { .class = FAULT_NONE };
	static char name[100000];

	memset(name, 'x', sizeof(name) - 1);
	fault(&f, FAULT_DATA, "name %s: wrong", name);
	tap_ok(strlen(f.text) < sizeof(name), "a long fault is cut short");
	tap_ok(strncmp(f.text, "name xxx", 8) == 0, "its beginning is kept");
	tap_ok(strcmp(f.text + strlen(f.text) - 9, "xx: wrong") == 0,
	    "its end is kept");
	fault_clear(&f);
}

static void
check_fault(void)
{
	struct fault f = { .class = FAULT_NONE };
	struct fault g = { .class = FAULT_NONE };

	tap_ok(COUNT(classes) == FAULT_CLASSES, "every class has its row");
	for (size_t i = 0; i < COUNT(classes); i++) {
		tap_ok(fault_exit_status(classes[i].class) ==
		    classes[i].status, "status %d", classes[i].status);
		tap_string("its name", fault_exit_name(classes[i].class),
		    classes[i].name);
	}
	tap_ok(fault(NULL, FAULT_DATA, "x") == -1 &&
	    fault_hint(NULL, "x") == -1, "a fault that nobody wants");
	tap_ok(fault_hint(&f, "x") == -1 && f.hint == NULL,
	    "no hint without a fault");
	fault_add(&f, "x");
	fault_replace_hint(&f, "x");
	tap_ok(f.text == NULL && f.hint == NULL, "nothing to add to");
	tap_ok(fault(&f, FAULT_DATA, "said \"%s\"", "a\x1b[m") == -1,
	    "a fault is -1");
	tap_string("made printable", f.text, "said \"a\\x1b[m\"");
	fault_hint(&f, "do %d", 1);
	fault_hint(&f, "do %d", 2);
	tap_string("first hint", f.hint, "do 1");
	fault(&f, FAULT_IO, "second");
	fault_hint(&f, "do 3");
	fault_prefix(&f, "third: ");
	fault_reclass(&f, FAULT_IO);
	tap_ok(f.class == FAULT_DATA && strncmp(f.text, "said", 4) == 0 &&
	    strstr(f.text, "second") == NULL, "first fault wins");
	tap_string("its hint stays", f.hint, "do 1");
	fault_add(&f, ", and %s", "\n");
	tap_string("added", f.text, "said \"a\\x1b[m\", and \\x0a");
	fault_replace_hint(&f, "do %d", 4);
	tap_string("hint replaced", f.hint, "do 4");
	tap_ok(fault_pass(&g, &f, "host: ") == -1 && g.class == FAULT_DATA,
	    "passed on");
	tap_string("with its text", g.text,
	    "host: said \"a\\x1b[m\", and \\x0a");
	tap_string("and its hint", g.hint, "do 4");
	fault_clear(&g);
	tap_ok(fault_prefix(&g, "x") == -1 && g.text == NULL,
	    "nothing to stand before");
	fault(&g, FAULT_DATA, "wrong");
	tap_ok(fault_prefix(&g, "%s: ", "a\n") == -1, "a prefix is -1");
	fault_reclass(&g, FAULT_CONFIG);
	tap_string("a prefix", g.text, "a\\x0a: wrong");
	tap_ok(g.class == FAULT_CONFIG, "another class");
	fault_clear(&g);
	fault_clear(&f);
	tap_ok(f.class == FAULT_NONE && f.text == NULL && f.hint == NULL,
	    "clear");
}

static void
check_lines(void)
{
	static const char text[] = "a\r\n\n\r\n b\rc \n d";
	const char *rest = text, *line;
	size_t left = sizeof(text) - 1, n;
	struct buffer b;

	buffer_init(&b, 100);
	while ((line = text_take_line(&rest, &left, &n)) != NULL) {
		buffer_add_char(&b, '<');
		buffer_add(&b, line, n);
		buffer_add_char(&b, '>');
	}
	tap_string("lines", b.data, "<a><><>< b\rc >< d>");
	buffer_free(&b);
	tap_ok(text_line(text, sizeof(text) - 1) == 1 &&
	    text_line("", 0) == 0 && text_line(NULL, 0) == 0, "a first line");
	tap_ok(text_blanks(" \t a", 4) == 3 && text_blanks(" ", 1) == 1,
	    "blanks");
	tap_ok(text_word("ab c", 4) == 2 && text_word("ab", 2) == 2 &&
	    text_word(" ", 1) == 0, "a word");
	tap_ok(text_trimmed("a \t", 3) == 1 && text_trimmed(" ", 1) == 0 &&
	    text_trimmed(NULL, 0) == 0, "trimmed");
	tap_ok(text_byte_order_mark("\xef\xbb\xbf" "a", 4) == 3 &&
	    text_byte_order_mark("\xef\xbb", 2) == 0, "a byte order mark");
}

int
main(void)
{
	/* this file, as most, does not include config.h */
	tap_ok(sizeof(off_t) == 8 && sizeof(ino_t) == 8,
	    "large files, whatever is included");
	check_text();
	check_json();
	check_sh_word();
	check_find();
	check_lines();
	check_buffer();
	check_memory();
	check_pool();
	check_clock();
	check_fault();
	check_smtp_replies();
	check_long_fault();
	check_tempfail();
	return tap_done();
}
