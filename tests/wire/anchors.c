/* SPDX-License-Identifier: ISC */
/* Trust anchors by name: what is a block, and which could have a name. */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/memory.h"
#include "wire/tls/trust.h"
#include "tests/tap.h"

#define B "-----BEGIN CERTIFICATE-----\n"
#define E "-----END CERTIFICATE-----\n"

/*
 * SEQUENCE { SEQUENCE { [0] 2, INTEGER 1, SEQUENCE {}, issuer SEQUENCE 04,
 * validity SEQUENCE {}, subject SEQUENCE 06 } }, without what follows it.
 */
#define DER "\x30\x16\x30\x14\xa0\x03\x02\x01\x02\x02\x01\x01\x30\x00" \
    "\x30\x02\x04\x00\x30\x00\x30\x02\x06\x00"
#define ONE "MBYwFKADAgECAgEBMAAwAgQAMAAwAgYA\n"
/* the same with the subject SEQUENCE 0c 00, and without a version */
#define TWO "MBEwDwIBATAAMAIEADAAMAIMAA==\n"

static const struct span six = { (const unsigned char *)"\x30\x02\x06", 4 };

static const struct {
	const char *label;
	const char *der;
	size_t len;
	bool good;
} certificates[] = {
	{ "a certificate", DER, sizeof(DER) - 1, true },
	{ "cut within the subject", DER, sizeof(DER) - 2, false },
	{ "cut before the subject", DER, sizeof(DER) - 5, false },
	{ "no octets", "", 0, false },
	{ "one octet", "\x30", 1, false },
	{ "not a SEQUENCE", "\x31\x00", 2, false },
	{ "indefinite length", "\x30\x80\x30\x80", 4, false },
	{ "a length of six octets", "\x30\x85\x01\x01\x01\x01\x01", 7, false },
	{ "a length that is cut", "\x30\x82\x01", 3, false },
	{ "a serial number beyond the end",
	    "\x30\x06\x30\x04\x02\x84\xff\xff\xff\xff", 10, false },
};

static const struct {
	const char *label;
	const char *pem;
	size_t count;		/* of blocks */
	bool plain;
	size_t found;		/* blocks that could have the name `six` */
} bundles[] = {
	{ "empty", "", 0, true, 0 },
	{ "no block", "hello\n", 0, true, 0 },
	{ "one", B ONE E, 1, true, 1 },
	{ "words around it", "# a CA\n" B ONE E "# end\n", 1, true, 1 },
	{ "another name", B TWO E, 1, true, 0 },
	{ "one of two", B TWO E B ONE E, 2, true, 1 },
	{ "twice", B ONE E B ONE E, 2, true, 2 },
	{ "CR LF", "-----BEGIN CERTIFICATE-----\r\nMBYwFKADAgECAgEBMAAwAgQA"
	    "MAAwAgYA\r\n-----END CERTIFICATE-----\r\n", 1, true, 1 },
	{ "CR LF, another name", "-----BEGIN CERTIFICATE-----\r\n"
	    "MBEwDwIBATAAMAIEADAAMAIMAA==\r\n-----END CERTIFICATE-----\r\n",
	    1, true, 0 },
	{ "no line end at the end", B ONE "-----END CERTIFICATE-----", 1,
	    true, 1 },
	{ "no line end between two", B TWO "-----END CERTIFICATE-----" B ONE E,
	    2, true, 1 },
	{ "dashes that belong to both", B TWO "-----END CERTIFICATE-----BEGIN "
	    "CERTIFICATE-----\n" ONE E, 2, true, 1 },
	{ "another kind of block", B ONE E "-----BEGIN TRUSTED CERTIFICATE"
	    "-----\nMBY=\n-----END TRUSTED CERTIFICATE-----\n", 1, false, 1 },
	{ "a key", B ONE E "-----BEGIN PRIVATE KEY-----\n", 1, false, 1 },
	{ "the older label", "-----BEGIN X509 CERTIFICATE-----\n" TWO
	    "-----END X509 CERTIFICATE-----\n", 1, false, 1 },
	{ "two labels that differ", B TWO "-----END X509 CERTIFICATE-----\n",
	    1, false, 1 },
	{ "a request", "-----BEGIN CERTIFICATE REQUEST-----\n" TWO
	    "-----END CERTIFICATE REQUEST-----\n", 1, false, 1 },
	{ "a block without an end", B TWO E B TWO, 2, false, 1 },
	{ "a block without an end, and another", B TWO B TWO E, 2, false, 1 },
	{ "a beginning that is cut", B ONE E "-----BEGIN CERT", 1, false, 1 },
	/* those that cannot be read: the library must judge them */
	{ "no digit", B "MBEwDwIBATAAMAIEADA*MAIMAA==\n" E, 1, true, 1 },
	{ "a dash", B "MBEwDwIBATAAMAIEADAAMAIMAA==\n-\n" E, 1, false, 1 },
	{ "cut", B "MBYw\n" E, 1, true, 1 },
	{ "nothing", B E, 1, true, 1 },
	{ "lines of a header", B "Proc: 4\n\n" TWO E, 1, true, 1 },
	{ "an indefinite length", B "MIAwgAAA\n" E, 1, true, 1 },
};

static size_t
count_found(const struct anchors *a, const struct anchor_names *names)
{
	struct span block;
	size_t at = 0, n = 0;

	while (anchors_next(a, names, &at, &block))
		n++;
	return n;
}

static void
test_selection(void)
{
	struct anchors a;
	struct anchor_names names = { .count = 0 };

	anchors_add_name(&names, &six);
	for (size_t i = 0; i < sizeof(bundles) / sizeof(bundles[0]); i++) {
		anchors_take(&a, bundles[i].pem, strlen(bundles[i].pem));
		tap_ok(a.count == bundles[i].count &&
		    a.plain == bundles[i].plain, "%s: blocks",
		    bundles[i].label);
		tap_ok(count_found(&a, NULL) == a.count, "%s: all",
		    bundles[i].label);
		tap_ok(count_found(&a, &names) == bundles[i].found,
		    "%s: selected", bundles[i].label);
		anchors_close(&a);
	}
	anchors_take(&a, B ONE "\0" E, sizeof(B ONE "\0" E) - 1);
	tap_ok(a.count == 1 && count_found(&a, &names) == 1, "a NUL");
	anchors_close(&a);
}

static void
test_blocks(void)
{
	static const char pem[] = "hello\n" B TWO E "\n" B ONE E;
	struct anchor_names names = { .count = 0 };
	struct anchors a;
	struct span block = { NULL, 0 };
	size_t at = 0;

	anchors_add_name(&names, &six);
	anchors_take(&a, pem, sizeof(pem) - 1);
	tap_ok(anchors_next(&a, &names, &at, &block) &&
	    block.len == sizeof(B ONE E) - 2 &&
	    memcmp(block.p, B ONE E, block.len) == 0, "the block itself");
	tap_ok(anchors_line(&a, &block) == 6, "its line");
	tap_ok(!anchors_next(&a, &names, &at, &block), "no more");
	anchors_close(&a);
}

/* Names: SEQUENCE { SET { SEQUENCE { OID 2.5.4.3, text } } } */
#define NAME(len, text) "\x30" len "\x31\x0b\x30\x09\x06\x03\x55\x04\x03" text
static const struct {
	const char *label;
	const char *anchor;
	const char *name;
	size_t anchor_len, name_len;
	bool could;
} names_of_two[] = {
#define TWO_NAMES(label, a, b, could) \
	{ label, a, b, sizeof(a) - 1, sizeof(b) - 1, could }
	TWO_NAMES("the same", NAME("\x0d", "\x0c\x02" "ab"),
	    NAME("\x0d", "\x0c\x02" "ab"), true),
	TWO_NAMES("another type of text", NAME("\x0d", "\x0c\x02" "ab"),
	    NAME("\x0d", "\x13\x02" "ab"), true),
	TWO_NAMES("another letter", NAME("\x0d", "\x0c\x02" "ab"),
	    NAME("\x0d", "\x0c\x02" "ac"), false),
	TWO_NAMES("another case", NAME("\x0d", "\x0c\x02" "ab"),
	    NAME("\x0d", "\x0c\x02" "Ab"), false),
	TWO_NAMES("a blank more", NAME("\x0d", "\x0c\x02" "ab"),
	    NAME("\x0e", "\x0c\x03" "ab "), false),
	TWO_NAMES("an anchor in BMPString", NAME("\x0f", "\x1e\x04\0a\0b"),
	    NAME("\x0d", "\x0c\x02" "ab"), true),
	TWO_NAMES("a chain in BMPString", NAME("\x0d", "\x0c\x02" "ab"),
	    NAME("\x0f", "\x1e\x04\0a\0b"), true),
	TWO_NAMES("T61String in ASCII", NAME("\x0d", "\x14\x02" "ab"),
	    NAME("\x0e", "\x0c\x03" "abc"), false),
	TWO_NAMES("T61String not in ASCII", NAME("\x0d", "\x14\x02" "a\xe4"),
	    NAME("\x0e", "\x0c\x03" "a\xc3\xa4"), true),
	TWO_NAMES("a length longer than needed", "\x30\x81\x0d\x31\x0b\x30\x09"
	    "\x06\x03\x55\x04\x03\x0c\x02" "ab",
	    NAME("\x0d", "\x0c\x02" "ab"), true),
	TWO_NAMES("no name at all", "\x30\x00",
	    NAME("\x0d", "\x0c\x02" "ab"), false),
	TWO_NAMES("neither has a name", "\x30\x00", "\x30\x00", true),
	TWO_NAMES("beyond its end", "\x30\x02\x31\x02",
	    NAME("\x0d", "\x0c\x02" "ab"), true),
};

/* A block of a certificate with this subject and nothing behind it. */
static void
add_block(struct buffer *pem, const char *subject, size_t len)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "abcdefghijklmnopqrstuvwxyz0123456789+/";
	/* serialNumber, signature, issuer, validity */
	static const char before[] = "\x30\x7f\x30\x7f\x02\x01\x01\x30\x00"
	    "\x30\x00\x30\x00";
	struct buffer der;
	unsigned bits;

	buffer_init(&der, 65536);
	buffer_add(&der, before, sizeof(before) - 1);
	buffer_add(&der, subject, len);
	while (der.len % 3 != 0)
		buffer_add_char(&der, '\0');
	buffer_add_string(pem, B);
	for (size_t i = 0; i < der.len; i += 3) {
		bits = (unsigned)(unsigned char)der.data[i] << 16 |
		    (unsigned)(unsigned char)der.data[i + 1] << 8 |
		    (unsigned char)der.data[i + 2];
		for (int shift = 18; shift >= 0; shift -= 6)
			buffer_add_char(pem, digits[bits >> shift & 63]);
	}
	buffer_add_string(pem, "\n" E);
	buffer_free(&der);
}

/* GnuTLS does not look at the type of a text: neither may the selection. */
static void
test_names(void)
{
	struct anchor_names names;
	struct anchors a;
	struct buffer pem;
	struct span name;

	for (size_t i = 0; i < sizeof(names_of_two) / sizeof(names_of_two[0]);
	    i++) {
		buffer_init(&pem, 65536);
		add_block(&pem, names_of_two[i].anchor,
		    names_of_two[i].anchor_len);
		anchors_take(&a, pem.data, pem.len);
		name.p = (unsigned char *)memory_copy(names_of_two[i].name,
		    names_of_two[i].name_len);
		name.len = names_of_two[i].name_len;
		memset(&names, 0, sizeof(names));
		anchors_add_name(&names, &name);
		tap_ok(a.plain && count_found(&a, &names) ==
		    names_of_two[i].could, "names: %s", names_of_two[i].label);
		free((void *)(uintptr_t)name.p);
		anchors_close(&a);
		buffer_free(&pem);
	}
	memset(&names, 0, sizeof(names));
	for (size_t i = 0; i < ANCHOR_NAMES_MAX; i++)
		anchors_add_name(&names, &six);
	tap_ok(names.count == ANCHOR_NAMES_MAX &&
	    !anchors_add_name(&names, &six), "too many names");
}

/* A subject that lies behind what is decoded at first. */
static void
test_long(void)
{
	static const char filler[] = "AAAA";
	struct anchor_names names = { .count = 0 };
	struct anchors a;
	struct buffer pem;
	struct span none = { (const unsigned char *)"", 0 };

	/* SEQUENCE { SEQUENCE { INTEGER of 3000 octets, ... */
	buffer_init(&pem, 65536);
	buffer_add_string(&pem, B "MIIL3TCCC9kCggu4");
	for (int i = 0; i < 1000; i++)
		buffer_add_string(&pem, filler);
	buffer_add_string(&pem, "MAAwAgQAMAAwAgYA\n" E);
	anchors_take(&a, pem.data, pem.len);
	tap_ok(count_found(&a, &names) == 0, "no names");
	anchors_add_name(&names, &none);
	tap_ok(count_found(&a, &names) == 0, "an empty name is nobody's");
	anchors_add_name(&names, &six);
	tap_ok(count_found(&a, &names) == 1,
	    "a long serial number before the subject");
	anchors_close(&a);
	buffer_free(&pem);
}

int
main(void)
{
	struct span issuer, subject;
	struct anchors a;
	bool good;

	for (size_t i = 0; i < sizeof(certificates) / sizeof(certificates[0]);
	    i++) {
		unsigned char *der = malloc(certificates[i].len + 1);

		memcpy(der, certificates[i].der, certificates[i].len);
		good = anchors_names(der, certificates[i].len, &issuer,
		    &subject);
		tap_ok(good == certificates[i].good, "%s",
		    certificates[i].label);
		if (good)
			tap_ok(issuer.len == 4 && issuer.p[2] == 4 &&
			    subject.len == 4 && subject.p[2] == 6,
			    "%s: names", certificates[i].label);
		free(der);
	}
	test_selection();
	test_blocks();
	test_names();
	test_long();
	tap_ok(!anchors_open(&a, "/dev/zero") && errno == 0 && a.count == 0,
	    "a device is no bundle");
	tap_ok(!anchors_open(&a, "no such file") && errno == ENOENT &&
	    a.count == 0, "no file");
	return tap_done();
}
