/* SPDX-License-Identifier: ISC */
#include <stddef.h>
#include <string.h>

#include "base/text.h"
#include "mail/conversion/conversion.h"
#include "mail/header/header.h"
#include "mail/header/syntax.h"

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
	struct rest r = rest_of_field(h, f), type = rest_take_token(&r);
	struct rest subtype;

	if (!rest_take(&r, '/'))
		return MIMEKIND_OTHER;
	subtype = rest_take_token(&r);
	if (subtype.p == subtype.end || (r.p < r.end && *r.p != ';'))
		return MIMEKIND_OTHER;
	if (rest_is(type, "multipart"))
		return rest_is(subtype, "signed") ? MIMEKIND_SIGNED :
		    MIMEKIND_MULTIPART;
	if (rest_is(type, "message"))
		return MIMEKIND_MULTIPART;
	/* S/MIME: RFC 8551 section 3.2 */
	if (rest_is(type, "application") && (rest_is(subtype, "pkcs7-mime") ||
	    rest_is(subtype, "x-pkcs7-mime")))
		return MIMEKIND_SIGNED;
	return rest_is(type, "text") && !is_wide(r) ? MIMEKIND_TEXT :
	    MIMEKIND_OTHER;
}

static bool
is_identity(const struct header *h, const struct header_field *f)
{
	struct rest r = rest_of_field(h, f), word = rest_take_token(&r);

	return r.p == r.end && (rest_is(word, "7bit") ||
	    rest_is(word, "8bit") || rest_is(word, "binary"));
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

bool
mimekind_is_base64(const struct header *h)
{
	const struct header_field *field;
	size_t from = 0, count = 0;
	struct rest r, word;

	while ((field = header_next(h, "Content-Type", &from)) != NULL)
		if (read_type(h, field) == MIMEKIND_MULTIPART)
			return false;
	for (from = 0; (field = header_next(h, "Content-Transfer-Encoding",
	    &from)) != NULL; count++) {
		r = rest_of_field(h, field);
		word = rest_take_token(&r);
		if (r.p != r.end || !rest_is(word, "base64"))
			return false;
	}
	return count > 0;
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
