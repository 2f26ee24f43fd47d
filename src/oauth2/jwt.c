/* SPDX-License-Identifier: ISC */
#include <stdint.h>
#include <string.h>

#include <gnutls/abstract.h>
#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>

#include "base/base64.h"
#include "base/buffer.h"
#include "base/fault.h"
#include "base/memory.h"
#include "oauth2/json.h"
#include "oauth2/jwt.h"

#define TEXT_MAX (64 * 1024)	/* octets of a header or of claims */
#define HASH_MAX 64		/* octets */
#define P256_INTEGER 32	/* octets of r, and of s (RFC 7518 section 3.4) */

struct signing {
	const struct jwt_signer *by;
	gnutls_privkey_t key;
	gnutls_x509_crt_t certificate;	/* NULL: none */
	bool elliptic;
};

int
jwt_sha256(const void *p, size_t n, unsigned char out[JWT_SHA256_SIZE],
    struct fault *f)
{
	int r = gnutls_hash_fast(GNUTLS_DIG_SHA256, p, n, out);

	return r == 0 ? 0 : fault(f, FAULT_SYSTEM, "SHA-256: %s",
	    gnutls_strerror(r));
}

static gnutls_datum_t
datum(const char *p, size_t n)
{
	gnutls_datum_t d = { (unsigned char *)(uintptr_t)p, (unsigned)n };

	return d;
}

/* The certificate is that of the key? */
static int
check_pair(struct signing *s, struct fault *f)
{
	unsigned char of_key[HASH_MAX], of_certificate[HASH_MAX];
	size_t n = sizeof(of_key), m = sizeof(of_certificate);
	gnutls_pubkey_t public;
	int r = gnutls_pubkey_init(&public);

	if (r < 0)
		return fault(f, FAULT_SYSTEM, "%s", gnutls_strerror(r));
	r = gnutls_pubkey_import_privkey(public, s->key, 0, 0);
	if (r == 0)
		r = gnutls_pubkey_get_key_id(public, GNUTLS_KEYID_USE_SHA256,
		    of_key, &n);
	gnutls_pubkey_deinit(public);
	if (r == 0)
		r = gnutls_x509_crt_get_key_id(s->certificate,
		    GNUTLS_KEYID_USE_SHA256, of_certificate, &m);
	if (r < 0)
		return fault(f, FAULT_CONFIG, "certificate and key: %s",
		    gnutls_strerror(r));
	if (n != m || memcmp(of_key, of_certificate, n) != 0)
		return fault(f, FAULT_CONFIG,
		    "the certificate does not belong to the private key");
	return 0;
}

static int
import(struct signing *s, struct fault *f)
{
	gnutls_datum_t key = datum(s->by->key, s->by->key_len);
	gnutls_datum_t certificate;
	unsigned bits;
	int r = gnutls_privkey_init(&s->key);

	if (r < 0)
		return fault(f, FAULT_SYSTEM, "%s", gnutls_strerror(r));
	r = gnutls_privkey_import_x509_raw(s->key, &key, GNUTLS_X509_FMT_PEM,
	    NULL, 0);
	if (r < 0)
		return fault(f, FAULT_CONFIG, "private key: %s",
		    gnutls_strerror(r));
	r = gnutls_privkey_get_pk_algorithm(s->key, &bits);
	s->elliptic = r == GNUTLS_PK_ECDSA && bits == P256_INTEGER * 8;
	if (!s->elliptic && r != GNUTLS_PK_RSA)
		return fault(f, FAULT_CONFIG, "private key: neither RSA "
		    "nor ECDSA on the curve P-256");
	if (s->by->certificate == NULL)
		return 0;
	certificate = datum(s->by->certificate, s->by->certificate_len);
	r = gnutls_x509_crt_init(&s->certificate);
	if (r == 0)
		r = gnutls_x509_crt_import(s->certificate, &certificate,
		    GNUTLS_X509_FMT_PEM);
	if (r < 0)
		return fault(f, FAULT_CONFIG, "certificate: %s",
		    gnutls_strerror(r));
	return check_pair(s, f);
}

/* The certificate's fingerprint as a member of the header. */
static int
add_thumbprint(struct json *header, const char *name, gnutls_x509_crt_t c,
    gnutls_digest_algorithm_t digest, struct fault *f)
{
	unsigned char print[HASH_MAX];
	size_t n = sizeof(print);
	struct buffer b;
	int r = gnutls_x509_crt_get_fingerprint(c, digest, print, &n);

	if (r < 0)
		return fault(f, FAULT_CONFIG, "certificate: %s",
		    gnutls_strerror(r));
	buffer_init(&b, HASH_MAX * 2);
	base64_add_url(&b, print, n);
	json_set_string(header, name, b.data);
	buffer_free(&b);
	return 0;
}

static int
add_part(struct buffer *out, const struct json *j, struct fault *f)
{
	struct buffer text;
	int r = 0;

	buffer_init(&text, TEXT_MAX);
	if (json_add_text(&text, j) == -1 ||
	    base64_add_url(out, text.data, text.len) == -1)
		r = fault(f, FAULT_CONFIG, "the signed token is too large");
	buffer_wipe(&text);
	return r;
}

static int
add_header(struct buffer *out, const struct signing *s, struct fault *f)
{
	struct json *header = json_new();
	int r = 0;

	json_set_string(header, "alg", s->elliptic ? "ES256" : "RS256");
	json_set_string(header, "typ", "JWT");
	json_set_string(header, "kid", s->by->key_id);
	if (s->certificate != NULL) {
		r = add_thumbprint(header, "x5t", s->certificate,
		    GNUTLS_DIG_SHA1, f);
		if (r == 0)
			r = add_thumbprint(header, "x5t#S256",
			    s->certificate, GNUTLS_DIG_SHA256, f);
	}
	if (r == 0)
		r = add_part(out, header, f);
	json_free(header);
	return r;
}

/* An integer of ASN.1 in as many octets as RFC 7518 section 3.4 wants. */
static void
fixed(unsigned char *to, const gnutls_datum_t *from)
{
	const unsigned char *p = from->data;
	size_t n = from->size;

	memset(to, 0, P256_INTEGER);
	for (; n > P256_INTEGER; n--)
		p++;
	memcpy(to + P256_INTEGER - n, p, n);
}

static int
add_signature(struct buffer *out, const gnutls_datum_t *signature,
    bool elliptic)
{
	unsigned char both[2 * P256_INTEGER];
	gnutls_datum_t r, s;
	int error;

	if (!elliptic)
		return base64_add_url(out, signature->data, signature->size);
	error = gnutls_decode_rs_value(signature, &r, &s);
	if (error < 0)
		return error;
	fixed(both, &r);
	fixed(both + P256_INTEGER, &s);
	gnutls_free(r.data);
	gnutls_free(s.data);
	return base64_add_url(out, both, sizeof(both));
}

static int
sign(struct buffer *out, const struct signing *s, const struct json *claims,
    struct fault *f)
{
	gnutls_datum_t what, signature;
	size_t start = out->len;
	int r;

	if (add_header(out, s, f) == -1)
		return -1;
	buffer_add_char(out, '.');
	if (add_part(out, claims, f) == -1)
		return -1;
	what = datum(out->data + start, out->len - start);
	r = gnutls_privkey_sign_data(s->key, GNUTLS_DIG_SHA256, 0, &what,
	    &signature);
	if (r < 0)
		return fault(f, FAULT_CONFIG, "private key: %s",
		    gnutls_strerror(r));
	buffer_add_char(out, '.');
	r = add_signature(out, &signature, s->elliptic);
	gnutls_free(signature.data);
	if (r < 0 || out->full)
		return fault(f, FAULT_SOFTWARE, "the signature is unusable");
	return 0;
}

int
jwt_sign(struct buffer *out, const struct jwt_signer *by,
    const struct json *claims, struct fault *f)
{
	struct signing s = { by, NULL, NULL, false };
	int r = import(&s, f);

	if (r == 0)
		r = sign(out, &s, claims, f);
	if (s.certificate != NULL)
		gnutls_x509_crt_deinit(s.certificate);
	if (s.key != NULL)
		gnutls_privkey_deinit(s.key);
	return r;
}
