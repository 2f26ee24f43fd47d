/* SPDX-License-Identifier: ISC */
/*
 * jwt: signed JSON Web Tokens (RFC 7515, RFC 7519) and the digests of RFC 7636
 * and RFC 7515. Only this module of the token program knows GnuTLS.
 */
#ifndef OAUTH2_JWT_H
#define OAUTH2_JWT_H

#include <stddef.h>

struct buffer;
struct fault;
struct json;

#define JWT_SHA256_SIZE 32	/* octets */

/* SHA-256 of n octets. */
int jwt_sha256(const void *, size_t n, unsigned char out[JWT_SHA256_SIZE],
    struct fault *);

/* What signs: PEM texts of n octets. */
struct jwt_signer {
	const char *key;	/* private key, RSA or ECDSA on P-256 */
	size_t key_len;
	const char *certificate;	/* its certificate, or NULL: then the
					 * header has no x5t and x5t#S256 */
	size_t certificate_len;
	const char *key_id;	/* the header's kid, or NULL */
};

/*
 * Adds a token with these claims, signed by RS256 or ES256. FAULT_CONFIG when
 * key or certificate cannot be used, or do not belong together.
 */
int jwt_sign(struct buffer *, const struct jwt_signer *,
    const struct json *claims, struct fault *);

#endif
