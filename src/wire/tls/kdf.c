/* SPDX-License-Identifier: ISC */
#include <stdint.h>

#include <gnutls/gnutls.h>
#include <gnutls/crypto.h>

#include "wire/tls/kdf.h"

#define SHA1_OCTETS 20
#define SHA256_OCTETS 32

/* What a result of the library's means; without TLS nobody has begun it. */
static size_t
length(bool sha256, int result)
{
	return result < 0 ? 0 : sha256 ? SHA256_OCTETS : SHA1_OCTETS;
}

size_t
tls_derive(bool sha256, const char *password, size_t password_len,
    const char *salt, size_t salt_len, unsigned iterations,
    unsigned char *out)
{
	const gnutls_datum_t key = {
		(unsigned char *)(uintptr_t)password, (unsigned)password_len
	};
	const gnutls_datum_t grain = {
		(unsigned char *)(uintptr_t)salt, (unsigned)salt_len
	};
	int n = gnutls_global_init();

	if (n == 0)
		n = gnutls_pbkdf2(sha256 ? GNUTLS_MAC_SHA256 : GNUTLS_MAC_SHA1,
		    &key, &grain, iterations, out, sha256 ? SHA256_OCTETS :
		    SHA1_OCTETS);
	return length(sha256, n);
}

size_t
tls_mac(bool sha256, const void *key, size_t key_len, const void *text,
    size_t text_len, unsigned char *out)
{
	int n = gnutls_global_init();

	if (n == 0)
		n = gnutls_hmac_fast(sha256 ? GNUTLS_MAC_SHA256 :
		    GNUTLS_MAC_SHA1, key, key_len, text, text_len, out);
	return length(sha256, n);
}

size_t
tls_digest(bool sha256, const void *text, size_t text_len,
    unsigned char *out)
{
	int n = gnutls_global_init();

	if (n == 0)
		n = gnutls_hash_fast(sha256 ? GNUTLS_DIG_SHA256 :
		    GNUTLS_DIG_SHA1, text, text_len, out);
	return length(sha256, n);
}
