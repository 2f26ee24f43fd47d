/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "mail/header/header.h"

void
header_init(struct header *h)
{
	memset(h, 0, sizeof(*h));
	buffer_init(&h->text, HEADER_MAX);
	buffer_init(&h->added, HEADER_MAX);
	h->first_line = 1;
}

void
header_free(struct header *h)
{
	buffer_free(&h->text);
	buffer_free(&h->added);
	free(h->field);
	header_init(h);
}

void
header_copy(struct header *to, const struct header *from)
{
	buffer_add(&to->text, from->text.data, from->text.len);
	buffer_add(&to->added, from->added.data, from->added.len);
	to->cap = to->count = from->count;
	to->first_line = from->first_line;
	if (from->count == 0)
		return;
	to->field = memory_resize(NULL, to->cap, sizeof(*to->field));
	memcpy(to->field, from->field, to->count * sizeof(*to->field));
}

size_t
header_name_length(const char *line, size_t n)
{
	size_t name = 0, i;

	while (name < n && name < HEADER_NAME_MAX && line[name] > ' ' &&
	    line[name] < 127 && line[name] != ':')
		name++;
	for (i = name; i < n && i < HEADER_NAME_MAX; i++)
		if (!text_is_blank(line[i]))
			break;
	return i < n && line[i] == ':' ? name : 0;
}

static int
add_text(struct header *h, const char *line, size_t n)
{
	char *to = n > HEADER_MAX ? NULL : buffer_reserve(&h->text, n + 2);

	if (to == NULL) {
		h->text.full = true;
		return -1;
	}
	if (n > 0)
		memcpy(to, line, n);
	to[n] = '\r';
	to[n + 1] = '\n';
	buffer_commit(&h->text, n + 2);
	return 0;
}

static int
add_field(struct header *h, const char *line, size_t n, size_t name_len)
{
	struct header_field *f;
	const char *colon = memchr(line + name_len, ':', n - name_len);
	size_t start = h->text.len;

	if (add_text(h, line, n) == -1)
		return -1;
	h->field = memory_grow(h->field, h->count, &h->cap,
	    sizeof(*h->field));
	f = &h->field[h->count++];
	f->start = start;
	f->len = n + 2;
	f->name_len = name_len;
	f->body = start + (size_t)(colon - line) + 1;
	f->removed = f->made = f->edited = false;
	return 0;
}

int
header_add_line(struct header *h, const char *line, size_t n)
{
	size_t name_len;

	if (n == 0)
		return -1;
	if (text_is_blank(line[0])) {
		if (h->count == 0 || add_text(h, line, n) == -1)
			return -1;
		h->field[h->count - 1].len += n + 2;
		return 0;
	}
	if ((name_len = header_name_length(line, n)) == 0)
		return -1;
	return add_field(h, line, n, name_len);
}

bool
header_field_is(const struct header *h, const struct header_field *f,
    const char *name)
{
	return text_same_word(h->text.data + f->start, f->name_len, name);
}

const struct header_field *
header_next(const struct header *h, const char *name, size_t *from)
{
	while (*from < h->count) {
		const struct header_field *f = &h->field[(*from)++];

		if (!f->removed && header_field_is(h, f, name))
			return f;
	}
	return NULL;
}

bool
header_has(const struct header *h, const char *name)
{
	size_t from = 0;

	return header_next(h, name, &from) != NULL;
}

const char *
header_body(const struct header *h, const struct header_field *f, size_t *len)
{
	*len = f->start + f->len - f->body;
	return h->text.data + f->body;
}

static bool
is_blank_or_end(char c)
{
	return text_is_blank(c) || c == '\r' || c == '\n';
}

const char *
header_text(const struct header *h, const struct header_field *f, size_t *len)
{
	const char *s = header_body(h, f, len);

	for (; *len > 0 && is_blank_or_end(*s); s++, --*len)
		;
	while (*len > 0 && is_blank_or_end(s[*len - 1]))
		--*len;
	return s;
}

size_t
header_line_number(const struct header *h, const struct header_field *f)
{
	const char *p = h->text.data, *end = p + f->start;
	size_t line = h->first_line;

	while ((p = memchr(p, '\n', (size_t)(end - p))) != NULL) {
		line++;
		p++;
	}
	return line;
}

/* The header's text with the edits made. */
static int
edit_text(const struct header *h, const struct header_edit *edit,
    size_t count, struct buffer *text)
{
	size_t at = 0;

	for (size_t i = 0; i < count; i++) {
		buffer_add(text, h->text.data + at, edit[i].at - at);
		buffer_add_string(text, edit[i].text);
		at = edit[i].at + edit[i].len;
	}
	buffer_add(text, h->text.data + at, h->text.len - at);
	return text->full ? -1 : 0;
}

int
header_edit(struct header *h, const struct header_edit *edit, size_t count)
{
	size_t k = 0, moved = 0, grown, renamed;
	struct header_field *f;
	struct buffer text;

	if (count == 0)
		return 0;
	buffer_init(&text, HEADER_MAX);
	if (edit_text(h, edit, count, &text) == -1) {
		buffer_free(&text);
		return -1;
	}
	/* `moved` and `grown` are modulo, and negative where text shrinks */
	for (size_t i = 0; i < h->count; i++) {
		f = &h->field[i];
		grown = renamed = 0;
		for (; k < count && edit[k].at < f->start + f->len; k++) {
			grown += strlen(edit[k].text) - edit[k].len;
			if (edit[k].at < f->body)
				renamed = grown;
			f->edited = true;
		}
		f->start += moved;
		f->name_len += renamed;
		f->body += moved + renamed;
		f->len += grown;
		moved += grown;
	}
	buffer_free(&h->text);
	h->text = text;
	return 0;
}

void
header_remove(struct header *h, const char *name)
{
	for (size_t i = 0; i < h->count; i++)
		if (header_field_is(h, &h->field[i], name))
			h->field[i].removed = true;
}

void
header_prepend(struct header *h, const char *name, const char *body)
{
	buffer_printf(&h->added, "%s: %s\r\n", name, body);
}

size_t
header_next_octets(const struct header *h, size_t *at, const char **p)
{
	size_t n = 0, i = *at == 0 ? 0 : *at - 1;

	if (*at == 0 && h->added.len > 0) {
		*at = 1;
		*p = h->added.data;
		return h->added.len;
	}
	while (i < h->count && h->field[i].removed)
		i++;
	if (i < h->count)
		*p = h->text.data + h->field[i].start;
	/* fields that follow each other lie side by side in the text */
	for (; i < h->count && !h->field[i].removed; i++)
		n += h->field[i].len;
	*at = i + 1;
	return n;
}

size_t
header_octets(const struct header *h)
{
	size_t octets = 0, at = 0, n;
	const char *p;

	while ((n = header_next_octets(h, &at, &p)) > 0)
		octets += n;
	return octets;
}

/* The body of our own field, which header_next() does not see. */
static const char *
added_message_id(const struct header *h, size_t *len)
{
	static const char name[] = "Message-ID:";
	const size_t m = sizeof(name) - 1;
	const char *p = h->added.data, *eol;

	for (size_t left = h->added.len; left > 0; p += *len, left -= *len) {
		eol = memchr(p, '\n', left);
		*len = eol == NULL ? left : (size_t)(eol - p) + 1;
		if (*len > m && memcmp(p, name, m) == 0) {
			*len -= m;
			return p + m;
		}
	}
	return NULL;
}

char *
header_message_id(const struct header *h)
{
	const struct header_field *field;
	const char *body, *open, *close;
	size_t from = 0, len = 0;
	struct buffer b;

	field = header_next(h, "Message-ID", &from);
	body = field != NULL ? header_body(h, field, &len) :
	    added_message_id(h, &len);
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
