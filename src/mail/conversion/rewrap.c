/* SPDX-License-Identifier: ISC */
#include "base/base64.h"
#include "base/buffer.h"
#include "base/text.h"
#include "mail/conversion/rewrap.h"

void
rewrap_end(struct rewrap *w, struct buffer *b)
{
	if (w->column > 0)
		buffer_add_string(b, "\r\n");
	w->column = 0;
}

void
rewrap_add(struct rewrap *w, struct buffer *b, const char *p, size_t n)
{
	for (const char *end = p + n; p < end; p++) {
		if (*p == '\r' || *p == '\n' || text_is_blank(*p))
			continue;
		if (*p != '=' && !base64_is_digit(*p))
			w->foreign = true;
		buffer_add_char(b, *p);
		if (++w->column == REWRAP_LINE_MAX)
			rewrap_end(w, b);
	}
}
