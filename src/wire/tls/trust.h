/* SPDX-License-Identifier: ISC */
/*
 * trust: whom TLS may talk to, and the report on a session. Private to
 * wire/tls.
 */
#ifndef WIRE_TLS_TRUST_H
#define WIRE_TLS_TRUST_H

#include <stdbool.h>
#include <stddef.h>

#include <gnutls/gnutls.h>
#include <gnutls/x509.h>

struct buffer;
struct fault;
struct tls_params;

/*
 * ---- anchors.c: finds in a PEM file of trust anchors the few certificates
 * that a chain can need. To import a system's whole store costs more than all
 * the rest of a small submission, and all but one or two of its certificates
 * have names that the chain does not mention. Nothing is decided here about
 * trust: only certificates that cannot have one of the names are left out.
 */

/* Octets that are not owned. */
struct span {
	const unsigned char *p;
	size_t len;
};

/* Octets of a file of anchors; a system's store has less than one MiB. */
#define ANCHORS_MAX (64 * 1024 * 1024)

/* A file of anchors; owns the text. */
struct anchors {
	char *pem;
	size_t len;
	size_t count;	/* blocks that should hold a certificate */
	bool plain;	/* all of them, and all there is, are CERTIFICATE */
};

/* A chain has two of each certificate, and GnuTLS takes 16 of those. */
#define ANCHOR_NAMES_MAX 64

/* Names in DER, which are not owned; begins as { 0 }. */
struct anchor_names {
	struct span name[ANCHOR_NAMES_MAX];
	size_t count;
	bool any;	/* one of them could equal the name of any anchor */
};

/*
 * Reads a regular file, whether there is a certificate in it or not. False, and
 * there is nothing to close, when it cannot be read: errno says why, EFBIG that
 * it has more than ANCHORS_MAX octets, 0 that it is no regular file.
 */
bool anchors_open(struct anchors *, const char *file);
/* Takes a copy of a file's octets. */
void anchors_take(struct anchors *, const char *pem, size_t len);
void anchors_close(struct anchors *);

/* Adds a name; false when there are too many. */
bool anchors_add_name(struct anchor_names *, const struct span *);

/*
 * The next block whose certificate may have one of the names as its subject,
 * or, with NULL, any subject. Its label is CERTIFICATE or X509 CERTIFICATE (RFC
 * 7468 section 5), and it goes from "-----BEGIN" to behind "-----END ". A block
 * that cannot be read is among them: the TLS library must judge it. *at is
 * where to look, 0 at first; false when there are no more.
 */
bool anchors_next(const struct anchors *, const struct anchor_names *,
    size_t *at, struct span *block);
/* The line in which a block begins, from 1. */
size_t anchors_line(const struct anchors *, const struct span *block);

/*
 * Issuer and subject of a certificate in DER (RFC 5280 section 4.1), as spans
 * of it. It may end anywhere behind the subject. False when it is none.
 */
bool anchors_names(const unsigned char *der, size_t len, struct span *issuer,
    struct span *subject);

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
void trust_add_report(struct buffer *, bool json, gnutls_session_t,
    const struct tls_params *, enum trust_match,
    const struct fault *distrust);

#endif
