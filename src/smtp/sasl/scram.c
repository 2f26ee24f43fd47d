/* SPDX-License-Identifier: ISC */
#include <stdint.h>
#include <string.h>

#include "base/base64.h"
#include "base/memory.h"
#include "base/text.h"
#include "smtp/sasl/scram.h"

#define CLIENT_KEY "Client Key"
#define SERVER_KEY "Server Key"
#define LENGTH(word) (sizeof(word) - 1)

struct part {
	const char *p;
	size_t n;
};

void
scram_add_name(struct buffer *b, const char *name)
{
	for (; *name != '\0'; name++) {
		if (*name == ',')
			buffer_add_string(b, "=2C");
		else if (*name == '=')
			buffer_add_string(b, "=3D");
		else
			buffer_add_char(b, *name);
	}
}

void
scram_first(struct scram *s, bool sha256, const struct scram_names *names,
    struct buffer *out)
{
	memset(s, 0, sizeof(*s));
	s->sha256 = sha256;
	buffer_init(&s->binding, SIZE_MAX / 8);
	buffer_init(&s->message, SIZE_MAX / 8);
	if (names->binding == NULL)
		buffer_add_char(&s->binding, 'n');
	else
		buffer_printf(&s->binding, "p=%s", names->binding);
	buffer_add_char(&s->binding, ',');
	if (names->authzid != NULL) {
		buffer_add_string(&s->binding, "a=");
		scram_add_name(&s->binding, names->authzid);
	}
	buffer_add_char(&s->binding, ',');
	buffer_add_string(&s->message, "n=");
	scram_add_name(&s->message, names->user);
	buffer_add_string(&s->message, ",r=");
	s->nonce_at = s->message.len;
	s->nonce_len = strlen(names->nonce);
	buffer_add_string(&s->message, names->nonce);
	buffer_add(out, s->binding.data, s->binding.len);
	buffer_add(out, s->message.data, s->message.len);
	if (names->binding != NULL)
		buffer_add(&s->binding, names->binding_data->data,
		    names->binding_data->len);
}

/* Takes "NAME=value" off the front, with the comma behind it. */
static bool
take(struct part *in, char name, struct part *value)
{
	const char *comma;

	if (in->n < 2 || in->p[0] != name || in->p[1] != '=')
		return false;
	in->p += 2;
	in->n -= 2;
	comma = in->n == 0 ? NULL : memchr(in->p, ',', in->n);
	*value = (struct part){ in->p, comma == NULL ? in->n :
	    (size_t)(comma - in->p) };
	in->p += value->n + (comma != NULL);
	in->n -= value->n + (comma != NULL);
	return true;
}

/* A positive number in digits; 0 for any other text, -1 for too many. */
static int64_t
rounds(const struct part *text)
{
	for (size_t i = 0; i < text->n; i++)
		if (!text_is_digit(text->p[i]))
			return 0;
	return text->n == 0 ? 0 :
	    text_number(text->p, text->n, SCRAM_ITERATIONS_MAX);
}

/*
 * Client proof and server signature (RFC 5802 section 3), both from one
 * salted password of n octets; the message is complete.
 */
static bool
sign(struct scram *s, const unsigned char *salted, size_t n,
    unsigned char *proof)
{
	unsigned char key[TLS_KDF_MAX], stored[TLS_KDF_MAX], mask[TLS_KDF_MAX];
	const struct buffer *m = &s->message;
	bool good;

	good = tls_mac(s->sha256, salted, n, SERVER_KEY, LENGTH(SERVER_KEY),
	    key) == n && tls_mac(s->sha256, key, n, m->data, m->len,
	    s->signature) == n;
	good = good && tls_mac(s->sha256, salted, n, CLIENT_KEY,
	    LENGTH(CLIENT_KEY), key) == n &&
	    tls_digest(s->sha256, key, n, stored) == n &&
	    tls_mac(s->sha256, stored, n, m->data, m->len, mask) == n;
	for (size_t i = 0; good && i < n; i++)
		proof[i] = key[i] ^ mask[i];
	s->signature_len = good ? n : 0;
	memory_wipe(key, sizeof(key));
	memory_wipe(stored, sizeof(stored));
	memory_wipe(mask, sizeof(mask));
	return good;
}

/* The message is complete but for the proof, which `out` ends in. */
static enum scram_result
prove(struct scram *s, const char *password, const struct buffer *salt,
    unsigned iterations, size_t final_at, struct buffer *out)
{
	unsigned char salted[TLS_KDF_MAX], proof[TLS_KDF_MAX];
	size_t n = tls_derive(s->sha256, password, strlen(password),
	    salt->data, salt->len, iterations, salted);
	bool good = n > 0 && sign(s, salted, n, proof);

	memory_wipe(salted, sizeof(salted));
	if (!good)
		return SCRAM_UNABLE;
	buffer_add(out, s->message.data + final_at, s->message.len - final_at);
	buffer_add_string(out, ",p=");
	base64_add(out, proof, n);
	return SCRAM_DONE;
}

enum scram_result
scram_final(struct scram *s, const char *password, const char *server_first,
    size_t n, struct buffer *out)
{
	struct part in = { server_first, n }, nonce, salt, text;
	enum scram_result result = SCRAM_MALFORMED;
	struct buffer grain;
	int64_t iterations;
	size_t final_at;

	/* an extension that must be understood (m=) stands in r='s place */
	if (!take(&in, 'r', &nonce) || !take(&in, 's', &salt) ||
	    !take(&in, 'i', &text) || (iterations = rounds(&text)) == 0)
		return SCRAM_MALFORMED;
	if (iterations == -1)
		return SCRAM_EXCESSIVE;
	if (nonce.n <= s->nonce_len || memcmp(nonce.p, s->message.data +
	    s->nonce_at, s->nonce_len) != 0 ||
	    memchr(nonce.p, '\0', nonce.n) != NULL)
		return SCRAM_MALFORMED;
	buffer_init(&grain, n);
	if (base64_decode(&grain, salt.p, salt.n) == 0 && grain.len > 0) {
		buffer_add_char(&s->message, ',');
		buffer_add(&s->message, server_first, n);
		buffer_add_char(&s->message, ',');
		final_at = s->message.len;
		buffer_add_string(&s->message, "c=");
		base64_add(&s->message, s->binding.data, s->binding.len);
		buffer_add_string(&s->message, ",r=");
		buffer_add(&s->message, nonce.p, nonce.n);
		result = prove(s, password, &grain, (unsigned)iterations,
		    final_at, out);
	}
	buffer_free(&grain);
	return result;
}

bool
scram_verify(const struct scram *s, const char *server_final, size_t n)
{
	struct part in = { server_final, n }, value;
	struct buffer b;
	bool good;

	if (s->signature_len == 0 || !take(&in, 'v', &value))
		return false;
	buffer_init(&b, n);
	good = base64_decode(&b, value.p, value.n) == 0 &&
	    b.len == s->signature_len &&
	    memcmp(b.data, s->signature, b.len) == 0;
	buffer_free(&b);
	return good;
}

void
scram_free(struct scram *s)
{
	buffer_free(&s->binding);
	buffer_wipe(&s->message);
	memory_wipe(s->signature, sizeof(s->signature));
}
