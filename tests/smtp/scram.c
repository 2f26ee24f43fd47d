/* SPDX-License-Identifier: ISC */
/* scram and base64: the examples of the RFCs, and what must not pass. */
#include "base/base64.h"
#include "base/buffer.h"
#include "smtp/sasl/scram.h"
#include "tests/tap.h"

#define TEXT_MAX 65536

/* RFC 4648 section 10, and octets that are no text. */
static const struct {
	const char *octets;
	size_t n;
	const char *text;
} codes[] = {
	{ "", 0, "" }, { "f", 1, "Zg==" }, { "fo", 2, "Zm8=" },
	{ "foo", 3, "Zm9v" }, { "foob", 4, "Zm9vYg==" },
	{ "fooba", 5, "Zm9vYmE=" }, { "foobar", 6, "Zm9vYmFy" },
	{ "\0\0\0", 3, "AAAA" }, { "\xff\xfe\xfd", 3, "//79" },
	{ "\xfb\xef\xbe", 3, "++++" }, { "\0alice\0secret", 13,
	    "AGFsaWNlAHNlY3JldA==" },
};

static const char *const no_codes[] = {
	"Z", "Zg", "Zg=", "Zg===", "====", "Z===", "Zg==Zg==", "Zm9v====",
	"Zm9v\n", "Zm 9", "Zm9-", "%%%%", "=Zm9", "Zm=v", "Zm9vZ",
};

/* RFC 5802 section 5, RFC 7677 section 3. */
static const struct example {
	bool sha256;
	const char *nonce;
	const char *first;
	const char *challenge;
	const char *final;
	const char *end;
} examples[] = {
	{ false, "fyko+d2lbbFgONRv9qkxdawL",
	    "n,,n=user,r=fyko+d2lbbFgONRv9qkxdawL",
	    "r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,"
	    "s=QSXCR+Q6sek8bf92,i=4096",
	    "c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,"
	    "p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=",
	    "v=rmF9pqV8S7suAoZWja4dJRkFsKQ=" },
	{ true, "rOprNGfwEbeRWgbNEkqO", "n,,n=user,r=rOprNGfwEbeRWgbNEkqO",
	    "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
	    "s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",
	    "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
	    "p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
	    "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=" },
};

static const char *const wrong_ends[] = {
	"", "v=", "e=invalid-proof", "v=rmF9pqV8S7suAoZWja4dJRkFsKQ",
	"v=rmF9pqV8S7suAoZWja4dJRkFsKU=", "v=rmF9pqV8S7suAoZWja4dJRkFsA==",
	"V=rmF9pqV8S7suAoZWja4dJRkFsKQ=", "vrmF9pqV8S7suAoZWja4dJRkFsKQ=",
};

static const struct {
	const char *label;
	const char *challenge;
	enum scram_result result;
} challenges[] = {
	{ "an extension behind", "r=abcd,s=c2FsdA==,i=1,x=y", SCRAM_DONE },
	{ "nothing", "", SCRAM_MALFORMED },
	{ "an error", "e=other-error", SCRAM_MALFORMED },
	{ "an extension that must be understood",
	    "m=x,r=abcd,s=c2FsdA==,i=1", SCRAM_MALFORMED },
	{ "the nonce of another", "r=abxd,s=c2FsdA==,i=1", SCRAM_MALFORMED },
	{ "our nonce alone", "r=abc,s=c2FsdA==,i=1", SCRAM_MALFORMED },
	{ "a part of it", "r=ab,s=c2FsdA==,i=1", SCRAM_MALFORMED },
	{ "no nonce", "r=,s=c2FsdA==,i=1", SCRAM_MALFORMED },
	{ "no salt", "r=abcd,s=,i=1", SCRAM_MALFORMED },
	{ "a salt that is no base64", "r=abcd,s=c2F,i=1", SCRAM_MALFORMED },
	{ "another order", "r=abcd,i=1,s=c2FsdA==", SCRAM_MALFORMED },
	{ "no rounds", "r=abcd,s=c2FsdA==", SCRAM_MALFORMED },
	{ "an empty number", "r=abcd,s=c2FsdA==,i=", SCRAM_MALFORMED },
	{ "zero rounds", "r=abcd,s=c2FsdA==,i=0", SCRAM_MALFORMED },
	{ "fewer", "r=abcd,s=c2FsdA==,i=-1", SCRAM_MALFORMED },
	{ "no number", "r=abcd,s=c2FsdA==,i=1x", SCRAM_MALFORMED },
	{ "one too many", "r=abcd,s=c2FsdA==,i=1000001", SCRAM_EXCESSIVE },
	{ "far too many", "r=x,s=c2FsdA==,i=99999999999999999999999",
	    SCRAM_EXCESSIVE },
};

static void
test_codes(void)
{
	struct buffer b;

	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
		buffer_init(&b, TEXT_MAX);
		base64_add(&b, codes[i].octets, codes[i].n);
		tap_same("encoded", b.data, b.len, codes[i].text,
		    strlen(codes[i].text));
		buffer_clear(&b);
		tap_ok(base64_decode(&b, codes[i].text,
		    strlen(codes[i].text)) == 0, "decoded");
		tap_same("decoded", b.data, b.len, codes[i].octets,
		    codes[i].n);
		buffer_free(&b);
	}
	for (size_t i = 0; i < sizeof(no_codes) / sizeof(no_codes[0]); i++) {
		buffer_init(&b, TEXT_MAX);
		buffer_add_string(&b, "x");
		tap_ok(base64_decode(&b, no_codes[i], strlen(no_codes[i])) ==
		    -1 && b.len == 1, "not decoded, row %zu", i);
		buffer_free(&b);
	}
}

static void
test_example(const struct example *e)
{
	const struct scram_names names = {
		.user = "user", .nonce = e->nonce
	};
	struct buffer b;
	struct scram s;

	buffer_init(&b, TEXT_MAX);
	scram_first(&s, e->sha256, &names, &b);
	tap_string("the first message", b.data, e->first);
	tap_ok(!scram_verify(&s, e->end, strlen(e->end)), "no end so early");
	buffer_clear(&b);
	tap_ok(scram_final(&s, "pencil", e->challenge, strlen(e->challenge),
	    &b) == SCRAM_DONE, "an answer");
	tap_string("the answer", b.data, e->final);
	tap_ok(scram_verify(&s, e->end, strlen(e->end)), "verified");
	for (size_t i = 0; i < sizeof(wrong_ends) / sizeof(wrong_ends[0]); i++)
		tap_ok(!scram_verify(&s, wrong_ends[i],
		    strlen(wrong_ends[i])), "not verified: %s", wrong_ends[i]);
	scram_free(&s);
	buffer_free(&b);
}

/* RFC 5802 section 7: escapes, whom to act as, channel binding. */
static void
test_names(void)
{
	static const char bound[] = "c=cD10bHMtZXhwb3J0ZXIsYT1kPTNEPTJDLAAB,"
	    "r=abcd,p=";
	struct buffer b, data;
	struct scram s;
	const struct scram_names names = {
		.user = "a,b=c", .authzid = "d=,", .nonce = "abc",
		.binding = "tls-exporter", .binding_data = &data
	};

	buffer_init(&b, TEXT_MAX);
	buffer_init(&data, TEXT_MAX);
	buffer_add(&data, "\0\1", 2);
	scram_first(&s, true, &names, &b);
	tap_string("names and binding", b.data,
	    "p=tls-exporter,a=d=3D=2C,n=a=2Cb=3Dc,r=abc");
	buffer_clear(&b);
	scram_final(&s, "secret", challenges[0].challenge,
	    strlen(challenges[0].challenge), &b);
	/* p=tls-exporter,a=d=3D=2C, and the two octets */
	tap_same("what is bound", b.data, b.len < sizeof(bound) - 1 ? b.len :
	    sizeof(bound) - 1, bound, sizeof(bound) - 1);
	scram_free(&s);
	buffer_free(&data);
	buffer_free(&b);
}

static void
test_challenges(void)
{
	const struct scram_names names = { .user = "user", .nonce = "abc" };
	struct buffer b;
	struct scram s;

	for (size_t i = 0; i < sizeof(challenges) / sizeof(challenges[0]);
	    i++) {
		buffer_init(&b, TEXT_MAX);
		scram_first(&s, true, &names, &b);
		buffer_clear(&b);
		tap_ok(scram_final(&s, "secret", challenges[i].challenge,
		    strlen(challenges[i].challenge), &b) ==
		    challenges[i].result, "%s", challenges[i].label);
		tap_ok((b.len > 0) == (challenges[i].result == SCRAM_DONE),
		    "an answer to what can be answered");
		scram_free(&s);
		buffer_free(&b);
	}
}

/* A nonce is printable. */
static void
test_nul(void)
{
	static const char challenge[] = "r=abcd\0e,s=c2FsdA==,i=1";
	const struct scram_names names = { .user = "user", .nonce = "abc" };
	struct buffer b;
	struct scram s;

	buffer_init(&b, TEXT_MAX);
	scram_first(&s, true, &names, &b);
	tap_ok(scram_final(&s, "secret", challenge, sizeof(challenge) - 1,
	    &b) == SCRAM_MALFORMED, "a NUL in the nonce");
	scram_free(&s);
	buffer_free(&b);
}

int
main(void)
{
	test_codes();
	for (size_t i = 0; i < sizeof(examples) / sizeof(examples[0]); i++)
		test_example(&examples[i]);
	test_names();
	test_challenges();
	test_nul();
	return tap_done();
}
