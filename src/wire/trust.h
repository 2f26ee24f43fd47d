/* SPDX-License-Identifier: ISC */
/*
 * trust: whom TLS may talk to. Private to wire/tls: the only other module
 * that knows GnuTLS.
 */
#ifndef WIRE_TRUST_H
#define WIRE_TRUST_H

#include <stdbool.h>

#include <time.h>

#include <gnutls/gnutls.h>
#include <gnutls/x509.h>

struct buffer;
struct fault;
struct tls_params;

/* Loads the trust anchors; *anchors is their number. */
int trust_load(gnutls_certificate_credentials_t,
    const struct tls_params *, int *anchors, struct fault *);
/* wire/trustclient.c: loads what we show, if there is anything. */
int trust_load_client(gnutls_certificate_credentials_t,
    const struct tls_params *, struct fault *);

enum trust_match { TRUST_NO_MATCH, TRUST_MATCH, TRUST_WEAK_MATCH };

/* wire/trustpin.c: does the params' list of fingerprints or pins decide? */
bool trust_is_pinned(const struct tls_params *);
/* Does the peer's certificate match them? WEAK: but by SHA-1 or MD5 only. */
enum trust_match trust_match_pin(gnutls_session_t, const struct tls_params *);
/* Adds the setting that would accept the peer's certificate, or its key. */
int trust_add_fingerprint(struct buffer *, gnutls_session_t);
int trust_add_pin(struct buffer *, gnutls_session_t);
/* Adds the first `max` names in a certificate, or "none"; not escaped. */
void trust_add_names(struct buffer *, gnutls_x509_crt_t, unsigned max);
/* Adds a time as people read it, in UTC. */
void trust_add_time(struct buffer *, time_t);

/*
 * Verifies the peer's chain, name and purpose, or that it is one of those
 * that were named; *match says which of them. 0, or -1 with FAULT_REFUSED
 * that begins with `peer`; in a survey it leaves the certificate's particulars
 * out.
 */
int trust_verify(gnutls_session_t, const struct tls_params *, int anchors,
    const char *peer, enum trust_match *match, struct fault *);

#endif
