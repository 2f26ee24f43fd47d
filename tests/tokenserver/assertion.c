/* SPDX-License-Identifier: ISC */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <gnutls/abstract.h>
#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>

#include "assertion.h"

#define PART_MAX 8192	/* octets of a decoded part */

/* Base64 for addresses, without padding; the length, or -1. */
static int
decode(const char *p, size_t n, unsigned char *out)
{
	static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "abcdefghijklmnopqrstuvwxyz0123456789-_";
	unsigned bits = 0, held = 0;
	const char *at;
	int len = 0;

	for (; n > 0; n--, p++) {
		at = *p == '\0' ? NULL : strchr(alphabet, *p);
		if (at == NULL || len == PART_MAX - 1)
			return -1;
		bits = bits << 6 | (unsigned)(at - alphabet);
		held += 6;
		if (held >= 8) {
			held -= 8;
			out[len++] = (unsigned char)(bits >> held);
		}
	}
	out[len] = '\0';
	return len;
}

/* Has the JSON a member with this value? Blanks around the colon may be. */
static bool
has(const char *json, const char *name, const char *value)
{
	char member[64];
	const char *p;

	snprintf(member, sizeof(member), "\"%s\"", name);
	p = strstr(json, member);
	if (p == NULL)
		return false;
	p += strlen(member);
	p += strspn(p, " :");
	return *p == '"' && strncmp(p + 1, value, strlen(value)) == 0 &&
	    p[1 + strlen(value)] == '"';
}

static long
number(const char *json, const char *name)
{
	char member[64];
	const char *p;

	snprintf(member, sizeof(member), "\"%s\"", name);
	p = strstr(json, member);
	if (p == NULL)
		return 0;
	p += strlen(member);
	return strtol(p + strspn(p, " :"), NULL, 10);
}

static bool
verify(const char *certificate, bool elliptic, const gnutls_datum_t *data,
    gnutls_datum_t signature)
{
	gnutls_datum_t r = { signature.data, signature.size / 2 };
	gnutls_datum_t s = { signature.data + signature.size / 2,
	    signature.size / 2 };
	gnutls_x509_crt_t crt;
	gnutls_pubkey_t key;
	gnutls_datum_t pem;
	int result;

	if (gnutls_load_file(certificate, &pem) < 0)
		return false;
	gnutls_x509_crt_init(&crt);
	gnutls_pubkey_init(&key);
	result = gnutls_x509_crt_import(crt, &pem, GNUTLS_X509_FMT_PEM);
	if (result >= 0)
		result = gnutls_pubkey_import_x509(key, crt, 0);
	if (result >= 0 && elliptic)
		result = gnutls_encode_rs_value(&signature, &r, &s);
	if (result >= 0)
		result = gnutls_pubkey_verify_data2(key, elliptic ?
		    GNUTLS_SIGN_ECDSA_SHA256 : GNUTLS_SIGN_RSA_SHA256, 0, data,
		    &signature);
	gnutls_pubkey_deinit(key);
	gnutls_x509_crt_deinit(crt);
	gnutls_free(pem.data);
	return result >= 0;
}

bool
assertion_is_good(const char *token, const char *certificate,
    const char *audience, const char *issuer)
{
	unsigned char header[PART_MAX], claims[PART_MAX], signature[PART_MAX];
	size_t first = strcspn(token, "."), second;
	gnutls_datum_t data, signed_by = { signature, 0 };
	int n;

	if (token[first] != '.')
		return false;
	second = first + 1 + strcspn(token + first + 1, ".");
	if (token[second] != '.')
		return false;
	n = decode(token + second + 1, strlen(token + second + 1), signature);
	if (n == -1 || decode(token, first, header) == -1 ||
	    decode(token + first + 1, second - first - 1, claims) == -1)
		return false;
	fprintf(stderr, "%s%s", (char *)header, (char *)claims);
	signed_by.size = (unsigned)n;
	data.data = (unsigned char *)(size_t)token;
	data.size = (unsigned)second;
	return has((char *)claims, "aud", audience) &&
	    has((char *)claims, "iss", issuer) &&
	    number((char *)claims, "exp") > time(NULL) &&
	    verify(certificate, has((char *)header, "alg", "ES256"), &data,
	    signed_by);
}
