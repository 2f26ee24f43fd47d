/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>

#include <gsasl.h>

#include "base/buffer.h"
#include "base/fault.h"
#include "base/memory.h"
#include "base/text.h"
#include "smtp/sasl.h"

/*
 * What the server may make us compute (RFC 5802 section 5.1): a second's work;
 * servers ask for 4096 to some 100,000 rounds of PBKDF2. 2^31 would keep us
 * busy for an hour, out of reach of every deadline.
 */
#define ITERATIONS_MAX 1000000

/*
 * LOGIN stands behind PLAIN: the same secret, one round trip more. CRAM-MD5
 * is last: what crosses the wire can be guessed offline, so it is never
 * chosen where there is no TLS, and EXTERNAL only on request.
 */
const struct sasl_mechanism sasl_mechanisms[] = {
	{ "SCRAM-SHA-256-PLUS", true, false, true, true, true, false },
	{ "SCRAM-SHA-1-PLUS", true, false, true, true, true, false },
	{ "SCRAM-SHA-256", true, false, false, true, true, true },
	{ "SCRAM-SHA-1", true, false, false, true, true, true },
	{ "PLAIN", true, true, false, true, true, false },
	{ "LOGIN", false, true, false, true, true, false },
	{ "CRAM-MD5", false, false, false, true, true, false },
	{ "EXTERNAL", true, false, false, false, false, false },
	{ NULL, false, false, false, false, false, false }
};

struct sasl {
	const struct sasl_mechanism *mechanism;
	const struct sasl_params *params;
	Gsasl *library;
	Gsasl_session *session;
	bool complete;
};

const struct sasl_mechanism *
sasl_find(const char *name)
{
	for (size_t i = 0; sasl_mechanisms[i].name != NULL; i++)
		if (text_same_word(name, strlen(name),
		    sasl_mechanisms[i].name))
			return &sasl_mechanisms[i];
	return NULL;
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

static int
set_properties(const struct sasl *s)
{
	const struct sasl_params *p = s->params;
	int n = GSASL_OK;

	if (p->user != NULL)
		n = gsasl_property_set(s->session, s->mechanism->password ?
		    GSASL_AUTHID : GSASL_AUTHZID, p->user);
	else if (!s->mechanism->password)
		n = gsasl_property_set(s->session, GSASL_AUTHZID, "");
	if (n == GSASL_OK && s->mechanism->password && p->password != NULL)
		n = gsasl_property_set(s->session, GSASL_PASSWORD,
		    p->password->bytes);
	if (n == GSASL_OK)
		n = gsasl_property_set(s->session, GSASL_SERVICE, "smtp");
	if (n == GSASL_OK)
		n = gsasl_property_set(s->session, GSASL_HOSTNAME, p->host);
	return n == GSASL_OK ? set_binding(s) : n;
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
	if (n == GSASL_OK)
		n = gsasl_client_start(s->library, mechanism->name,
		    &s->session);
	if (n == GSASL_OK)
		n = set_properties(s);
	if (n != GSASL_OK) {
		sasl_free(s);
		fault(f, FAULT_SOFTWARE, "the SASL library cannot do %s: %s",
		    mechanism->name, gsasl_strerror(n));
		return fault_hint(f, "set \"auth\" to another mechanism");
	}
	*out = s;
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
	if (challenge == NULL)
		return fault(f, FAULT_AUTH, "%s: %s", s->mechanism->name,
		    gsasl_strerror(n));
	fault(f, FAULT_PROTOCOL, "%s: the server's answer does not verify: "
	    "%s", s->mechanism->name, gsasl_strerror(n));
	return fault_hint(f, "a server that does not know the password, or a "
	    "broken one, does this; nothing was sent");
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
	free(s);
}

void
sasl_library_version(struct buffer *b)
{
	buffer_printf(b, "libgsasl %s (built with %s)",
	    gsasl_check_version(NULL), GSASL_VERSION);
}
