/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/buffer.h"
#include "base/clock.h"
#include "base/fault.h"
#include "base/memory.h"
#include "base/text.h"
#include "oauth2/device.h"
#include "oauth2/endpoint.h"
#include "oauth2/grant.h"
#include "oauth2/json.h"
#include "oauth2/provider.h"
#include "oauth2/store.h"

#define DEVICE_GRANT "urn:ietf:params:oauth:grant-type:device_code"
#define INTERVAL_DEFAULT 5	/* seconds (RFC 8628 section 3.2) */
#define INTERVAL_MORE 5		/* seconds after slow_down (section 3.5) */
#define INTERVAL_MAX 60		/* seconds; a server that says more is wrong */
#define LIFETIME_DEFAULT 900	/* seconds; expires_in is required */
#define LIFETIME_MAX 3600	/* seconds */

/* A member as something that a terminal can show; the caller frees it. */
static char *
shown(const struct json *j, const char *name)
{
	const char *s = json_string(j, name);

	return s == NULL ? NULL : text_printable(s, strlen(s));
}

/* RFC 8628 section 3.3. Google once called the address verification_url. */
static int
show(const struct store *s, const struct json *answer, FILE *to,
    struct fault *f)
{
	char *code = shown(answer, "user_code");
	char *where = shown(answer, "verification_uri");
	char *whole = shown(answer, "verification_uri_complete");
	int r = 0;

	if (where == NULL)
		where = shown(answer, "verification_url");
	if (code == NULL || where == NULL ||
	    json_string(answer, "device_code") == NULL)
		r = fault(f, FAULT_TEMPORARY, "%s: the answer of the device "
		    "authorization endpoint has no code or no address",
		    s->address);
	else
		fprintf(to, "Visit this address to sign in as %s:\n\n%s\n\n"
		    "and type this code: %s\n", s->address, where, code);
	if (r == 0 && whole != NULL)
		fprintf(to, "\nor visit this one:\n\n%s\n\n", whole);
	fflush(to);
	free(code);
	free(where);
	free(whole);
	return r;
}

static void
rest(int64_t seconds)
{
	struct timespec pause = { (time_t)seconds, 0 };

	nanosleep(&pause, NULL);
}

/*
 * One request for the tokens: 1 when they are there and kept, 0 when it is to
 * be tried again, -1 when the sign-in has failed.
 */
static int
poll_once(struct store *s, const struct http_route *route,
    const struct endpoint_request *r, int64_t *interval, struct fault *f)
{
	struct fault passing = { .class = FAULT_NONE };
	struct json *answer;
	const char *error;
	long status;
	int result = -1;

	if (endpoint_post(route, r, &answer, &status, &passing) == -1) {
		/* a connection that fails is no answer (section 3.5) */
		result = passing.class == FAULT_TEMPORARY ? 0 :
		    fault_pass(f, &passing, "");
		if (result == 0)
			fprintf(stderr, "postrider-oauth2: %s; it is tried "
			    "again\n", passing.text);
		fault_clear(&passing);
		*interval *= 2;
		return result;
	}
	error = json_string(answer, "error");
	if (status == 200)
		result = store_lock(s, f) == 0 && store_reserve(s, f) == 0 &&
		    grant_keep(s, route, answer, f) == 0 ? 1 : -1;
	else if (strcmp(error, "authorization_pending") == 0)
		result = 0;
	else if (strcmp(error, "slow_down") == 0) {
		*interval += INTERVAL_MORE;
		result = 0;
	} else
		endpoint_refused(route, r, answer, f);
	json_free(answer);
	return result;
}

/* RFC 8628 section 3.4. */
static int
wait_for_tokens(struct store *s, const struct json *grant, struct fault *f)
{
	int64_t interval = json_number(grant, "interval");
	int64_t lifetime = json_number(grant, "expires_in");
	struct endpoint_request r;
	struct http_route route;
	int64_t deadline;
	int result = -1;

	interval = interval == -1 ? INTERVAL_DEFAULT : interval;
	lifetime = lifetime == -1 ? LIFETIME_DEFAULT : lifetime > LIFETIME_MAX ?
	    LIFETIME_MAX : lifetime;
	deadline = clock_after(lifetime * 1000);
	endpoint_request_init(&r);
	endpoint_request_add(&r, "grant_type", DEVICE_GRANT);
	endpoint_request_add_secret(&r, "device_code",
	    json_string(grant, "device_code"));
	if (grant_token_route(&route, s, f) == 0 &&
	    grant_add_client(&r, s, &route, f) == 0)
		result = 0;
	while (result == 0 && clock_left(deadline) > 0) {
		interval = interval < 1 ? 1 : interval > INTERVAL_MAX ?
		    INTERVAL_MAX : interval;
		rest(interval);
		result = poll_once(s, &route, &r, &interval, f);
	}
	endpoint_request_free(&r);
	if (result == 0)
		fault(f, FAULT_AUTH, "%s: nobody has signed in before the code "
		    "expired", s->address);
	grant_sign_in_again(s, f);
	return result == 1 ? 0 : -1;
}

int
device_sign_in(struct store *s, const struct provider *p, FILE *to,
    struct fault *f)
{
	struct endpoint_request r;
	struct json *answer = NULL;
	struct http_route route;
	long status;
	int result = -1;

	endpoint_request_init(&r);
	endpoint_request_add(&r, "client_id",
	    json_string(s->json, STORE_CLIENT_ID));
	endpoint_request_add(&r, "scope", p->scope);
	if (grant_route(&route, s, p->device_endpoint, f) == 0 &&
	    endpoint_post(&route, &r, &answer, &status, f) == 0)
		result = status == 200 ? 0 :
		    endpoint_refused(&route, &r, answer, f);
	endpoint_request_free(&r);
	if (result == 0)
		result = show(s, answer, to, f);
	if (result == 0)
		result = wait_for_tokens(s, answer, f);
	json_free(answer);
	return result;
}
