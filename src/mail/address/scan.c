/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>

#include "base/fault.h"
#include "base/memory.h"
#include "base/text.h"
#include "mail/address/address.h"
#include "mail/address/scan.h"

#define QUOTE_MAX 60	/* octets of the input that a fault shows */

int
scan_fault(const struct scan *sc, size_t at, size_t n, const char *what)
{
	const char *more = "";

	if (n > QUOTE_MAX) {
		n = QUOTE_MAX;
		/* not in the middle of a character */
		while (n > QUOTE_MAX - 4 && (sc->s[at + n] & 0xc0) == 0x80)
			n--;
		more = "...";
	}
	return fault(sc->fault, FAULT_DATA, "%s at octet %zu: \"%.*s%s\"",
	    what, at + 1, (int)n, sc->s + at, more);
}

int
scan_span_fault(const struct scan *sc, struct token_span sp, const char *what)
{
	const struct token *first = &sc->token[sp.first];
	const struct token *last = sp.first == sp.last ? first :
	    &sc->token[sp.last - 1];

	return scan_fault(sc, first->at, last->at + last->len - first->at,
	    what);
}

int
scan_token_fault(const struct scan *sc, size_t i, const char *what)
{
	return scan_span_fault(sc, (struct token_span){ i, i + 1 }, what);
}

/* Is a line end at i that folds, or ends the field? */
static bool
is_fold(const struct scan *sc, size_t i)
{
	return sc->n - i >= 2 && sc->s[i] == '\r' && sc->s[i + 1] == '\n' &&
	    (sc->n - i == 2 || text_is_blank(sc->s[i + 2]));
}

void
scan_start(struct scan *sc, const char *s, size_t n, struct fault *f)
{
	memset(sc, 0, sizeof(*sc));
	sc->s = s;
	sc->n = n;
	sc->fault = f;
	/* a value is never longer than what it was read from */
	buffer_init(&sc->values, n);
}

/* No control characters but tabs and folds. */
static int
check_controls(struct scan *sc)
{
	for (size_t i = sc->i; i < sc->n; i++) {
		if (!text_is_control(sc->s[i]) || sc->s[i] == '\t')
			continue;
		if (!is_fold(sc, i++))
			return fault(sc->fault, FAULT_DATA, "control character "
			    "\\x%02x in an address at octet %zu",
			    (unsigned char)sc->s[i - 1], i);
	}
	sc->checked = true;
	return 0;
}

void
scan_clear(struct scan *sc)
{
	sc->count = 0;
	buffer_clear(&sc->values);
}

void
scan_free(struct scan *sc)
{
	free(sc->token);
	buffer_free(&sc->values);
}

const char *
scan_value(const struct scan *sc, const struct token *t)
{
	return t->value_len == 0 ? "" : sc->values.data + t->value;
}

/* Skips a comment, and those that are nested in it. */
static int
skip_comment(struct scan *sc)
{
	size_t at = sc->i, depth = 0;

	for (; sc->i < sc->n; sc->i++) {
		switch (sc->s[sc->i]) {
		case '(':
			depth++;
			break;
		case ')':
			if (--depth == 0) {
				sc->i++;
				return 0;
			}
			break;
		case '\\':
			sc->i++;
			break;
		}
	}
	return scan_fault(sc, at, sc->n - at, "comment without its end");
}

/* Where the blanks end that begin at i. */
static size_t
skip_blanks(const struct scan *sc, size_t i)
{
	while (i < sc->n && (text_is_blank(sc->s[i]) || is_fold(sc, i)))
		i += sc->s[i] == '\r' ? 2 : 1;
	return i;
}

/* Skips white space and comments; *any tells whether there were some. */
static int
skip_space(struct scan *sc, bool *any)
{
	size_t start = sc->i;

	for (;;) {
		sc->i = skip_blanks(sc, sc->i);
		if (sc->i == sc->n || sc->s[sc->i] != '(')
			break;
		if (skip_comment(sc) == -1)
			return -1;
	}
	*any = sc->i > start;
	return 0;
}

bool
scan_is_plain(char c)
{
	return text_is_alpha(c) || text_is_digit(c) || c == '-' || c == '_';
}

/* Where words with single dots in between end; `at` when there are none. */
static size_t
skip_words(const struct scan *sc, size_t at)
{
	size_t i = at, word;

	for (;; i++) {
		for (word = i; i < sc->n && scan_is_plain(sc->s[i]); i++)
			;
		if (i == word)
			return at;
		if (i == sc->n || sc->s[i] != '.')
			return i;
	}
}

bool
scan_plain(struct scan *sc, size_t max, struct scan_plain *p)
{
	size_t next;

	p->at = skip_blanks(sc, sc->i);
	p->domain = skip_words(sc, p->at) + 1;
	if (p->domain - 1 == p->at || p->domain > sc->n ||
	    sc->s[p->domain - 1] != '@')
		return false;
	p->end = skip_words(sc, p->domain);
	next = skip_blanks(sc, p->end);
	p->last = next == sc->n;
	if (p->end == p->domain || p->end - p->at > max ||
	    (!p->last && sc->s[next] != ','))
		return false;
	sc->i = p->last ? next : next + 1;
	return true;
}

static void
scan_atom(struct scan *sc, struct token *t)
{
	while (sc->i < sc->n && address_is_atext(sc->s[sc->i]))
		sc->i++;
	t->kind = TOKEN_ATOM;
	buffer_add(&sc->values, sc->s + t->at, sc->i - t->at);
}

size_t
scan_encoded_length(const char *p, size_t n)
{
	size_t marks = 0;

	if (n < 2 || p[0] != '=' || p[1] != '?')
		return 0;
	for (size_t i = 2; i < n; i++) {
		if ((unsigned char)p[i] <= ' ' || (unsigned char)p[i] > 126)
			return 0;
		if (p[i] != '?')
			continue;
		/* no part is empty, and the encoding is one letter */
		if (p[i - 1] == '?' || (++marks == 2 && p[i - 2] != '?'))
			return 0;
		if (marks == 3)
			return i + 1 < n && p[i + 1] == '=' ? i + 2 : 0;
	}
	return 0;
}

/* A quoted string: quoted pairs lose the backslash, folds the line end. */
static int
scan_quoted(struct scan *sc, struct token *t)
{
	t->kind = TOKEN_QUOTED;
	for (sc->i++; sc->i < sc->n; sc->i++) {
		char c = sc->s[sc->i];

		if (c == '"') {
			sc->i++;
			return 0;
		}
		if (c == '\r' || c == '\n')
			continue;
		if (c == '\\') {
			if (++sc->i == sc->n)
				break;
			c = sc->s[sc->i];
			if (c == '\r')
				return scan_fault(sc, sc->i - 1, 1,
				    "backslash before a line end");
		}
		buffer_add_char(&sc->values, c);
	}
	return scan_fault(sc, t->at, sc->n - t->at,
	    "quoted string without its end");
}

/*
 * A domain literal: blanks inside are folding and go. In a display name it
 * may hold more than a domain may, but nothing that would hide an address.
 */
static int
scan_literal(struct scan *sc, struct token *t)
{
	t->kind = TOKEN_LITERAL;
	buffer_add_char(&sc->values, '[');
	for (sc->i++; sc->i < sc->n; sc->i++) {
		char c = sc->s[sc->i];
		bool escaped = c == '\\' && sc->i + 1 < sc->n;

		if (text_is_blank(c) || c == '\r' || c == '\n')
			continue;
		if (escaped)
			c = sc->s[++sc->i];
		if (c == ']' && !escaped) {
			sc->i++;
			buffer_add_char(&sc->values, c);
			return 0;
		}
		if (!address_is_atext(c) && c != ':' && c != '.')
			return scan_fault(sc, t->at, sc->i + 1 - t->at,
			    "text that does not belong in brackets");
		buffer_add_char(&sc->values, c);
	}
	return scan_fault(sc, t->at, sc->n - t->at, "bracket without its end");
}

static int
scan_special(struct scan *sc, struct token *t)
{
	char c = sc->s[sc->i];

	switch (c) {
	case '.': case '@': case '<': case '>': case ':': case ';': case ',':
		t->kind = (enum token_kind)c;
		buffer_add_char(&sc->values, c);
		sc->i++;
		return 0;
	case ')':
		return scan_fault(sc, sc->i, 1,
		    "end of a comment that has no beginning");
	case ']':
		return scan_fault(sc, sc->i, 1,
		    "end of brackets that have no beginning");
	default:
		return scan_fault(sc, sc->i, sc->n - sc->i < 2 ? 1 : 2,
		    "backslash outside quotes");
	}
}

int
scan_next(struct scan *sc, const struct token **out)
{
	struct token t = { .kind = TOKEN_END };
	size_t encoded;
	int r = 0;

	if ((!sc->checked && check_controls(sc) == -1) ||
	    skip_space(sc, &t.spaced) == -1)
		return -1;
	t.at = sc->i;
	t.value = sc->values.len;
	if (sc->i == sc->n) {
		/* nothing: TOKEN_END has no octets */
	} else if (sc->count >= ELEMENT_TOKENS_MAX) {
		return scan_fault(sc, sc->token[0].at,
		    sc->n - sc->token[0].at, "address of too many words");
	} else if ((encoded = scan_encoded_length(sc->s + sc->i,
	    sc->n - sc->i)) > 0) {
		t.kind = TOKEN_ENCODED;
		buffer_add(&sc->values, sc->s + sc->i, encoded);
		sc->i += encoded;
	} else if (address_is_atext(sc->s[sc->i])) {
		scan_atom(sc, &t);
	} else {
		r = sc->s[sc->i] == '"' ? scan_quoted(sc, &t) :
		    sc->s[sc->i] == '[' ? scan_literal(sc, &t) :
		    scan_special(sc, &t);
	}
	if (r == -1)
		return -1;
	t.len = sc->i - t.at;
	t.value_len = sc->values.len - t.value;
	sc->token = memory_grow(sc->token, sc->count, &sc->cap, sizeof(t));
	sc->token[sc->count] = t;
	*out = &sc->token[sc->count];
	if (t.kind != TOKEN_END)
		sc->count++;
	return 0;
}
