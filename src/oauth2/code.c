/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>

#include "base/base64.h"
#include "base/buffer.h"
#include "base/fault.h"
#include "base/memory.h"
#include "base/random.h"
#include "oauth2/browser.h"
#include "oauth2/code.h"
#include "oauth2/endpoint.h"
#include "oauth2/form.h"
#include "oauth2/grant.h"
#include "oauth2/json.h"
#include "oauth2/jwt.h"
#include "oauth2/loopback.h"
#include "oauth2/provider.h"
#include "oauth2/store.h"

#define RANDOM_SIZE 32		/* octets (RFC 7636 section 4.1) */
#define ADDRESS_MAX (16 * 1024)	/* octets of the address to visit */
#define QUERY_MAX (32 * 1024)	/* octets */

/* What one sign-in is recognised by. */
struct attempt {
	struct buffer state;
	struct buffer verifier;
	struct buffer challenge;
	char *redirect;
};

static int
add_random(struct buffer *b, struct fault *f)
{
	unsigned char octets[RANDOM_SIZE];

	buffer_init(b, 2 * RANDOM_SIZE);
	if (random_bytes(octets, sizeof(octets)) == -1)
		return fault(f, FAULT_SYSTEM, "no random numbers to be had");
	base64_add_url(b, octets, sizeof(octets));
	memory_wipe(octets, sizeof(octets));
	return 0;
}

static int
attempt_begin(struct attempt *a, bool localhost, unsigned port,
    struct fault *f)
{
	unsigned char digest[JWT_SHA256_SIZE];

	if (add_random(&a->state, f) == -1 ||
	    add_random(&a->verifier, f) == -1 || jwt_sha256(a->verifier.data,
	    a->verifier.len, digest, f) == -1)
		return -1;
	base64_add_url(&a->challenge, digest, sizeof(digest));
	a->redirect = buffer_format("http://%s:%u/", localhost ? "localhost" :
	    "127.0.0.1", port);
	return 0;
}

static void
attempt_end(struct attempt *a)
{
	buffer_free(&a->state);
	buffer_wipe(&a->verifier);
	buffer_free(&a->challenge);
	free(a->redirect);
}

/* RFC 6749 section 4.1.1, RFC 7636 section 4.3. */
static void
add_address(struct buffer *b, const struct store *s, const struct provider *p,
    const struct attempt *a)
{
	buffer_add_string(b, p->authorization_endpoint);
	if (strchr(p->authorization_endpoint, '?') == NULL)
		buffer_add_char(b, '?');
	form_add(b, "response_type", "code");
	form_add(b, "client_id", json_string(s->json, STORE_CLIENT_ID));
	form_add(b, "redirect_uri", a->redirect);
	if (p->scope != NULL)
		form_add(b, "scope", p->scope);
	form_add(b, "state", a->state.data);
	form_add(b, "code_challenge", a->challenge.data);
	form_add(b, "code_challenge_method", "S256");
	form_add(b, "login_hint", s->address);
	if (p->extra != NULL)
		buffer_printf(b, "&%s", p->extra);
}

static int
show_address(const struct store *s, const struct provider *p,
    const struct attempt *a, bool open, FILE *to, struct fault *f)
{
	struct buffer b;
	int r = 0;

	buffer_init(&b, ADDRESS_MAX);
	add_address(&b, s, p, a);
	if (b.full)
		r = fault(f, FAULT_CONFIG, "the address to visit is too long");
	else
		fprintf(to, "Visit this address to sign in as %s:\n\n%s\n\n"
		    "If the browser is on another machine, paste here the "
		    "address that it ends at.\n", s->address, b.data);
	fflush(to);
	if (r == 0 && open && !browser_open(b.data))
		fputs("postrider-oauth2: xdg-open cannot be run\n", stderr);
	buffer_free(&b);
	return r;
}

/* The code, or the error, that the redirect has (RFC 6749 section 4.1.2). */
static int
read_redirect(struct buffer *code, const struct buffer *query,
    const struct store *s, struct fault *f)
{
	struct buffer error;

	if (form_find(code, query->data, query->len, "code") && code->len > 0)
		return 0;
	buffer_init(&error, QUERY_MAX);
	if (form_find(&error, query->data, query->len, "error") &&
	    error.len > 0) {
		buffer_add_string(&error, ": ");
		form_find(&error, query->data, query->len,
		    "error_description");
		fault(f, FAULT_AUTH, "%s: the provider refused: %.*s",
		    s->address, (int)(error.len > 600 ? 600 : error.len),
		    error.data);
	} else {
		fault(f, FAULT_TEMPORARY, "%s: the redirect has neither a "
		    "code nor an error", s->address);
	}
	buffer_free(&error);
	return grant_sign_in_again(s, f);
}

/* RFC 6749 section 4.1.3, RFC 7636 section 4.5. */
static int
redeem(struct store *s, const struct attempt *a, const char *code,
    struct fault *f)
{
	struct endpoint_request r;
	struct http_route route;
	int result = -1;

	endpoint_request_init(&r);
	endpoint_request_add(&r, "grant_type", "authorization_code");
	endpoint_request_add_secret(&r, "code", code);
	endpoint_request_add_secret(&r, "code_verifier", a->verifier.data);
	endpoint_request_add(&r, "redirect_uri", a->redirect);
	if (grant_token_route(&route, s, f) == 0 &&
	    grant_add_client(&r, s, &route, f) == 0 &&
	    store_lock(s, f) == 0 && store_reserve(s, f) == 0)
		result = grant_ask(s, &route, &r, f);
	endpoint_request_free(&r);
	return result;
}

int
code_sign_in(struct store *s, const struct provider *p, bool open, FILE *to,
    struct fault *f)
{
	struct buffer query, code;
	struct loopback l;
	struct attempt a = { .redirect = NULL };
	int r = -1;

	buffer_init(&query, QUERY_MAX);
	buffer_init(&code, QUERY_MAX);
	buffer_init(&a.challenge, 2 * JWT_SHA256_SIZE);
	if (loopback_open(&l, f) == 0 &&
	    attempt_begin(&a, p->localhost, l.port, f) == 0 &&
	    show_address(s, p, &a, open, to, f) == 0 &&
	    loopback_wait(&l, a.state.data, CODE_SECONDS * 1000, &query, f) ==
	    0)
		r = read_redirect(&code, &query, s, f);
	loopback_close(&l);
	if (r == 0)
		r = redeem(s, &a, code.data, f);
	attempt_end(&a);
	buffer_wipe(&query);
	buffer_wipe(&code);
	return r;
}
