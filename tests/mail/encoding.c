/* SPDX-License-Identifier: ISC */
#include <stdlib.h>

#include "base/buffer.h"
#include "base/fault.h"
#include "base/text.h"
#include "mail/address/address.h"
#include "mail/conversion/encoding.h"
#include "tests/tap.h"

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))

#define FIFTY "abcdefghij klmnopqrst uvwxyz0123 456789ABCD EFGHIJ"

static const struct {
	const char *name;
	const char *want;
} phrases[] = {
	{ "Ann", "Ann" },
	{ "Ann B C", "Ann B C" },
	{ "ann+b!#$%&'*/=?^_`{|}~-", "ann+b!#$%&'*/=?^_`{|}~-" },
	{ "", "\"\"" },
	{ "Ann B.", "\"Ann B.\"" },
	{ "B, Ann", "\"B, Ann\"" },
	{ "Ann (B)", "\"Ann (B)\"" },
	{ "Ann <b>", "\"Ann <b>\"" },
	{ "a@example.org", "\"a@example.org\"" },
	{ "Ann \"B\" \\C", "\"Ann \\\"B\\\" \\\\C\"" },
	{ "Ann  B", "\"Ann  B\"" },
	{ " Ann", "\" Ann\"" },
	{ "Ann ", "\"Ann \"" },
	{ "A: B;", "\"A: B;\"" },
	{ "=?UTF-8?Q?Ann?=", "=?UTF-8?Q?Ann?=" },
	{ "J\xc3\xb6rg", "=?UTF-8?Q?J=C3=B6rg?=" },
	{ "J\xf6rg", "=?UTF-8?Q?J=C3=B6rg?=" },
	{ "J\xc3\xb6rg M. B", "=?UTF-8?Q?J=C3=B6rg_M=2E_B?=" },
	{ "\xe2\x82\xac", "=?UTF-8?B?4oKs?=" },
	{ "\xe2\x82\xac" "12", "=?UTF-8?Q?=E2=82=AC12?=" },
	{ "\xe2\x82\xac\xe2\x82\xac" "1", "=?UTF-8?B?4oKs4oKsMQ==?=" },
	{ "\xe2\x82\xac\xe2\x82\xac" "12", "=?UTF-8?B?4oKs4oKsMTI=?=" },
	{ "\xf0\x9f\x98\x80", "=?UTF-8?B?8J+YgA==?=" },
	{ "a\r\nBcc: b", "=?UTF-8?Q?a=0D=0ABcc=3A_b?=" },
	{ "a\tb", "=?UTF-8?Q?a=09b?=" },
	{ "a\x7f", "=?UTF-8?Q?a=7F?=" },
	{ "caf\xe9 \xc3", "=?UTF-8?Q?caf=C3=A9_=C3=83?=" },
};

static const struct {
	const char *text;
	const char *want;
} xtexts[] = {
	{ "", "" },
	{ "abc", "abc" },
	{ "a@example.org", "a@example.org" },
	{ "a+b=c", "a+2Bb+3Dc" },
	{ "a b", "a+20b" },
	{ "\r\n", "+0D+0A" },
	{ "\x7f\xc3\xa9", "+7F+C3+A9" },
	{ "!~", "!~" },
};

static int
hex(char c)
{
	const char *digits = "0123456789ABCDEF";
	const char *p = strchr(digits, c);

	return p == NULL || c == '\0' ? -1 : (int)(p - digits);
}

static int
digit64(char c)
{
	const char *digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnop"
	    "qrstuvwxyz0123456789+/";
	const char *p = strchr(digits, c);

	return p == NULL || c == '\0' ? -1 : (int)(p - digits);
}

/* The text of one encoded word; false when it is not well-formed. */
static bool
decode(struct buffer *out, char kind, const char *s, size_t n)
{
	unsigned bits = 0, have = 0;

	for (size_t i = 0; i < n; i++) {
		if (kind == 'Q' && s[i] == '=') {
			int high = i + 2 < n ? hex(s[i + 1]) : -1;
			int low = i + 2 < n ? hex(s[i + 2]) : -1;

			if (high < 0 || low < 0)
				return false;
			buffer_add_char(out, (char)(high * 16 + low));
			i += 2;
		} else if (kind == 'Q') {
			buffer_add_char(out, s[i] == '_' ? ' ' : s[i]);
		} else if (s[i] != '=') {
			if (digit64(s[i]) < 0)
				return false;
			bits = bits << 6 | (unsigned)digit64(s[i]);
			have += 6;
			if (have >= 8) {
				have -= 8;
				buffer_add_char(out,
				    (char)(bits >> have & 0xff));
			}
		}
	}
	return true;
}

/*
 * Encoded words are at most 75 octets each, none splits a character, a line
 * of them is at most 76 (the first one, 61: a field's name stands before
 * it), and together they say what was encoded.
 */
static bool
says(const struct buffer *b, const char *want, size_t want_len)
{
	const char *p = b->data, *end = p + b->len, *eol, *stop;
	struct buffer out;
	size_t max = 61, from;
	bool good = true;

	buffer_init(&out, want_len * 2 + 64);
	for (; good && p < end; p = eol + 3) {
		eol = strstr(p, "\r\n ");
		if (eol == NULL)
			eol = end;
		stop = eol - 2;
		from = out.len;
		good = (size_t)(eol - p) <= max && eol - p > 12 &&
		    memcmp(p, "=?UTF-8?", 8) == 0 && p[9] == '?' &&
		    memcmp(stop, "?=", 2) == 0 &&
		    memchr(p + 10, '?', (size_t)(stop - p) - 10) == NULL &&
		    decode(&out, p[8], p + 10, (size_t)(stop - p) - 10) &&
		    text_is_utf8(out.data + from, out.len - from);
		max = 75;
		if (eol == end)
			break;
	}
	good = good && out.len == want_len &&
	    memcmp(out.data, want, want_len) == 0;
	buffer_free(&out);
	return good;
}

static void
check_long(void)
{
	static const char *const part[] = { "\xc3\xa4", "\xe2\x82\xac",
	    "\xf0\x9f\x98\x80", "a\xc3\xa4", "abcdefg \xc3\xa4",
	    "abc def.\xe2\x82\xac",
	    "abcdefghij klmnopqrst uvwxyz 456789ABCD EFGHIJ \xc3\xa4" };
	struct buffer name, b;

	buffer_init(&name, 100000);
	buffer_init(&b, 1000000);
	for (size_t i = 0; i < COUNT(part); i++) {
		bool good = true;

		buffer_clear(&name);
		for (int k = 0; k < 200; k++) {
			buffer_add_string(&name, part[i]);
			buffer_clear(&b);
			encoding_add_phrase(&b, name.data, name.len);
			good = good && says(&b, name.data, name.len);
		}
		tap_ok(good, "long names, %zu", i + 1);
	}
	buffer_clear(&name);
	for (int k = 0; k < 30; k++)
		buffer_add_string(&name, FIFTY);
	buffer_clear(&b);
	encoding_add_phrase(&b, name.data, name.len);
	tap_ok(says(&b, name.data, name.len), "long name of ASCII folds");
	buffer_free(&name);
	buffer_free(&b);
}

/* What was written is read again as the name that it was. */
static void
check_parsed(void)
{
	struct address_list list;
	struct buffer b;

	buffer_init(&b, 4096);
	for (size_t i = 0; i < 14; i++) {
		struct fault f = { .class = FAULT_NONE };
		const char *name = phrases[i].name;

		memset(&list, 0, sizeof(list));
		buffer_clear(&b);
		encoding_add_phrase(&b, name, strlen(name));
		buffer_add_string(&b, " <a@example.org>");
		if (address_parse(&list, b.data, b.len, &f) == -1)
			tap_ok(false, "phrase %zu: %s", i + 1, f.text);
		else
			tap_string("phrase as an address has it",
			    list.box[0].name, *name == '\0' ? NULL : name);
		address_list_free(&list);
		fault_clear(&f);
	}
	buffer_free(&b);
}

int
main(void)
{
	struct buffer b;

	buffer_init(&b, 4096);
	for (size_t i = 0; i < COUNT(phrases); i++) {
		buffer_clear(&b);
		encoding_add_phrase(&b, phrases[i].name,
		    strlen(phrases[i].name));
		tap_same("phrase", b.data, b.len, phrases[i].want,
		    strlen(phrases[i].want));
	}
	for (size_t i = 0; i < COUNT(xtexts); i++) {
		buffer_clear(&b);
		buffer_add_string(&b, "");
		encoding_add_xtext(&b, xtexts[i].text,
		    strlen(xtexts[i].text));
		tap_same("xtext", b.data, b.len, xtexts[i].want,
		    strlen(xtexts[i].want));
	}
	buffer_clear(&b);
	encoding_add_xtext(&b, "a\0b", 3);
	tap_same("xtext with NUL", b.data, b.len, "a+00b", 5);
	buffer_free(&b);
	check_long();
	check_parsed();
	return tap_done();
}
