/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/fault.h"
#include "base/memory.h"
#include "oauth2/code.h"
#include "oauth2/device.h"
#include "oauth2/grant.h"
#include "oauth2/json.h"
#include "oauth2/login.h"
#include "oauth2/material.h"
#include "oauth2/provider.h"
#include "oauth2/store.h"

#define GOOGLE_SCOPE "https://mail.google.com/"

/* Members that a sign-in sets or removes; others in the file stay. */
static const char *const members[] = {
	STORE_ACCESS_TOKEN, STORE_REFRESH_TOKEN, STORE_EXPIRY, STORE_USER,
	STORE_CLIENT_ID, STORE_CLIENT_SECRET, STORE_TOKEN_ENDPOINT,
	STORE_CA_FILE, STORE_SCOPE, STORE_PROVIDER, STORE_TENANT, STORE_GRANT,
	STORE_CERTIFICATE, STORE_KEY, STORE_SERVICE_ACCOUNT,
};

static int
usage(struct fault *f, const char *what)
{
	return fault(f, FAULT_USAGE, "%s", what);
}

/* What goes together, and what does not. */
static int
check(const struct login *l, struct fault *f)
{
	bool key = l->client_key != NULL || l->client_cert != NULL;

	if (l->service_account != NULL)
		return l->provider != NULL || l->client_id != NULL ||
		    l->device || l->client_credentials || key ||
		    l->client_secret_file != NULL || l->tenant != NULL ||
		    l->open ? usage(f, "--service-account goes with --user "
		    "and --ca-file alone") : 0;
	if (l->provider == NULL)
		return usage(f, "--provider is missing");
	if (l->client_id == NULL || *l->client_id == '\0') {
		fault(f, FAULT_USAGE, "--client-id is missing");
		return fault_hint(f, "postrider-oauth2(1) says how to register "
		    "one at the provider");
	}
	if (key && (l->client_key == NULL || l->client_cert == NULL))
		return usage(f, "--client-cert and --client-key go together");
	if (key && l->client_secret_file != NULL)
		return usage(f, "a client has a secret or a certificate, not "
		    "both");
	if (!l->client_credentials)
		return l->device && l->open ? usage(f,
		    "--open does not go with --device") : 0;
	if (l->device || l->open)
		return usage(f, "--client-credentials needs no person: "
		    "neither --device nor --open goes with it");
	if (!key && l->client_secret_file == NULL)
		return usage(f, "--client-credentials needs "
		    "--client-secret-file, or --client-cert and --client-key");
	if (strcmp(l->provider, "microsoft") == 0 && l->tenant == NULL)
		return usage(f, "--client-credentials at Microsoft needs "
		    "--tenant");
	return 0;
}

/* Is there an endpoint for the flow? */
static int
check_flow(const struct login *l, const struct provider *p, struct fault *f)
{
	if (l->client_credentials && p->client_scope == NULL &&
	    provider_is_known(l->provider))
		return fault(f, FAULT_USAGE, "%s does not take "
		    "--client-credentials", l->provider);
	if (!l->client_credentials && l->device && p->device_endpoint == NULL)
		return fault(f, FAULT_USAGE, "%s does not take --device for "
		    "mail", l->provider);
	if (!l->client_credentials && !l->device &&
	    p->authorization_endpoint == NULL)
		return fault(f, FAULT_CONFIG, "%s: has no "
		    "authorization_endpoint", l->provider);
	return 0;
}

/* A member with the whole path of a file, so that it is found from anywhere. */
static int
set_path(struct json *j, const char *member, const char *path,
    struct fault *f)
{
	char *whole;

	if (path == NULL)
		return 0;
	whole = realpath(path, NULL);
	if (whole == NULL)
		return fault(f, FAULT_CONFIG, "%s: %s", path,
		    strerror(errno));
	json_set_string(j, member, whole);
	free(whole);
	return 0;
}

static int
set_secret(struct json *j, const char *path, struct fault *f)
{
	struct buffer b;
	int r;

	if (path == NULL)
		return 0;
	buffer_init(&b, MATERIAL_MAX);
	r = material_line(&b, path, f);
	if (r == 0)
		json_set_string(j, STORE_CLIENT_SECRET, b.data);
	buffer_wipe(&b);
	return r;
}

/* Everything but the tokens. What is in the file and unknown here stays. */
static int
fill(struct store *s, const struct login *l, struct fault *f)
{
	if (store_read(s, NULL) == -1)
		s->json = json_new();
	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++)
		json_set_string(s->json, members[i], NULL);
	json_set_string(s->json, STORE_USER, l->user);
	json_set_string(s->json, STORE_CLIENT_ID, l->client_id);
	json_set_string(s->json, STORE_TENANT, l->tenant);
	if (l->provider != NULL && provider_is_known(l->provider))
		json_set_string(s->json, STORE_PROVIDER, l->provider);
	else if (set_path(s->json, STORE_PROVIDER, l->provider, f) == -1)
		return -1;
	if (set_secret(s->json, l->client_secret_file, f) == -1 ||
	    set_path(s->json, STORE_CA_FILE, l->ca_file, f) == -1 ||
	    set_path(s->json, STORE_CERTIFICATE, l->client_cert, f) == -1 ||
	    set_path(s->json, STORE_KEY, l->client_key, f) == -1)
		return -1;
	return set_path(s->json, STORE_SERVICE_ACCOUNT, l->service_account, f);
}

/* Can the tokens be kept? It is found out before a person signs in. */
static int
try_folder(const char *address, struct fault *f)
{
	struct store s;
	int r = -1;

	if (store_init(&s, address, f) == 0 && store_lock(&s, f) == 0)
		r = store_reserve(&s, f);
	store_close(&s);
	return r;
}

static int
without_person(struct store *s, struct fault *f)
{
	return store_lock(s, f) == 0 && store_reserve(s, f) == 0 ?
	    grant_renew(s, f) : -1;
}

/* The file says where it is to be used. */
static int
by_service_account(struct store *s, const char *path, struct fault *f)
{
	struct json *account = grant_read_account(path, f);

	if (account == NULL)
		return -1;
	json_set_string(s->json, STORE_TOKEN_ENDPOINT,
	    json_string(account, "token_uri"));
	json_free(account);
	json_set_string(s->json, STORE_GRANT, GRANT_SERVICE_ACCOUNT);
	json_set_string(s->json, STORE_SCOPE, GOOGLE_SCOPE);
	return without_person(s, f);
}

static int
by_provider(struct store *s, const struct login *l, const struct provider *p,
    FILE *to, struct fault *f)
{
	json_set_string(s->json, STORE_TOKEN_ENDPOINT, p->token_endpoint);
	json_set_string(s->json, STORE_SCOPE, l->client_credentials ?
	    p->client_scope : p->scope);
	if (l->device && !l->client_credentials)
		return device_sign_in(s, p, to, f);
	if (!l->client_credentials)
		return code_sign_in(s, p, l->open, to, f);
	json_set_string(s->json, STORE_GRANT, GRANT_CLIENT_CREDENTIALS);
	return without_person(s, f);
}

static void
tell(const struct store *s, FILE *to)
{
	fprintf(to, "%s has signed in; see %s\n", s->address, s->path);
	if (json_string(s->json, STORE_GRANT) == NULL &&
	    json_string(s->json, STORE_REFRESH_TOKEN) == NULL)
		fputs("postrider-oauth2: the provider gave no refresh token: "
		    "this holds until the token expires\n", stderr);
}

int
login_run(const struct login *l, FILE *to, struct fault *f)
{
	struct provider p = { .token_endpoint = NULL };
	struct store s;
	int r = -1;

	if (check(l, f) == -1 || store_init(&s, l->address, f) == -1)
		return -1;
	if ((l->provider == NULL ||
	    (provider_find(&p, l->provider, l->tenant, f) == 0 &&
	    check_flow(l, &p, f) == 0)) && fill(&s, l, f) == 0 &&
	    try_folder(l->address, f) == 0)
		r = l->provider != NULL ? by_provider(&s, l, &p, to, f) :
		    by_service_account(&s, l->service_account, f);
	if (r == 0)
		tell(&s, to);
	provider_free(&p);
	store_close(&s);
	return r;
}
