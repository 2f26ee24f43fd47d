/* SPDX-License-Identifier: ISC */
#include "platform.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "guard.h"
#include "security.h"
#include "text.h"

#define PRIORITY_MAX 512

struct security {
	gnutls_certificate_credentials_t credentials;
	gnutls_priority_t priority;
	gnutls_datum_t ticket_key;
	gnutls_certificate_request_t request;
};

static void
security_check(int rc, const char *what)
{
	if (rc < 0)
		die(EXIT_TROUBLE, "%s: %s", what, gnutls_strerror(rc));
}

struct security *
security_new(const char *certificate, const char *key, const char *priority,
    const char *tls_max, const char *client_ca)
{
	struct security *security = text_alloc(sizeof(*security));
	char chosen[PRIORITY_MAX];

	/* What a server accepts from itself is not at stake: weak keys and
	 * expired certificates are here for the client to refuse. */
	snprintf(chosen, sizeof(chosen), "%s%s",
	    priority != NULL ? priority : "NORMAL:%PROFILE_VERY_WEAK",
	    tls_max != NULL && strcmp(tls_max, "1.2") == 0 ? ":-VERS-TLS1.3"
							  : "");
	security_check(gnutls_priority_init(&security->priority, chosen, NULL),
	    chosen);
	security_check(gnutls_certificate_allocate_credentials(
	    &security->credentials), "credentials");
	security_check(gnutls_certificate_set_x509_key_file(
	    security->credentials, certificate, key, GNUTLS_X509_FMT_PEM),
	    certificate);
	/* A ticket that arrives after the handshake is what clients meet in
	 * the field; without one they would never be tested on it. */
	security_check(gnutls_session_ticket_key_generate(
	    &security->ticket_key), "ticket key");
	security->request = GNUTLS_CERT_IGNORE;
	if (client_ca != NULL) {
		security_check(gnutls_certificate_set_x509_trust_file(
		    security->credentials, client_ca, GNUTLS_X509_FMT_PEM),
		    client_ca);
		security->request = GNUTLS_CERT_REQUEST;
	}
	return security;
}

void
security_free(struct security *security)
{
	if (security == NULL)
		return;
	gnutls_certificate_free_credentials(security->credentials);
	gnutls_priority_deinit(security->priority);
	gnutls_free(security->ticket_key.data);
	free(security);
}

/* A certificate that was sent must verify; none at all is the client's right */
static int
security_check_client(gnutls_session_t tls)
{
	unsigned count = 0, status = 0;

	if (gnutls_certificate_get_peers(tls, &count) == NULL || count == 0)
		return 0;
	if (gnutls_certificate_verify_peers2(tls, &status) < 0 || status != 0)
		return GNUTLS_E_CERTIFICATE_ERROR;
	return 0;
}

gnutls_session_t
security_handshake(const struct security *security, int fd, int *error)
{
	gnutls_session_t tls;
	int rc;

	security_check(gnutls_init(&tls, GNUTLS_SERVER | GNUTLS_NONBLOCK),
	    "session");
	security_check(gnutls_priority_set(tls, security->priority),
	    "priority");
	security_check(gnutls_credentials_set(tls, GNUTLS_CRD_CERTIFICATE,
	    security->credentials), "credentials");
	security_check(gnutls_session_ticket_enable_server(tls,
	    &security->ticket_key), "tickets");
	gnutls_certificate_server_set_request(tls, security->request);
	gnutls_transport_set_int(tls, fd);
	while ((rc = gnutls_handshake(tls)) < 0 &&
	    gnutls_error_is_fatal(rc) == 0) {
		struct pollfd ready = { fd, POLLIN, 0 };

		if (rc == GNUTLS_E_AGAIN && gnutls_record_get_direction(tls))
			ready.events = POLLOUT;
		if (rc == GNUTLS_E_AGAIN)
			poll(&ready, 1, -1);
		if (guard_stopped)
			break;
	}
	if (rc == 0 && security->request != GNUTLS_CERT_IGNORE)
		rc = security_check_client(tls);
	if (rc == 0)
		return tls;
	if (rc != GNUTLS_E_FATAL_ALERT_RECEIVED)
		gnutls_alert_send_appropriate(tls, rc);
	gnutls_deinit(tls);
	*error = rc;
	return NULL;
}
