/* SPDX-License-Identifier: ISC */
#include <stdbool.h>
#include <string.h>

#include "base/text.h"
#include "smtp/reply.h"

/* What stands in front of a queue id, or behind it. */
static const struct {
	const char *words;
	bool behind;	/* the id stands in front of the words */
} forms[] = {
	{ "queued as ", false },
	{ "OK id=", false },
	{ "[InternalId=", false },
	{ " Message accepted", true },
};

static bool
is_id_char(char c)
{
	return text_is_alpha(c) || text_is_digit(c) || c == '-' || c == '_';
}

/* Is a word that is delimited like this a queue id? */
static bool
is_id(const char *p, size_t n)
{
	bool digit = false;

	for (size_t i = 0; i < n; i++)
		digit |= text_is_digit(p[i]);
	return digit && n >= QUEUEID_MIN && n <= QUEUEID_MAX;
}

/* What may follow an id: the end, or what ends a word or a sentence. */
static size_t
id_at(const char *p, size_t n)
{
	size_t len = 0;

	while (len < n && is_id_char(p[len]))
		len++;
	if (len < n && (p[len] == '\0' || strchr(" \t.,;)]", p[len]) == NULL))
		return 0;
	return is_id(p, len) ? len : 0;
}

/* A whole word that ends at p[n]. */
static size_t
id_before(const char *p, size_t n)
{
	size_t len = 0;

	while (len < n && is_id_char(p[n - len - 1]))
		len++;
	if (len < n && !text_is_blank(p[n - len - 1]))
		return 0;
	return is_id(p + n - len, len) ? len : 0;
}

static size_t
find_in_line(const char *line, size_t n, const char **id)
{
	const char *at, *end = line + n;
	size_t len, m;

	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		m = strlen(forms[i].words);
		at = n == 0 ? NULL : text_find(line, n, forms[i].words, m);
		if (at == NULL)
			continue;
		if (forms[i].behind) {
			len = id_before(line, (size_t)(at - line));
			*id = at - len;
		} else {
			len = id_at(at + m, (size_t)(end - at) - m);
			*id = at + m;
		}
		if (len > 0)
			return len;
	}
	return 0;
}

size_t
queueid_find(const char *text, size_t n, const char **id)
{
	const char *end;
	size_t line, len;

	while (n > 0) {
		end = memchr(text, '\n', n);
		line = end == NULL ? n : (size_t)(end - text);
		len = find_in_line(text, line, id);
		if (len > 0)
			return len;
		line += end != NULL;
		text += line;
		n -= line;
	}
	return 0;
}
