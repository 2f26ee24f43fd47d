/* SPDX-License-Identifier: ISC */
/*
 * What the token program reads: answers of an endpoint, state files, and the
 * query of a redirect. What must hold for any bytes: an object that is read is
 * the same after it has been written, and a refusal is told on one line without
 * any part of a secret that the server sends back.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/fault.h"
#include "base/text.h"
#include "oauth2/endpoint.h"
#include "oauth2/form.h"
#include "oauth2/grant.h"
#include "oauth2/json.h"
#include "oauth2/store.h"
#include "oauth2/token.h"

#define PART 8	/* octets of the secret that must not be seen */
#define TEXT_MAX (16 * 1024 * 1024)

static const char secret[] = "1//0gSecretOfTheTest";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void
must(int condition)
{
	if (!condition)
		abort();
}

/* Written and read and written again it is the same. */
static void
check_object(const struct json *j)
{
	struct buffer first, second;
	struct json *again;

	buffer_init(&first, TEXT_MAX);
	buffer_init(&second, TEXT_MAX);
	must(json_add_text(&first, j) == 0);
	again = json_parse(first.data, first.len);
	must(again != NULL && json_add_text(&second, again) == 0);
	must(first.len == second.len &&
	    memcmp(first.data, second.data, first.len) == 0);
	json_free(again);
	buffer_free(&first);
	buffer_free(&second);
}

static void
check_members(const struct json *j)
{
	const char *token = json_string(j, STORE_ACCESS_TOKEN);
	long left = token_left(j);

	must(token == NULL || *token != '\0');
	must(token == NULL || !grant_is_token(token) ||
	    !text_has_control(token, strlen(token)));
	must(left >= 0 && left <= GRANT_LIFETIME_MAX);
	must(json_number(j, "expires_in") >= -1);
}

static void
check_refusal(const struct json *j)
{
	struct fault f = { .class = FAULT_NONE };
	struct http_route route = { "https://example.org/", NULL, NULL, NULL };
	struct endpoint_request r;

	if (json_string(j, "error") == NULL)
		return;
	endpoint_request_init(&r);
	endpoint_request_add_secret(&r, "refresh_token", secret);
	must(endpoint_refused(&route, &r, j, &f) == -1);
	must(!text_has_control(f.text, strlen(f.text)));
	/* \xHH stands for a character that hides others: no part of a secret,
	 * though its last digit may look like one */
	for (size_t i = 0; i + PART <= strlen(secret) &&
	    text_find(f.text, strlen(f.text), "\\x", 2) == NULL; i++)
		must(text_find(f.text, strlen(f.text), secret + i, PART) ==
		    NULL);
	endpoint_request_free(&r);
	fault_clear(&f);
}

/* What was found can be encoded, and is found again. */
static void
check_form(const char *p, size_t n)
{
	struct buffer value, form, again;

	buffer_init(&value, TEXT_MAX);
	buffer_init(&form, TEXT_MAX);
	buffer_init(&again, TEXT_MAX);
	if (form_find(&value, p, n, "code")) {
		form_add(&form, "code", value.len == 0 ? "" : value.data);
		must(form_find(&again, form.data, form.len, "code"));
		must(again.len == value.len && (value.len == 0 ||
		    memcmp(again.data, value.data, value.len) == 0));
	}
	buffer_free(&value);
	buffer_free(&form);
	buffer_free(&again);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct json *j = json_parse((const char *)data, n);

	check_form((const char *)data, n);
	if (j == NULL)
		return 0;
	check_object(j);
	check_members(j);
	check_refusal(j);
	json_free(j);
	return 0;
}
