/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>

#include "base/fault.h"
#include "base/text.h"
#include "wire/conn.h"
#include "smtp/session.h"
#include "smtp/dialogue.h"

#define AUTH_STEPS_MAX 16	/* challenges; no mechanism here needs four */
#define CHALLENGE 334		/* RFC 4954 section 6 */
/* Octets of a command with its CRLF (RFC 5321 section 4.5.3.1.4), so that an
 * initial response that is longer waits for the challenge (RFC 4954 section 4);
 * some servers cut at 2,048. */
#define LINE_OCTETS_MAX 512
/* Octets of a response that every server takes: RFC 4954 section 4. */
#define RESPONSE_OCTETS_MAX 12288
#define WHY_MAX 8192		/* octets of explanation in a fault, */
#define REASON_MAX 200		/* and of them for the reply to one method */

/* What became of one mechanism; with REFUSED the last reply is the reason. */
enum attempt { ATTEMPT_DONE, ATTEMPT_NEXT, ATTEMPT_REFUSED, ATTEMPT_FAILED };

static const char *
peer(const struct auth *a)
{
	return conn_peer(a->dialogue->conn);
}

/* Why this mechanism cannot be used now, or NULL. */
static const char *
obstacle(const struct auth *a, const struct sasl_mechanism *m)
{
	bool named = !text_same_word(a->setting, strlen(a->setting), "on");

	if (!capability_has_mechanism(a->capabilities, m->name))
		return "not offered";
	if (!named && !m->automatic)
		return "only on request";
	if (!sasl_available(m))
		return "libgsasl does not have it here";
	if (a->credentials.authzid != NULL && !m->authzid)
		return "it cannot carry auth_id";
	if (m->binding && a->credentials.binding == TLS_BINDING_NONE)
		return a->secure ? "no channel binding in this TLS session" :
		    "no TLS";
	if (!a->secure && !named && !m->plain_wire)
		return "no TLS";
	if (!a->secure && m->clear && !a->clear_allowed)
		return "it would show the password to the network";
	return NULL;
}

/* One step of ours; a fault begins with the peer. */
static int
step(const struct auth *a, struct sasl *sasl, const char *challenge,
    struct buffer *out, struct fault *f)
{
	return sasl_step(sasl, challenge, out, f) == 0 ? 0 :
	    fault_prefix(f, "%s: ", peer(a));
}

/* What came of an exchange; the final reply is the dialogue's. */
struct exchange {
	bool begun;		/* AUTH was about to be sent */
	size_t octets;		/* of the initial response */
};

/* RFC 4954 section 4: one exchange, from AUTH to its final reply. */
static int
exchange(const struct auth *a, struct sasl *sasl,
    const struct sasl_mechanism *m, struct exchange *e, struct fault *f)
{
	const struct reply *r = &a->dialogue->reply;
	struct buffer b;
	int result, steps = 0;
	bool waits;		/* the initial response does */

	buffer_init(&b, REPLY_MAX);
	result = m->client_first ? step(a, sasl, NULL, &b, f) : 0;
	e->begun = result == 0;
	e->octets = b.len;
	waits = sizeof("AUTH  \r\n") - 1 + strlen(m->name) + b.len >
	    LINE_OCTETS_MAX;
	if (result == 0)
		result = dialogue_ask(a->dialogue, VERB_AUTH, f,
		    m->client_first && !waits ? "AUTH %s %s" : "AUTH %s%s",
		    m->name, !m->client_first || waits ? "" : b.len == 0 ?
		    "=" : b.data);
	if (result == 0 && r->code == CHALLENGE && waits)
		result = dialogue_ask(a->dialogue, VERB_RESPONSE, f, "%s",
		    b.data);
	while (result == 0 && r->code == CHALLENGE) {
		buffer_wipe(&b);
		/* what has been said in full is not said again */
		result = sasl_complete(sasl) || steps++ == AUTH_STEPS_MAX ?
		    fault(f, FAULT_PROTOCOL, "%s: the server's challenges do "
		    "not end", peer(a)) : step(a, sasl, r->text.len == 0 ?
		    "" : r->text.data, &b, f);
		/* "*" cancels the exchange, whatever is replied */
		if (result == -1)
			dialogue_ask(a->dialogue, VERB_RESPONSE, NULL, "*");
		else
			result = dialogue_ask(a->dialogue, VERB_RESPONSE, f,
			    "%s", b.len == 0 ? "" : b.data);
	}
	buffer_wipe(&b);
	return result;
}

/*
 * Does the server refuse the mechanism, and not the credentials? After a 535
 * they are not sent again, whatever its enhanced status code says.
 */
static bool
mechanism_refused(const struct reply *r)
{
	return r->code == 504 || r->code == 538 ||
	    (reply_digit(r) == 5 && r->code != 535 &&
	    (reply_has_status(r, 5, 4) || reply_has_status(r, 7, 4)));
}

/* "501 5.5.127 Token will expire soon", as Exchange says it. */
static bool
token_expires(const struct sasl_mechanism *m, const struct reply *r)
{
	return m->token != SASL_NO_TOKEN && r->code == 501 &&
	    reply_has_status(r, 5, 127);
}

/* The server refuses the credentials, or for now. */
static void
credentials_refused(const struct auth *a, const struct sasl *sasl,
    const struct sasl_mechanism *m, const struct exchange *e,
    struct fault *f)
{
	const struct reply *r = &a->dialogue->reply;
	size_t octets = e->octets;
	const char *user = a->credentials.user;

	reply_refused(r, peer(a), "the credentials", f);
	if (octets > RESPONSE_OCTETS_MAX)
		fault_add(f, "; the token makes a response of %zu octets, and "
		    "servers need not take more than %d", octets,
		    RESPONSE_OCTETS_MAX);
	if (sasl_server_error(sasl) != NULL)
		fault_add(f, "; its reason: %s", sasl_server_error(sasl));
	if (reply_digit(r) == 5 && m->token != SASL_NO_TOKEN)
		fault_hint(f, "check \"user\" (%s); the token may have "
		    "expired, or not be meant for sending mail",
		    user == NULL ? "none" : user);
	else if (reply_digit(r) == 5)
		fault_hint(f, "check \"user\" and the password (AUTH %s as "
		    "%s); some providers want an app password", m->name,
		    user == NULL ? "(no user)" : user);
}

/* The server sees another channel than we do: no impostor would say so. */
static void
channel_refused(const struct auth *a, const struct sasl *sasl,
    const struct sasl_mechanism *m, struct fault *f)
{
	fault(f, FAULT_PROTOCOL, "%s: %s: the server says \"%s\"", peer(a),
	    m->name, sasl_server_error(sasl));
	fault_hint(f, "somebody may be between here and the server, and change "
	    "what is said; nothing was sent");
}

/* What the reply that ends an exchange means. */
static enum attempt
conclude(const struct auth *a, const struct sasl *sasl,
    const struct sasl_mechanism *m, const struct exchange *e,
    struct fault *f)
{
	const struct reply *r = &a->dialogue->reply;

	if (reply_digit(r) == 2) {
		if (sasl_complete(sasl) || !m->mutual)
			return ATTEMPT_DONE;
		fault(f, FAULT_PROTOCOL, "%s: the server did not prove that "
		    "it %s (%s)", peer(a), m->password ?
		    "knows the password" : "is who it should be", m->name);
		fault_hint(f, "an impostor, or a broken server, does this; "
		    "nothing was sent");
		return ATTEMPT_FAILED;
	}
	if (sasl_channel_error(sasl)) {
		channel_refused(a, sasl, m, f);
		return ATTEMPT_FAILED;
	}
	if (mechanism_refused(r))
		return ATTEMPT_NEXT;
	/* these are about the command, not the credentials */
	if (r->code >= 500 && r->code <= 503 && !token_expires(m, r) &&
	    sasl_server_error(sasl) == NULL)
		reply_refused(r, peer(a), "AUTH", f);
	else
		credentials_refused(a, sasl, m, e, f);
	return ATTEMPT_REFUSED;
}

static void
note_iterations(const struct auth *a, const struct sasl *sasl)
{
	unsigned n = sasl_iterations(sasl);
	char *text;

	if (n == 0 || n >= SASL_ITERATIONS_MIN || a->note == NULL)
		return;
	text = buffer_format("the server asks for %u iterations of SCRAM; at "
	    "least %d should protect the password (RFC 5802)", n,
	    SASL_ITERATIONS_MIN);
	a->note(text);
	free(text);
}

/*
 * Where a mechanism without a password cannot even begin, such as GSSAPI
 * without a ticket, `unable` says why, and the next one is tried.
 */
static enum attempt
try_mechanism(const struct auth *a, const struct sasl_mechanism *m,
    struct fault *unable, struct fault *f)
{
	struct exchange e = { .begun = false };
	struct fault own = { .class = FAULT_NONE };
	enum attempt attempt = ATTEMPT_FAILED;
	struct sasl *sasl;

	*a->used = m->name;
	if (sasl_start(&sasl, m, &a->credentials, f) == -1)
		return ATTEMPT_FAILED;
	if (exchange(a, sasl, m, &e, &own) == 0) {
		note_iterations(a, sasl);
		attempt = conclude(a, sasl, m, &e, f);
	} else if (!e.begun && !m->password && own.class == FAULT_AUTH) {
		fault_pass(unable, &own, "");
		attempt = ATTEMPT_NEXT;
	} else {
		fault_pass(f, &own, "");
	}
	fault_clear(&own);
	sasl_free(sasl);
	return attempt;
}

/* A token that was refused is asked for once more. */
static enum attempt
try_token(const struct auth *a, const struct sasl_mechanism *m,
    struct fault *unable, struct fault *f)
{
	const struct reply *r = &a->dialogue->reply;
	enum attempt attempt = try_mechanism(a, m, unable, f);
	struct fault why = { .class = FAULT_NONE };
	int got;

	if (attempt != ATTEMPT_REFUSED || m->token == SASL_NO_TOKEN ||
	    (r->code != 535 && !token_expires(m, r)) ||
	    a->another_token == NULL)
		return attempt;
	got = a->another_token(a->context, &why);
	if (got != 0)
		fault_clear(f);
	if (got == -1) {
		fault_pass(f, &why, "");
		attempt = ATTEMPT_FAILED;
	} else if (got == 1) {
		attempt = try_mechanism(a, m, unable, f);
	}
	fault_clear(&why);
	return attempt;
}

/* Is one of those that the account allows kept back for the lack of TLS? */
static bool
would_tls_help(const struct auth *a)
{
	const struct sasl_mechanism *m;

	for (size_t i = 0; !a->secure &&
	    (m = sasl_choice(a->setting, i)) != NULL; i++)
		if (capability_has_mechanism(a->capabilities, m->name))
			return true;
	return false;
}

static int
nothing_fits(const struct auth *a, const struct buffer *why, struct fault *f)
{
	const char *offered = a->capabilities->mechanisms;

	if (!a->capabilities->has[CAP_AUTH]) {
		fault(f, FAULT_REFUSED, "%s: the server does not offer AUTH",
		    peer(a));
		return fault_hint(f, a->secure ? "check \"port\" (587 and "
		    "465 are for authenticated mail), or set \"auth off\"" :
		    "many servers offer it after TLS only: set \"tls on\"");
	}
	fault(f, FAULT_REFUSED, "%s: no way to authenticate: the server "
	    "offers%s(%s)", peer(a), offered == NULL ? " nothing " : offered,
	    why->len == 0 ? "none that we know" : why->data);
	return fault_hint(f, would_tls_help(a) ? "set \"tls on\"" :
	    "set \"auth\" to one of those that the server offers%s",
	    a->secure ? "" : ", or \"tls on\": there may be more then");
}

/*
 * "auth on", and the server does not know the command with a mechanism that it
 * has offered: may the next one be tried? There must be one.
 */
static bool
may_go_on(const struct auth *a, const struct sasl_mechanism *m, size_t next)
{
	const struct reply *r = &a->dialogue->reply;

	if (r->code < 500 || r->code > 503 || token_expires(m, r) ||
	    !text_same_word(a->setting, strlen(a->setting), "on"))
		return false;
	for (; (m = sasl_choice(a->setting, next)) != NULL; next++)
		if (obstacle(a, m) == NULL)
			return true;
	return false;
}

/*
 * Servers offer SCRAM and have passwords in a form that it cannot use; then
 * PLAIN or LOGIN may do, which show the password to a server that TLS has
 * verified. NULL where they may not, or are not offered.
 */
static const struct sasl_mechanism *
instead_of_scram(const struct auth *a, const struct sasl_mechanism *m)
{
	if (m->scram == TLS_NO_HASH || !a->verified ||
	    !text_same_word(a->setting, strlen(a->setting), "on"))
		return NULL;
	for (size_t i = 0; (m = sasl_choice(a->setting, i)) != NULL; i++)
		if (m->clear && m->password && m->token == SASL_NO_TOKEN &&
		    obstacle(a, m) == NULL)
			return m;
	return NULL;
}

/*
 * Did the connection break in this attempt, which followed a refusal? Servers
 * answer, and hang up; the answer is what counts then.
 */
static bool
hung_up(const struct auth *a, enum attempt attempt, const struct fault *f)
{
	return attempt == ATTEMPT_FAILED && f->class == FAULT_TEMPORARY &&
	    !a->dialogue->closing && reply_digit(&a->dialogue->reply) == 5;
}

static enum attempt
try_instead(const struct auth *a, const struct sasl_mechanism *m,
    struct fault *unable, struct fault *f)
{
	struct fault own = { .class = FAULT_NONE };
	enum attempt attempt = try_mechanism(a, m, unable, &own);
	char *text;

	if (hung_up(a, attempt, &own)) {
		fault_clear(&own);
		fault_replace_hint(f, "the server hung up before AUTH %s could "
		    "be tried: \"auth %s\" begins with that; or check \"user\" "
		    "and the password", m->name, m->name);
		return ATTEMPT_REFUSED;
	}
	fault_clear(f);
	if (own.class != FAULT_NONE)
		fault_pass(f, &own, "");
	fault_clear(&own);
	if (attempt != ATTEMPT_DONE || a->note == NULL)
		return attempt;
	text = buffer_format("the server refused the password by SCRAM and "
	    "took it by %s; \"auth %s\" saves a round trip", m->name, m->name);
	a->note(text);
	free(text);
	return attempt;
}

/* Adds a mechanism and why it was not the one. */
static void
add_reason(const struct auth *a, const struct sasl_mechanism *m,
    const char *reason, struct buffer *why)
{
	const struct reply *r = &a->dialogue->reply;
	struct buffer b;

	/* "auth on" stands for all of them: those that are there matter */
	if (text_same_word(a->setting, strlen(a->setting), "on") &&
	    !capability_has_mechanism(a->capabilities, m->name))
		return;
	buffer_printf(why, "%s%s: ", why->len == 0 ? "" : ", ", m->name);
	if (reason != NULL || reply_digit(r) < 4) {
		buffer_add_string(why, reason == NULL ? "refused" : reason);
		return;
	}
	buffer_init(&b, REPLY_MAX * 2);
	reply_add_text(r, &b);
	buffer_printf(why, "%.*s", b.len > REASON_MAX ? REASON_MAX :
	    (int)b.len, b.data);
	buffer_free(&b);
}

/* One mechanism after the other, until one succeeds or fails for good. */
static enum attempt
try_all(const struct auth *a, struct buffer *why, struct fault *unable,
    struct fault *f)
{
	enum attempt attempt = ATTEMPT_NEXT;
	const struct sasl_mechanism *m, *instead;
	const char *reason;

	for (size_t i = 0; attempt == ATTEMPT_NEXT &&
	    (m = sasl_choice(a->setting, i)) != NULL; i++) {
		reason = obstacle(a, m);
		if (reason == NULL) {
			instead = instead_of_scram(a, m);
			/* credentials that were refused go out only once */
			if (instead != NULL && a->refused_before)
				m = instead;
			attempt = try_token(a, m, unable, f);
			if (attempt == ATTEMPT_REFUSED && instead != NULL &&
			    m != instead && a->dialogue->reply.code == 535)
				attempt = try_instead(a, instead, unable, f);
			/* with another token, a new connection helps */
			if (m->token == SASL_NO_TOKEN &&
			    hung_up(a, attempt, f)) {
				fault_clear(f);
				return ATTEMPT_NEXT;
			}
			if (attempt == ATTEMPT_REFUSED &&
			    may_go_on(a, m, i + 1)) {
				fault_clear(f);
				attempt = ATTEMPT_NEXT;
			}
		}
		add_reason(a, m, reason, why);
	}
	return attempt;
}

/*
 * RFC 5802 section 6: may the setting bind, can we, and does the server offer
 * nothing of the kind? One who has named a method without does not ask for it.
 */
static bool
is_unbound(const struct auth *a)
{
	const struct sasl_mechanism *m;

	if (a->credentials.binding == TLS_BINDING_NONE ||
	    capability_has_binding(a->capabilities))
		return false;
	for (size_t i = 0; (m = sasl_choice(a->setting, i)) != NULL; i++)
		if (m->binding && sasl_available(m))
			return true;
	return false;
}

int
auth_run(const struct auth *given, struct reply *refusal, struct fault *f)
{
	struct auth filled = *given;
	const struct auth *a = &filled;
	struct fault unable = { .class = FAULT_NONE };
	enum attempt attempt;
	struct buffer why;

	filled.credentials.secure = given->secure;
	filled.credentials.unbound = is_unbound(given);
	buffer_init(&why, WHY_MAX);
	attempt = try_all(a, &why, &unable, f);
	if (attempt == ATTEMPT_NEXT && unable.class != FAULT_NONE)
		fault_pass(f, &unable, "");
	else if (attempt == ATTEMPT_NEXT)
		nothing_fits(a, &why, f);
	if (attempt == ATTEMPT_REFUSED)
		reply_copy(refusal, &a->dialogue->reply);
	fault_clear(&unable);
	buffer_free(&why);
	return attempt == ATTEMPT_DONE ? 0 : -1;
}
