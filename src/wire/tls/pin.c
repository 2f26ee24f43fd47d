/* SPDX-License-Identifier: ISC */
/* Fingerprints of certificates, and of the keys in them. */
#include "config.h"

#include <string.h>

#include <gnutls/abstract.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>

#include "base/buffer.h"
#include "wire/tls/tls.h"
#include "wire/tls/trust.h"

#define DIGEST_MAX 64	/* octets; SHA-512 */
#define WORD_MAX 256	/* octets of one fingerprint or pin */

bool
trust_is_pinned(const struct tls_params *params)
{
	return params->fingerprints != NULL || params->key_pins != NULL;
}

/* The peer's own certificate in DER, or NULL. */
static const gnutls_datum_t *
peer_certificate(gnutls_session_t session)
{
	unsigned n = 0;
	const gnutls_datum_t *chain = gnutls_certificate_get_peers(session, &n);

	return n == 0 ? NULL : chain;
}

/* Adds a digest of the certificate in hex, octets apart by `apart`. */
static int
add_digest(struct buffer *b, gnutls_session_t session,
    gnutls_digest_algorithm_t algorithm, const char *apart)
{
	const gnutls_datum_t *der = peer_certificate(session);
	unsigned char digest[DIGEST_MAX];
	size_t n = sizeof(digest);

	if (der == NULL || gnutls_fingerprint(algorithm, der, digest, &n) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		buffer_printf(b, apart[0] == '\0' ? "%s%02x" : "%s%02X",
		    i == 0 ? "" : apart, digest[i]);
	return 0;
}

/* RFC 7469 section 2.4: the key with its algorithm, not the bare bits. */
static int
add_key_digest(struct buffer *b, gnutls_x509_crt_t cert)
{
	unsigned char digest[DIGEST_MAX];
	gnutls_datum_t der = { NULL, 0 }, hash, text = { NULL, 0 };
	gnutls_pubkey_t key;
	size_t n = sizeof(digest);
	int r;

	if (gnutls_pubkey_init(&key) < 0)
		return -1;
	r = gnutls_pubkey_import_x509(key, cert, 0);
	if (r == 0)
		r = gnutls_pubkey_export2(key, GNUTLS_X509_FMT_DER, &der);
	if (r == 0)
		r = gnutls_fingerprint(GNUTLS_DIG_SHA256, &der, digest, &n);
	hash.data = digest;
	hash.size = (unsigned)n;
	if (r == 0)
		r = gnutls_base64_encode2(&hash, &text);
	if (r == 0)
		buffer_printf(b, "sha256//%.*s", (int)text.size, text.data);
	gnutls_free(text.data);
	gnutls_free(der.data);
	gnutls_pubkey_deinit(key);
	return r < 0 ? -1 : 0;
}

static int
add_pin(struct buffer *b, gnutls_session_t session)
{
	const gnutls_datum_t *der = peer_certificate(session);
	gnutls_x509_crt_t cert;
	int r = -1;

	if (der == NULL || gnutls_x509_crt_init(&cert) < 0)
		return -1;
	if (gnutls_x509_crt_import(cert, der, GNUTLS_X509_FMT_DER) == 0)
		r = add_key_digest(b, cert);
	gnutls_x509_crt_deinit(cert);
	return r;
}

static bool
has_word(const char *list, const char *word)
{
	size_t n = strlen(word);

	for (const char *p = list; *p != '\0'; p += strspn(p, " ")) {
		if (strcspn(p, " ") == n && memcmp(p, word, n) == 0)
			return true;
		p += strcspn(p, " ");
	}
	return false;
}

static bool
has_fingerprint(const char *list, gnutls_session_t session,
    gnutls_digest_algorithm_t algorithm)
{
	struct buffer b;
	bool found;

	buffer_init(&b, WORD_MAX);
	found = add_digest(&b, session, algorithm, "") == 0 &&
	    has_word(list, b.data);
	buffer_free(&b);
	return found;
}

static bool
has_pin(const char *list, gnutls_session_t session)
{
	struct buffer b;
	bool found;

	buffer_init(&b, WORD_MAX);
	found = add_pin(&b, session) == 0 && has_word(list, b.data);
	buffer_free(&b);
	return found;
}

enum trust_match
trust_match_pin(gnutls_session_t session, const struct tls_params *params)
{
	const char *list = params->fingerprints;

	if (params->key_pins != NULL && has_pin(params->key_pins, session))
		return TRUST_MATCH;
	if (list == NULL)
		return TRUST_NO_MATCH;
	if (has_fingerprint(list, session, GNUTLS_DIG_SHA256))
		return TRUST_MATCH;
	if (has_fingerprint(list, session, GNUTLS_DIG_SHA1) ||
	    has_fingerprint(list, session, GNUTLS_DIG_MD5))
		return TRUST_WEAK_MATCH;
	return TRUST_NO_MATCH;
}

int
trust_add_fingerprint(struct buffer *b, gnutls_session_t session)
{
	buffer_add_string(b, "tls_fingerprint ");
	return add_digest(b, session, GNUTLS_DIG_SHA256, ":");
}

int
trust_add_pin(struct buffer *b, gnutls_session_t session)
{
	buffer_add_string(b, "tls_pin ");
	return add_pin(b, session);
}
