/* SPDX-License-Identifier: ISC */
/*
 * endpoint: a request to the token endpoint or the device authorization
 * endpoint (RFC 6749 section 3.2, RFC 8628 section 3.1), and its answer.
 */
#ifndef OAUTH2_ENDPOINT_H
#define OAUTH2_ENDPOINT_H

#include "base/buffer.h"
#include "oauth2/http.h"

struct fault;
struct json;

#define ENDPOINT_SECRETS_MAX 8

struct endpoint_request {
	struct buffer form;
	char *secret[ENDPOINT_SECRETS_MAX];	/* what must not be shown */
	size_t secrets;
};

/* An empty request; endpoint_request_free() wipes and frees it. */
void endpoint_request_init(struct endpoint_request *);
void endpoint_request_free(struct endpoint_request *);
/* Adds a field; a value of NULL adds nothing. */
void endpoint_request_add(struct endpoint_request *, const char *name,
    const char *value);
/* The same of a secret: what the server sends back of it is masked. */
void endpoint_request_add_secret(struct endpoint_request *, const char *name,
    const char *value);

/*
 * Posts the request. The answer is an object that the caller frees. With a
 * status of 200 it is a success; else its member "error" is a string, and says
 * why not. -1 with FAULT_TEMPORARY for anything else: no answer, a redirect,
 * what is no JSON, a status of 5xx or 429.
 */
int endpoint_post(const struct http_route *, const struct endpoint_request *,
    struct json **answer, long *status, struct fault *);

/*
 * What the refusal in an answer means. FAULT_AUTH: the person has to sign in
 * again. FAULT_CONFIG: client id, secret or scope are not accepted.
 * FAULT_TEMPORARY: the server says so, or it is unknown. What the server
 * says is quoted; secrets in it are masked. Always -1.
 */
int endpoint_refused(const struct http_route *,
    const struct endpoint_request *, const struct json *answer,
    struct fault *);

#endif
