/* SPDX-License-Identifier: ISC */
/*
 * grant: how a token is asked for without a person, by what the store has: a
 * refresh token (RFC 6749 section 6), the client's own credentials (section
 * 4.4; RFC 7523 section 2.2), or a service account (RFC 7523 section 2.1). And
 * what of an answer is kept.
 */
#ifndef OAUTH2_GRANT_H
#define OAUTH2_GRANT_H

#include <stdbool.h>

#include "oauth2/http.h"

struct endpoint_request;
struct fault;
struct json;
struct store;

#define GRANT_CLIENT_CREDENTIALS "client_credentials"
#define GRANT_SERVICE_ACCOUNT "urn:ietf:params:oauth:grant-type:jwt-bearer"
#define GRANT_LIFETIME_MAX (24 * 60 * 60)	/* seconds; later expiries are
						 * taken for a clock's error */

/*
 * The way to an endpoint of this store; the texts are the store's. FAULT_CONFIG
 * unless `url` is a secure address.
 */
int grant_route(struct http_route *, const struct store *, const char *url,
    struct fault *);
/* The same to its token endpoint: without one, sasl-xoauth2's own default. */
int grant_token_route(struct http_route *, const struct store *,
    struct fault *);

/*
 * The key file of a service account, with client_email, private_key and
 * token_uri; free it with json_free(). NULL with FAULT_CONFIG.
 */
struct json *grant_read_account(const char *path, struct fault *);
/*
 * Adds who the client is: client_id, and its secret or a signed assertion.
 * FAULT_CONFIG when there is no client id or a key cannot be used.
 */
int grant_add_client(struct endpoint_request *, const struct store *,
    const struct http_route *, struct fault *);
/*
 * Posts a request to the token endpoint and keeps the answer. FAULT_AUTH has
 * the command for signing in as its hint.
 */
int grant_ask(struct store *, const struct http_route *,
    const struct endpoint_request *, struct fault *);
/*
 * Takes the tokens of an answer of success into the store, and writes it. A
 * refresh token is kept even if the rest is unusable: the old one may be void.
 * FAULT_TEMPORARY when there is no usable access token.
 */
int grant_keep(struct store *, const struct http_route *,
    const struct json *answer, struct fault *);
/* Puts the sign-in command into the hint of FAULT_AUTH. Always -1. */
int grant_sign_in_again(const struct store *, struct fault *);
/* A new access token. The lock is held and the store reserved. */
int grant_renew(struct store *, struct fault *);
/* Can it stand in a bearer token (RFC 6750 section 2.1) and on a line? */
bool grant_is_token(const char *);

#endif
