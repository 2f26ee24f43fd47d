/* SPDX-License-Identifier: ISC */
#include <stdint.h>

#include <gnutls/gnutls.h>
#include <gnutls/crypto.h>

#include "wire/tls/kdf.h"

size_t
tls_derive(enum tls_hash hash, const char *password, size_t password_len,
    const char *salt, size_t salt_len, unsigned iterations,
    unsigned char *key)
{
	const gnutls_datum_t secret = {
		(unsigned char *)(uintptr_t)password, (unsigned)password_len
	};
	const gnutls_datum_t grain = {
		(unsigned char *)(uintptr_t)salt, (unsigned)salt_len
	};
	gnutls_mac_algorithm_t mac = hash == TLS_SHA256 ? GNUTLS_MAC_SHA256 :
	    GNUTLS_MAC_SHA1;
	size_t n = gnutls_hmac_get_len(mac);

	/* without TLS in this session GnuTLS is not initialised yet */
	if (hash == TLS_NO_HASH || n > TLS_HASH_MAX ||
	    gnutls_global_init() < 0)
		return 0;
	return gnutls_pbkdf2(mac, &secret, &grain, iterations, key, n) < 0 ?
	    0 : n;
}
