/* SPDX-License-Identifier: ISC */
#include <stdint.h>

#include <gnutls/gnutls.h>
#include <gnutls/crypto.h>

#include "wire/tlskdf.h"

#define SHA1_OCTETS 20
#define SHA256_OCTETS 32

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
	size_t n = sha256 ? SHA256_OCTETS : SHA1_OCTETS;

	/* without TLS nobody has begun it before */
	if (gnutls_global_init() < 0)
		return 0;
	return gnutls_pbkdf2(sha256 ? GNUTLS_MAC_SHA256 : GNUTLS_MAC_SHA1,
	    &key, &grain, iterations, out, n) < 0 ? 0 : n;
}
