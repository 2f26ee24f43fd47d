/* SPDX-License-Identifier: ISC */
/* sasl: what each mechanism says, and which challenges it must not answer. */
#include <stdlib.h>

#include "base/base64.h"
#include "base/buffer.h"
#include "base/fault.h"
#include "base/memory.h"
#include "base/text.h"
#include "smtp/sasl/sasl.h"
#include "tests/tap.h"

#define TEXT_MAX 65536
#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))
#define TEXT(s) s, sizeof(s) - 1

static const struct fault no_fault = { FAULT_NONE, NULL, NULL, false };

/*
 * What the server says, decoded, where "$" stands for our nonce: an answer
 * (FAULT_NONE), or which fault.
 */
static const struct {
	const char *label;
	const char *mechanism;
	const char *challenge;
	size_t n;
	enum fault_class class;
} challenges[] = {
	{ "a challenge", "SCRAM-SHA-256", TEXT("r=$d,s=c2FsdA==,i=1"),
	    FAULT_NONE },
	{ "an extension behind", "SCRAM-SHA-1",
	    TEXT("r=$d,s=c2FsdA==,i=1,x=y"), FAULT_NONE },
	{ "channel binding", "SCRAM-SHA-256-PLUS",
	    TEXT("r=$d,s=c2FsdA==,i=1"), FAULT_NONE },
	{ "nothing", "SCRAM-SHA-256", TEXT(""), FAULT_PROTOCOL },
	{ "an error", "SCRAM-SHA-256", TEXT("e=other-error"),
	    FAULT_PROTOCOL },
	{ "an extension that must be understood", "SCRAM-SHA-256",
	    TEXT("m=x,r=$d,s=c2FsdA==,i=1"), FAULT_PROTOCOL },
	{ "the nonce of another", "SCRAM-SHA-256",
	    TEXT("r=x$d,s=c2FsdA==,i=1"), FAULT_PROTOCOL },
	{ "no nonce", "SCRAM-SHA-256", TEXT("r=,s=c2FsdA==,i=1"),
	    FAULT_PROTOCOL },
	{ "no salt", "SCRAM-SHA-256", TEXT("r=$d,s=,i=1"), FAULT_PROTOCOL },
	{ "a salt that is no base64", "SCRAM-SHA-256",
	    TEXT("r=$d,s=c2F,i=1"), FAULT_PROTOCOL },
	{ "another order", "SCRAM-SHA-256", TEXT("r=$d,i=1,s=c2FsdA=="),
	    FAULT_PROTOCOL },
	{ "no rounds", "SCRAM-SHA-256", TEXT("r=$d,s=c2FsdA=="),
	    FAULT_PROTOCOL },
	{ "an empty number", "SCRAM-SHA-256", TEXT("r=$d,s=c2FsdA==,i="),
	    FAULT_PROTOCOL },
	{ "zero rounds", "SCRAM-SHA-256", TEXT("r=$d,s=c2FsdA==,i=0"),
	    FAULT_PROTOCOL },
	{ "fewer", "SCRAM-SHA-256", TEXT("r=$d,s=c2FsdA==,i=-1"),
	    FAULT_PROTOCOL },
	{ "no number", "SCRAM-SHA-256", TEXT("r=$d,s=c2FsdA==,i=1x"),
	    FAULT_PROTOCOL },
	{ "one too many", "SCRAM-SHA-1", TEXT("r=$d,s=c2FsdA==,i=1000001"),
	    FAULT_PROTOCOL },
	{ "work for an hour", "SCRAM-SHA-256",
	    TEXT("r=$d,s=c2FsdA==,i=2147483647"), FAULT_PROTOCOL },
	{ "far too many", "SCRAM-SHA-256-PLUS",
	    TEXT("r=$d,s=c2FsdA==,i=99999999999999999999999"),
	    FAULT_PROTOCOL },
	{ "a NUL in the nonce", "SCRAM-SHA-256",
	    TEXT("r=$d\0e,s=c2FsdA==,i=1"), FAULT_PROTOCOL },
	{ "a NUL at the end", "SCRAM-SHA-256",
	    TEXT("r=$d,s=c2FsdA==,i=1\0"), FAULT_PROTOCOL },
	{ "a NUL", "CRAM-MD5", TEXT("<1@example.org>\0"), FAULT_PROTOCOL },
	{ "a NUL in the nonce", "DIGEST-MD5",
	    TEXT("nonce=\"x\0y\",qop=\"auth\",algorithm=md5-sess"),
	    FAULT_PROTOCOL },
	{ "no challenge", "DIGEST-MD5", TEXT("nonce"), FAULT_PROTOCOL },
	{ "a challenge", "DIGEST-MD5",
	    TEXT("nonce=\"x\",qop=\"auth\",algorithm=md5-sess"), FAULT_NONE },
};

static const char *const wrong_ends[] = {
	"", "v=", "e=invalid-proof", "v=rmF9pqV8S7suAoZWja4dJRkFsKQ",
	"v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=", "v=====",
	"V=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=",
};

/* An exchange without secrets of ours on the way: challenges as they are. */
static const struct {
	const char *mechanism;
	const char *challenge;	/* base64; NULL: the first message */
	const char *said;
	bool complete;
} rows[] = {
	{ "PLAIN", NULL, "\0tim\0tanstaaftanstaaf", true },
	{ "LOGIN", "%%% Benutzer:", "tim", false },
	{ "EXTERNAL", NULL, "tim", true },
	/* RFC 2195 section 2 */
	{ "CRAM-MD5", "PDE4OTYuNjk3MTcwOTUyQHBvc3RvZmZpY2UucmVzdG9uLm1jaS5uZX"
	    "Q+", "tim b913a602c7eda7a495b4e6e7334d3890", true },
};

static const struct sasl_mechanism *
find(const char *name)
{
	return sasl_choice(name, 0);
}

/* The challenge in base64, with our nonce in the place of "$". */
static void
prepare(struct buffer *b, const char *text, size_t n, const char *nonce)
{
	struct buffer plain;

	buffer_init(&plain, TEXT_MAX);
	for (size_t i = 0; i < n; i++) {
		if (text[i] == '$')
			buffer_add_string(&plain, nonce);
		else
			buffer_add_char(&plain, text[i]);
	}
	base64_add(b, plain.data, plain.len);
	buffer_free(&plain);
}

/* What was said first, in base64, ends in our nonce. */
static char *
nonce_of(const struct buffer *said)
{
	struct buffer b;
	const char *at;
	char *nonce;

	buffer_init(&b, TEXT_MAX);
	base64_decode(&b, said->data, said->len);
	at = text_find(b.data, b.len, ",r=", 3);
	nonce = memory_string(at == NULL ? "" : at + 3);
	buffer_free(&b);
	return nonce;
}

/* Begins an exchange, and answers one challenge; what comes of that. */
static int
answer(struct sasl *s, const struct sasl_mechanism *m, const char *text,
    size_t n, struct buffer *out, struct fault *f)
{
	struct buffer challenge;
	char *nonce = NULL;
	int r = 0;

	if (m->client_first) {
		r = sasl_step(s, NULL, out, f);
		nonce = nonce_of(out);
		tap_ok(r == 0 && nonce[0] != '\0', "a first message");
		buffer_clear(out);
	}
	buffer_init(&challenge, TEXT_MAX);
	prepare(&challenge, text, n, nonce);
	r = sasl_step(s, challenge.len == 0 ? "" : challenge.data, out, f);
	buffer_free(&challenge);
	free(nonce);
	return r;
}

static void
test_challenges(const struct sasl_params *p)
{
	const struct sasl_mechanism *m;
	struct fault f = no_fault;
	struct buffer out;
	struct sasl *s;

	for (size_t i = 0; i < COUNT(challenges); i++) {
		m = find(challenges[i].mechanism);
		buffer_init(&out, TEXT_MAX);
		if (sasl_start(&s, m, p, &f) == -1)
			continue;
		tap_ok(answer(s, m, challenges[i].challenge, challenges[i].n,
		    &out, &f) == (challenges[i].class == FAULT_NONE ? 0 : -1)
		    && f.class == challenges[i].class, "%s: %s", m->name,
		    challenges[i].label);
		tap_ok((out.len > 0) == (f.class == FAULT_NONE) &&
		    !sasl_complete(s), "only that is answered");
		tap_ok(text_find(challenges[i].challenge, challenges[i].n,
		    "i=1000001", 9) == NULL ||
		    strstr(f.text, "more than 1000000 iterations") != NULL,
		    "the fault names the limit");
		fault_clear(&f);
		sasl_free(s);
		buffer_free(&out);
	}
}

static void
test_ends(const struct sasl_params *p)
{
	const struct sasl_mechanism *m = find("SCRAM-SHA-256");
	struct buffer out, end;
	struct fault f = no_fault;
	struct sasl *s;

	for (size_t i = 0; i < COUNT(wrong_ends); i++) {
		buffer_init(&out, TEXT_MAX);
		buffer_init(&end, TEXT_MAX);
		if (sasl_start(&s, m, p, &f) == -1)
			continue;
		answer(s, m, TEXT("r=$d,s=c2FsdA==,i=64"), &out, &f);
		base64_add(&end, wrong_ends[i], strlen(wrong_ends[i]));
		tap_ok(sasl_step(s, end.len == 0 ? "" : end.data, &out, &f) ==
		    -1 && f.class == FAULT_PROTOCOL && !sasl_complete(s),
		    "not verified: %s", wrong_ends[i]);
		fault_clear(&f);
		sasl_free(s);
		buffer_free(&end);
		buffer_free(&out);
	}
}

static void
test_rows(const struct sasl_params *p)
{
	struct buffer out, said;
	struct fault f = no_fault;
	struct sasl *s;

	for (size_t i = 0; i < COUNT(rows); i++) {
		buffer_init(&out, TEXT_MAX);
		buffer_init(&said, TEXT_MAX);
		if (sasl_start(&s, find(rows[i].mechanism), p, &f) == -1)
			continue;
		tap_ok(sasl_step(s, rows[i].challenge, &out, &f) == 0 &&
		    sasl_complete(s) == rows[i].complete, "%s: a response",
		    rows[i].mechanism);
		base64_decode(&said, out.data, out.len);
		/* PLAIN's begins with a NUL */
		tap_same("the response", said.data, said.len, rows[i].said,
		    rows[i].said[0] == '\0' ? said.len : strlen(rows[i].said));
		fault_clear(&f);
		sasl_free(s);
		buffer_free(&out);
		buffer_free(&said);
	}
}

/* One list: best first, each by its own name in any case. */
static void
test_list(void)
{
	for (size_t i = 0; sasl_mechanisms[i].name != NULL; i++) {
		tap_ok(sasl_choice("on", i) == &sasl_mechanisms[i] &&
		    find(sasl_mechanisms[i].name) == &sasl_mechanisms[i],
		    "%s", sasl_mechanisms[i].name);
		if (sasl_choice("on", i + 1) == NULL)
			tap_ok(sasl_mechanisms[i + 1].name == NULL,
			    "that was the last");
	}
	tap_ok(sasl_choice(" login  plain ", 1) == find("PLAIN"), "a list");
	tap_ok(sasl_choice("login plain", 2) == NULL, "its end");
	tap_ok(!sasl_needs_password("external gssapi") &&
	    sasl_needs_password("external plain"), "a password is needed");
}

int
main(void)
{
	struct secret password = { NULL, 0 };
	struct buffer binding;
	const struct sasl_params p = {
		.user = "tim", .password = &password, .host = "example.org",
		.port = 587, .binding = TLS_BINDING_EXPORTER,
		.binding_data = &binding
	};

	secret_set(&password, TEXT("tanstaaftanstaaf"));
	buffer_init(&binding, TEXT_MAX);
	buffer_add(&binding, "\0\1", 2);
	test_challenges(&p);
	test_ends(&p);
	test_rows(&p);
	test_list();
	secret_clear(&password);
	buffer_free(&binding);
	return tap_done();
}
