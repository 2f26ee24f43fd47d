/* SPDX-License-Identifier: ISC */
/*
 * tls: a wire over TLS 1.2 or newer (RFC 8996, RFC 9325), by GnuTLS. Never
 * opportunistic: either the peer is who it should be, or there is a fault.
 */
#ifndef WIRE_TLS_H
#define WIRE_TLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buffer;
struct conn;
struct fault;
struct tls;

struct tls_params {
	const char *host;	/* the name to verify, and for SNI; A-labels */
	const char *trust_file;	/* PEM anchors; NULL: those of the system */
	bool check;		/* verify chain, name, dates and purpose */
	bool starttls;		/* the peer has spoken SMTP before */
};

enum tls_binding { TLS_BINDING_NONE, TLS_BINDING_UNIQUE, TLS_BINDING_EXPORTER };

/*
 * Loads what verification needs; no network. The params' strings must live
 * as long as the tls. FAULT_INPUT when the trust file cannot be used.
 */
int tls_prepare(struct tls **, const struct tls_params *, struct fault *);
/*
 * Handshake on the conn's descriptors until the deadline, then rewires it.
 * The conn must have nothing in its windows. FAULT_REFUSED when the
 * certificate is not trusted (with its particulars, the check that failed
 * and the setting that would accept it), FAULT_PROTOCOL when there can be no
 * common ground, FAULT_TEMPORARY when the connection broke or time ran out.
 */
int tls_start(struct tls *, struct conn *, int64_t deadline, struct fault *);
void tls_free(struct tls *);

/*
 * Channel binding data (RFC 5929, RFC 9266) of a running session, raw bytes:
 * tls-exporter for TLS 1.3, tls-unique below if the session has an extended
 * master secret (RFC 7627), else none.
 */
enum tls_binding tls_channel_binding(const struct tls *, struct buffer *);
/* Adds version and cipher suite of a running session, for people. */
void tls_describe(const struct tls *, struct buffer *);
/* The version of a running session, such as "TLS1.3"; a constant. */
const char *tls_version(const struct tls *);
/* Adds the versions of the library: wanted at compile time, and found. */
void tls_library_version(struct buffer *);

/*
 * The A-label form (RFC 5891) of a domain. 0 and a string that the caller
 * frees, or -1 when there is none.
 */
int tls_domain_to_ascii(const char *domain, char **ascii);

#endif
