/* SPDX-License-Identifier: ISC */
#include "platform.h"

#include <stdlib.h>
#include <string.h>

#include "text.h"
#include "token.h"

#define END '\001'

enum token_kind
token_kind(const char *mechanism)
{
	if (strcmp(mechanism, "OAUTHBEARER") == 0)
		return TOKEN_OAUTHBEARER;
	if (strcmp(mechanism, "XOAUTH2") == 0)
		return TOKEN_XOAUTH2;
	return TOKEN_NONE;
}

/*
 * The value of the field that begins here with that name and ends with END;
 * *rest goes on behind it. NULL when there is another, or no end.
 */
static char *
token_field(const char **rest, const char *end, const char *name)
{
	const size_t n = strlen(name);
	const char *stop;
	char *value;

	if ((size_t)(end - *rest) < n || memcmp(*rest, name, n) != 0)
		return NULL;
	stop = memchr(*rest + n, END, (size_t)(end - *rest) - n);
	if (stop == NULL)
		return NULL;
	value = text_copy(*rest + n, (size_t)(stop - *rest) - n);
	*rest = stop + 1;
	return value;
}

/* RFC 5801 section 4: =2C and =3D, and the comma that ends the GS2 header. */
static bool
token_unescape(char *name)
{
	const size_t n = strlen(name);
	char *to = name;

	if (n == 0 || name[n - 1] != ',')
		return false;
	name[n - 1] = '\0';
	for (const char *p = name; *p != '\0'; p++) {
		if (*p == ',')
			return false;
		if (*p != '=') {
			*to++ = *p;
			continue;
		}
		if (strncmp(p, "=2C", 3) != 0 && strncmp(p, "=3D", 3) != 0)
			return false;
		*to++ = p[1] == '2' ? ',' : '=';
		p += 2;
	}
	*to = '\0';
	return true;
}

bool
token_parse(enum token_kind kind, const char *message, size_t len,
    struct token *token)
{
	const bool bearer = kind == TOKEN_OAUTHBEARER;
	const char *rest = message, *end = message + len;
	char *host = NULL, *port = NULL;
	bool good;

	memset(token, 0, sizeof(*token));
	token->user = token_field(&rest, end, bearer ? "n,a=" : "user=");
	good = token->user != NULL && (!bearer || token_unescape(token->user));
	if (good && bearer) {
		host = token_field(&rest, end, "host=");
		port = host == NULL ? NULL : token_field(&rest, end, "port=");
		good = port != NULL && host[0] != '\0' && port[0] != '\0' &&
		    strspn(port, "0123456789") == strlen(port);
	}
	if (good) {
		token->token = token_field(&rest, end, "auth=Bearer ");
		good = token->token != NULL && end - rest == 1 && *rest == END;
	}
	free(host);
	free(port);
	if (!good)
		token_free(token);
	return good;
}

void
token_free(struct token *token)
{
	free(token->user);
	free(token->token);
	memset(token, 0, sizeof(*token));
}

bool
token_is_answer(enum token_kind kind, const char *message, size_t len)
{
	return kind == TOKEN_OAUTHBEARER ? len == 1 && *message == END :
	    len == 0;
}
