/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/text.h"

int
text_hex_value(char c)
{
	if (text_is_digit(c))
		return c - '0';
	c = text_to_lower(c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool
text_is_ascii(const char *s, size_t n)
{
	const uint64_t high = UINT64_C(0x8080808080808080);
	uint64_t word, all = 0;
	unsigned char last = 0;

	/* eight octets at a time: whole messages go through here */
	for (; n >= sizeof(word); s += sizeof(word), n -= sizeof(word)) {
		memcpy(&word, s, sizeof(word));
		all |= word;
	}
	while (n-- > 0)
		last |= (unsigned char)*s++;
	return (all & high) == 0 && last < 128;
}

bool
text_has_control(const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (text_is_control(s[i]))
			return true;
	return false;
}

/* The first octet of a character that has several. */
static bool
begin_character(struct text_utf8 *u, unsigned char c)
{
	u->least = 0x80;
	u->most = 0xbf;
	if (c < 0xc2 || c > 0xf4)
		return false;
	u->more = c < 0xe0 ? 1 : c < 0xf0 ? 2 : 3;
	u->point = c & (0x3fU >> u->more);
	/* no overlong forms, no surrogates, nothing beyond U+10FFFF */
	if (c == 0xe0)
		u->least = 0xa0;
	else if (c == 0xed)
		u->most = 0x9f;
	else if (c == 0xf0)
		u->least = 0x90;
	else if (c == 0xf4)
		u->most = 0x8f;
	return true;
}

static bool
add_octet(struct text_utf8 *u, unsigned char c)
{
	if (u->more == 0) {
		u->point = c;
		return c < 0x80 || begin_character(u, c);
	}
	if (c < u->least || c > u->most)
		return false;
	u->point = u->point << 6 | (c & 0x3fU);
	u->least = 0x80;
	u->most = 0xbf;
	u->more--;
	return true;
}

bool
text_utf8_add(struct text_utf8 *u, const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!add_octet(u, (unsigned char)s[i]))
			return false;
	return true;
}

bool
text_is_utf8(const char *s, size_t n)
{
	struct text_utf8 u = { .more = 0 };

	return text_is_ascii(s, n) ||
	    (text_utf8_add(&u, s, n) && u.more == 0);
}

/* Octets of the UTF-8 character at s, 0 if malformed; n is not 0. */
static size_t
utf8_length(const char *s, size_t n, uint32_t *point)
{
	struct text_utf8 u = { .more = 0 };

	for (size_t i = 0; i < n && add_octet(&u, (unsigned char)s[i]);) {
		i++;
		if (u.more == 0) {
			*point = u.point;
			return i;
		}
	}
	return 0;
}

bool
text_is(const char *s, size_t n, const char *word)
{
	return word != NULL && strlen(word) == n &&
	    (n == 0 || memcmp(s, word, n) == 0);
}

bool
text_has_word(const char *list, const char *word)
{
	size_t n = strlen(word);

	for (const char *p = list; *p != '\0'; p += strspn(p, " ")) {
		if (strcspn(p, " ") == n && memcmp(p, word, n) == 0)
			return true;
		p += strcspn(p, " ");
	}
	return false;
}

bool
text_same(const char *a, size_t alen, const char *b, size_t blen)
{
	if (alen != blen)
		return false;
	for (size_t i = 0; i < alen; i++)
		if (text_to_lower(a[i]) != text_to_lower(b[i]))
			return false;
	return true;
}

bool
text_same_word(const char *a, size_t alen, const char *word)
{
	return text_same(a, alen, word, strlen(word));
}

size_t
text_blanks(const char *s, size_t n)
{
	size_t i = 0;

	while (i < n && text_is_blank(s[i]))
		i++;
	return i;
}

size_t
text_word(const char *s, size_t n)
{
	size_t i = 0;

	while (i < n && !text_is_blank(s[i]))
		i++;
	return i;
}

size_t
text_trimmed(const char *s, size_t n)
{
	while (n > 0 && text_is_blank(s[n - 1]))
		n--;
	return n;
}

size_t
text_line(const char *s, size_t n)
{
	size_t len = 0;

	text_take_line(&s, &n, &len);
	return len;
}

const char *
text_take_line(const char **rest, size_t *left, size_t *len)
{
	const char *line = *rest;
	const char *eol = *left == 0 ? NULL : memchr(line, '\n', *left);
	size_t n = eol == NULL ? *left : (size_t)(eol - line) + 1;

	if (n == 0)
		return NULL;
	*rest += n;
	*left -= n;
	n -= eol != NULL;
	*len = n > 0 && line[n - 1] == '\r' ? n - 1 : n;
	return line;
}

size_t
text_byte_order_mark(const char *s, size_t n)
{
	return n >= 3 && memcmp(s, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
}

const char *
text_find(const char *p, size_t n, const char *needle, size_t m)
{
#ifdef HAVE_MEMMEM
	return memmem(p, n, needle, m);
#else
	const char *end = p + n;

	while ((size_t)(end - p) >= m &&
	    (p = memchr(p, needle[0], (size_t)(end - p) - m + 1)) != NULL) {
		if (memcmp(p, needle, m) == 0)
			return p;
		p++;
	}
	return NULL;
#endif
}

/* Characters that change how their neighbours look: never shown raw. */
static bool
point_deceives(uint32_t c)
{
	return (c >= 0x80 && c < 0xa0) || c == 0x061c ||
	    (c >= 0x200b && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e) ||
	    (c >= 0x2060 && c <= 0x206f) || c == 0xfeff ||
	    (c >= 0xe0000 && c <= 0xe007f);
}

void
text_add_printable(struct buffer *b, const char *s, size_t n)
{
	uint32_t point;
	size_t len;

	for (size_t i = 0; i < n;) {
		len = utf8_length(s + i, n - i, &point);
		if (len == 1 ? !text_is_control(s[i]) :
		    len > 1 && !point_deceives(point)) {
			buffer_add(b, s + i, len);
			i += len;
			continue;
		}
		for (size_t k = len == 0 ? 1 : len; k > 0; k--, i++)
			buffer_printf(b, "\\x%02x", (unsigned char)s[i]);
	}
}

char *
text_printable(const char *s, size_t n)
{
	struct buffer b;

	buffer_init(&b, SIZE_MAX / 8);
	text_add_printable(&b, s, n);
	return buffer_detach(&b);
}

static void
add_json_point(struct buffer *b, uint32_t c)
{
	if (c > 0xffff) {
		buffer_printf(b, "\\u%04x", (unsigned)(0xd7c0 + (c >> 10)));
		c = 0xdc00 + (c & 0x3ff);
	}
	buffer_printf(b, "\\u%04x", (unsigned)c);
}

void
text_add_json(struct buffer *b, const char *s, size_t n)
{
	uint32_t point = 0;
	size_t len;

	buffer_add_char(b, '"');
	for (size_t i = 0; i < n; i += len == 0 ? 1 : len) {
		len = utf8_length(s + i, n - i, &point);
		if (len == 0)
			buffer_printf(b, "\\\\x%02x", (unsigned char)s[i]);
		else if (s[i] == '"' || s[i] == '\\')
			buffer_printf(b, "\\%c", s[i]);
		else if (text_is_control(s[i]) || point_deceives(point))
			add_json_point(b, point);
		else
			buffer_add(b, s + i, len);
	}
	buffer_add_char(b, '"');
}

void
text_add_sh_word(struct buffer *b, const char *word)
{
	buffer_add_char(b, '\'');
	for (; *word != '\0'; word++) {
		if (*word == '\'')
			buffer_add_string(b, "'\\''");
		else
			buffer_add_char(b, *word);
	}
	buffer_add_char(b, '\'');
}

#define DISTANCE_MAX 64	/* longer words are not typing errors of ours */

size_t
text_distance(const char *a, const char *b)
{
	size_t row[3][DISTANCE_MAX + 1];
	size_t alen = strlen(a), blen = strlen(b), best;
	size_t *before = row[0], *last = row[1], *now = row[2], *swap;

	if (alen > DISTANCE_MAX || blen > DISTANCE_MAX)
		return alen > blen ? alen : blen;
	for (size_t j = 0; j <= blen; j++)
		before[j] = last[j] = j;
	for (size_t i = 1; i <= alen; i++) {
		now[0] = i;
		for (size_t j = 1; j <= blen; j++) {
			best = last[j - 1] + (a[i - 1] != b[j - 1]);
			if (last[j] + 1 < best)
				best = last[j] + 1;
			if (now[j - 1] + 1 < best)
				best = now[j - 1] + 1;
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] &&
			    a[i - 2] == b[j - 1] && before[j - 2] + 1 < best)
				best = before[j - 2] + 1;
			now[j] = best;
		}
		swap = before;
		before = last;
		last = now;
		now = swap;
	}
	return last[blen];
}

int64_t
text_number(const char *s, size_t n, int64_t max)
{
	int64_t value = 0;

	if (n == 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		int digit = s[i] - '0';

		if (!text_is_digit(s[i]) || value > max / 10 ||
		    (value == max / 10 && digit > max % 10))
			return -1;
		value = value * 10 + digit;
	}
	return value;
}
