/* SPDX-License-Identifier: ISC */
/*
 * tls: a wire over TLS 1.2 or newer (RFC 8996, RFC 9325), by GnuTLS. Never
 * opportunistic: either the peer is who it should be, or there is a fault.
 */
#ifndef WIRE_TLS_TLS_H
#define WIRE_TLS_TLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buffer;
struct conn;
struct fault;
struct secret;
struct tls;

/* How to trust the peer, and what to show it. NULL is unset throughout. */
struct tls_params {
	const char *host;	/* the name to verify, and for SNI; A-labels */
	const char *trust_file;	/* PEM anchors; NULL: system; "": none */
	const char *extra_trust_file;	/* PEM anchors beside those */
	const char *crl_file;	/* PEM */
	/*
	 * Blank-separated words: lower case hex digests of whole certificates
	 * (SHA-256, SHA-1, MD5 by length), and "sha256//BASE64" of public keys
	 * (SubjectPublicKeyInfo, as RFC 7469 section 2.4 has it). With either,
	 * the peer's own certificate must match a word, and nothing else
	 * counts: no anchor, name or date.
	 */
	const char *fingerprints;
	const char *key_pins;
	const char *key_file;	/* our certificate's: PEM or a PKCS#11 URI */
	const char *cert_file;	/* with key_file or not at all */
	const struct secret *token_pin;	/* of the token that holds our key,
					 * or the key file's passphrase; NULL:
					 * none */
	const char *priorities;	/* GnuTLS's language, instead of the default */
	unsigned min_dh_bits;	/* 0: by the security level */
	bool newest;		/* TLS 1.3 or nothing */
	bool check;		/* off: anybody is trusted */
	bool starttls;		/* the peer has spoken SMTP before */
	/*
	 * The session runs even with a peer that is not trusted, and
	 * tls_distrust() tells: to look at a server, never to authenticate or
	 * to send anything.
	 */
	bool survey;
};

enum tls_binding { TLS_BINDING_NONE, TLS_BINDING_UNIQUE, TLS_BINDING_EXPORTER };

/*
 * Loads what verification needs; no network. The params' strings must live
 * as long as the tls. FAULT_INPUT when a file cannot be used, FAULT_CONFIG when
 * the priorities cannot (with the position), when there is a key without a
 * certificate, or nothing to trust.
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
/*
 * The session is over; another one to the same peer may be started by what was
 * loaded for it. `host` takes the place of the one in the params.
 */
void tls_reuse(struct tls *, const char *host);
/* Does the library open more files in a session, such as a token's? */
bool tls_opens_more(const struct tls *);
void tls_free(struct tls *);

/*
 * Channel binding data (RFC 5929, RFC 9266) of a running session, raw bytes:
 * tls-exporter for TLS 1.3, tls-unique below if the session has an extended
 * master secret (RFC 7627), else none.
 */
enum tls_binding tls_channel_binding(const struct tls *, struct buffer *);
/* Adds version and cipher suite of a running session, for people. */
void tls_describe(const struct tls *, struct buffer *);
/* Adds to that, in the same line, the certificate: whom it names, its issuer,
 * and for how many days it is valid. */
void tls_add_summary(const struct tls *, struct buffer *);
/*
 * Adds lines about a running session for people, printable, each indented and
 * ended by '\n': version, cipher, key exchange, the peer's certificate and
 * whether it is trusted, and the settings that would pin it. `json`: the same
 * as the member "tls" of an object, times in seconds since 1970.
 */
void tls_add_report(const struct tls *, bool json, struct buffer *);
/* Why the peer of a survey is not trusted; NULL when it is. */
const struct fault *tls_distrust(const struct tls *);
/*
 * What the user should hear once the session runs: a fingerprint that matched
 * and is of no worth any more, with the line to write instead. False, and
 * nothing added, when there is nothing to say.
 */
bool tls_add_advice(const struct tls *, struct buffer *);
/* The version of a running session, such as "TLS1.3"; a constant. */
const char *tls_version(const struct tls *);
/* Adds the versions of the library: wanted at compile time, and found. */
void tls_library_version(struct buffer *);

#define TLS_HASH_MAX 32		/* octets of the longest hash: SHA-256's */

enum tls_hash { TLS_NO_HASH, TLS_SHA1, TLS_SHA256 };

#define TLS_SHA256_HEX_SIZE (2 * TLS_HASH_MAX + 1)
/* The SHA-256 of n octets in hexadecimal; "" when the library has none. */
void tls_sha256_hex(const void *, size_t n, char out[TLS_SHA256_HEX_SIZE]);

/*
 * HMAC (RFC 2104): writes a digest as long as the hash, as tls_derive() does,
 * and returns its length; 0 when the library will not.
 */
size_t tls_hmac(enum tls_hash, const void *key, size_t key_len,
    const void *text, size_t len, unsigned char *digest);

/*
 * PBKDF2 (RFC 8018 section 5.2) with HMAC; libgsasl's is several times as
 * slow. Writes a key as long as the hash to `key`, which has room for
 * TLS_HASH_MAX octets, and returns its length. The caller wipes the key:
 * whoever has it can do without the password. Returns 0 when the library will
 * not, such as for SHA-1 under a strict policy.
 */
size_t tls_derive(enum tls_hash, const char *password, size_t password_len,
    const char *salt, size_t salt_len, unsigned iterations,
    unsigned char *key);

#endif
