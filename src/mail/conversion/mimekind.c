/* SPDX-License-Identifier: ISC */
#include <stddef.h>
#include <string.h>

#include "base/text.h"
#include "mail/conversion/mimekind.h"
#include "mail/header/header.h"

/* Octets that are left to read of a field. */
struct rest {
	const char *p;
	const char *end;
};

/* White space, folds and comments (RFC 5322 section 3.2.2). */
static void
skip_space(struct rest *r)
{
	size_t depth = 0;

	for (; r->p < r->end; r->p++) {
		if (*r->p == '(')
			depth++;
		else if (*r->p == ')' && depth > 0)
			depth--;
		else if (*r->p == '\\' && depth > 0 && r->p + 1 < r->end)
			r->p++;
		else if (depth == 0 && !text_is_blank(*r->p) &&
		    *r->p != '\r' && *r->p != '\n')
			break;
	}
}

/* A token of RFC 2045 section 5.1, with the space around it. */
static struct rest
next_token(struct rest *r)
{
	struct rest token;

	skip_space(r);
	token.p = r->p;
	while (r->p < r->end && (unsigned char)*r->p > ' ' && *r->p != 127 &&
	    strchr("()<>@,;:\\\"/[]?=", *r->p) == NULL)
		r->p++;
	token.end = r->p;
	skip_space(r);
	return token;
}

static bool
is_word(struct rest token, const char *word)
{
	return text_same_word(token.p, (size_t)(token.end - token.p), word);
}

static struct rest
read_body(const struct header *h, const struct header_field *f)
{
	struct rest r;
	size_t len;

	r.p = header_body(h, f, &len);
	r.end = r.p + len;
	return r;
}

/* Is the word there, in either case? */
static bool
mentions(struct rest r, const char *word)
{
	size_t n = strlen(word);

	for (; (size_t)(r.end - r.p) >= n; r.p++)
		if (text_same(r.p, n, word, n))
			return true;
	return false;
}

/* Whatever names these does so as a charset; if not, nothing is lost. */
static bool
is_wide(struct rest parameters)
{
	return mentions(parameters, "utf-16") ||
	    mentions(parameters, "utf-32") || mentions(parameters, "ucs-");
}

static enum mimekind
read_type(const struct header *h, const struct header_field *f)
{
	struct rest r = read_body(h, f), type = next_token(&r), subtype;

	if (r.p == r.end || *r.p != '/')
		return MIMEKIND_OTHER;
	r.p++;
	subtype = next_token(&r);
	if (subtype.p == subtype.end || (r.p < r.end && *r.p != ';'))
		return MIMEKIND_OTHER;
	if (is_word(type, "multipart"))
		return is_word(subtype, "signed") ? MIMEKIND_SIGNED :
		    MIMEKIND_MULTIPART;
	if (is_word(type, "message"))
		return MIMEKIND_MULTIPART;
	return is_word(type, "text") && !is_wide(r) ? MIMEKIND_TEXT :
	    MIMEKIND_OTHER;
}

static bool
is_identity(const struct header *h, const struct header_field *f)
{
	struct rest r = read_body(h, f), word = next_token(&r);

	return r.p == r.end && (is_word(word, "7bit") ||
	    is_word(word, "8bit") || is_word(word, "binary"));
}

static bool
is_signature(const struct header *h, const struct header_field *f)
{
	return header_field_is(h, f, "DKIM-Signature") ||
	    header_field_is(h, f, "DomainKey-Signature") ||
	    (f->name_len > 4 &&
	    text_same(h->text.data + f->start, 4, "ARC-", 4));
}

/* What the Content-Type says. Of several, who knows which one counts. */
static enum mimekind
find_type(const struct header *h)
{
	const struct header_field *type;
	enum mimekind kind = MIMEKIND_TEXT, said;
	size_t from = 0, count = 0;

	while ((type = header_next(h, "Content-Type", &from)) != NULL) {
		said = read_type(h, type);
		if (said == MIMEKIND_SIGNED)
			return said;
		kind = ++count == 1 ? said : MIMEKIND_OTHER;
	}
	return kind;
}

enum mimekind
mimekind_find(const struct header *h)
{
	const struct header_field *encoding;
	enum mimekind kind;
	size_t from = 0;

	for (size_t i = 0; i < h->count; i++)
		if (!h->field[i].removed && is_signature(h, &h->field[i]))
			return MIMEKIND_SIGNED;
	if ((kind = find_type(h)) != MIMEKIND_TEXT)
		return kind;
	while ((encoding = header_next(h, "Content-Transfer-Encoding",
	    &from)) != NULL)
		if (!is_identity(h, encoding))
			return MIMEKIND_ENCODED;
	return kind;
}

const char *
mimekind_name(enum mimekind kind)
{
	switch (kind) {
	case MIMEKIND_MULTIPART:
		return "a message of several parts";
	case MIMEKIND_ENCODED:
		return "a body that is encoded already";
	case MIMEKIND_SIGNED:
		return "a signed message";
	default:
		return "a body that is not text";
	}
}
