/* SPDX-License-Identifier: ISC */
#include <string.h>

#include <gsasl.h>

#include "base/base64.h"
#include "base/buffer.h"
#include "base/memory.h"
#include "base/text.h"
#include "smtp/sasl/gs2.h"

#define SAID_MAX (512 * 1024)	/* octets; three messages of 64 KiB in base64 */

/* RFC 5802 section 3. */
struct keys {
	char client[TLS_HASH_MAX];
	char server[TLS_HASH_MAX];
	char stored[TLS_HASH_MAX];
};

void
gs2_init(struct gs2 *g, enum tls_hash hash)
{
	memset(g, 0, sizeof(*g));
	g->hash = hash;
	buffer_init(&g->header, SAID_MAX);
	buffer_init(&g->said, SAID_MAX);
	buffer_init(&g->theirs, SAID_MAX);
	buffer_init(&g->ours, SAID_MAX);
}

void
gs2_free(struct gs2 *g)
{
	buffer_free(&g->header);
	buffer_free(&g->said);
	buffer_free(&g->theirs);
	buffer_free(&g->ours);
	memory_wipe(g->salted, sizeof(g->salted));
}

static Gsasl_hash
library_hash(const struct gs2 *g)
{
	return g->hash == TLS_SHA256 ? GSASL_HASH_SHA256 : GSASL_HASH_SHA1;
}

void
gs2_take_key(struct gs2 *g, const unsigned char *key)
{
	memcpy(g->salted, key, gsasl_hash_length(library_hash(g)));
}

static int
make_keys(const struct gs2 *g, struct keys *k)
{
	return gsasl_scram_secrets_from_salted_password(library_hash(g),
	    (const char *)g->salted, k->client, k->server, k->stored) ==
	    GSASL_OK ? 0 : -1;
}

/* Adds the HMAC of an AuthMessage in base64, its octets xor those of `mask`,
 * unless that is NULL. */
static int
add_signature(const struct gs2 *g, struct buffer *b, const char *key,
    const struct buffer *text, const char *mask)
{
	size_t n = gsasl_hash_length(library_hash(g));
	unsigned char octets[TLS_HASH_MAX];
	int r;

	if (tls_hmac(g->hash, key, n, text->data, text->len, octets) != n)
		return -1;
	for (size_t i = 0; mask != NULL && i < n; i++)
		octets[i] ^= (unsigned char)mask[i];
	r = base64_add(b, octets, n);
	memory_wipe(octets, sizeof(octets));
	return r;
}

int
gs2_change_first(struct gs2 *g, struct buffer *message)
{
	const char *comma = message->len < 2 || message->data[1] != ',' ||
	    message->data[0] != 'n' ? NULL : strchr(message->data + 2, ',');
	size_t n;

	if (comma == NULL)
		return -1;
	message->data[0] = 'y';
	n = (size_t)(comma + 1 - message->data);
	buffer_add(&g->header, message->data, n);
	buffer_add(&g->said, message->data + n, message->len - n);
	return buffer_add_char(&g->said, ',');
}

/* Where the proof begins in "c=...,r=...,p=...", and behind "c=..."; or -1. */
static int
find_parts(const struct buffer *message, size_t *binding, size_t *proof)
{
	const char *p = message->len == 0 ? NULL : strrchr(message->data, ',');

	*binding = message->len == 0 ? 0 : strcspn(message->data, ",");
	if (p == NULL || strncmp(p, ",p=", 3) != 0 ||
	    strncmp(message->data, "c=", 2) != 0)
		return -1;
	*proof = (size_t)(p - message->data);
	return *binding < *proof ? 0 : -1;
}

int
gs2_change_final(struct gs2 *g, const struct buffer *challenge,
    struct buffer *message)
{
	size_t binding, proof, start;
	struct buffer ours;
	struct keys k;
	int r = -1;

	if (find_parts(message, &binding, &proof) == -1 ||
	    make_keys(g, &k) == -1)
		return -1;
	buffer_add(&g->said, challenge->data, challenge->len);
	buffer_add_char(&g->said, ',');
	buffer_add(&g->theirs, g->said.data, g->said.len);
	buffer_add(&g->theirs, message->data, proof);
	buffer_add(&g->ours, g->said.data, g->said.len);
	start = g->ours.len;
	buffer_add_string(&g->ours, "c=");
	base64_add(&g->ours, g->header.data, g->header.len);
	buffer_add(&g->ours, message->data + binding, proof - binding);
	if (!g->said.full && !g->theirs.full && !g->ours.full) {
		buffer_init(&ours, SAID_MAX);
		buffer_add(&ours, g->ours.data + start, g->ours.len - start);
		buffer_add_string(&ours, ",p=");
		r = add_signature(g, &ours, k.stored, &g->ours, k.client);
		buffer_clear(message);
		if (r == 0)
			r = buffer_add(message, ours.data, ours.len);
		buffer_free(&ours);
	}
	memory_wipe(&k, sizeof(k));
	return r;
}

int
gs2_change_verifier(const struct gs2 *g, struct buffer *message)
{
	struct buffer wanted, theirs;
	struct keys k;
	int r = -1;

	if (make_keys(g, &k) == -1)
		return -1;
	buffer_init(&wanted, SAID_MAX);
	buffer_init(&theirs, SAID_MAX);
	buffer_add_string(&wanted, "v=");
	buffer_add_string(&theirs, "v=");
	if (add_signature(g, &wanted, k.server, &g->ours, NULL) == 0 &&
	    add_signature(g, &theirs, k.server, &g->theirs, NULL) == 0 &&
	    message->len >= wanted.len && memcmp(message->data, wanted.data,
	    wanted.len) == 0) {
		/* extensions may follow; both are as long */
		memcpy(message->data, theirs.data, theirs.len);
		r = 0;
	}
	buffer_wipe(&wanted);
	buffer_wipe(&theirs);
	memory_wipe(&k, sizeof(k));
	return r;
}
