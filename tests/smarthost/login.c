/* SPDX-License-Identifier: ISC */
#include "platform.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "record.h"
#include "session.h"
#include "text.h"

/* RFC 4954 section 4: for AUTH and its responses, CRLF included. */
#define RESPONSE_MAX 12288

/* Does the mechanism fit, when nobody has asked for it by name? */
static bool
login_fits(const struct session *session, const char *mechanism, size_t len)
{
	gnutls_session_t tls = peer_tls(session->peer);
	unsigned certificates = 0;

	if (auth_is_plus(mechanism, len))
		return tls != NULL;
	if (!text_is(mechanism, len, "EXTERNAL") ||
	    session->service->mechanisms != NULL)
		return true;
	/* Without a certificate there is nothing external to go by. */
	if (tls != NULL)
		gnutls_certificate_get_peers(tls, &certificates);
	return certificates > 0;
}

char *
login_mechanisms(const struct session *session)
{
	const char *wanted = session->service->mechanisms;
	const char *word = wanted != NULL ? wanted : auth_mechanisms;
	char *list = text_alloc(strlen(word) + 2);
	size_t len = 0;

	while (*word != '\0') {
		const size_t n = strcspn(word, " ");

		if (n > 0 && login_fits(session, word, n)) {
			memcpy(list + len, word, n);
			len += n;
			list[len++] = ' ';
		}
		word += n + (word[n] == ' ');
	}
	list[len > 0 ? len - 1 : 0] = '\0';
	return list;
}

/* Is it in the list? and is any -PLUS there? */
static bool
login_offers(const struct session *session, const char *mechanism, bool *plus)
{
	char *list = login_mechanisms(session);
	const char *word = list;
	bool found = false;

	*plus = false;
	while (*word != '\0') {
		const size_t n = strcspn(word, " ");

		found = found || text_is(word, n, mechanism);
		*plus = *plus || auth_is_plus(word, n);
		word += n + (word[n] == ' ');
	}
	free(list);
	return found;
}

/*
 * Challenges and answers until the outcome is known. Returns false when there
 * is none, because the client has cancelled or is gone.
 */
static bool
login_converse(struct session *session, struct auth *auth,
    const char *initial, size_t len, enum auth_state *state)
{
	const char *challenge = "";

	*state = auth_step(auth, initial, len, &challenge);
	while (*state == AUTH_MORE) {
		const size_t size = strlen(challenge) + sizeof("334 \r\n");
		char *reply = text_alloc(size);
		struct line line;

		snprintf(reply, size, "334 %s\r\n", challenge);
		session_send(session, reply);
		free(reply);
		if (session->over)
			return false;
		line = session_line(session, RESPONSE_MAX);
		if (session->over)
			return false;
		if (text_is(line.text, line.len, "*")) {
			peer_take_line(session->peer, &line);
			session_reply(session, 501, "5.7.0", "cancelled");
			return false;
		}
		*state = auth_step(auth, line.text, line.len, &challenge);
		peer_take_line(session->peer, &line);
	}
	return true;
}

static void
login_conclude(struct session *session, struct auth *auth,
    const char *mechanism, enum auth_state state)
{
	if (state != AUTH_DONE)
		record_event("authentication failed: %s", auth_reason(auth));
	if (state == AUTH_GARBLED) {
		session->line = mechanism;
		session->len = strlen(mechanism);
		session_violation(session, 501, "5.5.2", "AUTH: %s",
		    auth_reason(auth));
		return;
	}
	if (state != AUTH_DONE) {
		session_reply(session, 535, "5.7.8",
		    "authentication credentials invalid");
		return;
	}
	session->user = text_copy(auth_user(auth), strlen(auth_user(auth)));
	free(session->mechanism);
	session->mechanism = text_copy(mechanism, strlen(mechanism));
	record_event("authenticated %s by %s", session->user, mechanism);
	session_reply(session, 235, "2.7.0", "welcome");
}

static void
login_begin(struct session *session, const char *mechanism,
    const char *initial, size_t len, bool plus)
{
	struct auth *auth;
	enum auth_state state;

	if (initial != NULL && (strcmp(mechanism, "CRAM-MD5") == 0 ||
	    strcmp(mechanism, "DIGEST-MD5") == 0)) {
		session_violation(session, 501, "5.7.0",
		    "initial response for a mechanism that has none");
		return;
	}
	auth = auth_new(mechanism, session->service->accounts,
	    peer_tls(session->peer), plus, false);
	if (login_converse(session, auth, initial, len, &state))
		login_conclude(session, auth, mechanism, state);
	auth_free(auth);
}

void
login_auth(struct session *session)
{
	size_t len, n;
	const char *arguments = session_arguments(session, &len);
	const char *blank = memchr(arguments, ' ', len);
	char *mechanism;
	bool plus;

	if (!session_offers(session, EXTENSION_AUTH)) {
		session_violation(session, 503, "5.5.1", "no AUTH here");
		return;
	}
	if (session->user != NULL || session->mail == MAIL_OPEN ||
	    session->mail == MAIL_CHUNKED) {
		session_violation(session, 503, "5.5.1", "AUTH out of place");
		return;
	}
	n = blank == NULL ? len : (size_t)(blank - arguments);
	mechanism = text_copy(arguments, n);
	for (char *p = mechanism; *p != '\0'; p++)
		*p = (char)toupper((unsigned char)*p);
	if (!login_offers(session, mechanism, &plus))
		session_reply(session, 504, "5.5.4", "no such mechanism");
	else
		login_begin(session, mechanism,
		    blank == NULL ? NULL : blank + 1,
		    blank == NULL ? 0 : len - n - 1, plus);
	free(mechanism);
}
