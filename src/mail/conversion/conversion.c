/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/fault.h"
#include "base/text.h"
#include "mail/conversion/conversion.h"
#include "mail/conversion/headerword.h"

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
		    "the header, with no blank to fold it at,");
}

/* One walk to know what the body is, and how many octets it will have. */
static int
measure(struct message *m, bool *utf8, struct fault *f)
{
	struct text_utf8 u = { .more = 0 };
	bool good = true;
	struct body_walk walk;
	struct bodyscan scan;
	struct quoted quoted;
	struct buffer out;
	const char *p;
	ssize_t n;

	bodyscan_start(&scan, 0, false);
	buffer_init(&out, SLICE_OCTETS * QUOTED_GROWTH + QUOTED_MORE);
	quoted_start(&quoted);
	body_walk_start(&walk);
	while ((n = body_next(&m->body, &walk, &p, f)) > 0) {
		good = good && (!m->eight_bit_body ||
		    text_utf8_add(&u, p, (size_t)n));
		for (size_t i = 0, part; i < (size_t)n; i += part) {
			part = (size_t)n - i < SLICE_OCTETS ? (size_t)n - i :
			    SLICE_OCTETS;
			buffer_clear(&out);
			quoted_add(&quoted, &out, p + i, part);
			bodyscan_add(&scan, out.data, out.len);
		}
	}
	buffer_clear(&out);
	quoted_end(&quoted, &out);
	bodyscan_add(&scan, out.data, out.len);
	m->quoted_octets = scan.octets;
	m->quoted_cuts = scan.cuts;
	body_walk_end(&walk);
	buffer_free(&out);
	*utf8 = good && u.more == 0;
	return n == -1 ? -1 : 0;
}

/*
 * RFC 2045 section 4 to 6. A Content-Type that is there stays: nobody here
 * knows better. Text that is not UTF-8 is in a charset that only its author
 * knows, which is what RFC 1428 section 3 has "unknown-8bit" for.
 */
static int
quote_body(struct conversion *h, struct fault *f)
{
	struct message *m = share(h);
	struct header *header = &m->header;
	bool utf8;

	if (measure(m, &utf8, f) == -1)
		return -1;
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
	m->quoted = true;
	m->eight_bit_body = false;
	m->nul_line = m->nul_octet = 0;
	m->long_body_line = 0;
	m->longest_body_line = QUOTED_LINE_MAX;
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

	h->message = m;
	if (!body && !m->eight_bit_header && !header_is_long(m))
		return 0;
	kind = mimekind_find(&m->header);
	fit_header(h, terms, kind);
	if (body && kind == MIMEKIND_TEXT)
		return quote_body(h, f);
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
