/* SPDX-License-Identifier: ISC */
/* Trust anchors by name: what is a bundle, and which blocks are selected. */
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "tap.h"
#include "wire/anchors.h"

#define B "-----BEGIN CERTIFICATE-----\n"
#define E "-----END CERTIFICATE-----\n"

/*
 * SEQUENCE { SEQUENCE { [0] 2, INTEGER 1, SEQUENCE {}, issuer SEQUENCE 04,
 * validity SEQUENCE {}, subject SEQUENCE 05 } }, without what follows it.
 */
#define DER "\x30\x16\x30\x14\xa0\x03\x02\x01\x02\x02\x01\x01\x30\x00" \
    "\x30\x02\x04\x00\x30\x00\x30\x02\x05\x00"
#define ONE "MBYwFKADAgECAgEBMAAwAgQAMAAwAgUA\n"
/* the same with the subject SEQUENCE 0c 00, and without a version */
#define TWO "MBEwDwIBATAAMAIEADAAMAIMAA==\n"

static const struct span five = { (const unsigned char *)"\x30\x02\x05", 4 };
static const struct span twelve = { (const unsigned char *)"\x30\x02\x0c", 4 };

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
	{ "a length of five octets", "\x30\x85\x01\x01\x01\x01\x01", 7, false },
	{ "a length that is cut", "\x30\x82\x01", 3, false },
	{ "a serial number beyond the end",
	    "\x30\x06\x30\x04\x02\x84\xff\xff\xff\xff", 10, false },
};

static const struct {
	const char *label;
	const char *pem;
	size_t count;		/* 0: cannot be searched */
	size_t found;		/* octets, with `five` for a name */
} bundles[] = {
	{ "empty", "", 0, 0 },
	{ "no block", "hello\n", 0, 0 },
	{ "one", B ONE E, 1, sizeof(B ONE E) - 1 },
	{ "words around it", "# a CA\n" B ONE E "# end\n", 1,
	    sizeof(B ONE E) - 1 },
	{ "another name", B TWO E, 1, 0 },
	{ "one of two", B TWO E B ONE E, 2, sizeof(B ONE E) - 1 },
	{ "twice", B ONE E B ONE E, 2, 2 * (sizeof(B ONE E) - 1) },
	{ "CR LF", "-----BEGIN CERTIFICATE-----\r\nMBYwFKADAgECAgEBMAAwAgQA"
	    "MAAwAgUA\r\n-----END CERTIFICATE-----\r\n", 1,
	    sizeof(B ONE E) + 1 },
	{ "another kind of block", B ONE E "-----BEGIN TRUSTED CERTIFICATE"
	    "-----\nMBY=\n-----END TRUSTED CERTIFICATE-----\n", 0, 0 },
	{ "a key", B ONE E "-----BEGIN PRIVATE KEY-----\n", 0, 0 },
	{ "a block without an end", B ONE E B ONE, 0, 0 },
	{ "a beginning that is cut", B ONE E "-----BEGIN CERT", 0, 0 },
};

/* Blocks that cannot be read: the whole store must decide. */
static const char *const unreadable[] = {
	B "MBYwFK*DAgECAgEBMAAwAgQAMAAwAgUA\n" E,
	B "MBYw\n" E,
	B E,
	B "Proc-Type: 4\n\n" ONE E,
};

static void
test_selection(void)
{
	struct anchors a;
	struct buffer b;

	for (size_t i = 0; i < sizeof(bundles) / sizeof(bundles[0]); i++) {
		buffer_init(&b, 65536);
		tap_ok(anchors_take(&a, bundles[i].pem,
		    strlen(bundles[i].pem)) == (bundles[i].count > 0) &&
		    a.count == bundles[i].count, "%s: blocks",
		    bundles[i].label);
		if (a.count > 0)
			tap_ok(anchors_select(&a, &five, 1, &b) &&
			    b.len == bundles[i].found, "%s: selected",
			    bundles[i].label);
		anchors_close(&a);
		buffer_free(&b);
	}
	for (size_t i = 0; i < sizeof(unreadable) / sizeof(unreadable[0]);
	    i++) {
		buffer_init(&b, 65536);
		tap_ok(anchors_take(&a, unreadable[i], strlen(unreadable[i])) &&
		    !anchors_select(&a, &twelve, 1, &b), "unreadable %zu", i);
		anchors_close(&a);
		buffer_free(&b);
	}
}

/* A subject that lies behind what is decoded at first. */
static void
test_long(void)
{
	static const char filler[] = "AAAA";
	struct anchors a;
	struct buffer b, pem;
	struct span none = { (const unsigned char *)"", 0 };

	/* SEQUENCE { SEQUENCE { INTEGER of 3000 octets, ... */
	buffer_init(&pem, 65536);
	buffer_add_string(&pem, B "MIIL3TCCC9kCggu4");
	for (int i = 0; i < 1000; i++)
		buffer_add_string(&pem, filler);
	buffer_add_string(&pem, "MAAwAgQAMAAwAgUA\n" E);
	buffer_init(&b, 65536);
	tap_ok(anchors_take(&a, pem.data, pem.len) &&
	    anchors_select(&a, &five, 1, &b) && b.len == pem.len,
	    "a long serial number before the subject");
	buffer_clear(&b);
	tap_ok(anchors_select(&a, &none, 1, &b) && b.len == 0,
	    "an empty name is nobody's");
	tap_ok(anchors_select(&a, NULL, 0, &b) && b.len == 0, "no names");
	anchors_close(&a);
	buffer_free(&b);
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
			    subject.len == 4 && subject.p[2] == 5,
			    "%s: names", certificates[i].label);
		free(der);
	}
	test_selection();
	test_long();
	tap_ok(!anchors_open(&a, "/dev/zero") && a.count == 0,
	    "a device is no bundle");
	tap_ok(!anchors_open(&a, "no such file") && a.count == 0, "no file");
	return tap_done();
}
