/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/fault.h"
#include "base/idna.h"
#include "base/memory.h"
#include "base/text.h"
#include "mail/address/address.h"
#include "wire/conn.h"
#include "wire/dial.h"
#include "wire/stranger.h"
#include "smtp/session.h"
#include "smtp/probe.h"

#define HANDSHAKE_MS (120 * 1000)	/* TLS, without `timeout` */
#define PORT_SUBMISSIONS 465	/* RFC 8314: TLS from the first octet */
#define SILENCE_MS (10 * 1000)	/* then a server there awaits TLS */
#define TEXT_MAX (REPLY_MAX * 2)	/* one reply, shown */
#define BINDING_MAX 1024	/* octets; tls-exporter has 32 */

int
session_refused(struct session *s, const struct reply *r, enum phase phase,
    const char *what, struct fault *f)
{
	s->phase = phase;
	reply_copy(&s->settled, r);
	return reply_refused(r, conn_peer(s->conn), what, f);
}

/* Nothing has come that could be a greeting: the remedy. */
static void
explain_greeting(const struct session *s, struct fault *f)
{
	const char *clear = s->params->tls == SESSION_CLEAR ?
	    "\"tls on\" and " : "";
	const char *p;
	size_t n = conn_input(s->conn, &p);

	if (f->class != FAULT_PROTOCOL && f->class != FAULT_TEMPORARY)
		return;
	if (f->class == FAULT_PROTOCOL || s->secure)
		stranger_explain(stranger_protocol(p, n), f);
	else if (s->params->port == PORT_SUBMISSIONS)
		fault_replace_hint(f, "port 465 begins with TLS, for which the "
		    "server waits: set %s\"tls_starttls off\"", clear);
	else
		fault_replace_hint(f, "no greeting came; if this port begins "
		    "with TLS (465 does), set %s\"tls_starttls off\"", clear);
}

static int
greeting(struct session *s, struct fault *f)
{
	struct dialogue *d = &s->dialogue;

	s->phase = PHASE_GREETING;
	if (!s->secure && s->params->port == PORT_SUBMISSIONS)
		d->hurry = clock_after(SILENCE_MS);
	dialogue_expect(d, VERB_GREETING, NULL, NULL);
	if (dialogue_sync(d, f) == -1) {
		if (!d->closing)
			explain_greeting(s, f);
		return -1;
	}
	d->hurry = 0;
	probe_greeting(s->params->probe, &d->reply);
	if (reply_digit(&d->reply) != 2)
		return session_refused(s, &d->reply, PHASE_GREETING,
		    "the connection", f);
	return 0;
}

char *
session_own_name(void)
{
	char *host = dial_own_name();

	if (host != NULL && address_is_fqdn(host, strlen(host)))
		return host;
	free(host);
	return NULL;
}

/*
 * The name to greet with: as configured, else the host's own if it is a
 * valid FQDN, else the literal of our address. A remote server is never
 * told "localhost", which many refuse; nor a literal that is not global, as
 * in a container, behind NAT, or at our end of a tunnel, where the domain of
 * the sender says who we are.
 */
static void
choose_ehlo_name(struct session *s)
{
	const char *configured = s->params->ehlo_name;
	struct buffer b;

	if (configured != NULL && (!text_same_word(configured,
	    strlen(configured), "localhost") || s->local) &&
	    idna_to_ascii(configured, &s->ehlo_name) == 0)
		return;
	s->ehlo_name = session_own_name();
	if (s->ehlo_name != NULL)
		return;
	if (s->params->sender_domain != NULL &&
	    (!s->local || s->params->trust.host != NULL) &&
	    !dial_own_is_global(conn_read_fd(s->conn))) {
		s->ehlo_name = memory_string(s->params->sender_domain);
		return;
	}
	buffer_init(&b, 128);
	dial_add_own_literal(&b, conn_read_fd(s->conn));
	s->ehlo_name = buffer_detach(&b);
}

/* EHLO, or HELO for a server that does not know EHLO (RFC 5321 3.2); or LHLO,
 * and nothing else (RFC 2033 section 4.1). */
static int
hello(struct session *s, struct fault *f)
{
	const char *ehlo = s->params->lmtp ? "LHLO" : "EHLO";
	const struct reply *r = &s->dialogue.reply;

	s->phase = PHASE_HELLO;
	capability_clear(&s->capabilities);
	s->dialogue.pipelining = false;
	if (dialogue_ask(&s->dialogue, VERB_EHLO, f, "%s %s", ehlo,
	    s->ehlo_name) == -1)
		return -1;
	if (reply_digit(r) == 2) {
		capability_read(&s->capabilities, r);
		probe_hello(s->params->probe, r);
	} else if (!s->params->lmtp && (r->code == 500 || r->code == 502 ||
	    r->code == 504)) {
		ehlo = "HELO";
		if (dialogue_ask(&s->dialogue, VERB_HELO, f, "HELO %s",
		    s->ehlo_name) == -1)
			return -1;
	}
	s->dialogue.pipelining = s->capabilities.has[CAP_PIPELINING] &&
	    !s->params->no_pipelining;
	s->chunking = s->capabilities.has[CAP_CHUNKING] &&
	    !s->params->no_chunking;
	return reply_digit(r) == 2 ? 0 :
	    session_refused(s, r, PHASE_HELLO, ehlo, f);
}

static int
secure(struct session *s, struct fault *f)
{
	struct buffer b;
	int64_t ms = s->params->timeout_ms > 0 ? s->params->timeout_ms :
	    HANDSHAKE_MS;

	s->phase = PHASE_TLS;
	if (tls_start(s->tls, s->conn, clock_after(ms), f) == -1) {
		/* the peer expects TLS: a QUIT in clear would be garbage */
		s->dialogue.closing = true;
		return -1;
	}
	s->secure = true;
	s->verified = s->params->trust.check ||
	    s->params->trust.fingerprints != NULL ||
	    s->params->trust.key_pins != NULL;
	s->tls_version = tls_version(s->tls);
	probe_secured(s->params->probe, s->tls);
	buffer_init(&b, TEXT_MAX);
	tls_describe(s->tls, &b);
	dialogue_remark_time(&s->dialogue, "TLS %s, certificate %s", b.data,
	    s->params->trust.check && tls_distrust(s->tls) == NULL ?
	    "verified" : "NOT verified");
	buffer_clear(&b);
	if (tls_add_advice(s->tls, &b) && s->params->note != NULL)
		s->params->note(b.data);
	buffer_free(&b);
	return 0;
}

static int
starttls(struct session *s, struct fault *f)
{
	const struct reply *r = &s->dialogue.reply;

	s->phase = PHASE_STARTTLS;
	if (!s->capabilities.has[CAP_STARTTLS]) {
		fault(f, FAULT_REFUSED, "%s: the server does not offer "
		    "STARTTLS; nothing was sent", conn_peer(s->conn));
		return fault_hint(f, "use the port that it has for TLS (465 "
		    "with \"tls_starttls off\", or 587); only for a server "
		    "that you trust in clear: \"tls off\"");
	}
	if (dialogue_ask(&s->dialogue, VERB_STARTTLS, f, "STARTTLS") == -1)
		return -1;
	if (reply_digit(r) != 2)
		return session_refused(s, r, PHASE_STARTTLS, "STARTTLS", f);
	if (secure(s, f) == -1)
		return -1;
	/* RFC 3207 section 4.2: what was said in clear is forgotten */
	return hello(s, f);
}

static int
prepare_tls(struct session *s, struct fault *f)
{
	struct tls_params p = s->params->trust;

	if (s->params->tls == SESSION_CLEAR)
		return 0;
	if (p.host == NULL && s->params->host == NULL) {
		fault(f, FAULT_CONFIG, "%s: TLS needs the name that the "
		    "server's certificate has", s->params->route.socket);
		return fault_hint(f, "set \"host\" or \"tls_host_override\"; "
		    "a Unix socket does without TLS: \"tls off\"");
	}
	if (p.host == NULL)
		s->tls_name = memory_string(s->ascii_host);
	else if (idna_to_ascii(p.host, &s->tls_name) == -1)
		return fault(f, FAULT_CONFIG, "tls_host_override %s: not a "
		    "valid host name", p.host);
	p.host = s->tls_name;
	p.token_pin = s->params->password;
	p.starttls = s->params->tls == SESSION_STARTTLS;
	if (s->params->tls_kept != NULL && *s->params->tls_kept != NULL) {
		s->tls = *s->params->tls_kept;
		tls_reuse(s->tls, s->tls_name);
		return 0;
	}
	if (tls_prepare(&s->tls, &p, f) == -1)
		return -1;
	if (s->params->tls_kept != NULL)
		*s->params->tls_kept = s->tls;
	return 0;
}

/* What happens on the way to the server. */
static void
watch(void *context, enum dial_event event, const char *text)
{
	struct session *s = context;

	if (event == DIAL_FOUND)
		probe_looked_up(s->params->probe, text);
	if (event == DIAL_TRIED)
		dialogue_remark(&s->dialogue, "trying %s", text);
	else
		dialogue_remark_time(&s->dialogue, "%s", text);
}

static void
remark_connected(struct session *s, int fd)
{
	struct buffer address;

	buffer_init(&address, TEXT_MAX);
	dial_add_peer(&address, fd);
	dialogue_remark_time(&s->dialogue, "connected to %s%s%s",
	    conn_peer(s->conn), address.len == 0 ? "" : ", which is ",
	    address.data);
	buffer_free(&address);
}

static int
connect_to(struct session *s, struct fault *f)
{
	const struct session_params *p = s->params;
	struct route route = p->route;
	struct buffer peer;
	int fd;

	s->phase = PHASE_CONNECT;
	route.host = s->ascii_host;
	route.port = p->port;
	route.watch = watch;
	route.context = s;
	dialogue_init(&s->dialogue, NULL, p->transcript);
	fd = route_connect(&route, p->timeout_ms > 0 ? p->timeout_ms :
	    DIAL_TIMEOUT_MS, f);
	if (fd == -1)
		return -1;
	s->local = route_is_local(&route, fd);
	route.host = p->host;
	buffer_init(&peer, TEXT_MAX);
	route_add_peer(&peer, &route);
	s->conn = conn_new(fd, fd, peer.data, p->timeout_ms > 0 ?
	    p->timeout_ms : CONN_PROGRESS_MS);
	buffer_free(&peer);
	s->dialogue.conn = s->conn;
	s->dialogue.timeout_ms = p->timeout_ms;
	s->dialogue.password = p->password;
	remark_connected(s, fd);
	probe_connected(p->probe, &route, fd);
	if (p->connected != NULL)
		p->connected(p->context);
	return 0;
}

static int
authenticate(struct session *s, struct fault *f)
{
	const struct session_params *p = s->params;
	const char *used = NULL;
	struct buffer binding;
	struct auth a = {
		.dialogue = &s->dialogue, .capabilities = &s->capabilities,
		.setting = p->auth, .secure = s->secure,
		.clear_allowed = p->auth_without_tls || s->local,
		.credentials = {
			.user = p->user, .password = p->password,
			.authzid = p->auth_id, .domain = p->ntlm_domain,
			.host = s->ascii_host, .port = p->port,
			.binding = TLS_BINDING_NONE, .binding_data = &binding
		},
		.verified = s->verified,
		.refused_before = p->refused_before,
		.another_token = p->another_token, .context = p->context,
		.note = p->note, .used = &used
	};
	int result;

	buffer_init(&binding, BINDING_MAX);
	if (s->secure)
		a.credentials.binding = tls_channel_binding(s->tls, &binding);
	result = auth_run(&a, &s->settled, f);
	if (result == 0)
		probe_authenticated(p->probe, used, p->user);
	buffer_wipe(&binding);
	return result;
}

static int
converse(struct session *s, struct fault *f)
{
	if (s->params->tls == SESSION_IMPLICIT_TLS && secure(s, f) == -1)
		return -1;
	if (greeting(s, f) == -1)
		return -1;
	choose_ehlo_name(s);
	if (hello(s, f) == -1)
		return -1;
	if (s->params->tls == SESSION_STARTTLS && starttls(s, f) == -1)
		return -1;
	/* a survey's peer may be anybody */
	if (s->params->auth == NULL || s->params->trust.survey)
		return 0;
	s->phase = PHASE_AUTH;
	return authenticate(s, f);
}

int
session_open(struct session *s, const struct session_params *params,
    struct fault *f)
{
	memset(s, 0, sizeof(*s));
	s->params = params;
	reply_init(&s->settled);
	if (idna_to_ascii(params->host == NULL ? "localhost" :
	    params->host, &s->ascii_host) == -1) {
		fault(f, FAULT_CONFIG, "%s: not a valid host name",
		    params->host);
	} else if (prepare_tls(s, f) == 0 && connect_to(s, f) == 0 &&
	    converse(s, f) == 0) {
		return 0;
	}
	return -1;
}

void
session_close(struct session *s)
{
	if (s->conn != NULL) {
		if (s->amid_data)
			s->dialogue.closing = true;
		dialogue_quit(&s->dialogue);
		dialogue_free(&s->dialogue);
	}
	if (s->params != NULL && s->params->tls_kept != NULL &&
	    s->tls != NULL)
		tls_reuse(s->tls, NULL);
	else
		tls_free(s->tls);
	conn_free(s->conn);
	capability_clear(&s->capabilities);
	free(s->ascii_host);
	free(s->tls_name);
	free(s->ehlo_name);
	reply_free(&s->settled);
	memset(s, 0, sizeof(*s));
}
