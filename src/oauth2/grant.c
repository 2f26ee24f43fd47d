/* SPDX-License-Identifier: ISC */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/base64.h"
#include "base/buffer.h"
#include "base/fault.h"
#include "base/memory.h"
#include "base/random.h"
#include "base/text.h"
#include "oauth2/endpoint.h"
#include "oauth2/grant.h"
#include "oauth2/json.h"
#include "oauth2/jwt.h"
#include "oauth2/material.h"
#include "oauth2/store.h"

/* Where sasl-xoauth2 asks unless its file or configuration says otherwise. */
#define DEFAULT_ENDPOINT "https://accounts.google.com/o/oauth2/token"
#define ASSERTION_SECONDS 600	/* validity of a signed assertion */
#define ASSERTION_MAX (256 * 1024)	/* octets */
#define ASSERTION_TYPE \
    "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
#define ID_SIZE 16		/* octets that are random */
#define COMMAND_MAX 4096	/* octets of a hint */

int
grant_route(struct http_route *r, const struct store *s, const char *url,
    struct fault *f)
{
	r->url = url;
	r->ca_file = json_string(s->json, STORE_CA_FILE);
	r->ca_folder = json_string(s->json, STORE_CA_FOLDER);
	r->proxy = json_string(s->json, STORE_PROXY);
	if (http_is_secure(url))
		return 0;
	return fault(f, FAULT_CONFIG, "%s: '%s' is not an https address",
	    s->address, url);
}

int
grant_token_route(struct http_route *r, const struct store *s,
    struct fault *f)
{
	const char *url = json_string(s->json, STORE_TOKEN_ENDPOINT);

	return grant_route(r, s, url == NULL ? DEFAULT_ENDPOINT : url, f);
}

/* ---- Signing. */

/* Claims that every assertion has (RFC 7523 section 3). */
static struct json *
claims(const char *issuer, const char *subject, const char *audience)
{
	unsigned char id[ID_SIZE] = { 0 };
	struct json *j = json_new();
	time_t now = time(NULL);
	struct buffer b;

	json_set_string(j, "iss", issuer);
	json_set_string(j, "sub", subject);
	json_set_string(j, "aud", audience);
	json_set_number(j, "iat", now);
	json_set_number(j, "exp", now + ASSERTION_SECONDS);
	buffer_init(&b, ID_SIZE * 2);
	if (random_bytes(id, sizeof(id)) == 0) {
		base64_add_url(&b, id, sizeof(id));
		json_set_string(j, "jti", b.data);
	}
	buffer_free(&b);
	return j;
}

/* Signs the claims, which are freed, and adds the result as a field. */
static int
add_assertion(struct endpoint_request *r, const char *name,
    const struct jwt_signer *signer, struct json *j, struct fault *f)
{
	struct buffer b;
	int result;

	buffer_init(&b, ASSERTION_MAX);
	result = jwt_sign(&b, signer, j, f);
	if (result == 0)
		endpoint_request_add_secret(r, name, b.data);
	buffer_wipe(&b);
	json_free(j);
	return result;
}

/* RFC 7523 section 2.2. */
static int
add_client_assertion(struct endpoint_request *r, const struct store *s,
    const struct http_route *route, struct fault *f)
{
	const char *id = json_string(s->json, STORE_CLIENT_ID);
	const char *file = json_string(s->json, STORE_CERTIFICATE);
	const char *key_file = json_string(s->json, STORE_KEY);
	struct buffer key, certificate;
	struct jwt_signer signer;
	int result = -1;

	buffer_init(&key, MATERIAL_MAX);
	buffer_init(&certificate, MATERIAL_MAX);
	if (material_read(&key, key_file, MATERIAL_SECRET, f) == 0 &&
	    material_read(&certificate, file, MATERIAL_OURS, f) == 0) {
		signer = (struct jwt_signer){ key.data, key.len,
		    certificate.data, certificate.len, NULL };
		endpoint_request_add(r, "client_assertion_type",
		    ASSERTION_TYPE);
		result = add_assertion(r, "client_assertion", &signer,
		    claims(id, id, route->url), f);
	}
	buffer_wipe(&key);
	buffer_wipe(&certificate);
	return result;
}

int
grant_add_client(struct endpoint_request *r, const struct store *s,
    const struct http_route *route, struct fault *f)
{
	const char *id = json_string(s->json, STORE_CLIENT_ID);

	if (id == NULL) {
		fault(f, FAULT_CONFIG, "%s: has no \"client_id\"", s->path);
		return fault_hint(f, "add \"client_id\", and \"client_secret\" "
		    "if there is one, from sasl-xoauth2.conf; or sign in by "
		    "postrider-oauth2 login");
	}
	endpoint_request_add(r, "client_id", id);
	if (json_string(s->json, STORE_CERTIFICATE) != NULL &&
	    json_string(s->json, STORE_KEY) != NULL)
		return add_client_assertion(r, s, route, f);
	endpoint_request_add_secret(r, "client_secret",
	    json_string(s->json, STORE_CLIENT_SECRET));
	return 0;
}

struct json *
grant_read_account(const char *path, struct fault *f)
{
	struct json *j = NULL;
	struct buffer b;

	buffer_init(&b, MATERIAL_MAX);
	if (material_read(&b, path, MATERIAL_SECRET, f) == 0)
		j = json_parse(b.data, b.len);
	buffer_wipe(&b);
	if (j != NULL && json_string(j, "client_email") != NULL &&
	    json_string(j, "private_key") != NULL &&
	    json_string(j, "token_uri") != NULL)
		return j;
	json_free(j);
	fault(f, FAULT_CONFIG, "%s: is not the key file of a service account",
	    path);
	return NULL;
}

/* RFC 7523 section 2.1, with Google's claim "scope". */
static int
add_service_account(struct endpoint_request *r, const struct store *s,
    const struct http_route *route, struct fault *f)
{
	const char *path = json_string(s->json, STORE_SERVICE_ACCOUNT), *key;
	struct json *account, *j;
	struct jwt_signer signer;
	int result;

	if (path == NULL)
		return fault(f, FAULT_CONFIG, "%s: has no \"%s\"", s->path,
		    STORE_SERVICE_ACCOUNT);
	account = grant_read_account(path, f);
	if (account == NULL)
		return -1;
	key = json_string(account, "private_key");
	signer = (struct jwt_signer){ key, strlen(key), NULL, 0,
	    json_string(account, "private_key_id") };
	j = claims(json_string(account, "client_email"), s->address,
	    route->url);
	json_set_string(j, "scope", json_string(s->json, STORE_SCOPE));
	endpoint_request_add(r, "grant_type", GRANT_SERVICE_ACCOUNT);
	result = add_assertion(r, "assertion", &signer, j, f);
	if (result == -1)
		fault_prefix(f, "%s: ", path);
	json_free(account);
	return result;
}

/* ---- What is kept of an answer. */

bool
grant_is_token(const char *s)
{
	size_t n = strlen(s);

	for (size_t i = 0; i < n; i++)
		if (s[i] <= ' ' || s[i] > '~')
			return false;
	return n > 0;
}

/* Seconds since 1970 when the token expires; 0 when nobody says. */
static void
keep_expiry(struct store *s, const struct json *answer)
{
	int64_t lifetime = json_number(answer, "expires_in");
	char *text;

	if (lifetime > GRANT_LIFETIME_MAX)
		lifetime = GRANT_LIFETIME_MAX;
	text = buffer_format("%" PRId64, lifetime == -1 ? 0 :
	    (int64_t)time(NULL) + lifetime);
	json_set_string(s->json, STORE_EXPIRY, text);
	free(text);
}

int
grant_keep(struct store *s, const struct http_route *route,
    const struct json *answer, struct fault *f)
{
	const char *access = json_string(answer, "access_token");
	const char *refresh = json_string(answer, "refresh_token");
	const char *type = json_string(answer, "token_type");
	const char *flaw = access == NULL ? "has no access token" :
	    !grant_is_token(access) ? "has an access token with blanks or "
	    "control characters" : type != NULL && !text_same_word(type,
	    strlen(type), "bearer") ? "has a token that is no bearer token" :
	    NULL;
	char *host;

	if (refresh != NULL)
		json_set_string(s->json, STORE_REFRESH_TOKEN, refresh);
	if (flaw == NULL) {
		json_set_string(s->json, STORE_ACCESS_TOKEN, access);
		keep_expiry(s, answer);
	}
	/* the old refresh token may be void once the new token is used: the
	 * new one is on the disk before anybody gets to see the token */
	if ((refresh != NULL || flaw == NULL) && store_write(s, f) == -1)
		return -1;
	if (flaw == NULL)
		return 0;
	host = http_host(route->url);
	fault(f, FAULT_TEMPORARY, "%s: the answer %s", host, flaw);
	free(host);
	return -1;
}

/* ---- Asking. */

/* A word that sh(1) takes as it is stays as it is. */
static void
add_word(struct buffer *b, const char *s)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789@%+=:,./_-";

	if (s[strspn(s, plain)] == '\0')
		buffer_add_string(b, s);
	else
		text_add_sh_word(b, s);
}

static void
add_option(struct buffer *b, const struct store *s, const char *name,
    const char *member)
{
	const char *value = json_string(s->json, member);

	if (value == NULL)
		return;
	buffer_printf(b, " --%s=", name);
	add_word(b, value);
}

int
grant_sign_in_again(const struct store *s, struct fault *f)
{
	struct buffer b;

	if (f == NULL || f->class != FAULT_AUTH)
		return -1;
	buffer_init(&b, COMMAND_MAX);
	add_word(&b, s->address);
	add_option(&b, s, "service-account", STORE_SERVICE_ACCOUNT);
	add_option(&b, s, "provider", STORE_PROVIDER);
	add_option(&b, s, "tenant", STORE_TENANT);
	add_option(&b, s, "client-id", STORE_CLIENT_ID);
	if (json_string(s->json, STORE_CLIENT_SECRET) != NULL)
		buffer_add_string(&b, " --client-secret-file=...");
	add_option(&b, s, "user", STORE_USER);
	add_option(&b, s, "ca-file", STORE_CA_FILE);
	fault_hint(f, "sign in again: postrider-oauth2 login %s", b.data);
	buffer_free(&b);
	return -1;
}

int
grant_ask(struct store *s, const struct http_route *route,
    const struct endpoint_request *r, struct fault *f)
{
	struct json *answer;
	long status;
	int result;

	if (endpoint_post(route, r, &answer, &status, f) == -1)
		return -1;
	if (status != 200) {
		endpoint_refused(route, r, answer, f);
		result = grant_sign_in_again(s, f);
	} else {
		result = grant_keep(s, route, answer, f);
	}
	json_free(answer);
	return result;
}

/* The fields of the request that the store's grant takes. */
static int
compose(struct endpoint_request *r, const struct store *s,
    const struct http_route *route, struct fault *f)
{
	const char *grant = json_string(s->json, STORE_GRANT);
	const char *token = json_string(s->json, STORE_REFRESH_TOKEN);

	if (grant != NULL && strcmp(grant, GRANT_SERVICE_ACCOUNT) == 0)
		return add_service_account(r, s, route, f);
	if (grant != NULL && strcmp(grant, GRANT_CLIENT_CREDENTIALS) == 0) {
		endpoint_request_add(r, "grant_type", grant);
		endpoint_request_add(r, "scope",
		    json_string(s->json, STORE_SCOPE));
		return grant_add_client(r, s, route, f);
	}
	if (grant != NULL && strcmp(grant, "refresh_token") != 0)
		return fault(f, FAULT_CONFIG, "%s: \"grant_type\": '%s' is not "
		    "known", s->path, grant);
	if (token == NULL) {
		fault(f, FAULT_AUTH, "%s: there is no refresh token",
		    s->path);
		return grant_sign_in_again(s, f);
	}
	endpoint_request_add(r, "grant_type", "refresh_token");
	endpoint_request_add_secret(r, "refresh_token", token);
	return grant_add_client(r, s, route, f);
}

int
grant_renew(struct store *s, struct fault *f)
{
	struct endpoint_request r;
	struct http_route route;
	int result = -1;

	endpoint_request_init(&r);
	if (grant_token_route(&route, s, f) == 0 &&
	    compose(&r, s, &route, f) == 0)
		result = grant_ask(s, &route, &r, f);
	endpoint_request_free(&r);
	return result;
}
