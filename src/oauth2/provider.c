/* SPDX-License-Identifier: ISC */
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/fault.h"
#include "base/memory.h"
#include "base/text.h"
#include "oauth2/http.h"
#include "oauth2/material.h"
#include "oauth2/provider.h"

#define MICROSOFT_HOST "https://login.microsoftonline."
#define MICROSOFT MICROSOFT_HOST "com/%s/oauth2/v2.0/"
#define TENANT_DEFAULT "common"

/* A %s is the tenant. */
static const struct {
	const char *name;
	const char *authorization;
	const char *token;
	const char *device;
	const char *scope;
	const char *client_scope;
	const char *extra;
} known[] = {
	/* a refresh token comes only with consent that is asked for anew; the
	 * device flow is not open to the scope of mail */
	{ "google", "https://accounts.google.com/o/oauth2/v2/auth",
	    "https://oauth2.googleapis.com/token", NULL,
	    "https://mail.google.com/", NULL,
	    "access_type=offline&prompt=consent" },
	{ "microsoft", MICROSOFT "authorize", MICROSOFT "token",
	    MICROSOFT "devicecode",
	    "https://outlook.office.com/SMTP.Send offline_access",
	    "https://outlook.office365.com/.default", NULL },
	{ "yahoo", "https://api.login.yahoo.com/oauth2/request_auth",
	    "https://api.login.yahoo.com/oauth2/get_token", NULL, "mail-w",
	    NULL, NULL },
	{ "fastmail", "https://api.fastmail.com/oauth/authorize",
	    "https://api.fastmail.com/oauth/refresh", NULL,
	    "https://www.fastmail.com/dev/protocol-smtp offline_access",
	    NULL, NULL },
};

#define KNOWN (sizeof(known) / sizeof(known[0]))

/* Keywords of a provider's file. */
static const struct {
	const char *keyword;
	size_t member;
	bool address;
} keywords[] = {
	{ "authorization_endpoint",
	    offsetof(struct provider, authorization_endpoint), true },
	{ "token_endpoint", offsetof(struct provider, token_endpoint), true },
	{ "device_authorization_endpoint",
	    offsetof(struct provider, device_endpoint), true },
	{ "scope", offsetof(struct provider, scope), false },
};

#define KEYWORDS (sizeof(keywords) / sizeof(keywords[0]))

bool
provider_is_known(const char *name)
{
	for (size_t i = 0; i < KNOWN; i++)
		if (strcmp(name, known[i].name) == 0)
			return true;
	return false;
}

/* The template with the tenant in it. */
static char *
fill(const char *template, const char *tenant)
{
	const char *at = template == NULL ? NULL : strstr(template, "%s");

	if (at == NULL)
		return memory_string(template);
	return buffer_format("%.*s%s%s", (int)(at - template), template,
	    tenant, at + 2);
}

static bool
is_tenant(const char *s)
{
	size_t n = strlen(s);

	for (size_t i = 0; i < n; i++)
		if (!text_is_alpha(s[i]) && !text_is_digit(s[i]) &&
		    s[i] != '-' && (s[i] != '.' || i == 0))
			return false;
	return n > 0;
}

/* One line of a file, without its end. */
static int
take_line(struct provider *p, const char *line, size_t n, struct fault *f)
{
	size_t blanks = text_blanks(line, n), word, i;
	char **member, *value;

	line += blanks;
	n = text_trimmed(line, n - blanks);
	if (n == 0 || *line == '#')
		return 0;
	word = text_word(line, n);
	for (i = 0; i < KEYWORDS; i++)
		if (text_is(line, word, keywords[i].keyword))
			break;
	if (i == KEYWORDS)
		return fault(f, FAULT_CONFIG, "unknown keyword '%.*s'",
		    (int)word, line);
	line += word;
	n -= word;
	blanks = text_blanks(line, n);
	if (n == blanks || text_has_control(line + blanks, n - blanks))
		return fault(f, FAULT_CONFIG, "%s: the value is missing, or "
		    "has control characters", keywords[i].keyword);
	value = memory_copy(line + blanks, n - blanks);
	member = (char **)(void *)((char *)p + keywords[i].member);
	free(*member);
	*member = value;
	if (keywords[i].address && !http_is_secure(value))
		return fault(f, FAULT_CONFIG, "%s: '%s' is not an https "
		    "address", keywords[i].keyword, value);
	return 0;
}

static int
read_file(struct provider *p, const char *path, struct fault *f)
{
	const char *rest, *line;
	size_t left, n, number = 0;
	struct buffer b;
	int r = 0;

	buffer_init(&b, MATERIAL_MAX);
	if (material_read(&b, path, MATERIAL_OURS, f) == -1) {
		buffer_free(&b);
		return fault_hint(f, "a provider is google, microsoft, yahoo, "
		    "fastmail or a file; see postrider-oauth2(1)");
	}
	rest = b.data;
	left = b.len;
	while (r == 0 && (line = text_take_line(&rest, &left, &n)) != NULL) {
		number++;
		r = take_line(p, line, n, f);
	}
	if (r == -1)
		fault_prefix(f, "%s:%zu: ", path, number);
	else if (p->token_endpoint == NULL)
		r = fault(f, FAULT_CONFIG, "%s: has no token_endpoint", path);
	buffer_free(&b);
	return r;
}

int
provider_find(struct provider *p, const char *name, const char *tenant,
    struct fault *f)
{
	size_t i = 0;

	memset(p, 0, sizeof(*p));
	if (tenant != NULL && strcmp(name, "microsoft") != 0)
		return fault(f, FAULT_USAGE, "--tenant is for "
		    "--provider=microsoft");
	if (tenant != NULL && !is_tenant(tenant))
		return fault(f, FAULT_USAGE, "'%s' is not a tenant", tenant);
	if (tenant == NULL)
		tenant = TENANT_DEFAULT;
	while (i < KNOWN && strcmp(name, known[i].name) != 0)
		i++;
	if (i == KNOWN && read_file(p, name, f) == -1)
		return -1;
	if (i < KNOWN) {
		p->authorization_endpoint = fill(known[i].authorization,
		    tenant);
		p->token_endpoint = fill(known[i].token, tenant);
		p->device_endpoint = fill(known[i].device, tenant);
		p->scope = memory_string(known[i].scope);
		p->client_scope = memory_string(known[i].client_scope);
		p->extra = known[i].extra;
	} else {
		p->client_scope = memory_string(p->scope);
	}
	p->localhost = strncmp(p->token_endpoint, MICROSOFT_HOST,
	    strlen(MICROSOFT_HOST)) == 0;
	return 0;
}

void
provider_free(struct provider *p)
{
	free(p->authorization_endpoint);
	free(p->token_endpoint);
	free(p->device_endpoint);
	free(p->scope);
	free(p->client_scope);
	memset(p, 0, sizeof(*p));
}
