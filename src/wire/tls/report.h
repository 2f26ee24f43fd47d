/* SPDX-License-Identifier: ISC */
/* tlsreport: a TLS session in words. Private to wire/tls. */
#ifndef WIRE_TLS_REPORT_H
#define WIRE_TLS_REPORT_H

#include <gnutls/gnutls.h>

#include "wire/tls/trust.h"

struct buffer;
struct fault;
struct tls_params;

struct tlsreport {
	gnutls_session_t session;	/* which runs */
	const struct tls_params *params;
	enum trust_match match;
	const struct fault *distrust;	/* NULL: the peer is trusted */
};

/* As tls_add_report(). */
void tlsreport_add(const struct tlsreport *, struct buffer *);

#endif
