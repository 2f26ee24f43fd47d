/* SPDX-License-Identifier: ISC */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/fault.h"
#include "base/memory.h"
#include "base/text.h"
#include "oauth2/grant.h"
#include "oauth2/json.h"
#include "oauth2/status.h"
#include "oauth2/store.h"
#include "oauth2/token.h"

#define SUFFIX ".json"
#define LINE_MAX_OCTETS 65536

static void
add_shown(struct buffer *b, const char *before, const char *s)
{
	if (s == NULL)
		return;
	buffer_add_string(b, before);
	text_add_printable(b, s, strlen(s));
}

/* How the next token will be got. */
static const char *
means(const struct json *j)
{
	const char *grant = json_string(j, STORE_GRANT);

	if (grant != NULL && strcmp(grant, GRANT_CLIENT_CREDENTIALS) == 0)
		return "client credentials";
	if (grant != NULL && strcmp(grant, GRANT_SERVICE_ACCOUNT) == 0)
		return "service account";
	return json_string(j, STORE_REFRESH_TOKEN) != NULL ? "refresh token" :
	    "no refresh token";
}

static int
print_one(const char *address, FILE *to, struct fault *f)
{
	struct buffer b;
	struct store s;
	int r = -1;

	if (store_init(&s, address, f) == 0 && store_read(&s, f) == 0) {
		buffer_init(&b, LINE_MAX_OCTETS);
		add_shown(&b, "", s.address);
		buffer_printf(&b, ": %s, ", means(s.json));
		if (token_left(s.json) > 0)
			buffer_printf(&b, "token for %ld seconds more",
			    token_left(s.json));
		else
			buffer_add_string(&b, "no token that is known to last");
		add_shown(&b, ", user ", json_string(s.json, STORE_USER));
		add_shown(&b, ", ",
		    json_string(s.json, STORE_TOKEN_ENDPOINT));
		fprintf(to, "%s\n", b.data);
		buffer_free(&b);
		r = 0;
	}
	store_close(&s);
	return r;
}

static int
is_store(const struct dirent *d)
{
	size_t n = strlen(d->d_name), m = strlen(SUFFIX);

	return n > m && strcmp(d->d_name + n - m, SUFFIX) == 0;
}

static int
print_all(FILE *to, struct fault *f)
{
	struct dirent **list;
	char *folder = store_folder(f), *address;
	int n, r = 0;

	if (folder == NULL)
		return -1;
	n = scandir(folder, &list, is_store, alphasort);
	if (n == -1 && errno != ENOENT)
		r = fault(f, FAULT_CONFIG, "%s: %s", folder, strerror(errno));
	for (int i = 0; i < n; i++) {
		address = memory_copy(list[i]->d_name,
		    strlen(list[i]->d_name) - strlen(SUFFIX));
		if (print_one(address, to, f) == -1)
			r = -1;
		free(address);
		free(list[i]);
	}
	if (n != -1)
		free(list);
	free(folder);
	return r;
}

int
status_print(const char *address, FILE *to, struct fault *f)
{
	return address == NULL ? print_all(to, f) : print_one(address, to, f);
}

int
status_forget(const char *address, struct fault *f)
{
	struct store s;
	int r = -1;

	if (store_init(&s, address, f) == 0 && store_lock(&s, f) == 0)
		r = store_remove(&s, f);
	if (r == 0)
		fprintf(stderr, "postrider-oauth2: %s had not signed in\n",
		    s.address);
	store_close(&s);
	return r == -1 ? -1 : 0;
}
