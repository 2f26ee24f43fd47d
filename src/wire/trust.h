/* SPDX-License-Identifier: ISC */
/*
 * trust: whom TLS may talk to. Private to wire/tls: the only other module
 * that knows GnuTLS.
 */
#ifndef WIRE_TRUST_H
#define WIRE_TRUST_H

#include <gnutls/gnutls.h>

struct fault;
struct tls_params;

/* Loads the trust anchors; *anchors is their number. */
int trust_load(gnutls_certificate_credentials_t,
    const struct tls_params *, int *anchors, struct fault *);
/*
 * Verifies the peer's chain, name and purpose. 0, or -1 with FAULT_REFUSED
 * that begins with `peer`.
 */
int trust_verify(gnutls_session_t, const struct tls_params *, int anchors,
    const char *peer, struct fault *);

#endif
