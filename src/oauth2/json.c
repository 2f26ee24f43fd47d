/* SPDX-License-Identifier: ISC */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include <json-c/json.h>

#include "base/buffer.h"
#include "base/memory.h"
#include "base/text.h"
#include "oauth2/json.h"

#define NESTING_MAX 32		/* json-c's own maximum by default */
#define EXACT_MAX 9007199254740992.0	/* 2^53: beyond, a double skips some */

/* A struct json is a struct json_object; the other name stays in this file. */
static struct json_object *
object(const struct json *j)
{
	return (struct json_object *)(uintptr_t)j;
}

static struct json *
wrapped(struct json_object *o)
{
	if (o == NULL)
		abort();	/* json-c has no memory left */
	return (struct json *)o;
}

struct json *
json_new(void)
{
	return wrapped(json_object_new_object());
}

struct json *
json_parse(const char *text, size_t n)
{
	struct json_tokener *t;
	struct json_object *o;
	size_t end;

	if (n > INT_MAX)
		return NULL;
	t = json_tokener_new_ex(NESTING_MAX);
	if (t == NULL)
		return NULL;
	/* without JSON_TOKENER_STRICT: 0.15 and older take a final newline for
	 * too much; what follows the object is looked at here */
	json_tokener_set_flags(t, JSON_TOKENER_VALIDATE_UTF8);
	o = json_tokener_parse_ex(t, text, (int)n);
	end = json_tokener_get_parse_end(t);
	if (json_tokener_get_error(t) != json_tokener_success)
		end = 0;
	json_tokener_free(t);
	while (end > 0 && end < n && strchr(" \t\r\n", text[end]) != NULL &&
	    text[end] != '\0')
		end++;
	if (end == n && n > 0 && json_object_is_type(o, json_type_object))
		return wrapped(o);
	json_object_put(o);
	return NULL;
}

void
json_free(struct json *j)
{
	json_object_put(object(j));
}

const char *
json_string(const struct json *j, const char *name)
{
	struct json_object *o;
	const char *s;
	size_t n;

	if (!json_object_object_get_ex(object(j), name, &o) ||
	    !json_object_is_type(o, json_type_string))
		return NULL;
	s = json_object_get_string(o);
	n = (size_t)json_object_get_string_len(o);
	return n == 0 || memchr(s, '\0', n) != NULL ? NULL : s;
}

int64_t
json_number(const struct json *j, const char *name)
{
	struct json_object *o;
	const char *s;
	int64_t n;
	double d;

	if (!json_object_object_get_ex(object(j), name, &o))
		return -1;
	switch (json_object_get_type(o)) {
	case json_type_int:
		n = json_object_get_int64(o);
		return n < 0 ? -1 : n;
	case json_type_double:
		d = json_object_get_double(o);
		if (!(d >= 0))
			return -1;
		return d > EXACT_MAX ? INT64_MAX : (int64_t)d;
	case json_type_string:
		s = json_object_get_string(o);
		return text_number(s, strlen(s), INT64_MAX);
	default:
		return -1;
	}
}

/* Takes the member's value over. */
static void
set(struct json *j, const char *name, struct json_object *value)
{
	if (value == NULL || json_object_object_add(object(j), name, value) < 0)
		abort();	/* json-c has no memory left */
}

void
json_set_string(struct json *j, const char *name, const char *value)
{
	if (value == NULL)
		json_object_object_del(object(j), name);
	else
		set(j, name, json_object_new_string(value));
}

void
json_set_number(struct json *j, const char *name, int64_t value)
{
	set(j, name, json_object_new_int64(value));
}

int
json_add_text(struct buffer *b, const struct json *j)
{
	const char *text = json_object_to_json_string_ext(object(j),
	    JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_NOSLASHESCAPE);

	if (text == NULL || buffer_add_string(b, text) == -1)
		return -1;
	return buffer_add_char(b, '\n');
}
