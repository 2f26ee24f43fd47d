/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/fault.h"
#include "base/memory.h"
#include "base/text.h"
#include "oauth2/endpoint.h"
#include "oauth2/form.h"
#include "oauth2/json.h"

#define FORM_MAX (4 * 1024 * 1024)	/* octets; 3 for each of a file's */
#define QUOTED_MAX 600		/* octets of what a server says */
#define MASKED_LEAST 8		/* octets of a secret that are one already */
#define MASK "[secret]"

void
endpoint_request_init(struct endpoint_request *r)
{
	buffer_init(&r->form, FORM_MAX);
	r->secrets = 0;
}

void
endpoint_request_free(struct endpoint_request *r)
{
	for (size_t i = 0; i < r->secrets; i++) {
		memory_wipe(r->secret[i], strlen(r->secret[i]));
		free(r->secret[i]);
	}
	r->secrets = 0;
	buffer_wipe(&r->form);
}

void
endpoint_request_add(struct endpoint_request *r, const char *name,
    const char *value)
{
	if (value != NULL)
		form_add(&r->form, name, value);
}

void
endpoint_request_add_secret(struct endpoint_request *r, const char *name,
    const char *value)
{
	if (value == NULL)
		return;
	endpoint_request_add(r, name, value);
	if (r->secrets < ENDPOINT_SECRETS_MAX)
		r->secret[r->secrets++] = memory_string(value);
}

/* How many octets at p are a part of the secret, or all of it. */
static size_t
shared(const char *p, size_t n, const char *secret)
{
	size_t longest = 0, len = strlen(secret), least, i;

	least = len < MASKED_LEAST ? len : MASKED_LEAST;
	for (; *secret != '\0'; secret++) {
		for (i = 0; i < n && secret[i] != '\0' && secret[i] == p[i];)
			i++;
		longest = i > longest ? i : longest;
	}
	return longest >= least ? longest : 0;
}

/* Adds what the server says, without any part of a secret. */
static void
add_masked(struct buffer *b, const struct endpoint_request *r, const char *p)
{
	size_t n = strlen(p), hidden, i;

	n = n > QUOTED_MAX ? QUOTED_MAX : n;
	while (n > 0) {
		hidden = 0;
		for (i = 0; i < r->secrets; i++) {
			size_t here = shared(p, n, r->secret[i]);

			hidden = here > hidden ? here : hidden;
		}
		if (hidden > 0)
			buffer_add_string(b, MASK);
		else
			buffer_add_char(b, text_is_control(*p) ? ' ' : *p);
		p += hidden > 0 ? hidden : 1;
		n -= hidden > 0 ? hidden : 1;
	}
}

/* The answer is none that RFC 6749 knows. */
static int
unusable(const struct http_route *route, long status, struct fault *f)
{
	char *host = http_host(route->url);

	if (status >= 300 && status < 400)
		fault(f, FAULT_TEMPORARY, "%s: answers with a redirect (status "
		    "%ld), which is not followed", host, status);
	else if (status >= 500 || status == 429)
		fault(f, FAULT_TEMPORARY, "%s: cannot answer now (status %ld)",
		    host, status);
	else
		fault(f, FAULT_TEMPORARY, "%s: the answer (status %ld) is not "
		    "that of a token endpoint", host, status);
	free(host);
	return -1;
}

int
endpoint_post(const struct http_route *route,
    const struct endpoint_request *r, struct json **answer, long *status,
    struct fault *f)
{
	struct http_answer a;
	bool known;

	*answer = NULL;
	if (r->form.full)
		return fault(f, FAULT_CONFIG, "the request is too large");
	http_answer_init(&a);
	if (http_post(route, &r->form, &a, f) == -1) {
		http_answer_free(&a);
		return -1;
	}
	*status = a.status;
	if (a.body.len > 0)
		*answer = json_parse(a.body.data, a.body.len);
	http_answer_free(&a);
	known = *status == 200 || (*status >= 400 && *status < 500 &&
	    *status != 429);
	/* some say "error" with 200 */
	if (known && *answer != NULL &&
	    json_string(*answer, "error") != NULL) {
		*status = *status == 200 ? 400 : *status;
		return 0;
	}
	if (*status == 200 && *answer != NULL)
		return 0;
	json_free(*answer);
	*answer = NULL;
	return unusable(route, *status, f);
}

/* RFC 6749 sections 4.1.2.1 and 5.2, RFC 8628 section 3.5, OpenID Connect Core
 * section 3.1.2.6. What is not here may pass. */
static const struct {
	const char *error;
	enum fault_class class;
} refusals[] = {
	{ "invalid_grant", FAULT_AUTH },
	{ "access_denied", FAULT_AUTH },
	{ "expired_token", FAULT_AUTH },
	{ "interaction_required", FAULT_AUTH },
	{ "login_required", FAULT_AUTH },
	{ "consent_required", FAULT_AUTH },
	{ "account_selection_required", FAULT_AUTH },
	{ "invalid_token", FAULT_AUTH },
	{ "invalid_client", FAULT_CONFIG },
	{ "deleted_client", FAULT_CONFIG },
	{ "unauthorized_client", FAULT_CONFIG },
	{ "unsupported_grant_type", FAULT_CONFIG },
	{ "unsupported_response_type", FAULT_CONFIG },
	{ "invalid_scope", FAULT_CONFIG },
	{ "invalid_request", FAULT_CONFIG },
	{ "invalid_resource", FAULT_CONFIG },
};

int
endpoint_refused(const struct http_route *route,
    const struct endpoint_request *r, const struct json *answer,
    struct fault *f)
{
	const char *error = json_string(answer, "error");
	const char *why = json_string(answer, "error_description");
	enum fault_class class = FAULT_TEMPORARY;
	char *host = http_host(route->url);
	struct buffer said;

	for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++)
		if (strcmp(error, refusals[i].error) == 0)
			class = refusals[i].class;
	buffer_init(&said, 32 * QUOTED_MAX);
	add_masked(&said, r, error);
	if (why != NULL) {
		buffer_add_string(&said, ": ");
		add_masked(&said, r, why);
	}
	fault(f, class, "%s: %s", host, said.data);
	if (class == FAULT_CONFIG)
		fault_hint(f, "client id, client secret or certificate, and "
		    "scope are those that the provider has registered?");
	buffer_free(&said);
	free(host);
	return -1;
}
