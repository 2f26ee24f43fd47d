/* SPDX-License-Identifier: ISC */
#include <stdint.h>
#include <string.h>

#include "base/text.h"
#include "mail/message/bodyscan.h"

/*
 * SMTP and its extensions, and what servers have added. Some servers look at
 * no more than four letters: of a word that only begins like one of those
 * that move a transaction on nothing may be run either. For the others that
 * would catch ordinary fields, such as Sender and Authentication-Results.
 */
static const struct {
	const char *word;
	bool any_end;
} verbs[] = {
	{ "mail", true }, { "rcpt", true }, { "data", true },
	{ "bdat", true }, { "rset", true }, { "quit", true },
	{ "ehlo", true }, { "helo", true }, { "lhlo", true },
	{ "vrfy", true }, { "expn", true }, { "noop", true },
	{ "etrn", true }, { "atrn", true }, { "burl", true },
	{ "starttls", true }, { "xclient", true }, { "xforward", true },
	{ "soml", true }, { "saml", true }, { "send", false },
	{ "help", false }, { "turn", false }, { "auth", false },
	{ "verb", false }, { "onex", false }, { "xexch50", false },
};

#define VERBS (sizeof(verbs) / sizeof(verbs[0]))

/* 1: a verb, 0: may become one, -1: neither. */
static int
look_up(const char *word, size_t n, bool ended)
{
	int best = -1;

	for (size_t i = 0; i < VERBS; i++) {
		if (verbs[i].word[0] != word[0] ||
		    strncmp(verbs[i].word, word, n) != 0)
			continue;
		if (verbs[i].word[n] == '\0' && (ended || verbs[i].any_end))
			return 1;
		best = 0;
	}
	return best;
}

/*
 * Servers differ in what they take for blanks: also those of ISO 8859 and of
 * UTF-8, of which these are the octets, what is not seen (a byte order mark),
 * and what Telnet escapes.
 */
static bool
is_blank(char c)
{
	static const char others[] = "\x9a\x9f\xa0\xa8\xa9\xad\xaf\xbb"
	    "\xbf\xc2\xe1\xe2\xe3\xef\xff";
	unsigned char u = (unsigned char)c;

	return u <= ' ' || (u >= 0x7f && (u <= 0x8f || memchr(others, c,
	    sizeof(others) - 1) != NULL));
}

/* An octet of the line as a reader of quoted-printable sees it. */
static bool
scan_decoded(struct verbline *s, char c)
{
	int found;

	if (s->len == 0 && is_blank(c))
		return false;
	if (!text_is_alpha(c) && (s->len == 0 || !text_is_digit(c))) {
		s->decided = true;
		return c != '-' && look_up(s->word, s->len, true) == 1;
	}
	if (s->len == VERBLINE_VERB_MAX) {
		s->decided = true;
		return false;
	}
	s->word[s->len++] = text_to_lower(c);
	found = look_up(s->word, s->len, false);
	s->decided = found != 0;
	return found == 1;
}

bool
verbline_octet(struct verbline *s, char c)
{
	bool verb = false;
	int digit;

	if (c == '\n' || c == '\r') {
		if (!s->decided && s->len > 0)
			verb = look_up(s->word, s->len, true) == 1;
		memset(s, 0, sizeof(*s));
		return verb;
	}
	if (s->decided)
		return false;
	if (s->escape == 0) {
		if (c != '=')
			return scan_decoded(s, c);
		s->escape = 2;
		s->value = 0;
		return false;
	}
	digit = text_hex_value(c);
	if (digit == -1) {
		/* "=" and no digits: it ends a word like anything else */
		s->decided = true;
		return s->len > 0 && look_up(s->word, s->len, true) == 1;
	}
	s->value = s->value * 16 + (unsigned)digit;
	return --s->escape == 0 ? scan_decoded(s, (char)s->value) : false;
}

/* From 0; more than 25 for what is no letter. */
static unsigned
letter(char c)
{
	return ((unsigned char)c | 0x20u) - 'a';
}

/* For each first letter of a verb a bit for each second letter. */
static const uint32_t *
second_letters(void)
{
	static uint32_t seconds['z' - 'a' + 1] = { 0 };
	static bool known;

	for (size_t i = 0; !known && i < VERBS; i++)
		seconds[letter(verbs[i].word[0])] |=
		    UINT32_C(1) << letter(verbs[i].word[1]);
	known = true;
	return seconds;
}

bool
verbline_may_begin(const char *p, const char *end)
{
	unsigned first = letter(*p), second;

	if (first > 25)
		return *p == '=' || is_blank(*p);
	/* what is in doubt, or quoted-printable, gets a closer look */
	if (p + 1 == end || p[1] == '=')
		return true;
	second = letter(p[1]);
	return second <= 25 && (second_letters()[first] >> second & 1) != 0;
}

bool
verbline_text(struct verbline *s, const char *p, size_t n)
{
	const char *end = p + n;

	for (; p < end; p++) {
		if (s->decided) {
			p = memchr(p, '\n', (size_t)(end - p));
			if (p == NULL)
				return false;
		}
		/* a line begins, blanks apart: most can be told at once */
		if (s->len == 0 && s->escape == 0 && !s->decided)
			s->decided = !verbline_may_begin(p, end);
		if (verbline_octet(s, *p))
			return true;
	}
	return false;
}
