/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "wire/dial.h"
#include "smtp/sasl/sasl.h"
#include "smtp/session.h"
#include "config/account/account.h"
#include "config/password/password.h"
#include "delivery/security.h"
#include "delivery/upstream.h"

#define PORT_SUBMISSIONS 465	/* RFC 8314: TLS from the first octet */
#define PORT_SUBMISSION 587	/* RFC 6409 */
#define PORT_SMTP 25

static bool
is_loopback_name(const char *host)
{
	return text_same_word(host, strlen(host), "localhost") ||
	    text_same_word(host, strlen(host), "::1") ||
	    (strncmp(host, "127.", 4) == 0 && dial_is_literal(host));
}

/* A proxy's loopback is another machine's: what goes there leaves this one. */
static bool
stays_here(const struct account *a)
{
	return a->socket != NULL ||
	    (a->proxy_host == NULL && is_loopback_name(a->host));
}

/*
 * `tls` unset means: implicit on port 465; STARTTLS, required, on port 587
 * and wherever we authenticate to a host that is not this one; else none.
 */
void
upstream_choose_tls(struct session_params *p, const struct account *a)
{
	/* a socket has no port, whatever is said of the host */
	int64_t port = a->socket != NULL ? 0 : a->port;
	bool secure = a->tls == TOGGLE_ON || (a->tls == TOGGLE_UNSET &&
	    (port == PORT_SUBMISSIONS || port == PORT_SUBMISSION ||
	    (a->auth != NULL && !stays_here(a))));
	bool starttls = a->tls_starttls == TOGGLE_ON ||
	    (a->tls_starttls == TOGGLE_UNSET && port != PORT_SUBMISSIONS);

	p->tls = !secure ? SESSION_CLEAR : starttls ? SESSION_STARTTLS :
	    SESSION_IMPLICIT_TLS;
	p->port = port != 0 ? (uint16_t)port :
	    p->tls == SESSION_IMPLICIT_TLS ? PORT_SUBMISSIONS : PORT_SMTP;
}

static void
fill_route(struct route *r, const struct account *a)
{
	static const enum dial_family families[] = {
		[ADDRESS_FAMILY_ANY] = DIAL_ANY,
		[ADDRESS_FAMILY_IPV4] = DIAL_IPV4,
		[ADDRESS_FAMILY_IPV6] = DIAL_IPV6
	};

	r->socket = a->socket;
	r->source_ip = a->source_ip;
	r->family = families[a->address_family];
	r->proxy_host = a->proxy_host;
	r->proxy_port = (uint16_t)a->proxy_port;
	r->proxy_user = a->proxy_user;
	r->proxy_password = &a->proxy_password;
}

void
upstream_fill(struct session_params *p, const struct account *a,
    const struct secret *password)
{
	memset(p, 0, sizeof(*p));
	p->host = a->host;
	fill_route(&p->route, a);
	p->timeout_ms = a->timeout * 1000;
	p->ehlo_name = a->domain;
	security_fill(&p->trust, a);
	p->auth = a->auth;
	p->auth_id = a->auth_id;
	p->ntlm_domain = a->ntlmdomain;
	p->auth_without_tls = a->auth_without_tls == TOGGLE_ON;
	p->user = a->user;
	p->password = password;
	p->lmtp = a->protocol == PROTOCOL_LMTP;
	p->no_pipelining = a->pipelining == TOGGLE_OFF;
	p->no_chunking = a->chunking == TOGGLE_OFF;
	p->all_or_none = a->rejected_recipients == REJECTED_ABORT;
	upstream_choose_tls(p, a);
}

bool
upstream_wants_secret(const struct account *a)
{
	if (a->auth != NULL && sasl_needs_password(a->auth))
		return true;
	/* the PIN of a token, or the passphrase of a key */
	return a->tls_key_file != NULL && account_has_password(a);
}

int
upstream_secret(struct secret *password, const struct account *a,
    struct fault *f)
{
	return upstream_wants_secret(a) ? account_password(a, password, f) : 0;
}
