/* SPDX-License-Identifier: ISC */
/* sasl: what each mechanism says, and which challenges it must not answer. */
#include <stdlib.h>

#include <gsasl.h>

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

static const struct fault no_fault = { .class = FAULT_NONE };

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
	"", "v=", "e=", "v=rmF9pqV8S7suAoZWja4dJRkFsKQ",
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

static const struct {
	const char *word;
	bool channel;
} errors[] = {
	{ "invalid-proof", false }, { "unknown-user", false },
	{ "no-resources", false }, { "x", false },
	{ "server-does-support-channel-binding", true },
	{ "channel-bindings-dont-match", true },
};

/* Whole exchanges with libgsasl's server; whether they succeed. */
static const struct {
	const char *label;
	const char *mechanism;
	const char *begin;	/* of what we say first */
	const char *authzid;
	bool unbound;
	const char *binding;	/* that the server knows, in base64, or NULL */
	bool good;
} exchanges[] = {
	{ "nobody binds", "SCRAM-SHA-256", "n,,", NULL, false, NULL, true },
	{ "nobody binds", "SCRAM-SHA-1", "n,,", NULL, false, NULL, true },
	{ "we could", "SCRAM-SHA-256", "y,,", NULL, true, NULL, true },
	{ "we could", "SCRAM-SHA-1", "y,,", NULL, true, NULL, true },
	{ "we could, for another", "SCRAM-SHA-256", "y,a=b=2C=3D=2Cy,", "b,=,y",
	    true, NULL, true },
	{ "both could", "SCRAM-SHA-256", "y,,", NULL, true, "AAE=", false },
	{ "both could", "SCRAM-SHA-1", "y,,", NULL, true, "AAE=", false },
	{ "both do", "SCRAM-SHA-256-PLUS", "p=tls-exporter,,", NULL, false,
	    "AAE=", true },
	{ "to another session", "SCRAM-SHA-256-PLUS", "p=tls-exporter,,", NULL,
	    false, "AAI=", false },
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

/* The server's error is kept, answered by nothing, and the end. */
static void
test_errors(const struct sasl_params *p)
{
	const struct sasl_mechanism *m = find("SCRAM-SHA-256");
	struct buffer out, end;
	struct fault f = no_fault;
	char text[64];
	struct sasl *s;

	for (size_t i = 0; i < 2 * COUNT(errors); i++) {
		buffer_init(&out, TEXT_MAX);
		buffer_init(&end, TEXT_MAX);
		snprintf(text, sizeof(text), "e=%s", errors[i / 2].word);
		base64_add(&end, text, strlen(text));
		if (sasl_start(&s, m, p, &f) == -1)
			continue;
		if (i % 2 == 0)
			sasl_step(s, NULL, &out, &f);
		else
			answer(s, m, TEXT("r=$d,s=c2FsdA==,i=64"), &out, &f);
		buffer_clear(&out);
		tap_ok(sasl_step(s, end.data, &out, &f) == 0 && out.len == 0 &&
		    !sasl_complete(s) && sasl_server_error(s) != NULL &&
		    strcmp(sasl_server_error(s), errors[i / 2].word) == 0 &&
		    sasl_channel_error(s) == errors[i / 2].channel,
		    "an error: %s", text);
		tap_ok(sasl_step(s, "", &out, &f) == -1 &&
		    f.class == FAULT_PROTOCOL, "nothing comes behind it");
		fault_clear(&f);
		sasl_free(s);
		buffer_free(&end);
		buffer_free(&out);
	}
}

/* So few iterations are for an encrypted connection only. */
static void
test_iterations(const struct sasl_params *given)
{
	static const char *const texts[] = { "r=$d,s=c2FsdA==,i=4095",
	    "r=$d,s=c2FsdA==,i=4096" };
	const struct sasl_mechanism *m = find("SCRAM-SHA-256");
	struct sasl_params p = *given;
	struct fault f = no_fault;
	struct buffer out;
	struct sasl *s;

	for (unsigned i = 0; i < 4; i++) {
		p.secure = i >= 2;
		buffer_init(&out, TEXT_MAX);
		if (sasl_start(&s, m, &p, &f) == -1)
			continue;
		tap_ok(answer(s, m, texts[i % 2], strlen(texts[i % 2]), &out,
		    &f) == (i == 0 ? -1 : 0) &&
		    f.class == (i == 0 ? FAULT_PROTOCOL : FAULT_NONE) &&
		    sasl_iterations(s) == 4095 + i % 2, "%u iterations, %s TLS",
		    4095 + i % 2, p.secure ? "with" : "without");
		fault_clear(&f);
		sasl_free(s);
		buffer_free(&out);
	}
}

static int
serve(Gsasl *library, Gsasl_session *session, Gsasl_property property)
{
	const char *binding = gsasl_callback_hook_get(library);

	if (property == GSASL_PASSWORD)
		return gsasl_property_set(session, property,
		    "tanstaaftanstaaf");
	if (property != GSASL_CB_TLS_EXPORTER || binding == NULL)
		return GSASL_NO_CALLBACK;
	return gsasl_property_set(session, property, binding);
}

/* To the end: does each side believe the other? Adds what we said first. */
static bool
converse(struct sasl *s, Gsasl_session *server, struct buffer *first)
{
	struct fault f = no_fault;
	char *challenge = NULL;
	struct buffer out;
	int n = GSASL_NEEDS_MORE, r = 0;

	buffer_init(&out, TEXT_MAX);
	while (r == 0 && n == GSASL_NEEDS_MORE) {
		buffer_clear(&out);
		r = sasl_step(s, challenge, &out, &f);
		if (challenge == NULL)
			base64_decode(first, out.data, out.len);
		gsasl_free(challenge);
		challenge = NULL;
		if (r == 0)
			n = gsasl_step64(server, out.len == 0 ? "" : out.data,
			    &challenge);
	}
	/* the signature comes with the server's last word */
	if (r == 0 && n == GSASL_OK)
		r = sasl_step(s, challenge, &out, &f);
	gsasl_free(challenge);
	buffer_free(&out);
	fault_clear(&f);
	return r == 0 && n == GSASL_OK && sasl_complete(s);
}

static void
test_exchanges(const struct sasl_params *given)
{
	struct sasl_params p = *given;
	Gsasl_session *server;
	struct fault f = no_fault;
	struct buffer first;
	Gsasl *library;
	struct sasl *s;

	if (gsasl_init(&library) != GSASL_OK)
		return;
	gsasl_callback_set(library, serve);
	for (size_t i = 0; i < COUNT(exchanges); i++) {
		p.unbound = exchanges[i].unbound;
		p.authzid = exchanges[i].authzid;
		buffer_init(&first, TEXT_MAX);
		gsasl_callback_hook_set(library,
		    (char *)(uintptr_t)exchanges[i].binding);
		if (gsasl_server_start(library, exchanges[i].mechanism,
		    &server) != GSASL_OK || sasl_start(&s,
		    find(exchanges[i].mechanism), &p, &f) == -1)
			continue;
		tap_ok(converse(s, server, &first) == exchanges[i].good,
		    "%s: %s", exchanges[i].mechanism, exchanges[i].label);
		tap_same("begins so", first.data, strlen(exchanges[i].begin),
		    exchanges[i].begin, strlen(exchanges[i].begin));
		sasl_free(s);
		gsasl_finish(server);
		buffer_free(&first);
	}
	gsasl_done(library);
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
	struct sasl_params p = {
		.user = "tim", .password = &password, .host = "example.org",
		.port = 587, .secure = true, .binding = TLS_BINDING_EXPORTER,
		.binding_data = &binding
	};

	secret_set(&password, TEXT("tanstaaftanstaaf"));
	buffer_init(&binding, TEXT_MAX);
	buffer_add(&binding, "\0\1", 2);
	for (int i = 0; i < 2; i++, p.unbound = true) {
		test_challenges(&p);
		test_ends(&p);
		test_errors(&p);
		test_iterations(&p);
	}
	test_exchanges(&p);
	p.unbound = false;
	test_rows(&p);
	test_list();
	secret_clear(&password);
	buffer_free(&binding);
	return tap_done();
}
