/* SPDX-License-Identifier: ISC */
#include <limits.h>
#include <string.h>

#include "base/base64.h"
#include "base/buffer.h"

#define GROUP 4		/* characters for three octets */

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    "abcdefghijklmnopqrstuvwxyz0123456789+/";

int
base64_add(struct buffer *b, const void *from, size_t n)
{
	const unsigned char *p = from;
	size_t len = n / 3 * GROUP + (n % 3 == 0 ? 0 : GROUP);
	char *to = buffer_reserve(b, len);
	unsigned bits;

	if (to == NULL)
		return -1;
	for (; n > 0; to += GROUP) {
		bits = (unsigned)p[0] << 16;
		bits |= n > 1 ? (unsigned)p[1] << 8 : 0;
		bits |= n > 2 ? (unsigned)p[2] : 0;
		to[0] = alphabet[bits >> 18];
		to[1] = alphabet[bits >> 12 & 63];
		to[2] = n > 1 ? alphabet[bits >> 6 & 63] : '=';
		to[3] = n > 2 ? alphabet[bits & 63] : '=';
		p += n > 2 ? 3 : n;
		n -= n > 2 ? 3 : n;
	}
	buffer_commit(b, len);
	return 0;
}

int
base64_add_url(struct buffer *b, const void *from, size_t n)
{
	size_t at = b->len;

	if (base64_add(b, from, n) == -1)
		return -1;
	for (; at < b->len && b->data[at] != '='; at++)
		if (b->data[at] == '+')
			b->data[at] = '-';
		else if (b->data[at] == '/')
			b->data[at] = '_';
	b->len = at;
	b->data[at] = '\0';
	return 0;
}

/* For what is left out and what must not be there, bits that no digit has. */
#define LEFT_OUT 64
#define WRONG 128

/* The value of each octet as a digit. */
static const unsigned char *
values(void)
{
	static unsigned char table[UCHAR_MAX + 1];

	if (table[0] == WRONG)
		return table;
	memset(table, WRONG, sizeof(table));
	for (unsigned char i = 0; alphabet[i] != '\0'; i++)
		table[(unsigned char)alphabet[i]] = i;
	table['\n'] = table['\r'] = table[' '] = table['\t'] = LEFT_OUT;
	return table;
}

bool
base64_is_digit(char c)
{
	return values()[(unsigned char)c] < LEFT_OUT;
}

ssize_t
base64_decode_lines(const char *text, size_t n, unsigned char *out)
{
	const unsigned char *p = (const unsigned char *)text, *end = p + n;
	const unsigned char *value = values();
	unsigned char *to = out;
	unsigned bits = 0, held = 0;

	while (p < end) {
		/* four digits are three octets */
		while (held == 0 && end - p >= GROUP && (value[p[0]] |
		    value[p[1]] | value[p[2]] | value[p[3]]) < LEFT_OUT) {
			bits = (unsigned)value[p[0]] << 18 |
			    (unsigned)value[p[1]] << 12 |
			    (unsigned)value[p[2]] << 6 | value[p[3]];
			*to++ = (unsigned char)(bits >> 16);
			*to++ = (unsigned char)(bits >> 8);
			*to++ = (unsigned char)bits;
			p += GROUP;
		}
		if (p == end || *p == '=')
			break;
		if (value[*p] == WRONG)
			return -1;
		if (value[*p] < LEFT_OUT) {
			bits = bits << 6 | value[*p];
			held += 6;
			if (held >= 8) {
				held -= 8;
				*to++ = (unsigned char)(bits >> held);
			}
		}
		p++;
	}
	return to - out;
}

int
base64_decode(struct buffer *b, const char *text, size_t n)
{
	char *to = n % GROUP != 0 ? NULL : buffer_reserve(b, n / GROUP * 3);
	size_t digits = n;

	if (to == NULL)
		return -1;
	/* the last group has one "=" or two where it lacks octets */
	if (digits > 0 && text[digits - 1] == '=')
		digits--;
	if (digits < n && text[digits - 1] == '=')
		digits--;
	for (size_t i = 0; i < digits; i++)
		if (!base64_is_digit(text[i]))
			return -1;
	buffer_commit(b, (size_t)base64_decode_lines(text, digits,
	    (unsigned char *)to));
	return 0;
}
