/* SPDX-License-Identifier: ISC */
/*
 * gs2: a SCRAM exchange that begins with "y" (RFC 5802 section 6): we could
 * bind it to TLS, and see no -PLUS in what the server offers. A server that
 * has one fails then: somebody has taken it out of the offer.
 *
 * libgsasl has this flag, and cannot send it: with a binding for a mechanism
 * without -PLUS it names the binding, which its own check of the message
 * refuses (2.2.0: GSASL_AUTHENTICATION_ERROR). So it is left to say "n", and
 * what depends on the flag is exchanged in its messages: the flag itself, "c="
 * with the proof of the client, and the server's signature, which is verified
 * here. All else, such as the parsing of what the server says, stays its own.
 */
#ifndef SMTP_SASL_GS2_H
#define SMTP_SASL_GS2_H

#include "base/buffer.h"
#include "wire/tls/tls.h"

struct gs2 {
	enum tls_hash hash;
	struct buffer header;	/* "y,a=...," */
	struct buffer said;	/* client-first-message-bare and "," then
				 * server-first-message and "," */
	struct buffer theirs;	/* the AuthMessage of libgsasl, */
	struct buffer ours;	/* and the one that is meant */
	unsigned char salted[TLS_HASH_MAX];
};

void gs2_init(struct gs2 *, enum tls_hash);
/* Wipes the keys. */
void gs2_free(struct gs2 *);
/* Notes the salted password, as long as the hash, when it is known. */
void gs2_take_key(struct gs2 *, const unsigned char *key);
/*
 * Our first message, as libgsasl made it, becomes the one with "y"; then our
 * final one, in answer to the server's first, which libgsasl has judged. -1
 * when it is not made as RFC 5802 section 7 has it, or cannot be computed.
 */
int gs2_change_first(struct gs2 *, struct buffer *message);
int gs2_change_final(struct gs2 *, const struct buffer *challenge,
    struct buffer *message);
/*
 * The server's final message becomes the one that libgsasl waits for. -1 when
 * it does not verify.
 */
int gs2_change_verifier(const struct gs2 *, struct buffer *message);

#endif
