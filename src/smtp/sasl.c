/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>

#include <gsasl.h>

#include "base/buffer.h"
#include "base/fault.h"
#include "base/memory.h"
#include "base/text.h"
#include "smtp/sasl.h"
#include "smtp/saslscram.h"
#include "smtp/sasltoken.h"

#define TOKEN_MAX (256 * 1024)	/* octets; JWTs have a few thousand */
#define ERROR_MAX 1024		/* octets of a server's JSON that are shown */

/*
 * What the server may make us compute (RFC 5802 section 5.1): a second's work;
 * servers ask for 4096 to some 100,000 rounds of PBKDF2. 2^31 would keep us
 * busy for an hour, out of reach of every deadline.
 */
#define ITERATIONS_MAX 1000000

/*
 * LOGIN stands behind PLAIN: the same secret, one round trip more. Of the
 * others, which say their secret to nobody, what crosses the wire can be
 * guessed offline: they come last, and are never chosen where there is no TLS.
 * What needs no password, or a token in its place, is used on request only.
 */
const struct sasl_mechanism sasl_mechanisms[] = {
	{ .name = "SCRAM-SHA-256-PLUS", .client_first = true, .binding = true,
	    .password = true, .automatic = true, .authzid = true,
	    .mutual = true },
	{ .name = "SCRAM-SHA-1-PLUS", .client_first = true, .binding = true,
	    .password = true, .automatic = true, .authzid = true,
	    .mutual = true },
	{ .name = "SCRAM-SHA-256", .client_first = true, .password = true,
	    .automatic = true, .plain_wire = true, .authzid = true,
	    .mutual = true },
	{ .name = "SCRAM-SHA-1", .client_first = true, .password = true,
	    .automatic = true, .plain_wire = true, .authzid = true,
	    .mutual = true },
	{ .name = "PLAIN", .client_first = true, .clear = true,
	    .password = true, .automatic = true, .authzid = true },
	{ .name = "LOGIN", .clear = true, .password = true,
	    .automatic = true },
	{ .name = "DIGEST-MD5", .password = true, .automatic = true,
	    .authzid = true, .mutual = true },
	{ .name = "CRAM-MD5", .password = true, .automatic = true },
	{ .name = "NTLM", .password = true, .automatic = true },
	{ .name = "GSSAPI", .client_first = true, .authzid = true,
	    .mutual = true },
	{ .name = "EXTERNAL", .client_first = true, .authzid = true },
	{ .name = "OAUTHBEARER", .client_first = true, .clear = true,
	    .password = true, .authzid = true, .token = SASL_OAUTHBEARER },
	{ .name = "XOAUTH2", .client_first = true, .clear = true,
	    .password = true, .token = SASL_XOAUTH2 },
	{ .name = NULL }
};

struct sasl {
	const struct sasl_mechanism *mechanism;
	const struct sasl_params *params;
	Gsasl *library;
	Gsasl_session *session;	/* NULL for a token */
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
	Gsasl *library;
	bool known;

	if (mechanism->token != SASL_NO_TOKEN)
		return true;
	if (gsasl_init(&library) != GSASL_OK)
		return false;
	known = gsasl_client_support_p(library, mechanism->name) != 0;
	gsasl_done(library);
	return known;
}

/*
 * Channel binding data goes to -PLUS mechanisms only: libgsasl 2.2 refuses
 * to go on when a plain SCRAM is given tls-exporter data.
 */
static int
set_binding(const struct sasl *s)
{
	const struct sasl_params *p = s->params;
	char *text;
	size_t len;
	int n;

	if (!s->mechanism->binding || p->binding_data == NULL)
		return GSASL_OK;
	n = gsasl_base64_to(p->binding_data->data, p->binding_data->len,
	    &text, &len);
	if (n != GSASL_OK)
		return n;
	n = gsasl_property_set(s->session, p->binding ==
	    TLS_BINDING_EXPORTER ? GSASL_CB_TLS_EXPORTER :
	    GSASL_CB_TLS_UNIQUE, text);
	gsasl_free(text);
	return n;
}

/*
 * Whom to act as. EXTERNAL has no other place for the user's name; the others
 * have said it already, and an empty one is not the same as none to libgsasl.
 */
static int
set_names(const struct sasl *s)
{
	const struct sasl_params *p = s->params;
	bool external = strcmp(s->mechanism->name, "EXTERNAL") == 0;
	const char *authzid = p->authzid != NULL ? p->authzid :
	    external && p->user != NULL ? p->user : "";
	int n = GSASL_OK;

	if (!external && p->user != NULL)
		n = gsasl_property_set(s->session, GSASL_AUTHID, p->user);
	if (n == GSASL_OK && (p->authzid != NULL || !s->mechanism->password))
		n = gsasl_property_set(s->session, GSASL_AUTHZID, authzid);
	if (n == GSASL_OK && p->realm != NULL)
		n = gsasl_property_set(s->session, GSASL_REALM, p->realm);
	return n;
}

static int
set_properties(const struct sasl *s)
{
	const struct sasl_params *p = s->params;
	int n = set_names(s);

	if (n == GSASL_OK && s->mechanism->password && p->password != NULL)
		n = gsasl_property_set(s->session, GSASL_PASSWORD,
		    p->password->bytes);
	if (n == GSASL_OK)
		n = gsasl_property_set(s->session, GSASL_SERVICE, "smtp");
	if (n == GSASL_OK)
		n = gsasl_property_set(s->session, GSASL_HOSTNAME, p->host);
	return n == GSASL_OK ? set_binding(s) : n;
}

static int
ask_property(Gsasl *library, Gsasl_session *session, Gsasl_property property)
{
	const struct sasl *s = gsasl_session_hook_get(session);

	(void)library;
	return s == NULL ? GSASL_NO_CALLBACK : sasl_scram_property(session,
	    property, s->mechanism, s->params->password);
}

int
sasl_start(struct sasl **out, const struct sasl_mechanism *mechanism,
    const struct sasl_params *params, struct fault *f)
{
	struct sasl *s = memory_alloc(sizeof(*s));
	int n;

	s->mechanism = mechanism;
	s->params = params;
	n = gsasl_init(&s->library);
	if (n == GSASL_OK && mechanism->token == SASL_NO_TOKEN)
		n = gsasl_client_start(s->library, mechanism->name,
		    &s->session);
	if (n == GSASL_OK && mechanism->token == SASL_NO_TOKEN) {
		gsasl_callback_set(s->library, ask_property);
		gsasl_session_hook_set(s->session, s);
		n = set_properties(s);
	}
	if (n != GSASL_OK) {
		sasl_free(s);
		fault(f, FAULT_SOFTWARE, "the SASL library cannot do %s: %s",
		    mechanism->name, gsasl_strerror(n));
		return fault_hint(f, "set \"auth\" to another mechanism");
	}
	*out = s;
	return 0;
}

/* Base64 of the message, which holds a secret. */
static int
add_encoded(struct buffer *out, const struct buffer *message, struct fault *f)
{
	char *text;
	size_t len;

	if (gsasl_base64_to(message->data, message->len, &text, &len) !=
	    GSASL_OK)
		return fault(f, FAULT_SOFTWARE, "the SASL library cannot "
		    "encode a token");
	buffer_add(out, text, len);
	memory_wipe(text, len);
	gsasl_free(text);
	return 0;
}

/* RFC 7628 section 3.2.2: base64 of JSON, which we show and do not obey. */
static void
keep_error(struct sasl *s, const char *challenge)
{
	const struct secret *token = s->params->password;
	char *text;
	size_t len;

	if (s->error != NULL || challenge[0] == '\0' || gsasl_base64_from(
	    challenge, strlen(challenge), &text, &len) != GSASL_OK)
		return;
	s->error = memory_copy(text, len > ERROR_MAX ? ERROR_MAX : len);
	gsasl_free(text);
	for (char *p = s->error; (p = strstr(p, token->bytes)) != NULL;
	    p += token->len)
		memset(p, '*', token->len);
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
		r = sasl_add_token(&message, s->mechanism->token, p, f);
		if (r == 0)
			r = add_encoded(out, &message, f);
		buffer_wipe(&message);
		return r;
	}
	keep_error(s, challenge);
	s->complete = true;
	if (s->mechanism->token == SASL_OAUTHBEARER)
		buffer_add_string(out, "AQ==");
	return 0;
}

/* Does a challenge of SCRAM's, the server-first-message, ask for too much? */
static bool
is_excessive(const struct sasl *s, const char *challenge)
{
	const char *p, *end;
	bool excessive = false;
	size_t len, digits;
	char *text;

	if (strncmp(s->mechanism->name, "SCRAM", 5) != 0 ||
	    gsasl_base64_from(challenge, strlen(challenge), &text, &len) !=
	    GSASL_OK)
		return false;
	end = text + len;
	for (p = text; (p = text_find(p, (size_t)(end - p), ",i=", 3)) !=
	    NULL; p += digits) {
		p += 3;
		for (digits = 0; p + digits < end &&
		    text_is_digit(p[digits]);)
			digits++;
		if (digits > 0)
			excessive |= text_number(p, digits,
			    ITERATIONS_MAX) == -1;
	}
	gsasl_free(text);
	return excessive;
}

int
sasl_step(struct sasl *s, const char *challenge, struct buffer *out,
    struct fault *f)
{
	char *response = NULL;
	int n;

	if (s->mechanism->token != SASL_NO_TOKEN)
		return token_step(s, challenge, out, f);
	/* servers fill NTLM's first, empty challenge with words */
	if (s->steps++ == 0 && strcmp(s->mechanism->name, "NTLM") == 0)
		challenge = "";
	if (challenge != NULL && is_excessive(s, challenge)) {
		fault(f, FAULT_PROTOCOL, "%s: the server asks for more than "
		    "%d iterations", s->mechanism->name, ITERATIONS_MAX);
		return fault_hint(f, "this would take too long; set \"auth\" "
		    "to another mechanism");
	}
	n = gsasl_step64(s->session, challenge, &response);
	if (n == GSASL_OK)
		s->complete = true;
	if (n == GSASL_OK || n == GSASL_NEEDS_MORE) {
		buffer_add_string(out, response == NULL ? "" : response);
		if (response != NULL)
			memory_wipe(response, strlen(response));
		gsasl_free(response);
		return 0;
	}
	gsasl_free(response);
	if (n == GSASL_SASLPREP_ERROR) {
		fault(f, FAULT_AUTH, "%s: user or password has characters "
		    "that it cannot carry (RFC 4013): %s", s->mechanism->name,
		    gsasl_strerror(n));
		return fault_hint(f, "look for control characters in "
		    "\"user\" and the password");
	}
	if (challenge == NULL) {
		fault(f, FAULT_AUTH, "%s: %s", s->mechanism->name,
		    gsasl_strerror(n));
		return s->mechanism->password ? -1 : fault_hint(f, "is there "
		    "a ticket? klist shows it, kinit gets one");
	}
	fault(f, FAULT_PROTOCOL, "%s: the server's answer does not verify: "
	    "%s", s->mechanism->name, gsasl_strerror(n));
	return fault_hint(f, "a server that does not know the password, or a "
	    "broken one, does this; nothing was sent");
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
	if (s->session != NULL)
		gsasl_finish(s->session);
	if (s->library != NULL)
		gsasl_done(s->library);
	free(s->error);
	free(s);
}

void
sasl_library_version(struct buffer *b)
{
	buffer_printf(b, "libgsasl %s (built with %s)",
	    gsasl_check_version(NULL), GSASL_VERSION);
}
