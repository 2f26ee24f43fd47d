/* SPDX-License-Identifier: ISC */
/*
 * Domains as rows, and over every code point there is. With the argument
 * "list" it prints those that must not be taken, in UTF-8, a line each.
 */
#include <stdlib.h>
#include <string.h>

#include "base/fault.h"
#include "base/idna.h"
#include "base/memory.h"
#include "mail/address/address.h"
#include "tests/tap.h"

#define CODE_POINTS 0x110000
#define DOMAIN_SIZE 64

/* NULL: the domain has no A-labels. */
static const struct {
	const char *label;
	const char *domain;
	const char *ascii;
} rows[] = {
	{ "ASCII is as it is", "Mail_1.Example.ORG.", "Mail_1.Example.ORG." },
	{ "nothing", "", "" },
	{ "an umlaut", "b\303\274cher.example", "xn--bcher-kva.example" },
	{ "capitals", "B\303\234CHER.Example", "xn--bcher-kva.example" },
	{ "composed or not", "b\165\314\210cher.example",
	    "xn--bcher-kva.example" },
	{ "an underscore stays", "_dmarc.b\303\274cher.example",
	    "_dmarc.xn--bcher-kva.example" },
	{ "an underscore within", "a_b\303\274.example",
	    "xn--a_b-joa.example" },
	{ "an underscore that was none", "a\357\274\277b.example", NULL },
	{ "one that stays, and one that was none",
	    "_a\357\274\277b.example", NULL },
	{ "sharp s is a letter", "fa\303\237.example", "xn--fa-hia.example" },
	{ "fullwidth letters", "\357\275\202ob.example", "bob.example" },
	{ "a ligature", "o\357\254\203ce.example", "office.example" },
	{ "full stops of all widths",
	    "a\343\200\202b\357\274\216c\357\275\241d", "a.b.c.d" },
	{ "a full stop of the root", "\303\274.example.", "xn--tda.example." },
	{ "one that was none", "\303\274.example\343\200\202", NULL },
	{ "two full stops", "\303\274..example", NULL },
	{ "two of other widths", "a\343\200\202\343\200\202b", NULL },
	{ "one at the beginning", "\343\200\202a", NULL },
	{ "one alone", "\343\200\202", NULL },
	{ "soft hyphens are none", "pay\302\255pal.example",
	    "paypal.example" },
	{ "variation selectors are none", "a\357\270\217b.example",
	    "ab.example" },
	{ "nothing but a soft hyphen", "\302\255", NULL },
	{ "a label of a soft hyphen", "a.\302\255.example", NULL },
	{ "a joiner where none may be", "a\342\200\215b.example", NULL },
	{ "a symbol", "\342\230\225.example", "xn--53h.example" },
	{ "a symbol, and a sharp s", "\342\230\225.fa\303\237", NULL },
	{ "a symbol, and a joiner", "\342\230\225a\342\200\215b.example",
	    NULL },
	{ "a symbol, and an at", "\342\230\225\357\274\240b.example", NULL },
	{ "not UTF-8", "a\377.example", NULL },
	{ "a hyphen at the end", "\303\274-.example", NULL },
	{ "an A-label that is none", "xn--\303\274.example", NULL },
	{ "a long label", "\303\274aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.example", NULL },
};

/*
 * Code points whose compatibility decomposition (UAX #15; Unicode 14, by
 * Perl's Unicode::Normalize) holds an ASCII character other than letter,
 * digit, hyphen and full stop.
 */
static const struct {
	unsigned from;
	unsigned to;
} forbidden[] = {
	{ 0xa0, 0xa0 }, { 0xa8, 0xa8 }, { 0xaf, 0xaf }, { 0xb4, 0xb4 },
	{ 0xb8, 0xb8 }, { 0x2d8, 0x2dd }, { 0x37a, 0x37a }, { 0x37e, 0x37e },
	{ 0x384, 0x385 }, { 0x1fbd, 0x1fbd }, { 0x1fbf, 0x1fc1 },
	{ 0x1fcd, 0x1fcf }, { 0x1fdd, 0x1fdf }, { 0x1fed, 0x1fef },
	{ 0x1ffd, 0x1ffe }, { 0x2000, 0x200a }, { 0x2017, 0x2017 },
	{ 0x202f, 0x202f }, { 0x203c, 0x203c }, { 0x203e, 0x203e },
	{ 0x2047, 0x2049 }, { 0x205f, 0x205f }, { 0x207a, 0x207a },
	{ 0x207c, 0x207e }, { 0x208a, 0x208a }, { 0x208c, 0x208e },
	{ 0x2100, 0x2101 }, { 0x2105, 0x2106 }, { 0x2474, 0x2487 },
	{ 0x249c, 0x24b5 }, { 0x2a74, 0x2a76 }, { 0x3000, 0x3000 },
	{ 0x309b, 0x309c }, { 0x3200, 0x321e }, { 0x3220, 0x3243 },
	{ 0xfb29, 0xfb29 }, { 0xfc5e, 0xfc63 }, { 0xfdfa, 0xfdfb },
	{ 0xfe10, 0xfe10 }, { 0xfe13, 0xfe16 }, { 0xfe33, 0xfe38 },
	{ 0xfe47, 0xfe50 }, { 0xfe54, 0xfe57 }, { 0xfe59, 0xfe5c },
	{ 0xfe5f, 0xfe62 }, { 0xfe64, 0xfe66 }, { 0xfe68, 0xfe6b },
	{ 0xfe70, 0xfe70 }, { 0xfe72, 0xfe72 }, { 0xfe74, 0xfe74 },
	{ 0xfe76, 0xfe76 }, { 0xfe78, 0xfe78 }, { 0xfe7a, 0xfe7a },
	{ 0xfe7c, 0xfe7c }, { 0xfe7e, 0xfe7e }, { 0xff01, 0xff0c },
	{ 0xff0f, 0xff0f }, { 0xff1a, 0xff20 }, { 0xff3b, 0xff40 },
	{ 0xff5b, 0xff5e }, { 0xffe3, 0xffe3 }, { 0x1f101, 0x1f10a },
	{ 0x1f110, 0x1f129 },
};

#define RANGES (sizeof(forbidden) / sizeof(forbidden[0]))

/*
 * What a domain may hold without a trace (UTS #46: ignored): soft hyphens,
 * variation selectors and others that cannot be seen.
 */
static const struct {
	unsigned from;
	unsigned to;
} unseen[] = {
	{ 0xad, 0xad }, { 0x34f, 0x34f }, { 0x180b, 0x180f },
	{ 0x200b, 0x200b }, { 0x2060, 0x2064 }, { 0xfe00, 0xfe0f },
	{ 0xfeff, 0xfeff }, { 0x1bca0, 0x1bca3 }, { 0xe0100, 0xe01ef },
};

static bool
is_forbidden(unsigned c)
{
	for (size_t i = 0; i < RANGES; i++)
		if (c >= forbidden[i].from && c <= forbidden[i].to)
			return true;
	return false;
}

static bool
is_unseen(unsigned c)
{
	for (size_t i = 0; i < sizeof(unseen) / sizeof(unseen[0]); i++)
		if (c >= unseen[i].from && c <= unseen[i].to)
			return true;
	return false;
}

/* Writes c above 127 in UTF-8 (RFC 3629 section 3), and a NUL. */
static const char *
utf8(unsigned c, char out[5])
{
	unsigned n = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;

	out[n] = '\0';
	for (unsigned i = n; i-- > 1; c >>= 6)
		out[i] = (char)(0x80 | (c & 0x3f));
	out[0] = (char)((0xf00 >> n & 0xff) | c);
	return out;
}

/* Nothing but what a host name may hold? */
static bool
is_clean(const char *ascii)
{
	return strspn(ascii, "abcdefghijklmnopqrstuvwxyz0123456789-.") ==
	    strlen(ascii) && strstr(ascii, "..") == NULL;
}

/* A code point at each place of a domain; false: it was taken wrongly. */
static bool
judge(unsigned c)
{
	static const struct {
		const char *before;
		const char *behind;
	} forms[] = { { "", "" }, { "a", "b.example" },
	    { "\342\230\225.", ".x" } };
	char domain[DOMAIN_SIZE], one[5], *ascii;
	bool good = true;

	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		snprintf(domain, sizeof(domain), "%s%s%s", forms[i].before,
		    utf8(c, one), forms[i].behind);
		if (idna_to_ascii(domain, &ascii) == -1)
			continue;
		if (is_forbidden(c) || !is_clean(ascii) || (!is_unseen(c) &&
		    strlen(ascii) < strlen(domain) - strlen(one) + 1)) {
			tap_show("taken", domain, strlen(domain));
			tap_show("as", ascii, strlen(ascii));
			good = false;
		}
		free(ascii);
	}
	return good;
}

static void
every_code_point(void)
{
	unsigned wrong = 0;

	for (unsigned c = 0x80; c < CODE_POINTS; c++)
		if ((c < 0xd800 || c > 0xdfff) && !judge(c))
			wrong++;
	tap_ok(wrong == 0, "no code point is dropped, or becomes another "
	    "character of ASCII");
}

/* The parser of all addresses says where it is. */
static void
every_address(void)
{
	struct address_list boxes = { .box = NULL };
	struct fault f = { .class = FAULT_NONE };
	char text[DOMAIN_SIZE], one[5];
	unsigned taken = 0;

	for (unsigned c = 0x80; c < CODE_POINTS; c++) {
		if (!is_forbidden(c))
			continue;
		snprintf(text, sizeof(text), "b\303\266b@a%sb.example",
		    utf8(c, one));
		if (address_parse(&boxes, text, strlen(text), &f) == 0 ||
		    f.class != FAULT_DATA ||
		    strstr(f.text, " at octet 6: ") == NULL)
			taken++;
		fault_clear(&f);
	}
	tap_ok(taken == 0, "an address with one is refused, with its place");
	address_list_free(&boxes);
}

static void
list(void)
{
	char one[5];

	for (size_t i = 0; i < RANGES; i++)
		for (unsigned c = forbidden[i].from; c <= forbidden[i].to; c++)
			puts(utf8(c, one));
}

int
main(int argc, char *argv[])
{
	char *ascii;

	if (argc > 1 && strcmp(argv[1], "list") == 0) {
		list();
		return 0;
	}
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (idna_to_ascii(rows[i].domain, &ascii) == -1)
			ascii = NULL;
		tap_string(rows[i].label, ascii, rows[i].ascii);
		free(ascii);
	}
	every_code_point();
	every_address();
	return tap_done();
}
