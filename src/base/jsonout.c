/* SPDX-License-Identifier: ISC */
#include <inttypes.h>
#include <string.h>

#include "base/buffer.h"
#include "base/jsonout.h"
#include "base/text.h"

static void
lead(struct buffer *b, const char *name)
{
	if (b->len > 0 && strchr("{[\n", b->data[b->len - 1]) == NULL)
		buffer_add_string(b, ", ");
	if (name != NULL)
		buffer_printf(b, "\"%s\": ", name);
}

void
jsonout_begin(struct buffer *b, const char *name, char bracket)
{
	lead(b, name);
	buffer_add_char(b, bracket);
}

void
jsonout_end(struct buffer *b, char bracket)
{
	buffer_add_char(b, bracket);
}

void
jsonout_text(struct buffer *b, const char *name, const char *s, size_t n)
{
	lead(b, name);
	text_add_json(b, s, n);
}

void
jsonout_string(struct buffer *b, const char *name, const char *s)
{
	if (s != NULL) {
		jsonout_text(b, name, s, strlen(s));
	} else {
		lead(b, name);
		buffer_add_string(b, "null");
	}
}

void
jsonout_number(struct buffer *b, const char *name, int64_t value)
{
	lead(b, name);
	buffer_printf(b, "%" PRId64, value);
}

void
jsonout_bool(struct buffer *b, const char *name, bool value)
{
	lead(b, name);
	buffer_add_string(b, value ? "true" : "false");
}
