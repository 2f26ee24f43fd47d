/* SPDX-License-Identifier: ISC */
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

/* One group's octets; 0 when it is none. Padding ends the last one only. */
static size_t
decode_group(const char *text, bool last, char *to)
{
	size_t digits = last && text[3] == '=' ? text[2] == '=' ? 2 : 3 : GROUP;
	unsigned bits = 0;
	const char *at;

	for (size_t i = 0; i < GROUP; i++) {
		at = i >= digits ? alphabet : text[i] == '\0' ? NULL :
		    strchr(alphabet, text[i]);
		if (at == NULL)
			return 0;
		bits = bits << 6 | (unsigned)(at - alphabet);
	}
	to[0] = (char)(bits >> 16);
	to[1] = (char)(bits >> 8 & 0xff);
	to[2] = (char)(bits & 0xff);
	return digits - 1;
}

int
base64_decode(struct buffer *b, const char *text, size_t n)
{
	char *to = n % GROUP != 0 ? NULL : buffer_reserve(b, n / GROUP * 3);
	size_t got, len = 0;

	if (to == NULL)
		return -1;
	for (size_t i = 0; i < n; i += GROUP) {
		got = decode_group(text + i, i + GROUP == n, to + len);
		if (got == 0)
			return -1;
		len += got;
	}
	buffer_commit(b, len);
	return 0;
}
