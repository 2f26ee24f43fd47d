/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "smtp/saslscram.h"
#include "wire/tlskdf.h"

/* Sets the property to the octets in hexadecimal, as libgsasl wants them. */
static int
set_salted(Gsasl_session *session, const unsigned char *key, size_t n)
{
	static const char digits[] = "0123456789abcdef";
	char hex[2 * TLS_KDF_MAX + 1];
	int r;

	for (size_t i = 0; i < n; i++) {
		hex[2 * i] = digits[key[i] >> 4];
		hex[2 * i + 1] = digits[key[i] & 15];
	}
	hex[2 * n] = '\0';
	r = gsasl_property_set(session, GSASL_SCRAM_SALTED_PASSWORD, hex);
	memory_wipe(hex, sizeof(hex));
	return r;
}

static int
derive(Gsasl_session *session, bool sha256, const char *password,
    const char *salt, unsigned iterations)
{
	unsigned char key[TLS_KDF_MAX];
	char *octets;
	size_t len, n;
	int r = GSASL_NO_CALLBACK;

	if (gsasl_base64_from(salt, strlen(salt), &octets, &len) != GSASL_OK)
		return GSASL_NO_CALLBACK;
	n = tls_derive(sha256, password, strlen(password), octets, len,
	    iterations, key);
	if (n > 0 && set_salted(session, key, n) == GSASL_OK)
		r = GSASL_OK;
	memory_wipe(key, sizeof(key));
	gsasl_free(octets);
	return r;
}

int
sasl_scram_property(Gsasl_session *session, Gsasl_property property,
    const struct sasl_mechanism *m, const struct secret *password)
{
	bool sha256 = strncmp(m->name, "SCRAM-SHA-256", 13) == 0;
	const char *salt, *iterations;
	char *prepared;
	int64_t count;
	int r;

	if (property != GSASL_SCRAM_SALTED_PASSWORD || password == NULL ||
	    (!sha256 && strncmp(m->name, "SCRAM-SHA-1", 11) != 0))
		return GSASL_NO_CALLBACK;
	salt = gsasl_property_fast(session, GSASL_SCRAM_SALT);
	iterations = gsasl_property_fast(session, GSASL_SCRAM_ITER);
	if (salt == NULL || iterations == NULL)
		return GSASL_NO_CALLBACK;
	count = text_number(iterations, strlen(iterations), INT32_MAX);
	/* RFC 5802 section 5.1: the password goes through SASLprep */
	if (count < 1 || gsasl_saslprep(password->bytes,
	    GSASL_ALLOW_UNASSIGNED, &prepared, NULL) != GSASL_OK)
		return GSASL_NO_CALLBACK;
	r = derive(session, sha256, prepared, salt, (unsigned)count);
	memory_wipe(prepared, strlen(prepared));
	gsasl_free(prepared);
	return r;
}
