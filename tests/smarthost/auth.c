/* SPDX-License-Identifier: ISC */
#include "platform.h"

#include <gsasl.h>
#include <stdlib.h>
#include <string.h>

#include "auth.h"
#include "guard.h"
#include "text.h"
#include "token.h"

const char auth_mechanisms[] = "SCRAM-SHA-256-PLUS SCRAM-SHA-1-PLUS "
    "SCRAM-SHA-256 SCRAM-SHA-1 CRAM-MD5 PLAIN LOGIN EXTERNAL";

/* What is offered only when it is asked for: too weak, or of no use here. */
static const char auth_others[] = "DIGEST-MD5 OAUTHBEARER XOAUTH2";

const char *auth_iterations;

struct auth {
	Gsasl *library;
	Gsasl_session *session;
	const struct account *accounts;
	gnutls_session_t tls;
	bool plus;
	bool bogus;
	bool server_first; /* LOGIN: an initial response answers no question */
	bool begun;
	bool settled;      /* only the client's empty response is missing */
	enum token_kind token; /* by hand: there is no session then */
	bool token_failed; /* the error is told, the refusal will follow */
	const char *reason;
	char *user;
	char *challenge;
};

static const struct account *
auth_find(const struct auth *auth, const char *user)
{
	const struct account *account = auth->accounts;

	while (account != NULL &&
	    (user == NULL || strcmp(account->user, user) != 0))
		account = account->next;
	return account;
}

/* RFC 9266 for TLS 1.3, RFC 5929 before: each is undefined for the other. */
static int
auth_bind(struct auth *auth, Gsasl_session *session, Gsasl_property property)
{
	const bool new = auth->tls != NULL && auth->plus &&
	    gnutls_protocol_get_version(auth->tls) == GNUTLS_TLS1_3;
	gnutls_datum_t binding = { NULL, 0 };
	char *base64 = NULL;
	int rc;

	if (auth->tls == NULL || !auth->plus ||
	    new != (property == GSASL_CB_TLS_EXPORTER))
		return GSASL_NO_CALLBACK;
	if (gnutls_session_channel_binding(auth->tls, new ?
	    GNUTLS_CB_TLS_EXPORTER : GNUTLS_CB_TLS_UNIQUE, &binding) != 0)
		return GSASL_NO_CALLBACK;
	rc = gsasl_base64_to((const char *)binding.data, binding.size,
	    &base64, NULL);
	if (rc == GSASL_OK)
		rc = gsasl_property_set(session, property, base64);
	gsasl_free(base64);
	gnutls_free(binding.data);
	return rc;
}

/* libgsasl asks us what only we know. */
static int
auth_answer(Gsasl *library, Gsasl_session *session, Gsasl_property property)
{
	struct auth *auth = gsasl_callback_hook_get(library);
	const struct account *account;
	const char *name;

	switch (property) {
	case GSASL_PASSWORD:
		account = auth_find(auth,
		    gsasl_property_fast(session, GSASL_AUTHID));
		if (account == NULL)
			return GSASL_NO_CALLBACK;
		return gsasl_property_set(session, GSASL_PASSWORD,
		    account->password);
	case GSASL_SCRAM_ITER:
		return auth_iterations == NULL ? GSASL_NO_CALLBACK :
		    gsasl_property_set(session, property, auth_iterations);
	case GSASL_CB_TLS_EXPORTER:
	case GSASL_CB_TLS_UNIQUE:
		return auth_bind(auth, session, property);
	case GSASL_VALIDATE_EXTERNAL:
		name = gsasl_property_fast(session, GSASL_AUTHZID);
		if (name != NULL && auth_find(auth, name) == NULL)
			return GSASL_AUTHENTICATION_ERROR;
		return GSASL_OK;
	default:
		return GSASL_NO_CALLBACK;
	}
}

struct auth *
auth_new(const char *mechanism, const struct account *accounts,
    gnutls_session_t tls, bool plus, bool bogus)
{
	struct auth *auth;

	if (!auth_knows(mechanism, strlen(mechanism)))
		return NULL;
	auth = text_alloc(sizeof(*auth));
	memset(auth, 0, sizeof(*auth));
	auth->accounts = accounts;
	auth->tls = tls;
	auth->plus = plus;
	auth->bogus = bogus;
	auth->server_first = strcmp(mechanism, "LOGIN") == 0;
	auth->reason = "";
	auth->token = token_kind(mechanism);
	if (auth->token != TOKEN_NONE)
		return auth;
	if (gsasl_init(&auth->library) != GSASL_OK)
		die(EXIT_TROUBLE, "libgsasl does not start");
	gsasl_callback_hook_set(auth->library, auth);
	gsasl_callback_set(auth->library, auth_answer);
	if (gsasl_server_start(auth->library, mechanism, &auth->session) !=
	    GSASL_OK)
		die(EXIT_TROUBLE, "libgsasl has no %s", mechanism);
	return auth;
}

void
auth_free(struct auth *auth)
{
	if (auth == NULL)
		return;
	if (auth->token == TOKEN_NONE) {
		gsasl_finish(auth->session);
		gsasl_done(auth->library);
	}
	gsasl_free(auth->challenge);
	free(auth->user);
	free(auth);
}

/* Another signature of the same length: `v=` and base64 (RFC 5802). */
static void
auth_spoil(char *message, size_t len)
{
	if (len > 2 && message[0] == 'v')
		message[2] = message[2] == 'A' ? 'B' : 'A';
}

/* An authorization identity other than the authenticated one is refused. */
static enum auth_state
auth_accept(struct auth *auth)
{
	const char *user = gsasl_property_fast(auth->session, GSASL_AUTHID);
	const char *other = gsasl_property_fast(auth->session, GSASL_AUTHZID);

	if (user != NULL && other != NULL && other[0] != '\0' &&
	    strcmp(user, other) != 0) {
		auth->reason = "no right to act for somebody else";
		return AUTH_REFUSED;
	}
	if (user == NULL)
		user = other != NULL ? other : "";
	auth->user = text_copy(user, strlen(user));
	return AUTH_DONE;
}

static enum auth_state
auth_fail(struct auth *auth, int rc)
{
	auth->reason = gsasl_strerror(rc);
	return rc == GSASL_MECHANISM_PARSE_ERROR || rc == GSASL_BASE64_ERROR
	    ? AUTH_GARBLED : AUTH_REFUSED;
}

/* One step of libgsasl's, with what was decoded; NULL: nothing was sent. */
static enum auth_state
auth_advance(struct auth *auth, const char *input, size_t len,
    const char **challenge)
{
	char *output = NULL;
	size_t size = 0;
	int rc;

	rc = gsasl_step(auth->session, input, len, &output, &size);
	if (rc != GSASL_OK && rc != GSASL_NEEDS_MORE) {
		gsasl_free(output);
		return auth_fail(auth, rc);
	}
	if (rc == GSASL_OK && size == 0) {
		gsasl_free(output);
		return auth_accept(auth);
	}
	/* SMTP has no place for data beside 235: it goes as one challenge
	 * more, which is answered by nothing (RFC 4954 section 4). */
	auth->settled = rc == GSASL_OK;
	if (auth->settled && auth->bogus)
		auth_spoil(output, size);
	gsasl_free(auth->challenge);
	auth->challenge = NULL;
	rc = gsasl_base64_to(output, size, &auth->challenge, NULL);
	gsasl_free(output);
	if (rc != GSASL_OK)
		return auth_fail(auth, rc);
	*challenge = auth->challenge;
	return AUTH_MORE;
}

/*
 * RFC 7628: who has no right is told so in a challenge, and refused when that
 * has been answered by a message without meaning.
 */
static enum auth_state
auth_advance_token(struct auth *auth, const char *input, size_t len,
    const char **challenge)
{
	static const char error[] = "{\"status\":\"invalid_token\","
	    "\"scope\":\"mail.submit\"}";
	const struct account *account;
	struct token token;

	if (auth->token_failed) {
		auth->reason = "the token";
		return token_is_answer(auth->token, input, len) ?
		    AUTH_REFUSED : AUTH_GARBLED;
	}
	if (!token_parse(auth->token, input, len, &token)) {
		auth->reason = "no message of this mechanism";
		return AUTH_GARBLED;
	}
	account = auth_find(auth, token.user);
	if (account != NULL && strcmp(account->password, token.token) == 0) {
		auth->user = text_copy(token.user, strlen(token.user));
		token_free(&token);
		return AUTH_DONE;
	}
	token_free(&token);
	auth->token_failed = true;
	if (gsasl_base64_to(error, sizeof(error) - 1, &auth->challenge,
	    NULL) != GSASL_OK)
		die(EXIT_TROUBLE, "libgsasl cannot encode");
	*challenge = auth->challenge;
	return AUTH_MORE;
}

enum auth_state
auth_step(struct auth *auth, const char *response, size_t len,
    const char **challenge)
{
	const bool first = !auth->begun;
	char *input = NULL;
	size_t size = 0;
	enum auth_state state;
	int rc;

	auth->begun = true;
	if (response == NULL && auth->token != TOKEN_NONE) {
		*challenge = "";
		return AUTH_MORE;
	}
	if (response == NULL)
		return auth_advance(auth, NULL, 0, challenge);
	if (first && len == 1 && response[0] == '=')
		len = 0;
	rc = gsasl_base64_from(response, len, &input, &size);
	if (rc != GSASL_OK)
		return auth_fail(auth, rc);
	if (auth->token != TOKEN_NONE) {
		state = auth_advance_token(auth, input == NULL ? "" : input,
		    size, challenge);
		gsasl_free(input);
		return state;
	}
	if (auth->settled) {
		gsasl_free(input);
		auth->reason = "something in answer to the last challenge";
		return size == 0 ? auth_accept(auth) : AUTH_GARBLED;
	}
	if (first && auth->server_first) {
		state = auth_advance(auth, NULL, 0, challenge);
		if (state != AUTH_MORE) {
			gsasl_free(input);
			return state;
		}
	}
	state = auth_advance(auth, input == NULL ? "" : input, size,
	    challenge);
	gsasl_free(input);
	return state;
}

const char *
auth_reason(const struct auth *auth)
{
	return auth->reason;
}

bool
auth_is_settled(const struct auth *auth)
{
	return auth->settled;
}

const char *
auth_user(const struct auth *auth)
{
	return auth->user != NULL ? auth->user : "";
}

static bool
auth_lists(const char *word, const char *mechanism, size_t len)
{
	for (;;) {
		const size_t n = strcspn(word, " ");

		if (n == len && memcmp(word, mechanism, n) == 0)
			return true;
		if (word[n] == '\0')
			return false;
		word += n + 1;
	}
}

bool
auth_knows(const char *mechanism, size_t len)
{
	return auth_lists(auth_mechanisms, mechanism, len) ||
	    auth_lists(auth_others, mechanism, len);
}

bool
auth_is_plus(const char *mechanism, size_t len)
{
	static const char suffix[] = "-PLUS";
	const size_t n = sizeof(suffix) - 1;

	return len > n && memcmp(mechanism + len - n, suffix, n) == 0;
}
