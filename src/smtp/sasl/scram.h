/* SPDX-License-Identifier: ISC */
/*
 * scram: the client's side of SCRAM (RFC 5802, with SHA-256 RFC 7677, with
 * tls-exporter RFC 9266) as octets: no base64, no SASLprep, no randomness.
 */
#ifndef SMTP_SASL_SCRAM_H
#define SMTP_SASL_SCRAM_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"
#include "wire/tls/kdf.h"

/*
 * What the server may make us compute (RFC 5802 section 5.1): a second's work;
 * servers ask for 4096 to some 100,000 rounds of PBKDF2. 2^31 would keep us
 * busy for an hour, out of reach of every deadline.
 */
#define SCRAM_ITERATIONS_MAX 1000000

struct scram {
	bool sha256;		/* or SHA-1 */
	struct buffer binding;	/* gs2-header and channel binding data */
	struct buffer message;	/* AuthMessage, as far as it has come */
	size_t nonce_at;	/* of ours, in the message */
	size_t nonce_len;
	/* the server's signature if it knows the password, and its length */
	unsigned char signature[TLS_KDF_MAX];
	size_t signature_len;
};

struct scram_names {
	const char *user;	/* after SASLprep */
	const char *authzid;	/* or NULL */
	const char *nonce;	/* printable, never used before */
	const char *binding;	/* name of a channel binding, or NULL */
	const struct buffer *binding_data;	/* with that name */
};

enum scram_result {
	SCRAM_DONE,
	SCRAM_MALFORMED,	/* no such message, or not an answer to ours */
	SCRAM_EXCESSIVE,	/* more than SCRAM_ITERATIONS_MAX rounds */
	SCRAM_UNABLE		/* the TLS library has not got the hash */
};

/* Adds a saslname (RFC 5801 section 4): "=" and "," are in escapes. */
void scram_add_name(struct buffer *, const char *name);
/* Adds the client-first-message to `out`. Free it whatever comes of it. */
void scram_first(struct scram *, bool sha256, const struct scram_names *,
    struct buffer *out);
/*
 * Adds the client-final-message, which answers a server-first-message of n
 * octets. The password is after SASLprep.
 */
enum scram_result scram_final(struct scram *, const char *password,
    const char *server_first, size_t n, struct buffer *out);
/* Does a server-final-message prove that the server knows the password? */
bool scram_verify(const struct scram *, const char *server_final, size_t n);
void scram_free(struct scram *);

#endif
