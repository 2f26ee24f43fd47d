/* SPDX-License-Identifier: ISC */
/* srv: what an answer of the DNS holds, however it is written. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/memory.h"
#include "wire/dial.h"
#include "tests/tap.h"

/* One question, for "s.x", so that its name stands at octet 12. */
#define HEAD(answers) "\x12\x34\x85\x80\0\x01\0" answers "\0\0\0\0" \
    "\x01s\x01x\0\0\x21\0\x01"
#define OWNER "\xc0\x0c"
#define SRV "\0\x21\0\x01\0\0\0\x3c"	/* type, class, TTL */
#define MX "\0\x0f\0\x01\0\0\0\x3c"
#define BYTES(s) s, sizeof(s) - 1

/* `want` is "priority weight port target;..." and then "." or "!" once for a
 * denial and for each unusable record; NULL: malformed. */
struct row {
	const char *label;
	const char *message;
	size_t n;
	const char *want;
};

static const struct row rows[] = {
	{ "a record", BYTES(HEAD("\x01") OWNER SRV "\0\x0b\0\x0a\0\x14\x01\xd1"
	    "\x01m\x01x\0"), "10 20 465 m.x;" },
	{ "no record", BYTES(HEAD("\0")), "" },
	{ "a compressed target", BYTES(HEAD("\x01") OWNER SRV "\0\x0a\0\x0a"
	    "\0\x14\x01\xd1\x01m\xc0\x0e"), "10 20 465 m.x;" },
	{ "order", BYTES(HEAD("\x04")
	    OWNER SRV "\0\x09\0\x02\0\0\0\x01\x01" "a\0"
	    OWNER SRV "\0\x09\0\x01\0\x01\0\x01\x01" "b\0"
	    OWNER SRV "\0\x09\0\x01\0\x05\0\x01\x01" "d\0"
	    OWNER SRV "\0\x09\0\x01\0\x05\0\x01\x01" "c\0"),
	    "1 5 1 c;1 5 1 d;1 1 1 b;2 0 1 a;" },
	{ "no such service", BYTES(HEAD("\x01") OWNER SRV "\0\x07\0\0\0\0\0\0"
	    "\0"), "." },
	{ "port 0", BYTES(HEAD("\x01") OWNER SRV
	    "\0\x09\0\0\0\0\0\0\x01" "a\0"), "!" },
	{ "a line end in a target", BYTES(HEAD("\x01") OWNER SRV
	    "\0\x0b\0\0\0\0\0\x01\x03" "a\nb\0"), "!" },
	{ "a dot in a label", BYTES(HEAD("\x01") OWNER SRV
	    "\0\x0b\0\0\0\0\0\x01\x03" "a.b\0"), "!" },
	{ "a NUL in a label", BYTES(HEAD("\x01") OWNER SRV
	    "\0\x0b\0\0\0\0\0\x01\x03" "a\0b\0"), "!" },
	{ "an option", BYTES(HEAD("\x01") OWNER SRV
	    "\0\x0a\0\0\0\0\0\x01\x02" "-a\0"), "!" },
	{ "records of other types, and of another class", BYTES(HEAD("\x03")
	    OWNER "\0\x05\0\x01\0\0\0\x3c\0\x02\xc0\x0c"
	    OWNER "\0\x21\0\x03\0\0\0\x3c\0\x09\0\x01\0\0\0\x01\x01" "q\0"
	    OWNER SRV "\0\x09\0\x01\0\0\0\x01\x01" "a\0"), "1 0 1 a;" },
	{ "two questions", BYTES("\0\0\x80\0\0\x02\0\x01\0\0\0\0\0\0\x21\0\x01"
	    "\0\0\x21\0\x01\0" SRV "\0\x09\0\x01\0\0\0\x01\x01" "a\0"),
	    "1 0 1 a;" },
	{ "fewer records than announced", BYTES(HEAD("\x02") OWNER SRV
	    "\0\x09\0\x01\0\0\0\x01\x01" "a\0"), NULL },
	{ "a message that is no header", BYTES("\0\0\x80\0\0\0\0\0\0\0\0"),
	    NULL },
	{ "a question without end", BYTES("\0\0\x80\0\0\x01\0\0\0\0\0\0\x03"
	    "ab"), NULL },
	{ "data without end", BYTES(HEAD("\x01") OWNER SRV "\0\x0b\0\x0a"),
	    NULL },
	{ "data that is too short", BYTES(HEAD("\x01") OWNER SRV
	    "\0\x06\0\x0a\0\x14\x01\xd1"), NULL },
	{ "a target longer than its record", BYTES(HEAD("\x01") OWNER SRV
	    "\0\x08\0\x0a\0\x14\x01\xd1\x01m\0"), NULL },
	{ "a target shorter than its record", BYTES(HEAD("\x01") OWNER SRV
	    "\0\x0a\0\x0a\0\x14\x01\xd1\x01m\0z"), NULL },
	{ "a pointer to itself", BYTES(HEAD("\x01") OWNER SRV
	    "\0\x08\0\x0a\0\x14\x01\xd1\xc0\x27"), NULL },
	{ "a pointer to what is behind", BYTES(HEAD("\x01") OWNER SRV
	    "\0\x08\0\x0a\0\x14\x01\xd1\xc0\x40"), NULL },
	{ "pointers in a circle", BYTES(HEAD("\x01") OWNER SRV
	    "\0\x0a\0\x0a\0\x14\x01\xd1\x01" "a\xc0\x27"), NULL },
	{ "half a pointer", BYTES(HEAD("\x01") "\xc0"), NULL },
	{ "a label of a type that there is not", BYTES(HEAD("\x01") OWNER SRV
	    "\0\x09\0\x0a\0\x14\x01\xd1\x41" "a\0"), NULL },
};

static const struct row mx_rows[] = {
	{ "mail exchangers", BYTES(HEAD("\x03")
	    OWNER MX "\0\x05\0\x14\x01" "b\0"
	    OWNER SRV "\0\x09\0\x01\0\0\0\x01\x01" "s\0"
	    OWNER MX "\0\x05\0\x0a\x01" "a\0"), "10 0 25 a;20 0 25 b;" },
	{ "no mail exchanger", BYTES(HEAD("\x01") OWNER MX "\0\x03\0\0\0"),
	    "." },
	{ "one that is no name", BYTES(HEAD("\x01") OWNER MX
	    "\0\x06\0\x0a\x02" "-a\0"), "!" },
	{ "one that is too short", BYTES(HEAD("\x01") OWNER MX
	    "\0\x02\0\x0a"), NULL },
};

static void
test(const char *label, enum srv_type type, const char *message, size_t n,
    const char *want)
{
	struct srv_list l = { .record = NULL };
	/* as long as it is, so that a sanitizer sees reading behind it */
	unsigned char *copy = memory_alloc(n == 0 ? 1 : n);
	struct buffer b;
	int r;

	memcpy(copy, message, n);
	buffer_init(&b, 65536);
	buffer_add_string(&b, "");
	r = srv_parse(&l, type, copy, n);
	for (size_t i = 0; i < l.count; i++)
		buffer_printf(&b, "%u %u %u %s;",
		    (unsigned)l.record[i].priority,
		    (unsigned)l.record[i].weight, (unsigned)l.record[i].port,
		    l.record[i].target);
	if (l.denied)
		buffer_add_char(&b, '.');
	for (size_t i = 0; i < l.unusable; i++)
		buffer_add_char(&b, '!');
	tap_string(label, r == -1 ? NULL : b.data, want);
	buffer_free(&b);
	srv_list_free(&l);
	free(copy);
}

/* A name as long as there may be: 255 octets, 253 of them as text. */
static void
test_long(size_t last, bool good)
{
	struct buffer b, want;
	char label[64];

	memset(label, 'a', sizeof(label));
	buffer_init(&b, 4096);
	buffer_init(&want, 4096);
	buffer_add(&b, BYTES(HEAD("\x01") OWNER SRV "\x01"));
	buffer_add_char(&b, (char)(6 + 3 * 64 + last + 2 - 256));
	buffer_add(&b, "\0\0\0\0\0\x01", 6);
	buffer_add_string(&want, "0 0 1 ");
	for (int i = 0; i < 4; i++) {
		buffer_add_char(&b, (char)(i < 3 ? 63 : last));
		buffer_add(&b, label, i < 3 ? 63 : last);
		buffer_printf(&want, "%s%.*s", i == 0 ? "" : ".",
		    i < 3 ? 63 : (int)last, label);
	}
	buffer_add_char(&b, '\0');
	buffer_add_char(&want, ';');
	label[63] = '\0';
	test(good ? "the longest name" : "a longer name", SRV_SRV, b.data,
	    b.len, good ? want.data : NULL);
	buffer_free(&b);
	buffer_free(&want);
}

int
main(void)
{
#ifndef HAVE_RESOLVER
	puts("1..0 # SKIP no resolver library");
	return 0;
#endif
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		test(rows[i].label, SRV_SRV, rows[i].message, rows[i].n,
		    rows[i].want);
	for (size_t i = 0; i < sizeof(mx_rows) / sizeof(mx_rows[0]); i++)
		test(mx_rows[i].label, SRV_MX, mx_rows[i].message,
		    mx_rows[i].n, mx_rows[i].want);
	test_long(61, true);
	test_long(62, false);
	return tap_done();
}
