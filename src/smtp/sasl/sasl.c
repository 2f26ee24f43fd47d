/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>

#include <gsasl.h>

#include "base/base64.h"
#include "base/buffer.h"
#include "base/fault.h"
#include "base/memory.h"
#include "base/text.h"
#include "smtp/sasl/gs2.h"
#include "smtp/sasl/sasl.h"

#define TOKEN_MAX (256 * 1024)	/* octets; JWTs have a few thousand */
#define CHALLENGE_MAX (64 * 1024)	/* octets; replies are no longer */
#define ERROR_MAX 1024	/* octets of a server's JSON that are shown */

#define ROW(word, ...) { .name = word, __VA_ARGS__ },

const struct sasl_mechanism sasl_mechanisms[] = {
	SASL_MECHANISMS(ROW)
	{ .name = NULL }
};

/* The row of a name of n octets, in any case, or NULL. */
static const struct sasl_mechanism *
find_mechanism(const char *name, size_t n)
{
	for (size_t i = 0; sasl_mechanisms[i].name != NULL; i++)
		if (text_same_word(name, n, sasl_mechanisms[i].name))
			return &sasl_mechanisms[i];
	return NULL;
}

const struct sasl_mechanism *
sasl_choice(const char *setting, size_t i)
{
	size_t n;

	if (text_same_word(setting, strlen(setting), "on"))
		return sasl_mechanisms[i].name == NULL ? NULL :
		    &sasl_mechanisms[i];
	for (;; setting += n) {
		setting += strspn(setting, " ");
		n = strcspn(setting, " ");
		if (n == 0)
			return NULL;
		if (i-- == 0)
			return find_mechanism(setting, n);
	}
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
sasl_asks_more(const char *setting)
{
	const struct sasl_mechanism *m;
	bool on = text_same_word(setting, strlen(setting), "on");

	for (size_t i = 0; (m = sasl_choice(setting, i)) != NULL; i++)
		if ((m->tickets || m->token != SASL_NO_TOKEN) &&
		    (!on || m->automatic))
			return true;
	return false;
}

bool
sasl_is_token(const char *setting)
{
	const struct sasl_mechanism *m;

	for (size_t i = 0; (m = sasl_choice(setting, i)) != NULL; i++)
		if (m->token == SASL_NO_TOKEN)
			return false;
	return true;
}

struct sasl {
	const struct sasl_mechanism *mechanism;
	const struct sasl_params *params;
	Gsasl_session *session;	/* NULL where the password is a token */
	unsigned steps;
	bool complete;
	struct gs2 gs2;		/* used where we say "y" */
	unsigned iterations;	/* that the server asks for; 0: it has not */
	struct fault trouble;	/* what salt_password() had to refuse */
	char *error;		/* the server's, or NULL */
};

static int
refuse_characters(const struct sasl *s, int n, struct fault *f)
{
	fault(f, FAULT_AUTH, "%s: user or password has characters that it "
	    "cannot carry (RFC 4013): %s", s->mechanism->name,
	    gsasl_strerror(n));
	return fault_hint(f, "look for control characters in \"user\" and "
	    "the password");
}

/* Sets a property to octets in base64. */
static int
set_encoded(const struct sasl *s, Gsasl_property property,
    const struct buffer *octets)
{
	struct buffer text;
	int n;

	buffer_init(&text, CHALLENGE_MAX);
	n = base64_add(&text, octets->data, octets->len) == -1 ?
	    GSASL_BASE64_ERROR :
	    gsasl_property_set(s->session, property, text.data);
	buffer_wipe(&text);
	return n;
}

/* Sets SCRAM's salted password, which libgsasl wants in hexadecimal. */
static int
set_salted(const struct sasl *s, const unsigned char *key, size_t len)
{
	static const char digits[] = "0123456789abcdef";
	char hex[2 * TLS_HASH_MAX + 1];
	int n;

	for (size_t i = 0; i < len; i++) {
		hex[2 * i] = digits[key[i] >> 4];
		hex[2 * i + 1] = digits[key[i] & 15];
	}
	hex[2 * len] = '\0';
	n = gsasl_property_set(s->session, GSASL_SCRAM_SALTED_PASSWORD, hex);
	memory_wipe(hex, sizeof(hex));
	return n;
}

/* RFC 5802 section 3: Hi(Normalize(password), salt, i). */
static int
derive(struct sasl *s, const struct buffer *salt, unsigned iterations)
{
	const struct sasl_mechanism *m = s->mechanism;
	unsigned char key[TLS_HASH_MAX];
	char *password;
	size_t len;
	int n;

	n = gsasl_saslprep(s->params->password->bytes, GSASL_ALLOW_UNASSIGNED,
	    &password, NULL);
	if (n != GSASL_OK)
		return refuse_characters(s, n, &s->trouble);
	len = tls_derive(m->scram, password, strlen(password), salt->data,
	    salt->len, iterations, key);
	memory_wipe(password, strlen(password));
	gsasl_free(password);
	n = len == 0 ? GSASL_CRYPTO_ERROR : set_salted(s, key, len);
	if (n == GSASL_OK)
		gs2_take_key(&s->gs2, key);
	memory_wipe(key, sizeof(key));
	return n == GSASL_OK ? 0 : fault(&s->trouble, FAULT_SOFTWARE, "%s: "
	    "the TLS library cannot do this", m->name);
}

/* May so many be computed? */
static int
check_iterations(struct sasl *s, int64_t iterations)
{
	const char *name = s->mechanism->name;
	struct fault *f = &s->trouble;

	if (iterations < 1) {
		fault(f, FAULT_PROTOCOL, "%s: the server asks for more than "
		    "%d iterations", name, SASL_ITERATIONS_MAX);
		return fault_hint(f, "this would take too long; set \"auth\" "
		    "to another mechanism");
	}
	s->iterations = (unsigned)iterations;
	if (iterations >= SASL_ITERATIONS_MIN || s->params->secure)
		return 0;
	fault(f, FAULT_PROTOCOL, "%s: the server asks for %u iterations, and "
	    "without TLS there must be %d", name, s->iterations,
	    SASL_ITERATIONS_MIN);
	return fault_hint(f, "whoever listens could guess the password: set "
	    "\"tls on\", or raise the number at the server");
}

/*
 * Computes SCRAM's salted password by GnuTLS. libgsasl would do so itself if
 * it had the password, which it does not get: it sets no limit to iterations.
 */
static int
salt_password(struct sasl *s)
{
	const char *salt = gsasl_property_fast(s->session, GSASL_SCRAM_SALT);
	const char *count = gsasl_property_fast(s->session, GSASL_SCRAM_ITER);
	const char *name = s->mechanism->name;
	struct fault *f = &s->trouble;
	struct buffer octets;
	int64_t iterations;
	int r = -1;

	if (salt == NULL || count == NULL)
		return fault(f, FAULT_SOFTWARE, "%s: the SASL library does not "
		    "show the server's salt", name);
	iterations = text_number(count, strlen(count), SASL_ITERATIONS_MAX);
	if (check_iterations(s, iterations) == -1)
		return -1;
	buffer_init(&octets, CHALLENGE_MAX);
	if (base64_decode(&octets, salt, strlen(salt)) == -1 ||
	    octets.len == 0)
		fault(f, FAULT_PROTOCOL, "%s: the server's salt is not base64",
		    name);
	else
		r = derive(s, &octets, (unsigned)iterations);
	buffer_free(&octets);
	return r;
}

/*
 * Whom to act as. Where there is no password, NULL would be an error to
 * libgsasl; EXTERNAL has no other place for the user's name.
 */
static const char *
acting_for(const struct sasl *s)
{
	const struct sasl_params *p = s->params;

	if (p->authzid != NULL || s->mechanism->password)
		return p->authzid;
	return s->mechanism->user_acts && p->user != NULL ? p->user : "";
}

/* libgsasl asks for what it needs when it needs it. */
static int
set_property(Gsasl *unused, Gsasl_session *session, Gsasl_property property)
{
	struct sasl *s = gsasl_session_hook_get(session);
	const struct sasl_mechanism *m = s->mechanism;
	const struct sasl_params *p = s->params;
	const char *value = NULL;

	(void)unused;
	if (property == GSASL_SCRAM_SALTED_PASSWORD)
		return m->scram == TLS_NO_HASH || salt_password(s) == -1 ?
		    GSASL_NO_CALLBACK : GSASL_OK;
	if (m->binding && property == (p->binding == TLS_BINDING_EXPORTER ?
	    GSASL_CB_TLS_EXPORTER : GSASL_CB_TLS_UNIQUE))
		return set_encoded(s, property, p->binding_data);
	if (property == GSASL_AUTHID && !m->user_acts)
		value = p->user;
	else if (property == GSASL_AUTHZID)
		value = acting_for(s);
	else if (property == GSASL_PASSWORD && m->scram == TLS_NO_HASH &&
	    m->password)
		value = p->password->bytes;
	else if (property == GSASL_REALM && m->domain)
		value = p->domain;
	else if (property == GSASL_SERVICE)
		value = "smtp";
	else if (property == GSASL_HOSTNAME)
		value = p->host;
	return value == NULL ? GSASL_NO_CALLBACK :
	    gsasl_property_set(session, property, value);
}

/* One for the process: it holds no secrets, and costs time to make. */
static Gsasl *
library(void)
{
	static Gsasl *handle;

	if (handle == NULL && gsasl_init(&handle) == GSASL_OK)
		gsasl_callback_set(handle, set_property);
	return handle;
}

bool
sasl_available(const struct sasl_mechanism *m)
{
	return m->token != SASL_NO_TOKEN || (library() != NULL &&
	    gsasl_client_support_p(library(), m->name) != 0);
}

int
sasl_start(struct sasl **out, const struct sasl_mechanism *mechanism,
    const struct sasl_params *params, struct fault *f)
{
	bool token = mechanism->token != SASL_NO_TOKEN;
	int n = GSASL_OK;
	struct sasl *s;

	if (mechanism->password && ((params->user == NULL && !token) ||
	    params->password == NULL))
		return fault(f, FAULT_CONFIG, "%s needs user and password",
		    mechanism->name);
	s = memory_alloc(sizeof(*s));
	s->mechanism = mechanism;
	s->params = params;
	gs2_init(&s->gs2, mechanism->scram);
	if (!token)
		n = library() == NULL ? GSASL_MALLOC_ERROR :
		    gsasl_client_start(library(), mechanism->name,
		    &s->session);
	if (n != GSASL_OK) {
		sasl_free(s);
		fault(f, FAULT_SOFTWARE, "the SASL library cannot do %s: %s",
		    mechanism->name, gsasl_strerror(n));
		return fault_hint(f, "set \"auth\" to another mechanism");
	}
	if (!token)
		gsasl_session_hook_set(s->session, s);
	*out = s;
	return 0;
}

/* Adds a message of ours, in base64. */
static int
add_encoded(const struct sasl *s, struct buffer *out, const char *message,
    size_t len, struct fault *f)
{
	if (base64_add(out, message, len) == 0)
		return 0;
	return fault(f, FAULT_CONFIG, "%s: user or password is too long for "
	    "AUTH", s->mechanism->name);
}

/* RFC 5801 section 4: "=" and "," in a saslname are escaped. */
static void
add_saslname(struct buffer *b, const char *name)
{
	for (; *name != '\0'; name++) {
		if (*name == ',')
			buffer_add_string(b, "=2C");
		else if (*name == '=')
			buffer_add_string(b, "=3D");
		else
			buffer_add_char(b, *name);
	}
}

/*
 * What OAUTHBEARER (RFC 7628 section 3.1) and what Google calls XOAUTH2 say
 * first; libgsasl 2.2 has neither. Control characters divide the parts of it.
 */
static int
add_token_message(struct buffer *b, enum sasl_token kind,
    const struct sasl_params *p, struct fault *f)
{
	const char *user = p->user == NULL ? "" : p->user;
	const struct secret *token = p->password;

	if (text_has_control(user, strlen(user)))
		return fault(f, FAULT_CONFIG, "the user's name holds a control "
		    "character");
	if (text_has_control(token->bytes, token->len)) {
		fault(f, FAULT_CONFIG, "the token holds a control character");
		return fault_hint(f, "the password must be the bare access "
		    "token");
	}
	if (kind == SASL_OAUTHBEARER) {
		buffer_add_string(b, "n,a=");
		add_saslname(b, p->authzid != NULL ? p->authzid : user);
		buffer_printf(b, ",\001host=%s\001port=%u\001", p->host,
		    (unsigned)p->port);
	} else {
		buffer_printf(b, "user=%s\001", user);
	}
	buffer_add_string(b, "auth=Bearer ");
	buffer_add(b, token->bytes, token->len);
	buffer_add_string(b, "\001\001");
	return b->full ? fault(f, FAULT_CONFIG, "the token is too long") : 0;
}

/* The server's reason in a challenge, as sasl_server_error() has it; owned by
 * the caller. */
static char *
token_error(const char *challenge, const struct secret *token)
{
	char *error = NULL;
	struct buffer text;

	buffer_init(&text, CHALLENGE_MAX);
	if (base64_decode(&text, challenge, strlen(challenge)) == 0 &&
	    text.len > 0) {
		error = memory_copy(text.data, text.len);
		for (char *p = error; token->len > 0 &&
		    (p = strstr(p, token->bytes)) != NULL; p += token->len)
			memset(p, '*', token->len);
		/* only now: a token that is cut in two is not found */
		if (text.len > ERROR_MAX)
			error[ERROR_MAX] = '\0';
	}
	buffer_wipe(&text);
	return error;
}

/*
 * The first message, then an answer without content to the error that a server
 * sends before it refuses the token.
 */
static int
token_step(struct sasl *s, const char *challenge, struct buffer *out,
    struct fault *f)
{
	enum sasl_token kind = s->mechanism->token;
	struct buffer message;
	int r;

	if (s->steps == 0) {
		buffer_init(&message, TOKEN_MAX);
		r = add_token_message(&message, kind, s->params, f);
		if (r == 0)
			r = add_encoded(s, out, message.data, message.len, f);
		buffer_wipe(&message);
		return r;
	}
	if (s->error == NULL)
		s->error = token_error(challenge, s->params->password);
	s->complete = true;
	if (kind == SASL_OAUTHBEARER)
		buffer_add_string(out, "AQ==");
	return 0;
}

/* Decodes the challenge, as far as the mechanism reads it. */
static int
read_challenge(const struct sasl *s, const char *challenge,
    struct buffer *octets, struct fault *f)
{
	const struct sasl_mechanism *m = s->mechanism;

	if (challenge == NULL || s->steps < m->deaf)
		return 0;
	if (base64_decode(octets, challenge, strlen(challenge)) == -1)
		return fault(f, FAULT_PROTOCOL, "%s: the server's challenge is "
		    "not base64", m->name);
	/* libgsasl's parsers take it for the end of a string */
	if (!m->binary && octets->len > 0 &&
	    memchr(octets->data, '\0', octets->len) != NULL)
		return fault(f, FAULT_PROTOCOL, "%s: the server's challenge "
		    "holds a zero octet", m->name);
	return 0;
}

/* What an error of libgsasl's means. */
static int
explain(const struct sasl *s, int n, bool challenged, struct fault *f)
{
	const struct sasl_mechanism *m = s->mechanism;

	if (s->trouble.class != FAULT_NONE)
		return fault_pass(f, &s->trouble, "");
	if (n == GSASL_SASLPREP_ERROR)
		return refuse_characters(s, n, f);
	if (!challenged && m->password)
		return fault(f, FAULT_AUTH, "%s: user or password cannot be "
		    "sent: %s", m->name, gsasl_strerror(n));
	if (!challenged) {
		fault(f, FAULT_AUTH, "%s: %s", m->name, gsasl_strerror(n));
		return fault_hint(f, "is there a ticket? klist shows it, "
		    "kinit gets one");
	}
	fault(f, FAULT_PROTOCOL, "%s: the server's answer does not verify: %s",
	    m->name, gsasl_strerror(n));
	return fault_hint(f, "a server that does not know the password, or a "
	    "broken one, does this; nothing was sent");
}

/* Does SCRAM say "y" here? */
static bool
says_y(const struct sasl *s)
{
	const struct sasl_mechanism *m = s->mechanism;

	return m->scram != TLS_NO_HASH && !m->binding && s->params->unbound;
}

/* One step of libgsasl's, the message decoded; what it returns. */
static int
decoded_step(struct sasl *s, struct buffer *octets, struct buffer *message)
{
	char *said = NULL;
	size_t len = 0;
	int n;

	if (says_y(s) && s->steps == 2 &&
	    gs2_change_verifier(&s->gs2, octets) == -1)
		return GSASL_AUTHENTICATION_ERROR;
	n = gsasl_step(s->session, octets->data, octets->len, &said, &len);
	if (said != NULL) {
		if (buffer_add(message, said, len) == -1)
			n = GSASL_MALLOC_ERROR;
		memory_wipe(said, len);
	}
	gsasl_free(said);
	if (!says_y(s) || n != GSASL_NEEDS_MORE || s->steps > 1)
		return n;
	return (s->steps == 0 ? gs2_change_first(&s->gs2, message) :
	    gs2_change_final(&s->gs2, octets, message)) == 0 ? n :
	    GSASL_CRYPTO_ERROR;
}

/* RFC 5802 section 7: "e=" and a word, in the place of any other message. The
 * server has the last word in its reply. */
static bool
take_error(struct sasl *s, const struct buffer *octets)
{
	if (s->mechanism->scram == TLS_NO_HASH || octets->len < 3 ||
	    memcmp(octets->data, "e=", 2) != 0)
		return false;
	s->error = memory_copy(octets->data + 2,
	    octets->len - 2 > ERROR_MAX ? ERROR_MAX : octets->len - 2);
	return true;
}

static int
library_step(struct sasl *s, const char *challenge, struct buffer *out,
    struct fault *f)
{
	struct buffer octets, message;
	int n, r;

	if (s->error != NULL)
		return fault(f, FAULT_PROTOCOL, "%s: the server goes on "
		    "behind an error", s->mechanism->name);
	buffer_init(&octets, CHALLENGE_MAX);
	buffer_init(&message, TOKEN_MAX);
	r = read_challenge(s, challenge, &octets, f);
	if (r == 0 && !take_error(s, &octets)) {
		n = decoded_step(s, &octets, &message);
		r = n == GSASL_OK || n == GSASL_NEEDS_MORE ?
		    add_encoded(s, out, message.data, message.len, f) :
		    explain(s, n, challenge != NULL, f);
		s->complete = r == 0 && n == GSASL_OK;
	}
	buffer_wipe(&message);
	buffer_free(&octets);
	return r;
}

int
sasl_step(struct sasl *s, const char *challenge, struct buffer *out,
    struct fault *f)
{
	int r = s->session == NULL ? token_step(s, challenge, out, f) :
	    library_step(s, challenge, out, f);

	s->steps++;
	return r;
}

const char *
sasl_server_error(const struct sasl *s)
{
	return s->error;
}

bool
sasl_channel_error(const struct sasl *s)
{
	return s->mechanism->scram != TLS_NO_HASH && s->error != NULL &&
	    (strcmp(s->error, "server-does-support-channel-binding") == 0 ||
	    strcmp(s->error, "channel-bindings-dont-match") == 0);
}

unsigned
sasl_iterations(const struct sasl *s)
{
	return s->iterations;
}

bool
sasl_complete(const struct sasl *s)
{
	return s->complete;
}

/* The copy that libgsasl has made, and would only free. */
static void
wipe_property(const struct sasl *s, Gsasl_property property)
{
	const char *value = gsasl_property_fast(s->session, property);

	if (value != NULL)
		memory_wipe((char *)(uintptr_t)value, strlen(value));
}

void
sasl_free(struct sasl *s)
{
	if (s == NULL)
		return;
	if (s->session != NULL) {
		wipe_property(s, GSASL_PASSWORD);
		wipe_property(s, GSASL_SCRAM_SALTED_PASSWORD);
		gsasl_finish(s->session);
	}
	gs2_free(&s->gs2);
	fault_clear(&s->trouble);
	free(s->error);
	free(s);
}

void
sasl_library_version(struct buffer *b)
{
	buffer_printf(b, "libgsasl %s (built with %s)",
	    gsasl_check_version(NULL), GSASL_VERSION);
}
