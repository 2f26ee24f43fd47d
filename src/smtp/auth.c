/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <string.h>

#include "base/fault.h"
#include "base/memory.h"
#include "base/text.h"
#include "wire/conn.h"
#include "smtp/sasl/sasl.h"
#include "smtp/session.h"

#define AUTH_STEPS_MAX 16	/* challenges; no mechanism here needs four */
#define PEER_MAX 4096		/* octets of host:port */
#define CHALLENGE 334		/* RFC 4954 section 6 */
#define WHY_MAX 4096		/* octets of explanation in a fault */

enum outcome { AUTH_DONE, AUTH_NEXT, AUTH_FAILED };

/* Why this mechanism cannot be used now, or NULL. */
static const char *
obstacle(const struct session *s, const struct sasl_mechanism *m,
    enum tls_binding binding)
{
	const struct session_params *p = s->params;
	bool named = !text_same_word(p->auth, strlen(p->auth), "on");

	if (!capability_has_mechanism(&s->capabilities, m->name))
		return "not offered";
	if (!named && !m->automatic)
		return "only on request";
	if (!sasl_available(m))
		return "no libgsasl here that knows it";
	if (p->auth_id != NULL && !m->authzid)
		return "it cannot carry auth_id";
	if (m->binding && binding == TLS_BINDING_NONE)
		return s->secure ? "no channel binding in this TLS session" :
		    "no TLS";
	if (!s->secure && !named && !m->plain_wire)
		return "no TLS";
	if (!s->secure && m->clear && !p->auth_without_tls && !s->local)
		return "it would show the password to the network";
	return NULL;
}

/* A step of ours, its fault told with the peer's name in front. */
static int
step(const struct session *s, struct sasl *sasl, const char *challenge,
    struct buffer *out, struct fault *f)
{
	struct fault own = { FAULT_NONE, NULL, NULL, false };
	struct buffer peer;

	if (sasl_step(sasl, challenge, out, &own) == 0)
		return 0;
	buffer_init(&peer, PEER_MAX);
	buffer_printf(&peer, "%s: ", conn_peer(s->conn));
	fault_pass(f, &own, peer.data);
	buffer_free(&peer);
	fault_clear(&own);
	return -1;
}

/* RFC 4954 section 4: one exchange, from AUTH to its final reply. */
static int
exchange(struct session *s, struct sasl *sasl,
    const struct sasl_mechanism *m, struct reply *r, bool *begun,
    struct fault *f)
{
	struct dialogue *d = &s->dialogue;
	struct buffer b;
	int result, steps = 0;

	buffer_init(&b, REPLY_MAX);
	result = m->client_first ? step(s, sasl, NULL, &b, f) : 0;
	*begun = result == 0;
	if (result == 0)
		result = dialogue_ask(d, VERB_AUTH, r, f, m->client_first ?
		    "AUTH %s %s" : "AUTH %s%s", m->name, !m->client_first ?
		    "" : b.len == 0 ? "=" : b.data);
	while (result == 0 && r->code == CHALLENGE) {
		buffer_wipe(&b);
		/* a challenge is no success: credentials go out once */
		result = sasl_complete(sasl) || steps++ == AUTH_STEPS_MAX ?
		    fault(f, FAULT_PROTOCOL, "%s: the server's challenges do "
		    "not end", conn_peer(s->conn)) :
		    step(s, sasl, r->text.len == 0 ? "" : r->text.data, &b,
		    f);
		if (result == -1) {
			/* RFC 4954: "*" cancels; the reply does not matter */
			struct fault ignored = { FAULT_NONE, NULL, NULL,
			    false };
			dialogue_ask(d, VERB_RESPONSE, r, &ignored, "*");
			fault_clear(&ignored);
			break;
		}
		result = dialogue_ask(d, VERB_RESPONSE, r, f, "%s",
		    b.len == 0 ? "" : b.data);
	}
	buffer_wipe(&b);
	return result;
}

/*
 * Is it the mechanism that is refused, and not the credentials? After a 535
 * they are not tried again, whatever its enhanced status code says.
 */
static bool
mechanism_refused(const struct reply *r)
{
	return r->code == 504 || r->code == 538 ||
	    (reply_digit(r) == 5 && r->code != 535 &&
	    (reply_has_status(r, 5, 4) || reply_has_status(r, 7, 4)));
}

static enum outcome
conclude(const struct session *s, const struct sasl *sasl,
    const struct sasl_mechanism *m, const struct reply *r, struct fault *f)
{
	if (reply_digit(r) == 2) {
		if (sasl_complete(sasl) || !m->mutual)
			return AUTH_DONE;
		fault(f, FAULT_PROTOCOL, "%s: the server did not prove that "
		    "it %s (%s)", conn_peer(s->conn), m->password ?
		    "knows the password" : "is who it should be", m->name);
		fault_hint(f, "an impostor, or a broken server, does this; "
		    "nothing was sent");
		return AUTH_FAILED;
	}
	if (mechanism_refused(r))
		return AUTH_NEXT;
	/* not the credentials, but the command */
	if (r->code >= 500 && r->code <= 503) {
		session_refused(s, r, STAGE_HELLO, "AUTH", f);
		return AUTH_FAILED;
	}
	session_refused(s, r, STAGE_AUTH, "the credentials", f);
	if (sasl_server_error(sasl) != NULL)
		fault_add(f, "; its reason: %s", sasl_server_error(sasl));
	if (reply_digit(r) == 5 && sasl_takes_token(m))
		fault_hint(f, "check \"user\" (%s); the token may have "
		    "expired, or not be meant for sending mail",
		    s->params->user == NULL ? "none" : s->params->user);
	else if (reply_digit(r) == 5)
		fault_hint(f, "check \"user\" and the password (AUTH %s as "
		    "%s); some providers want an app password", m->name,
		    s->params->user == NULL ? "(no user)" : s->params->user);
	return AUTH_FAILED;
}

/* `unable`: we could not begin, so another mechanism may do. */
static enum outcome
try_mechanism(struct session *s, const struct sasl_mechanism *m,
    const struct sasl_params *p, struct fault *unable, struct fault *f)
{
	struct fault own = { FAULT_NONE, NULL, NULL, false };
	enum outcome outcome = AUTH_FAILED;
	bool begun = false;
	struct sasl *sasl;
	struct reply r;

	if (sasl_start(&sasl, m, p, f) == -1)
		return AUTH_FAILED;
	reply_init(&r);
	if (exchange(s, sasl, m, &r, &begun, &own) == 0) {
		outcome = conclude(s, sasl, m, &r, f);
	} else if (!begun && !m->password && own.class == FAULT_AUTH) {
		fault_pass(unable, &own, "");
		outcome = AUTH_NEXT;
	} else {
		fault_pass(f, &own, "");
	}
	fault_clear(&own);
	reply_free(&r);
	sasl_free(sasl);
	return outcome;
}

static int
nothing_fits(const struct session *s, const struct buffer *why,
    struct fault *f)
{
	const char *offered = s->capabilities.mechanisms;

	if (!s->capabilities.has[CAP_AUTH]) {
		fault(f, FAULT_REFUSED, "%s: the server does not offer AUTH",
		    conn_peer(s->conn));
		return fault_hint(f, s->secure ? "check \"port\" (587 and "
		    "465 are for authenticated mail), or set \"auth off\"" :
		    "many servers offer it after TLS only: set \"tls on\"");
	}
	fault(f, FAULT_REFUSED, "%s: no way to authenticate: the server "
	    "offers%s(%s)", conn_peer(s->conn),
	    offered == NULL ? " nothing " : offered, why->data);
	return fault_hint(f, s->secure ? "set \"auth\" to one of those that "
	    "the server offers" : "set \"tls on\"");
}

/* One mechanism after the other, until one succeeds or fails for good. */
static enum outcome
try_all(struct session *s, const struct sasl_params *p, struct buffer *why,
    struct fault *unable, struct fault *f)
{
	enum outcome outcome = AUTH_NEXT;
	const struct sasl_mechanism *m;
	const char *reason;

	for (size_t i = 0; outcome == AUTH_NEXT &&
	    (m = sasl_choice(s->params->auth, i)) != NULL; i++) {
		reason = obstacle(s, m, p->binding);
		if (reason == NULL) {
			outcome = try_mechanism(s, m, p, unable, f);
			reason = "refused";
		}
		buffer_printf(why, "%s%s: %s", why->len == 0 ? "" : ", ",
		    m->name, reason);
	}
	return outcome;
}

int
session_authenticate(struct session *s, struct fault *f)
{
	struct fault unable = { FAULT_NONE, NULL, NULL, false };
	struct buffer data, why;
	struct sasl_params p = {
		.user = s->params->user, .password = s->params->password,
		.authzid = s->params->auth_id, .realm = s->params->ntlm_domain,
		.host = s->ascii_host, .port = s->params->port,
		.binding = TLS_BINDING_NONE, .binding_data = &data
	};
	enum outcome outcome;

	buffer_init(&data, REPLY_MAX);
	buffer_init(&why, WHY_MAX);
	if (s->secure)
		p.binding = tls_channel_binding(s->tls, &data);
	outcome = try_all(s, &p, &why, &unable, f);
	if (outcome == AUTH_NEXT && unable.class != FAULT_NONE)
		fault_pass(f, &unable, "");
	else if (outcome == AUTH_NEXT)
		nothing_fits(s, &why, f);
	fault_clear(&unable);
	buffer_wipe(&data);
	buffer_free(&why);
	return outcome == AUTH_DONE ? 0 : -1;
}
