/* SPDX-License-Identifier: ISC */
/*
 * kdf: a key derived from a password by the TLS library, whose PBKDF2 is
 * several times as fast as libgsasl's.
 */
#ifndef WIRE_TLS_KDF_H
#define WIRE_TLS_KDF_H

#include <stddef.h>

#define TLS_HASH_MAX 32		/* octets of the longest hash: SHA-256's */

enum tls_hash { TLS_NO_HASH, TLS_SHA1, TLS_SHA256 };

/*
 * PBKDF2 (RFC 8018 section 5.2) with HMAC. Writes a key as long as the hash to
 * `key`, which has room for TLS_HASH_MAX octets, and returns its length. The
 * caller wipes the key: whoever has it can do without the password. Returns
 * 0 when the library will not, such as for SHA-1 under a strict policy.
 */
size_t tls_derive(enum tls_hash, const char *password, size_t password_len,
    const char *salt, size_t salt_len, unsigned iterations,
    unsigned char *key);

#endif
