/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "base/base64.h"
#include "base/buffer.h"
#include "tests/tap.h"

/* RFC 4648 section 10, and what is none; NULL: it must not be taken. */
static const struct {
	const char *text;
	const char *octets;
} rows[] = {
	{ "", "" }, { "Zg==", "f" }, { "Zm8=", "fo" }, { "Zm9v", "foo" },
	{ "Zm9vYg==", "foob" }, { "Zm9vYmE=", "fooba" },
	{ "Zm9vYmFy", "foobar" },
	{ "Zg", NULL }, { "Zg=", NULL }, { "Zg===", NULL }, { "=", NULL },
	{ "====", NULL }, { "Z===", NULL }, { "Zg==Zg==", NULL },
	{ "Zm=v", NULL }, { "Zm9v\n", NULL }, { "Zm 9", NULL },
	{ "Zm-_", NULL }, { "Z", NULL }, { "Zm9v====", NULL },
	{ "%%%%", NULL }, { "=Zm9", NULL }, { "Zm9vZ", NULL },
};

/* Octets that are no text. */
static const struct {
	const char *octets;
	size_t n;
	const char *text;
} binaries[] = {
	{ "\0\0\0", 3, "AAAA" }, { "\xff\xfe\xfd", 3, "//79" },
	{ "\xfb\xef\xbe", 3, "++++" },
	{ "\0alice\0secret", 13, "AGFsaWNlAHNlY3JldA==" },
};

static void
test_row(const char *text, const char *octets)
{
	struct buffer b;
	int r;

	buffer_init(&b, 100);
	r = base64_decode(&b, text, strlen(text));
	tap_ok(octets == NULL ? r == -1 && b.len == 0 : r == 0 &&
	    b.len == strlen(octets) && memcmp(octets, b.len == 0 ? "" :
	    b.data, b.len) == 0, "decode '%s'", text);
	buffer_clear(&b);
	if (octets != NULL) {
		base64_add(&b, octets, strlen(octets));
		tap_string("encode", b.len == 0 ? "" : b.data, text);
	}
	buffer_free(&b);
}

static void
test_binary(const char *octets, size_t n, const char *text)
{
	struct buffer b;

	buffer_init(&b, 100);
	base64_add(&b, octets, n);
	tap_string("encode octets", b.data, text);
	buffer_clear(&b);
	base64_decode(&b, text, strlen(text));
	tap_same("decode octets", b.data, b.len, octets, n);
	buffer_free(&b);
}

static void
test_lines(void)
{
	static const char text[] = "Zm9\r\nvYm\tFy Zm8=\nZm9v";
	unsigned char out[sizeof(text)];

	tap_ok(base64_decode_lines(text, strlen(text), out) == 8 &&
	    memcmp(out, "foobarfo", 8) == 0, "lines, up to the padding");
	tap_ok(base64_decode_lines("Zm9vYg", 6, out) == 4, "no padding");
	tap_ok(base64_decode_lines("Zm-v", 4, out) == -1, "no base64");
}

/* RFC 4648 section 5, and RFC 7515 appendix C; what was there stays. */
static void
test_url(void)
{
	struct buffer b;

	buffer_init(&b, 100);
	buffer_add_string(&b, "+/=");
	tap_ok(base64_add_url(&b, "\x03\xec\xff\xe0\xc1", 5) == 0,
	    "for addresses");
	tap_string("for addresses", b.data, "+/=A-z_4ME");
	base64_add_url(&b, "", 0);
	base64_add_url(&b, "\xff\xff\xff", 3);
	tap_string("for addresses, without padding", b.data,
	    "+/=A-z_4ME____");
	buffer_free(&b);
	buffer_init(&b, 7);
	tap_ok(base64_add_url(&b, "\x03\xec\xff\xe0\xc1", 5) == -1 &&
	    b.len == 0, "for addresses: all or nothing");
	buffer_free(&b);
}

int
main(void)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		test_row(rows[i].text, rows[i].octets);
	for (size_t i = 0; i < sizeof(binaries) / sizeof(binaries[0]); i++)
		test_binary(binaries[i].octets, binaries[i].n,
		    binaries[i].text);
	test_lines();
	test_url();
	return tap_done();
}
