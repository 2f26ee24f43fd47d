/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>

#include "base/base64.h"
#include "base/buffer.h"
#include "base/fault.h"
#include "base/memory.h"
#include "base/text.h"
#include "smtp/sasl/library.h"
#include "smtp/sasl/sasl.h"
#include "smtp/sasl/scramstep.h"
#include "smtp/sasl/token.h"

#define TOKEN_MAX (256 * 1024)	/* octets; JWTs have a few thousand */
#define ERROR_MAX 1024		/* octets of a server's JSON that are shown */

/*
 * LOGIN stands behind PLAIN: the same secret, one round trip more. Of the
 * others, which say their secret to nobody, what crosses the wire can be
 * guessed offline: they come last, and are never chosen where there is no TLS.
 * What needs no password, or a token in its place, is used on request only.
 */
const struct sasl_mechanism sasl_mechanisms[] = {
	{ .name = "SCRAM-SHA-256-PLUS", .kind = SASL_SCRAM,
	    .client_first = true, .binding = true, .password = true,
	    .automatic = true, .authzid = true, .mutual = true },
	{ .name = "SCRAM-SHA-1-PLUS", .kind = SASL_SCRAM,
	    .client_first = true, .binding = true, .password = true,
	    .automatic = true, .authzid = true, .mutual = true },
	{ .name = "SCRAM-SHA-256", .kind = SASL_SCRAM, .client_first = true,
	    .password = true, .automatic = true, .plain_wire = true,
	    .authzid = true, .mutual = true },
	{ .name = "SCRAM-SHA-1", .kind = SASL_SCRAM, .client_first = true,
	    .password = true, .automatic = true, .plain_wire = true,
	    .authzid = true, .mutual = true },
	{ .name = "PLAIN", .kind = SASL_PLAIN, .client_first = true,
	    .clear = true, .password = true, .automatic = true,
	    .authzid = true },
	{ .name = "LOGIN", .kind = SASL_LOGIN, .clear = true,
	    .password = true, .automatic = true },
	{ .name = "DIGEST-MD5", .password = true, .automatic = true,
	    .authzid = true, .mutual = true },
	{ .name = "CRAM-MD5", .password = true, .automatic = true },
	{ .name = "NTLM", .password = true, .automatic = true },
	{ .name = "GSSAPI", .client_first = true, .authzid = true,
	    .mutual = true },
	{ .name = "EXTERNAL", .client_first = true, .authzid = true },
	{ .name = "OAUTHBEARER", .kind = SASL_OAUTHBEARER,
	    .client_first = true, .clear = true, .password = true,
	    .authzid = true },
	{ .name = "XOAUTH2", .kind = SASL_XOAUTH2, .client_first = true,
	    .clear = true, .password = true },
	{ .name = NULL }
};

struct sasl {
	const struct sasl_mechanism *mechanism;
	const struct sasl_params *params;
	struct sasl_session *session;	/* the library's, or NULL */
	struct scram scram;
	unsigned steps;
	bool complete;
	char *error;		/* the server's, or NULL */
};

/* The row of that name in any case, or NULL. */
static const struct sasl_mechanism *
find(const char *name)
{
	for (size_t i = 0; sasl_mechanisms[i].name != NULL; i++)
		if (text_same_word(name, strlen(name),
		    sasl_mechanisms[i].name))
			return &sasl_mechanisms[i];
	return NULL;
}

static bool
is_automatic(const char *setting)
{
	return text_same_word(setting, strlen(setting), "on");
}

const struct sasl_mechanism *
sasl_choice(const char *setting, size_t i)
{
	const struct sasl_mechanism *m = NULL;
	size_t n;
	char *word;

	if (is_automatic(setting))
		return sasl_mechanisms[i].name == NULL ? NULL :
		    &sasl_mechanisms[i];
	for (;;) {
		setting += strspn(setting, " ");
		n = strcspn(setting, " ");
		if (n == 0 || i-- == 0)
			break;
		setting += n;
	}
	if (n > 0) {
		word = memory_copy(setting, n);
		m = find(word);
		free(word);
	}
	return m;
}

bool
sasl_needs_password(const char *setting)
{
	const struct sasl_mechanism *m;

	for (size_t i = 0; (m = sasl_choice(setting, i)) != NULL; i++)
		if (m->password)
			return true;
	return false;
}

bool
sasl_available(const struct sasl_mechanism *mechanism)
{
	return mechanism->kind != SASL_LIBRARY ||
	    sasl_library_knows(mechanism->name);
}

bool
sasl_takes_token(const struct sasl_mechanism *mechanism)
{
	return mechanism->kind == SASL_OAUTHBEARER ||
	    mechanism->kind == SASL_XOAUTH2;
}

int
sasl_start(struct sasl **out, const struct sasl_mechanism *mechanism,
    const struct sasl_params *params, struct fault *f)
{
	bool token = sasl_takes_token(mechanism);
	struct sasl *s;

	if (mechanism->password && ((params->user == NULL && !token) ||
	    params->password == NULL))
		return fault(f, FAULT_CONFIG, "%s needs user and password",
		    mechanism->name);
	s = memory_alloc(sizeof(*s));
	s->mechanism = mechanism;
	s->params = params;
	if (mechanism->kind == SASL_LIBRARY && sasl_library_start(&s->session,
	    mechanism, params, f) == -1) {
		free(s);
		return -1;
	}
	*out = s;
	return 0;
}

/* RFC 4616: whom to act as, who asks, and the password. */
static int
plain_step(struct sasl *s, struct buffer *out, struct fault *f)
{
	const struct sasl_params *p = s->params;
	const char *authzid = p->authzid == NULL ? "" : p->authzid;
	size_t len = strlen(p->password->bytes);
	size_t n = strlen(authzid) + strlen(p->user) + len + 2;
	struct buffer message;
	int r;

	buffer_init(&message, n);
	/* all of it now: nothing is moved, and left behind, later */
	buffer_reserve(&message, n);
	buffer_add(&message, authzid, strlen(authzid) + 1);
	buffer_add(&message, p->user, strlen(p->user) + 1);
	buffer_add(&message, p->password->bytes, len);
	r = base64_add(out, message.data, message.len);
	buffer_wipe(&message);
	s->complete = r == 0;
	return r == 0 ? 0 : fault(f, FAULT_CONFIG, "user and password are too "
	    "long for AUTH");
}

/* Whatever the server asks with: some do in their own language. */
static int
login_step(struct sasl *s, struct buffer *out, struct fault *f)
{
	const struct sasl_params *p = s->params;
	int r;

	s->complete = s->steps++ > 0;
	r = !s->complete ? base64_add(out, p->user, strlen(p->user)) :
	    base64_add(out, p->password->bytes, strlen(p->password->bytes));
	return r == 0 ? 0 : fault(f, FAULT_CONFIG, "user or password is too "
	    "long for AUTH");
}

/* RFC 7628 section 3.2.2: base64 of JSON, which we show and do not obey. */
static void
keep_error(struct sasl *s, const char *challenge)
{
	const struct secret *token = s->params->password;
	struct buffer text;

	if (s->error != NULL || challenge[0] == '\0')
		return;
	buffer_init(&text, TOKEN_MAX);
	if (base64_decode(&text, challenge, strlen(challenge)) == 0) {
		s->error = memory_copy(text.data, text.len > ERROR_MAX ?
		    ERROR_MAX : text.len);
		for (char *p = s->error; (p = strstr(p, token->bytes)) !=
		    NULL; p += token->len)
			memset(p, '*', token->len);
	}
	buffer_wipe(&text);
}

/*
 * The first message, and an answer that says nothing to the error that a
 * server sends instead of its refusal, which then follows.
 */
static int
token_step(struct sasl *s, const char *challenge, struct buffer *out,
    struct fault *f)
{
	const struct sasl_params *p = s->params;
	struct buffer message;
	int r;

	if (s->steps++ == 0) {
		buffer_init(&message, TOKEN_MAX);
		r = sasl_add_token(&message, s->mechanism->kind, p, f);
		if (r == 0 && base64_add(out, message.data, message.len) == -1)
			r = fault(f, FAULT_CONFIG, "the token is too long");
		buffer_wipe(&message);
		return r;
	}
	keep_error(s, challenge);
	s->complete = true;
	if (s->mechanism->kind == SASL_OAUTHBEARER)
		buffer_add_string(out, "AQ==");
	return 0;
}

static int
scram_step(struct sasl *s, const char *challenge, struct buffer *out,
    struct fault *f)
{
	int r = sasl_scram_step(&s->scram, s->steps, s->mechanism, s->params,
	    challenge, out, f);

	/* the step with which the server proves itself */
	s->complete = r == 0 && s->steps++ == 2;
	return r;
}

int
sasl_step(struct sasl *s, const char *challenge, struct buffer *out,
    struct fault *f)
{
	switch (s->mechanism->kind) {
	case SASL_PLAIN:
		return plain_step(s, out, f);
	case SASL_LOGIN:
		return login_step(s, out, f);
	case SASL_SCRAM:
		return scram_step(s, challenge, out, f);
	case SASL_OAUTHBEARER:
	case SASL_XOAUTH2:
		return token_step(s, challenge, out, f);
	case SASL_LIBRARY:
		break;
	}
	return sasl_library_step(s->session, s->mechanism, challenge, out,
	    &s->complete, f);
}

const char *
sasl_server_error(const struct sasl *s)
{
	return s->error;
}

bool
sasl_complete(const struct sasl *s)
{
	return s->complete;
}

void
sasl_free(struct sasl *s)
{
	if (s == NULL)
		return;
	sasl_library_free(s->session);
	scram_free(&s->scram);
	free(s->error);
	free(s);
}
