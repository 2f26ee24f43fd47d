/* SPDX-License-Identifier: ISC */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/memory.h"

#define BUFFER_MIN 64	/* first allocation, bytes */

void
buffer_init(struct buffer *b, size_t max)
{
	memset(b, 0, sizeof(*b));
	b->max = max;
}

void
buffer_free(struct buffer *b)
{
	free(b->data);
	buffer_init(b, b->max);
}

void
buffer_wipe(struct buffer *b)
{
	memory_wipe(b->data, b->cap);
	buffer_free(b);
}

void
buffer_clear(struct buffer *b)
{
	b->len = 0;
	b->full = false;
	if (b->data != NULL)
		b->data[0] = '\0';
}

char *
buffer_reserve(struct buffer *b, size_t n)
{
	size_t want, cap;

	if (n > b->max || b->len > b->max - n) {
		b->full = true;
		return NULL;
	}
	want = b->len + n + 1;
	if (want > b->cap) {
		cap = b->cap < BUFFER_MIN ? BUFFER_MIN : b->cap;
		while (cap < want)
			cap = cap > want / 2 ? want : cap * 2;
		if (cap < b->cap + b->cap / 2)
			cap = b->cap + b->cap / 2;
		b->data = memory_resize(b->data, cap, 1);
		b->cap = cap;
	}
	return b->data + b->len;
}

void
buffer_commit(struct buffer *b, size_t n)
{
	b->len += n;
	b->data[b->len] = '\0';
}

int
buffer_add(struct buffer *b, const void *p, size_t n)
{
	char *to = buffer_reserve(b, n);

	if (to == NULL)
		return -1;
	if (n > 0)
		memcpy(to, p, n);
	buffer_commit(b, n);
	return 0;
}

int
buffer_add_char(struct buffer *b, char c)
{
	return buffer_add(b, &c, 1);
}

int
buffer_add_string(struct buffer *b, const char *s)
{
	return buffer_add(b, s, strlen(s));
}

int
buffer_vprintf(struct buffer *b, const char *fmt, va_list ap)
{
	size_t room = b->cap - b->len;
	va_list again;
	char *to;
	int n;

	/* there may be room enough; if not, this says how much it takes */
	va_copy(again, ap);
	n = vsnprintf(b->data == NULL ? NULL : b->data + b->len, room, fmt,
	    again);
	va_end(again);
	to = n < 0 ? NULL : buffer_reserve(b, (size_t)n);
	if (to == NULL) {
		if (b->data != NULL)
			b->data[b->len] = '\0';
		b->full = true;
		return -1;
	}
	if ((size_t)n >= room)
		vsnprintf(to, (size_t)n + 1, fmt, ap);
	buffer_commit(b, (size_t)n);
	return 0;
}

int
buffer_printf(struct buffer *b, const char *fmt, ...)
{
	va_list ap;
	int r;

	va_start(ap, fmt);
	r = buffer_vprintf(b, fmt, ap);
	va_end(ap);
	return r;
}

char *
buffer_format(const char *fmt, ...)
{
	struct buffer b;
	va_list ap;

	buffer_init(&b, SIZE_MAX / 8);
	va_start(ap, fmt);
	buffer_vprintf(&b, fmt, ap);
	va_end(ap);
	return buffer_detach(&b);
}

void
buffer_consume(struct buffer *b, size_t n)
{
	if (n == 0)
		return;
	b->len -= n;
	memmove(b->data, b->data + n, b->len + 1);
}

char *
buffer_detach(struct buffer *b)
{
	char *s;

	if (b->data == NULL)
		return memory_copy("", 0);
	s = b->data;
	b->data = NULL;
	buffer_free(b);
	return s;
}
