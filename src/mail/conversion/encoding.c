/* SPDX-License-Identifier: ISC */
#include <stdbool.h>
#include <string.h>

#include "base/base64.h"
#include "base/buffer.h"
#include "base/text.h"
#include "mail/address/address.h"
#include "mail/conversion/encoding.h"

#define WORD_START "=?UTF-8?"
#define WORD_END "?="
/*
 * Octets of text in an encoded word: what is left of 75, or in the first of
 * them of a line of 76 that "Resent-Sender: " begins (RFC 2047 section 2).
 */
#define WORD_TEXT ((size_t)ENCODING_WORD_MAX - \
    sizeof(WORD_START "Q?" WORD_END) + 1)
#define WORD_TEXT_FIRST (WORD_TEXT - 15)
/* Octets of a word with the longest character, by Q: see the header. */
#define WORD_MIN (sizeof(WORD_START "Q?" WORD_END) - 1 + strlen("=XX=XX=XX=XX"))
/*
 * A longer name is encoded whatever it consists of, because encoded words fold
 * by themselves: a line has 998 octets at most (RFC 5322 section 2.1.1).
 */
#define PLAIN_MAX 500

static bool
is_atom(const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!address_is_atext(s[i]))
			return false;
	return n > 0;
}

/* Atoms with one space between them: RFC 5322 section 3.2.5, phrase. */
static bool
is_atoms(const char *s, size_t n)
{
	const char *end = s + n, *space;

	while ((space = memchr(s, ' ', (size_t)(end - s))) != NULL) {
		if (!is_atom(s, (size_t)(space - s)))
			return false;
		s = space + 1;
	}
	return is_atom(s, (size_t)(end - s));
}

static void
add_latin1_as_utf8(struct buffer *b, const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)s[i];

		if (c < 0x80) {
			buffer_add_char(b, s[i]);
		} else {
			buffer_add_char(b, (char)(0xc0 | c >> 6));
			buffer_add_char(b, (char)(0x80 | (c & 0x3f)));
		}
	}
}

/* RFC 2047 section 5 (3): what stands for itself in a phrase. */
static bool
is_plain(char c)
{
	return text_is_alpha(c) || text_is_digit(c) ||
	    (c != '\0' && strchr("!*+-/", c) != NULL);
}

/* Octets of the character at s, which is well-formed UTF-8. */
static size_t
char_length(const char *s, size_t n)
{
	size_t len = 1;

	while (len < n && (s[len] & 0xc0) == 0x80)
		len++;
	return len;
}

static size_t
q_length(const char *s, size_t n)
{
	size_t len = 0;

	for (size_t i = 0; i < n; i++)
		len += is_plain(s[i]) || s[i] == ' ' ? 1 : strlen("=XX");
	return len;
}

static size_t
b_length(size_t n)
{
	return (n + 2) / 3 * 4;
}

static void
add_q(struct buffer *b, const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (is_plain(s[i]))
			buffer_add_char(b, s[i]);
		else if (s[i] == ' ')
			buffer_add_char(b, '_');
		else
			buffer_printf(b, "=%02X", (unsigned char)s[i]);
	}
}

/* s is well-formed UTF-8; the first word has room for that much of it. */
static void
add_words(struct buffer *b, const char *s, size_t n, bool q, size_t room)
{
	for (size_t i = 0, end; i < n; i = end) {
		for (end = i; end < n;) {
			size_t next = end + char_length(s + end, n - end);

			if (end > i && (q ? q_length(s + i, next - i) :
			    b_length(next - i)) > room)
				break;
			end = next;
		}
		if (i > 0)
			buffer_add_string(b, "\r\n ");
		buffer_add_string(b, q ? WORD_START "Q?" : WORD_START "B?");
		if (q)
			add_q(b, s + i, end - i);
		else
			base64_add(b, s + i, end - i);
		buffer_add_string(b, WORD_END);
		room = WORD_TEXT;
	}
}

/*
 * Q, which people can read where software does not, unless it is half as long
 * again as B, or more.
 */
static void
add_encoded(struct buffer *b, const char *s, size_t n)
{
	add_words(b, s, n, q_length(s, n) * 2 < b_length(n) * 3,
	    WORD_TEXT_FIRST);
}

void
encoding_add_words(struct buffer *b, const char *s, size_t n, size_t column)
{
	size_t room = column > ENCODING_WORD_MAX - WORD_MIN ? WORD_MIN :
	    ENCODING_WORD_MAX - column;

	room -= sizeof(WORD_START "Q?" WORD_END) - 1;
	add_words(b, s, n, q_length(s, n) <= b_length(n),
	    room < WORD_TEXT ? room : WORD_TEXT);
}

void
encoding_add_phrase(struct buffer *b, const char *s, size_t n)
{
	struct buffer utf8;

	if (n <= PLAIN_MAX && text_is_ascii(s, n) && !text_has_control(s, n)) {
		if (is_atoms(s, n))
			buffer_add(b, s, n);
		else
			address_add_quoted(b, s, n);
	} else if (text_is_utf8(s, n)) {
		add_encoded(b, s, n);
	} else {
		buffer_init(&utf8, n * 2);
		add_latin1_as_utf8(&utf8, s, n);
		add_encoded(b, utf8.data, utf8.len);
		buffer_free(&utf8);
	}
}

void
encoding_add_xtext(struct buffer *b, const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (s[i] > ' ' && s[i] < 127 && s[i] != '+' && s[i] != '=')
			buffer_add_char(b, s[i]);
		else
			buffer_printf(b, "+%02X", (unsigned char)s[i]);
	}
}
