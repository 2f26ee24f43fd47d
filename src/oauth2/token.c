/* SPDX-License-Identifier: ISC */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/buffer.h"
#include "base/fault.h"
#include "base/memory.h"
#include "base/text.h"
#include "base/variable.h"
#include "oauth2/grant.h"
#include "oauth2/json.h"
#include "oauth2/jwt.h"
#include "oauth2/store.h"
#include "oauth2/token.h"

#define LEFT_LEAST 600	/* seconds: some of Microsoft's servers want as many */

long
token_left(const struct json *j)
{
	int64_t expiry = json_number(j, STORE_EXPIRY);
	int64_t now = time(NULL);

	if (expiry <= now || expiry - now > GRANT_LIFETIME_MAX)
		return 0;
	return (long)(expiry - now);
}

/* Does postrider(1) say that a server has refused this very token? */
static int
was_refused(const char *access, bool *refused, struct fault *f)
{
	const char *said = variable_get("POSTRIDER_TOKEN");
	const char *which = variable_get("POSTRIDER_TOKEN_SHA256");
	unsigned char digest[JWT_SHA256_SIZE];
	int high, low;

	*refused = false;
	if (said == NULL || strcmp(said, "refused") != 0 || which == NULL ||
	    strlen(which) != 2 * sizeof(digest))
		return 0;
	if (jwt_sha256(access, strlen(access), digest, f) == -1)
		return -1;
	for (size_t i = 0; i < sizeof(digest); i++) {
		high = text_hex_value(which[2 * i]);
		low = text_hex_value(which[2 * i + 1]);
		if (high == -1 || low == -1 || high * 16 + low != digest[i])
			return 0;
	}
	*refused = true;
	return 0;
}

/* The stored token if it can be used as it is, else NULL. */
static int
find_fresh(const struct json *j, const char **token, struct fault *f)
{
	const char *access = json_string(j, STORE_ACCESS_TOKEN);
	int64_t window = json_number(j, STORE_REFRESH_WINDOW);
	bool refused;

	*token = NULL;
	if (access == NULL || !grant_is_token(access) ||
	    token_left(j) < LEFT_LEAST || token_left(j) < window)
		return 0;
	if (was_refused(access, &refused, f) == -1)
		return -1;
	if (!refused)
		*token = access;
	return 0;
}

/*
 * Holding the lock: has somebody else renewed the token since we have read it,
 * so that it is as good as one of our own? A short or unknown lifetime does not
 * count then: each of many would renew it once more.
 */
static int
find_renewed(const struct json *j, const char *before, const char **token,
    struct fault *f)
{
	const char *access = json_string(j, STORE_ACCESS_TOKEN);
	bool refused;

	if (find_fresh(j, token, f) == -1)
		return -1;
	if (*token != NULL || access == NULL || !grant_is_token(access) ||
	    (before != NULL && strcmp(access, before) == 0))
		return 0;
	if (was_refused(access, &refused, f) == -1)
		return -1;
	if (!refused)
		*token = access;
	return 0;
}

static int
renew(struct store *s, const char **token, struct fault *f)
{
	char *before = memory_string(json_string(s->json, STORE_ACCESS_TOKEN));
	int r = -1;

	if (store_lock(s, f) == 0 && store_read(s, f) == 0 &&
	    find_renewed(s->json, before, token, f) == 0)
		r = 0;
	if (before != NULL)
		memory_wipe(before, strlen(before));
	free(before);
	if (r == -1 || *token != NULL)
		return r;
	if (store_reserve(s, f) == -1 || grant_renew(s, f) == -1)
		return -1;
	*token = json_string(s->json, STORE_ACCESS_TOKEN);
	return 0;
}

static void
print_json(const struct json *stored, const char *token, FILE *to)
{
	struct json *j = json_new();
	struct buffer b;

	json_set_string(j, "access_token", token);
	json_set_string(j, "token_type", "Bearer");
	if (token_left(stored) > 0)
		json_set_number(j, "expires_in", token_left(stored));
	json_set_string(j, "scope", json_string(stored, STORE_SCOPE));
	buffer_init(&b, STORE_MAX);
	if (json_add_text(&b, j) == 0)
		fputs(b.data, to);
	buffer_wipe(&b);
	json_free(j);
}

int
token_print(const char *address, bool as_json, FILE *to, struct fault *f)
{
	const char *token = NULL;
	struct store s;
	int r = -1;

	if (store_init(&s, address, f) == 0 && store_read(&s, f) == 0)
		r = find_fresh(s.json, &token, f);
	if (r == 0 && token == NULL)
		r = renew(&s, &token, f);
	if (r == 0 && as_json)
		print_json(s.json, token, to);
	else if (r == 0)
		fprintf(to, "%s\n", token);
	store_close(&s);
	return r;
}
