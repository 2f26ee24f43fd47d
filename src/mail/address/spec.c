/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "base/buffer.h"
#include "base/fault.h"
#include "base/text.h"
#include "mail/address/address.h"
#include "mail/address/spec.h"

/*
 * Octets of an address. RFC 5321 section 4.5.3.1 has 64 and 255; the server
 * judges that. This bound sees to it that no command has to be cut short.
 */
#define SPEC_MAX (16 * 1024)

static const struct token *
token_at(const struct scan *sc, size_t i)
{
	return &sc->token[i];
}

int
spec_skip_route(const struct scan *sc, struct span *spec)
{
	enum token_kind before = TOKEN_COMMA;
	bool fits = true;
	size_t i = spec->first;

	if (token_at(sc, i)->kind != TOKEN_AT &&
	    token_at(sc, i)->kind != TOKEN_COMMA)
		return 0;
	for (; i < spec->last; i++) {
		const struct token *t = token_at(sc, i);

		if (t->kind == TOKEN_COLON)
			break;
		if (t->kind == TOKEN_AT)
			fits = fits && before == TOKEN_COMMA;
		else if (t->kind == TOKEN_ATOM || t->kind == TOKEN_LITERAL)
			fits = fits &&
			    (before == TOKEN_AT || before == TOKEN_DOT);
		else if (t->kind == TOKEN_DOT)
			fits = fits && before == TOKEN_ATOM;
		else
			fits = fits && t->kind == TOKEN_COMMA &&
			    before != TOKEN_AT && before != TOKEN_DOT;
		before = t->kind;
	}
	if (i == spec->last || !fits || before == TOKEN_AT ||
	    before == TOKEN_DOT)
		return scan_span_fault(sc, *spec, "not a route to a mailbox");
	spec->first = i + 1;
	return 0;
}

/*
 * The words and dots of a local part: word *("." word), blanks and comments
 * around the dots allowed. Dots where none may be are kept when nothing but
 * atoms is around, as some providers have let people choose such names; they
 * are quoted on the way out.
 */
static int
read_words(const struct scan *sc, struct span sp, struct buffer *local)
{
	enum token_kind before = TOKEN_DOT;
	bool misplaced = false, plain = true, word = false;

	for (size_t i = sp.first; i < sp.last; i++) {
		const struct token *t = token_at(sc, i);

		if (t->kind == TOKEN_ENCODED)
			return scan_token_fault(sc, i,
			    "encoded word where an address should be");
		if (t->kind != TOKEN_DOT && t->kind != TOKEN_ATOM &&
		    t->kind != TOKEN_QUOTED)
			return scan_token_fault(sc, i,
			    "text that does not belong in an address");
		if (t->kind != TOKEN_DOT && before != TOKEN_DOT) {
			scan_span_fault(sc, sp, "words that are no address");
			return fault_hint(sc->fault, "a name goes before "
			    "its address in angle brackets; addresses are "
			    "separated by commas");
		}
		word |= t->kind != TOKEN_DOT;
		misplaced |= t->kind == TOKEN_DOT && before == TOKEN_DOT;
		plain &= t->kind != TOKEN_QUOTED &&
		    (i == sp.first || !t->spaced);
		before = t->kind;
		buffer_add(local, scan_value(sc, t), t->value_len);
	}
	misplaced |= before == TOKEN_DOT;
	if (!word || local->len == 0)
		return scan_span_fault(sc, sp, "address without a name");
	if (misplaced && (!plain || token_at(sc, sp.last)->spaced))
		return scan_span_fault(sc, sp, "misplaced dot");
	return 0;
}

/* A local part; sp is followed by the "@". */
static int
read_local(const struct scan *sc, struct span sp, struct buffer *local)
{
	if (sp.first == sp.last)
		return scan_token_fault(sc, sp.first,
		    "address with nothing before its @");
	if (read_words(sc, sp, local) == -1)
		return -1;
	if (text_has_control(local->data, local->len))
		return scan_span_fault(sc, sp, "tab in an address");
	if (!text_is_utf8(local->data, local->len))
		return scan_span_fault(sc, sp, "address that is not UTF-8");
	return 0;
}

/*
 * An address without a domain. Only what looks like the name of an account
 * or alias is one: not a command, not a file, not half an encoded word.
 */
static int
read_bare(const struct scan *sc, struct span sp, struct buffer *local)
{
	if (read_words(sc, sp, local) == -1)
		return -1;
	if (!address_is_dot_atom(local->data, local->len) ||
	    strchr("|/", local->data[0]) != NULL ||
	    (local->len > 1 && memcmp(local->data, "=?", 2) == 0))
		return scan_span_fault(sc, sp, "neither an address nor the "
		    "name of an account");
	return 0;
}

/* Underscores are in use, whatever RFC 1123 section 2.1 says. */
static bool
is_host_text(const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!text_is_alpha(s[i]) && !text_is_digit(s[i]) &&
		    s[i] != '-' && s[i] != '_' && (unsigned char)s[i] < 128)
			return false;
	return text_is_utf8(s, n);
}

/* A domain; one final dot, as some write it for the root, goes. */
static int
read_domain(const struct scan *sc, struct span sp, struct buffer *domain)
{
	bool dot = true;	/* a label must come next */

	if (sp.first == sp.last)
		return scan_token_fault(sc, sp.first - 1,
		    "address with nothing behind its @");
	if (sp.last - sp.first == 1 &&
	    token_at(sc, sp.first)->kind == TOKEN_LITERAL) {
		const struct token *t = token_at(sc, sp.first);
		const char *s = scan_value(sc, t);

		if (t->value_len <= strlen("[]") ||
		    !text_is_ascii(s, t->value_len))
			return scan_span_fault(sc, sp,
			    "not an address literal");
		buffer_add(domain, s, t->value_len);
		return 0;
	}
	for (size_t i = sp.first; i < sp.last; i++) {
		const struct token *t = token_at(sc, i);
		const char *s = scan_value(sc, t);
		bool last = i + 1 == sp.last;

		if (t->kind == TOKEN_DOT ? dot || (last && t->spaced) :
		    !dot || t->kind != TOKEN_ATOM ||
		    !is_host_text(s, t->value_len))
			return scan_span_fault(sc, sp, "not a domain");
		dot = t->kind == TOKEN_DOT;
		if (!dot || !last)
			buffer_add(domain, s, t->value_len);
	}
	return 0;
}

static size_t
spec_octets(const struct scan *sc, struct span sp)
{
	size_t n = 0;

	for (size_t i = sp.first; i < sp.last; i++)
		n += token_at(sc, i)->value_len;
	return n;
}

int
spec_read(const struct scan *sc, struct span sp, struct buffer *local,
    struct buffer *domain)
{
	size_t at = sp.last;

	if (spec_octets(sc, sp) > SPEC_MAX)
		return scan_span_fault(sc, sp, "address too long");
	for (size_t i = sp.first; i < sp.last; i++) {
		if (token_at(sc, i)->kind != TOKEN_AT)
			continue;
		if (at != sp.last) {
			scan_span_fault(sc, sp,
			    "more than one @ in an address");
			return fault_hint(sc->fault,
			    "addresses are separated by commas");
		}
		at = i;
	}
	if (at == sp.last)
		return read_bare(sc, sp, local);
	if (read_local(sc, (struct span){ sp.first, at }, local) == -1)
		return -1;
	return read_domain(sc, (struct span){ at + 1, sp.last }, domain);
}

/*
 * Any words before "<", with specials that cannot mislead among them. Blanks,
 * folds and comments between two words become one space.
 */
char *
spec_name(const struct scan *sc, struct span sp)
{
	struct buffer b;

	buffer_init(&b, sc->n);
	for (size_t i = sp.first; i < sp.last; i++) {
		const struct token *t = token_at(sc, i);
		const char *s = scan_value(sc, t);
		size_t n = t->value_len;

		if (t->spaced && b.len > 0)
			buffer_add_char(&b, ' ');
		if (t->kind == TOKEN_LITERAL) {
			s = sc->s + t->at;
			n = t->len;
		}
		for (size_t k = 0; k < n; k++) {
			if (s[k] == '\t')
				buffer_add_char(&b, ' ');
			else if (!text_is_control(s[k]))
				buffer_add_char(&b, s[k]);
		}
	}
	if (b.len > 0)
		return buffer_detach(&b);
	buffer_free(&b);
	return NULL;
}

