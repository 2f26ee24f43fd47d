/* SPDX-License-Identifier: ISC */
/*
 * strict: a second reader of what leaves, by the letter of RFC 5322, obsolete
 * forms (section 4) included, and of RFC 6532. It shares no code with ours.
 */
#ifndef TEST_STRICT_H
#define TEST_STRICT_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <strings.h>

struct strict {
	const char *p;
	const char *end;
};

static bool
strict_is_utf8(const char *s, size_t n)
{
	for (size_t i = 0, more; i < n; i++) {
		unsigned char c = (unsigned char)s[i];
		unsigned least = 0x80, most = 0xbf;

		if (c < 0x80)
			continue;
		more = c >= 0xc2 && c <= 0xdf ? 1 : (c & 0xf0) == 0xe0 ? 2 :
		    c >= 0xf0 && c <= 0xf4 ? 3 : 0;
		if (more == 0)
			return false;
		least = c == 0xe0 ? 0xa0 : c == 0xf0 ? 0x90 : 0x80;
		most = c == 0xed ? 0x9f : c == 0xf4 ? 0x8f : 0xbf;
		for (; more > 0; more--, least = 0x80, most = 0xbf)
			if (++i == n || (unsigned char)s[i] < least ||
			    (unsigned char)s[i] > most)
				return false;
	}
	return true;
}

static bool
strict_is_atext(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	    (c >= '0' && c <= '9') || (c & 0x80) != 0 ||
	    (c != '\0' && strchr("!#$%&'*+-/=?^_`{|}~", c) != NULL);
}

/* CFWS; false for a comment without its end, or a control character. */
static bool
strict_space(struct strict *s)
{
	size_t depth = 0;

	for (; s->p < s->end; s->p++) {
		char c = *s->p;

		if (c == '(') {
			depth++;
		} else if (c == ')' && depth > 0) {
			depth--;
		} else if (c == '\\' && depth > 0) {
			if (++s->p == s->end || *s->p == '\r')
				return false;
		} else if (c != ' ' && c != '\t' && c != '\r' && c != '\n') {
			if (depth == 0)
				break;
			if ((unsigned char)c < ' ' || c == 127)
				return false;
		}
	}
	return depth == 0;
}

static bool
strict_take(struct strict *s, char c)
{
	if (!strict_space(s) || s->p == s->end || *s->p != c)
		return false;
	s->p++;
	return true;
}

static bool
strict_word(struct strict *s)
{
	const char *start;

	if (!strict_space(s) || s->p == s->end)
		return false;
	start = s->p;
	if (*s->p != '"') {
		while (s->p < s->end && strict_is_atext(*s->p))
			s->p++;
		return s->p > start;
	}
	for (s->p++; s->p < s->end && *s->p != '"'; s->p++) {
		if (*s->p == '\\' && ++s->p == s->end)
			return false;
		if (((unsigned char)*s->p < ' ' && *s->p != '\t' &&
		    *s->p != '\r' && *s->p != '\n') || *s->p == 127)
			return false;
	}
	if (s->p == s->end)
		return false;
	s->p++;
	return true;
}

static bool
strict_domain(struct strict *s)
{
	if (strict_take(s, '[')) {
		while (s->p < s->end && *s->p != ']' && *s->p != '[' &&
		    *s->p != '\\' && (unsigned char)*s->p >= ' ')
			s->p++;
		return strict_take(s, ']');
	}
	do {
		if (!strict_space(s) || s->p == s->end || *s->p == '"' ||
		    !strict_word(s))
			return false;
	} while (strict_take(s, '.'));
	return true;
}

static bool
strict_spec(struct strict *s)
{
	do
		if (!strict_word(s))
			return false;
	while (strict_take(s, '.'));
	return strict_take(s, '@') && strict_domain(s);
}

/* [phrase] "<" [route] addr-spec ">" */
static bool
strict_angle(struct strict *s)
{
	struct strict at;
	bool found = false;

	for (at = *s; strict_word(s) || (found && strict_take(s, '.'));
	    at = *s)
		found = true;
	*s = at;
	if (!strict_take(s, '<'))
		return false;
	at = *s;
	if (strict_take(s, '@') || strict_take(s, ',')) {
		for (*s = at; !strict_take(s, ':');)
			if (!strict_take(s, ',') &&
			    (!strict_take(s, '@') || !strict_domain(s)))
				return false;
	}
	return strict_spec(s) && strict_take(s, '>');
}

static bool
strict_mailbox(struct strict *s)
{
	struct strict at = *s;

	if (strict_spec(s) && strict_space(s) && (s->p == s->end ||
	    *s->p == ',' || *s->p == ';'))
		return true;
	*s = at;
	return strict_angle(s);
}

static bool
strict_group(struct strict *s)
{
	struct strict at = *s;

	if (!strict_word(s))
		return false;
	do
		at = *s;
	while (strict_word(s) || strict_take(s, '.'));
	*s = at;
	if (!strict_take(s, ':'))
		return false;
	while (!strict_take(s, ';'))
		if (!strict_take(s, ',') && !strict_mailbox(s))
			return false;
	return true;
}

/* address-list or mailbox-list (of RFC 6854: with groups), folds and all. */
static bool
strict_is_list(const char *p, size_t n)
{
	struct strict s = { p, p + n }, at;
	bool any = false, comma = true;

	if (!strict_is_utf8(p, n))
		return false;
	for (;;) {
		if (!strict_space(&s))
			return false;
		if (s.p == s.end)
			return any;
		if (strict_take(&s, ',')) {
			comma = true;
			continue;
		}
		at = s;
		if (!comma)
			return false;
		if (!strict_mailbox(&s)) {
			s = at;
			if (!strict_group(&s))
				return false;
		}
		any = true;
		comma = false;
	}
}

/* What we write: no obsolete forms. */
static bool
strict_is_date(const char *p, size_t n)
{
	static const char shape[] = "Xxx, 99 Xxx 9999 99:99:99 +9999\r\n";

	while (n > 0 && *p == ' ') {
		p++;
		n--;
	}
	if (n != sizeof(shape) - 1)
		return false;
	for (size_t i = 0; i < n; i++)
		if (shape[i] == '9' ? p[i] < '0' || p[i] > '9' :
		    shape[i] == 'X' ? p[i] < 'A' || p[i] > 'Z' :
		    shape[i] == 'x' ? p[i] < 'a' || p[i] > 'z' :
		    shape[i] == '+' ? p[i] != '+' && p[i] != '-' :
		    p[i] != shape[i])
			return false;
	return true;
}

static bool
strict_is_id(const char *p, size_t n)
{
	struct strict s = { p, p + n };

	return strict_take(&s, '<') && strict_spec(&s) &&
	    strict_take(&s, '>') && strict_space(&s) && s.p == s.end;
}

#endif
