/* SPDX-License-Identifier: ISC */
/*
 * text: small questions about bytes that came from outside. ASCII rules only;
 * no locale has a say in what a protocol means.
 */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buffer;

static inline bool
text_is_alpha(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static inline bool
text_is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* A space or a tab. */
static inline bool
text_is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* 0 to 31, and 127. */
static inline bool
text_is_control(char c)
{
	return (unsigned char)c < 32 || c == 127;
}

static inline char
text_to_lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

/* The value of a hexadecimal digit of either case, or -1. */
int text_hex_value(char);

bool text_is_ascii(const char *, size_t);
/* Well-formed UTF-8 as RFC 3629 has it: no surrogates, no overlong forms. */
bool text_is_utf8(const char *, size_t);
/*
 * The same of text that comes in pieces: false once something is malformed;
 * at the end of the text a character is unfinished unless `more` is 0.
 */
struct text_utf8 { /* all zeros at first */
	unsigned more;		/* octets that the last character lacks */
	unsigned char least;	/* range of the next one */
	unsigned char most;
	uint32_t point;		/* of the last character, as far as it came */
};
bool text_utf8_add(struct text_utf8 *, const char *, size_t);
bool text_has_control(const char *, size_t);

/* Are these octets that word? Never when the word is NULL. */
bool text_is(const char *, size_t, const char *word);
/* Is it a word of the list, whose words have one blank or more between them? */
bool text_has_word(const char *list, const char *word);
/* Equality where ASCII letters of either case are the same. */
bool text_same(const char *a, size_t alen, const char *b, size_t blen);
bool text_same_word(const char *a, size_t alen, const char *word);

/* How many blanks it begins with. */
size_t text_blanks(const char *, size_t);
/* The length of the first word: up to a blank. */
size_t text_word(const char *, size_t);
/* The length without the blanks at the end. */
size_t text_trimmed(const char *, size_t);

/* The length of the first line, without its LF or CRLF. */
size_t text_line(const char *, size_t);
/*
 * Takes the first line off the *left octets at *rest: returns it and its length
 * without LF or CRLF, NULL when nothing is left.
 */
const char *text_take_line(const char **rest, size_t *left, size_t *len);
/* The length of the byte order mark that Windows editors put before UTF-8, or
 * 0. */
size_t text_byte_order_mark(const char *, size_t);

/* The first place of m bytes in n bytes, or NULL; m is not 0. */
const char *text_find(const char *, size_t n, const char *needle, size_t m);

/*
 * Adds bytes so that they can be shown on a terminal or in a log: control
 * characters, malformed UTF-8 and characters that reorder or hide text become
 * \xHH, a byte each. Everything else is added as it is.
 */
void text_add_printable(struct buffer *, const char *, size_t);
/* The same as a string that the caller frees. */
char *text_printable(const char *, size_t);

/*
 * Adds bytes as a string of JSON (RFC 8259), quotes included: what
 * text_add_printable() changes becomes \uHHHH, and a malformed byte the text
 * \xHH.
 */
void text_add_json(struct buffer *, const char *, size_t);

/* Adds a string as one word of sh(1), whatever is in it. */
void text_add_sh_word(struct buffer *, const char *);

/* Edits (insert, delete, replace, swap neighbours) from one to the other. */
size_t text_distance(const char *a, const char *b);

/* Decimal digits only, at most max: the value, or -1. */
int64_t text_number(const char *, size_t, int64_t max);

#endif
