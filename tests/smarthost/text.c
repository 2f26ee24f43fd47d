/* SPDX-License-Identifier: ISC */
#include "platform.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "guard.h"
#include "text.h"

/* What a message shows of a line: enough to recognise it. */
#define SHOWN_MAX 240

static int
text_fold(char c, bool fold)
{
	unsigned char u = (unsigned char)c;

	return fold && u < 0x80 ? tolower(u) : u;
}

bool
text_matches(const char *pattern, const char *s, size_t len, bool fold)
{
	const char *star = NULL;
	size_t i = 0, retry = 0;

	/* On a mismatch the last star takes one octet more; an earlier one
	 * need not, as the last can take whatever that would. */
	while (i < len || *pattern != '\0') {
		if (*pattern == '*') {
			star = ++pattern;
			retry = i;
			continue;
		}
		if (i < len && *pattern != '\0') {
			const char *p = pattern;

			if (p[0] == '\\' && p[1] == '*')
				p++;
			if (text_fold(*p, fold) == text_fold(s[i], fold)) {
				pattern = p + 1;
				i++;
				continue;
			}
		}
		if (star == NULL || retry >= len)
			return false;
		pattern = star;
		i = ++retry;
	}
	return true;
}

bool
text_begins(const char *s, size_t len, const char *word)
{
	const size_t n = strlen(word);

	if (len < n)
		return false;
	for (size_t i = 0; i < n; i++) {
		if (text_fold(s[i], true) != text_fold(word[i], true))
			return false;
	}
	return true;
}

bool
text_is(const char *s, size_t len, const char *word)
{
	return len == strlen(word) && text_begins(s, len, word);
}

static int
text_nibble(char c)
{
	static const char digits[] = "0123456789abcdef";
	const char *at;

	if (c == '\0')
		return -1;
	at = strchr(digits, tolower((unsigned char)c));
	return at == NULL ? -1 : (int)(at - digits);
}

int
text_unescape(char *s, size_t *len)
{
	static const char names[] = "rnt0\\";
	static const char octets[] = "\r\n\t\0\\";
	char *out = s;

	for (const char *p = s; *p != '\0'; p++) {
		const char *at;

		if (*p != '\\') {
			*out++ = *p;
			continue;
		}
		p++;
		if (*p == 'x' && text_nibble(p[1]) >= 0 &&
		    text_nibble(p[2]) >= 0) {
			*out++ = (char)(text_nibble(p[1]) * 16 +
			    text_nibble(p[2]));
			p += 2;
			continue;
		}
		if (*p == '\0' || (at = strchr(names, *p)) == NULL)
			return -1;
		*out++ = octets[at - names];
	}
	*len = (size_t)(out - s);
	*out = '\0';
	return 0;
}

int
text_number(const char *s, size_t len, unsigned long long max,
    unsigned long long *number)
{
	unsigned long long n = 0;

	if (len == 0)
		return -1;
	for (size_t i = 0; i < len; i++) {
		unsigned digit = (unsigned)(s[i] - '0');

		if (s[i] < '0' || s[i] > '9' || n > max / 10)
			return -1;
		n *= 10;
		if (digit > max - n)
			return -1;
		n += digit;
	}
	*number = n;
	return 0;
}

/*
 * Length of the UTF-8 sequence (RFC 3629) that s begins with; 0 when it is
 * none, or stands for a C1 control character.
 */
static size_t
text_sequence(const char *s, size_t len)
{
	const unsigned char *u = (const unsigned char *)s;
	const size_t n = u[0] >= 0xf0 ? 4 : u[0] >= 0xe0 ? 3 : 2;

	if (u[0] < 0xc2 || u[0] > 0xf4 || n > len)
		return 0;
	for (size_t i = 1; i < n; i++) {
		if ((u[i] & 0xc0) != 0x80)
			return 0;
	}
	if ((u[0] == 0xc2 && u[1] < 0xa0) || (u[0] == 0xe0 && u[1] < 0xa0) ||
	    (u[0] == 0xed && u[1] > 0x9f) || (u[0] == 0xf0 && u[1] < 0x90) ||
	    (u[0] == 0xf4 && u[1] > 0x8f))
		return 0;
	return n;
}

size_t
text_escape(char *out, const char *s, size_t len)
{
	static const char names[] = "rnt0\\";
	static const char octets[] = "\r\n\t\0\\";
	static const char digits[] = "0123456789abcdef";
	char *o = out;

	for (size_t i = 0; i < len; i++) {
		const unsigned char c = (unsigned char)s[i];
		const char *at = memchr(octets, c, sizeof(names) - 1);
		const size_t n = c < 0x80 ? 1 : text_sequence(s + i, len - i);

		if (n > 1) {
			memcpy(o, s + i, n);
			o += n;
			i += n - 1;
		} else if (at != NULL) {
			*o++ = '\\';
			*o++ = names[at - octets];
		} else if (c < 0x20 || c == 0x7f || n == 0) {
			*o++ = '\\';
			*o++ = 'x';
			*o++ = digits[c >> 4];
			*o++ = digits[c & 15];
		} else {
			*o++ = (char)c;
		}
	}
	*o = '\0';
	return (size_t)(o - out);
}

char *
text_shown(const char *s, size_t len)
{
	const size_t kept = len > SHOWN_MAX ? SHOWN_MAX : len;
	char *shown = text_alloc(TEXT_ESCAPED(kept) + sizeof("..."));
	size_t n;

	n = text_escape(shown, s, kept);
	if (kept < len)
		memcpy(shown + n, "...", sizeof("..."));
	return shown;
}

void *
text_alloc(size_t size)
{
	return text_resize(NULL, size);
}

void *
text_resize(void *old, size_t size)
{
	void *p = realloc(old, size > 0 ? size : 1);

	if (p == NULL)
		die(EXIT_TROUBLE, "out of memory");
	return p;
}

char *
text_copy(const char *s, size_t len)
{
	char *copy = text_alloc(len + 1);

	memcpy(copy, s, len);
	copy[len] = '\0';
	return copy;
}
