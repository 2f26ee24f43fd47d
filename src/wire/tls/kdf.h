/* SPDX-License-Identifier: ISC */
/*
 * tlskdf: digests and keys by the TLS library, which has the fastest at hand.
 * SHA-256 or, if not sha256, SHA-1. `out` has room for TLS_KDF_MAX octets; a
 * key is a secret like the password that it was made of. All return the length
 * of the hash, or 0 when the library will not, such as for SHA-1 under a
 * strict system policy.
 */
#ifndef WIRE_TLS_KDF_H
#define WIRE_TLS_KDF_H

#include <stdbool.h>
#include <stddef.h>

#define TLS_KDF_MAX 32		/* octets of the longest: SHA-256's */

/* PBKDF2 (RFC 8018 section 5.2) by HMAC: a key as long as the hash. */
size_t tls_derive(bool sha256, const char *password, size_t password_len,
    const char *salt, size_t salt_len, unsigned iterations,
    unsigned char *out);
/* HMAC (RFC 2104). */
size_t tls_mac(bool sha256, const void *key, size_t key_len,
    const void *text, size_t text_len, unsigned char *out);
/* The hash itself. */
size_t tls_digest(bool sha256, const void *text, size_t text_len,
    unsigned char *out);

#endif
