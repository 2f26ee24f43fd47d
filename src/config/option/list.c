/* SPDX-License-Identifier: ISC */
#include <stdbool.h>
#include <string.h>

#include "base/base64.h"
#include "base/buffer.h"
#include "base/text.h"
#include "config/option/list.h"

#define PIN_PREFIX "sha256//"
#define PIN_PREFIX_LEN (sizeof(PIN_PREFIX) - 1)
#define PIN_DIGITS 43		/* RFC 4648: 32 octets, before the one "=" */

enum { MD5_DIGITS = 32, SHA1_DIGITS = 40, SHA256_DIGITS = 64 };

/* Ends one value and begins the next. */
static bool
is_border(char c)
{
	return c == ',' || c == ';';
}

/* The digits of value[at..end) as a word of `out`; NULL, or what is wrong. */
static const char *
add_fingerprint(struct buffer *out, const char *value, size_t at, size_t end)
{
	size_t digits = 0, run = 0;

	while (end > at && text_is_blank(value[end - 1]))
		end--;
	if (at == end)
		return "lacks a fingerprint here";
	if (out->len > 0)
		buffer_add_char(out, ' ');
	for (; at < end; at++) {
		if (text_hex_value(value[at]) != -1) {
			buffer_add_char(out, text_to_lower(value[at]));
			digits++;
			run++;
		} else if (value[at] != ':' && !text_is_blank(value[at])) {
			return "is not in hex";
		} else if (run % 2 != 0) {
			return "has half an octet";
		} else {
			run = 0;
		}
	}
	if (digits != MD5_DIGITS && digits != SHA1_DIGITS &&
	    digits != SHA256_DIGITS)
		return "has not the length of a fingerprint";
	return NULL;
}

char *
option_fingerprints(const char *value, size_t n, size_t *at, const char **why)
{
	struct buffer out;
	size_t end;

	*why = NULL;
	buffer_init(&out, n + 1);
	for (*at = 0; *at < n && *why == NULL; *at = end + 1) {
		while (*at < n && text_is_blank(value[*at]))
			(*at)++;
		for (end = *at; end < n && !is_border(value[end]); end++)
			;
		*why = add_fingerprint(&out, value, *at, end);
		if (*why != NULL)
			break;
	}
	if (*why == NULL)
		return buffer_detach(&out);
	buffer_free(&out);
	return NULL;
}

/* Octets of the pin that begins here, or 0. */
static size_t
pin_length(const char *s, size_t n)
{
	size_t digits = 0;

	if (n < PIN_PREFIX_LEN || memcmp(s, PIN_PREFIX, PIN_PREFIX_LEN) != 0)
		return 0;
	s += PIN_PREFIX_LEN;
	n -= PIN_PREFIX_LEN;
	while (digits < n && base64_is_digit(s[digits]))
		digits++;
	if (digits != PIN_DIGITS || digits == n || s[digits] != '=')
		return 0;
	return PIN_PREFIX_LEN + PIN_DIGITS + 1;
}

char *
option_pins(const char *value, size_t n, size_t *at, const char **why)
{
	struct buffer out;
	size_t len;

	buffer_init(&out, n + 1);
	for (*at = 0;; *at += len) {
		while (*at < n && (text_is_blank(value[*at]) ||
		    is_border(value[*at])))
			(*at)++;
		if (*at == n)
			return buffer_detach(&out);
		len = pin_length(value + *at, n - *at);
		if (len == 0 || (*at + len < n &&
		    !text_is_blank(value[*at + len]) &&
		    !is_border(value[*at + len])))
			break;
		buffer_printf(&out, "%s%.*s", out.len == 0 ? "" : " ",
		    (int)len, value + *at);
	}
	*why = "is no pin";
	buffer_free(&out);
	return NULL;
}
