/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "base/fault.h"
#include "base/text.h"
#include "mail/conversion/conversion.h"
#include "mail/header/header.h"
#include "mail/header/syntax.h"

#define NOTE_MAX 1024		/* octets of a note */
#define SLICE_OCTETS (16 * 1024) /* encoded at once to count what comes out */

static int
nul_fault(const struct message *m, enum mimekind kind, struct fault *f)
{
	fault(f, FAULT_DATA, "NUL octet in the message: line %" PRIu64
	    ", octet %" PRIu64 "; in %s it cannot be encoded", m->nul_line,
	    m->nul_octet, mimekind_name(kind));
	return fault_hint(f, "data that is not text must be an attachment in "
	    "base64");
}

static int
long_fault(uint64_t line, uint64_t octets, struct fault *f)
{
	fault(f, FAULT_DATA, "line %" PRIu64 " of the message is too long: "
	    "%" PRIu64 " octets where %d are allowed", line, octets,
	    MESSAGE_LINE_MAX);
	return fault_hint(f, "\"long_lines encode\" would send it as "
	    "quoted-printable");
}

int
conversion_check(const struct message *m, enum long_lines wish, struct fault *f)
{
	enum mimekind kind;
	size_t octets, line;

	if (m->nul_line > 0 &&
	    (kind = mimekind_find(&m->header)) != MIMEKIND_TEXT)
		return nul_fault(m, kind, f);
	if (wish != LONG_LINES_REFUSE || m->longest_line <= MESSAGE_LINE_MAX)
		return 0;
	octets = headerword_longest_line(&m->header, &line);
	if (octets > MESSAGE_LINE_MAX)
		return long_fault(line, octets, f);
	if (m->long_body_line > 0)
		return long_fault(m->long_body_line, m->longest_body_line, f);
	return 0;
}

static void
note_long(const struct conversion_terms *terms, const char *where)
{
	char text[NOTE_MAX];

	if (terms->note == NULL)
		return;
	snprintf(text, sizeof(text), "a line of more than %d octets in %s "
	    "goes as it is; a server may refuse or cut it", MESSAGE_LINE_MAX,
	    where);
	terms->note(text);
}

/* The message with a header of its own, and a body that stays the other's. */
static struct message *
share(struct conversion *h)
{
	if (h->message == &h->changed)
		return &h->changed;
	message_share(&h->changed, h->message);
	h->message = &h->changed;
	return &h->changed;
}

/* As it goes out: a line that was read has grown with its addresses. */
static bool
header_is_long(const struct message *m)
{
	return headerword_longest_line(&m->header, NULL) > MESSAGE_LINE_MAX;
}

static void
fit_header(struct conversion *h, const struct conversion_terms *terms,
    enum mimekind kind)
{
	const struct message *m = h->message;
	bool encode = m->eight_bit_header && !terms->utf8 &&
	    kind != MIMEKIND_SIGNED;
	bool lengthy = terms->long_lines == LONG_LINES_ENCODE &&
	    header_is_long(m);
	struct message *to;

	if (encode || (lengthy && kind != MIMEKIND_SIGNED)) {
		to = share(h);
		headerword_encode(&to->header, encode,
		    lengthy ? MESSAGE_LINE_MAX : 0);
		to->eight_bit_header = headerword_is_needed(&to->header);
		lengthy = lengthy && header_is_long(to);
	}
	if (lengthy)
		note_long(terms, kind == MIMEKIND_SIGNED ?
		    "the header of a signed message" :
		    "the header, with no place to fold it at,");
}

/* What a body comes to. */
struct measure {
	struct quoted quoted;
	struct rewrap rewrap;
	bool wrap;		/* it is base64, and stays that */
	struct bodyscan scan;	/* of what goes out */
	struct buffer out;
	struct text_utf8 utf8;	/* of what came in, */
	bool good;		/* which is well-formed so far */
};

static void
measure_add(struct measure *s, const char *p, size_t n)
{
	size_t part;

	for (size_t i = 0; i < n; i += part) {
		part = n - i < SLICE_OCTETS ? n - i : SLICE_OCTETS;
		buffer_clear(&s->out);
		if (s->wrap)
			rewrap_add(&s->rewrap, &s->out, p + i, part);
		else
			quoted_add(&s->quoted, &s->out, p + i, part);
		bodyscan_add(&s->scan, s->out.data, s->out.len);
	}
}

static void
measure_end(struct measure *s)
{
	buffer_clear(&s->out);
	if (s->wrap)
		rewrap_end(&s->rewrap, &s->out);
	else
		quoted_end(&s->quoted, &s->out);
	bodyscan_add(&s->scan, s->out.data, s->out.len);
}

/* One walk to know what the body is, and how many octets it will have. */
static int
measure(struct message *m, struct measure *s, struct fault *f)
{
	struct body_walk walk;
	const char *p;
	ssize_t n;

	s->good = true;
	bodyscan_start(&s->scan, 0, 0);
	buffer_init(&s->out, SLICE_OCTETS * QUOTED_GROWTH + QUOTED_MORE);
	quoted_start(&s->quoted);
	body_walk_start(&walk);
	while ((n = body_next(&m->body, &walk, &p, f)) > 0) {
		s->good = s->good && (!m->eight_bit_body ||
		    text_utf8_add(&s->utf8, p, (size_t)n));
		measure_add(s, p, (size_t)n);
	}
	measure_end(s);
	body_walk_end(&walk);
	buffer_free(&s->out);
	return n == -1 ? -1 : 0;
}

/* The body goes out as it was measured. */
static void
recode(struct message *m, const struct measure *s)
{
	m->quoted = true;
	m->wrapped = s->wrap;
	m->quoted_octets = s->scan.octets;
	m->quoted_cuts = s->scan.cuts;
	m->eight_bit_body = false;
	m->nul_line = m->nul_octet = 0;
	m->long_body_line = 0;
	m->longest_body_line = s->scan.longest;
}

/* Base64 in lines that are too long. False where something else is among it,
 * which nobody could tell from the rest then. */
static int
wrap_body(struct conversion *h, bool *wrapped, struct fault *f)
{
	struct measure s = { .wrap = true };
	struct message *m = share(h);
	int result = measure(m, &s, f);

	*wrapped = result == 0 && !s.rewrap.foreign;
	if (*wrapped)
		recode(m, &s);
	else
		bodycuts_free(&s.scan.cuts);
	return result;
}

/*
 * RFC 2045 section 4 to 6. A Content-Type that is there stays: nobody here
 * knows better. Text that is not UTF-8 is in a charset that only its author
 * knows, which is what RFC 1428 section 3 has "unknown-8bit" for.
 */
static int
quote_body(struct conversion *h, struct fault *f)
{
	struct measure s = { .wrap = false };
	struct message *m = share(h);
	struct header *header = &m->header;
	bool utf8;

	if (measure(m, &s, f) == -1) {
		bodycuts_free(&s.scan.cuts);
		return -1;
	}
	utf8 = s.good && s.utf8.more == 0;
	header_remove(header, "Content-Transfer-Encoding");
	header_prepend(header, "Content-Transfer-Encoding",
	    "quoted-printable");
	if (!header_has(header, "Content-Type"))
		header_prepend(header, "Content-Type", !m->eight_bit_body ?
		    "text/plain; charset=us-ascii" : utf8 ?
		    "text/plain; charset=utf-8" :
		    "text/plain; charset=unknown-8bit");
	if (!header_has(header, "MIME-Version"))
		header_prepend(header, "MIME-Version", "1.0");
	recode(m, &s);
	return 0;
}

int
conversion_start(struct conversion *h, const struct message *m,
    const struct conversion_terms *terms, struct fault *f)
{
	bool body_long = m->longest_body_line > MESSAGE_LINE_MAX &&
	    terms->long_lines == LONG_LINES_ENCODE;
	bool body = m->nul_line > 0 || body_long ||
	    (m->eight_bit_body && !terms->eight_bit);
	enum mimekind kind;
	bool wrapped;

	h->message = m;
	if (!body && !m->eight_bit_header && !header_is_long(m))
		return 0;
	kind = mimekind_find(&m->header);
	fit_header(h, terms, kind);
	if (body && kind == MIMEKIND_TEXT)
		return quote_body(h, f);
	if (body_long && kind != MIMEKIND_SIGNED &&
	    mimekind_is_base64(&m->header)) {
		if (wrap_body(h, &wrapped, f) == -1)
			return -1;
		body_long = !wrapped;
	}
	if (body_long)
		note_long(terms, mimekind_name(kind));
	/* the caller has not asked conversion_check(), or ignored it */
	return m->nul_line > 0 ? nul_fault(m, kind, f) : 0;
}

void
conversion_end(struct conversion *h)
{
	if (h->message == &h->changed) {
		bodycuts_free(&h->changed.quoted_cuts);
		message_unshare(&h->changed);
	}
	h->message = NULL;
}

/* ---- what the body is */

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
