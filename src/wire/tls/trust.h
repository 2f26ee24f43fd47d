/* SPDX-License-Identifier: ISC */
/*
 * trust: whom TLS may talk to, and the report on a session. Private to
 * wire/tls.
 */
#ifndef WIRE_TLS_TRUST_H
#define WIRE_TLS_TRUST_H

#include <stdbool.h>

#include <gnutls/gnutls.h>
#include <gnutls/x509.h>

#include "wire/tls/anchors.h"

struct buffer;
struct fault;
struct tls_params;

/* A PEM file of anchors; what cannot be read in it has been left out. */
struct trust_file {
	const char *name;	/* NULL: there is none */
	struct anchors anchors;	/* closed once all are loaded */
	size_t left_out;	/* certificates, when all were looked at */
	size_t line;		/* of the first of them */
	int error;		/* GnuTLS's, about it */
};

#define TRUST_FILES 2	/* the store, and what is trusted besides */

/*
 * store.c: whom the params trust. Of many anchors only the text is
 * held, and those are imported that a chain names; what does not verify by
 * them is judged by all of them.
 */
struct trust_store {
	gnutls_certificate_credentials_t cred;	/* not owned */
	struct trust_file files[TRUST_FILES];
	bool on_demand;		/* else all is in cred */
	bool of_library;	/* the system's, which is no such file */
	int count;		/* of anchors, once all are loaded */
};

/*
 * Loads the trust anchors into a store of zeros. FAULT_INPUT when a file cannot
 * be used. The params' strings must live as long as the store. Not needed
 * where nothing is checked, or trust_is_pinned().
 */
int trust_load(struct trust_store *, gnutls_certificate_credentials_t,
    const struct tls_params *, struct fault *);
void trust_free(struct trust_store *);
/* As gnutls_certificate_verify_peers(); a fault may be recorded besides. */
int trust_store_verify(struct trust_store *, gnutls_session_t,
    gnutls_typed_vdata_st *, unsigned n, unsigned *status, struct fault *);

/* client.c: loads the client certificate and its key, if they are set. */
int trust_load_client(gnutls_certificate_credentials_t,
    const struct tls_params *, struct fault *);

/* By a fingerprint or pin. WEAK: by SHA-1 or MD5 only. */
enum trust_match { TRUST_NO_MATCH, TRUST_MATCH, TRUST_WEAK_MATCH };

/* Does the params' list of fingerprints or pins decide? */
bool trust_is_pinned(const struct tls_params *);
/* Adds the setting that would accept the peer's certificate. */
void trust_add_fingerprint(struct buffer *, gnutls_session_t);
/*
 * Verifies the peer's chain, name and purpose, or that it is one of those
 * that were named; *match says which of them. 0, or -1 with FAULT_REFUSED
 * that begins with `peer`; in a survey it leaves the certificate's particulars
 * out.
 */
int trust_verify(struct trust_store *, gnutls_session_t,
    const struct tls_params *, const char *peer, enum trust_match *match,
    struct fault *);

/* As tls_add_summary(). */
void trust_add_summary(struct buffer *, gnutls_session_t);
/* As tls_add_report(); `distrust` is NULL for a trusted peer. */
void trust_add_report(struct buffer *, gnutls_session_t,
    const struct tls_params *, enum trust_match,
    const struct fault *distrust);

#endif
