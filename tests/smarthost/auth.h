/* SPDX-License-Identifier: ISC */
#ifndef SMARTHOST_AUTH_H
#define SMARTHOST_AUTH_H

#include <gnutls/gnutls.h>
#include <stdbool.h>
#include <stddef.h>

/* A list of those who may; owned by whoever made it. */
struct account {
	const char *user;
	const char *password;
	const struct account *next;
};

enum auth_state {
	AUTH_MORE,    /* *challenge is to be sent, and answered */
	AUTH_DONE,    /* the client is authenticated */
	AUTH_REFUSED, /* the credentials are not right */
	AUTH_GARBLED  /* what the client sent is not of this mechanism */
};

/* The server's side of one SASL exchange in SMTP (RFC 4954, RFC 4422). */
struct auth;

/*
 * Prepares an exchange; NULL when the mechanism is unknown. tls gives the
 * channel binding, or is NULL; plus says that -PLUS mechanisms are offered, so
 * that a client which pretends not to have seen them is refused (RFC 5802
 * section 6). bogus spoils the server's signature in the last message of
 * SCRAM. EXTERNAL accepts who is in accounts, or no name at all.
 */
struct auth *auth_new(const char *mechanism, const struct account *accounts,
    gnutls_session_t tls, bool plus, bool bogus);
void auth_free(struct auth *auth);

/*
 * Takes what the client sent (base64; NULL: AUTH came without initial
 * response, and "=" there is an empty one) and stores the next challenge in
 * base64, valid until the next call. Why it failed: auth_reason.
 */
enum auth_state auth_step(struct auth *auth, const char *response, size_t len,
    const char **challenge);
const char *auth_reason(const struct auth *auth);

/* Has the client proved itself, so that only our own proof is on the way? */
bool auth_is_settled(const struct auth *auth);

/* Who it was; "" when no name was given. */
const char *auth_user(const struct auth *auth);

/* Is this a mechanism we know? Is it one that needs TLS? */
bool auth_knows(const char *mechanism, size_t len);
bool auth_is_plus(const char *mechanism, size_t len);

/* How many iterations SCRAM's client is asked for; NULL: as libgsasl has it. */
extern const char *auth_iterations;

/* What is offered unless told otherwise, strongest first, between blanks. */
extern const char auth_mechanisms[];

#endif
