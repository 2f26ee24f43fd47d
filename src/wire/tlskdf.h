/* SPDX-License-Identifier: ISC */
/* tlskdf: key derivation by the TLS library, which has the faster one. */
#ifndef WIRE_TLSKDF_H
#define WIRE_TLSKDF_H

#include <stdbool.h>
#include <stddef.h>

#define TLS_KDF_MAX 32		/* octets of the longest key: SHA-256's */

/*
 * PBKDF2 (RFC 8018 section 5.2) with HMAC-SHA-256 or, if not sha256,
 * HMAC-SHA-1: a key as long as the hash, into out, which has room for
 * TLS_KDF_MAX octets and is a secret like the password. Its length, or 0 when
 * the library will not, such as for SHA-1 under a strict system policy.
 */
size_t tls_derive(bool sha256, const char *password, size_t password_len,
    const char *salt, size_t salt_len, unsigned iterations,
    unsigned char *out);

#endif
