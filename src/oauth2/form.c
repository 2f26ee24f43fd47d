/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "base/buffer.h"
#include "base/text.h"
#include "oauth2/form.h"

static bool
is_plain(char c)
{
	return text_is_alpha(c) || text_is_digit(c) || c == '-' || c == '.' ||
	    c == '_' || c == '~';
}

static void
add_encoded(struct buffer *b, const char *s)
{
	for (; *s != '\0'; s++)
		if (is_plain(*s))
			buffer_add_char(b, *s);
		else
			buffer_printf(b, "%%%02X", (unsigned char)*s);
}

void
form_add(struct buffer *b, const char *name, const char *value)
{
	char last = b->len == 0 ? '&' : b->data[b->len - 1];

	if (last != '&' && last != '?')
		buffer_add_char(b, '&');
	add_encoded(b, name);
	buffer_add_char(b, '=');
	add_encoded(b, value);
}

static bool
add_decoded(struct buffer *b, const char *s, size_t n)
{
	int high, low;
	char c;

	for (size_t i = 0; i < n; i++) {
		c = s[i] == '+' ? ' ' : s[i];
		if (c == '%') {
			if (n - i < 3)
				return false;
			high = text_hex_value(s[i + 1]);
			low = text_hex_value(s[i + 2]);
			if (high == -1 || low == -1)
				return false;
			c = (char)(high * 16 + low);
			i += 2;
		}
		if (c == '\0')
			return false;
		buffer_add_char(b, c);
	}
	return !b->full;
}

bool
form_find(struct buffer *b, const char *form, size_t n, const char *name)
{
	const char *end = form + n, *amp, *equals;
	size_t len;

	for (; form < end; form = amp + 1) {
		amp = memchr(form, '&', (size_t)(end - form));
		if (amp == NULL)
			amp = end;
		len = (size_t)(amp - form);
		equals = memchr(form, '=', len);
		if (equals != NULL &&
		    text_is(form, (size_t)(equals - form), name))
			return add_decoded(b, equals + 1,
			    (size_t)(amp - equals) - 1);
		if (amp == end)
			break;
	}
	return false;
}
