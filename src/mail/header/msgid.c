/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "base/text.h"
#include "mail/header/header.h"
#include "mail/header/msgid.h"

static const char field_name[] = "Message-ID";

/* The field of ours in what was added, which header_next() does not see. */
static const char *
added_body(const struct header *h, size_t *len)
{
	const char *p = h->added.data, *end;
	size_t left = h->added.len, m = sizeof(field_name) - 1, line;

	while (left > 0) {
		end = memchr(p, '\n', left);
		line = end == NULL ? left : (size_t)(end - p) + 1;
		if (line > m && p[m] == ':' &&
		    text_same_word(p, m, field_name)) {
			*len = line - m - 1;
			return p + m + 1;
		}
		p += line;
		left -= line;
	}
	return NULL;
}

char *
msgid_find(const struct header *h)
{
	const struct header_field *field;
	const char *body, *open, *close;
	size_t from = 0, len = 0;
	struct buffer b;

	field = header_next(h, field_name, &from);
	body = field != NULL ? header_body(h, field, &len) :
	    added_body(h, &len);
	open = body == NULL || len == 0 ? NULL : memchr(body, '<', len);
	close = open == NULL ? NULL :
	    memchr(open, '>', len - (size_t)(open - body));
	if (close == NULL)
		return NULL;
	buffer_init(&b, len);
	for (; open <= close; open++)
		if (!text_is_blank(*open) && *open != '\r' && *open != '\n')
			buffer_add_char(&b, *open);
	return buffer_detach(&b);
}
