/* SPDX-License-Identifier: ISC */
/*
 * Conversion. The first octet says what the server has and what is wished for;
 * the rest is a message. What comes out, when it is not the message itself,
 * has lines of 998 octets and no NUL, an announced size that is true, a body
 * that decodes to what came in by a decoder of our own here, fields that mean
 * what they meant, and it needs nothing more for the same server.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/fault.h"
#include "base/text.h"
#include "mail/address/address.h"
#include "mail/conversion/conversion.h"
#include "mail/header/header.h"
#include "mail/message/intake.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static void
require(bool what)
{
	if (!what)
		abort();
}

static int
take(struct message *m, const char *s, size_t n, struct fault *f)
{
	struct intake in;
	int r;

	message_init(m);
	intake_start(&in, m, MESSAGE_DOT_TEXT, f);
	r = intake_feed(&in, s, n);
	if (r == 0)
		r = intake_finish(&in);
	intake_free(&in);
	return r;
}

static void
walk(const struct message *m, struct buffer *out)
{
	struct fault f = { .class = FAULT_NONE };
	struct message_walk w;
	const char *p;
	ssize_t n;

	buffer_clear(out);
	buffer_add(out, "", 0);
	message_walk_start(&w, m);
	while ((n = message_walk_next(&w, &p, &f)) > 0)
		buffer_add(out, p, (size_t)n);
	message_walk_end(&w);
	require(n == 0 && f.class == FAULT_NONE);
	require(out->len == message_octets(m));
}

static int
hex(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'A' && c <= 'F' ?
	    c - 'A' + 10 : -1;
}

/* RFC 2045 section 6.7, strictly: what is not allowed there is an error. */
static void
unquote(struct buffer *to, const char *s, size_t n)
{
	size_t column = 0;

	for (size_t i = 0; i < n; i++) {
		require(s[i] == '\r' || s[i] == '\t' ||
		    (s[i] >= ' ' && s[i] < 127));
		require(column > 0 || s[i] != '.');
		if (s[i] == '\r' || (s[i] == '=' && s[i + 1] == '\r')) {
			bool soft = s[i] == '=';

			require(soft || i == 0 || !text_is_blank(s[i - 1]));
			require(column + soft <= QUOTED_LINE_MAX);
			i += soft + 1;
			require(i < n && s[i] == '\n');
			if (!soft)
				buffer_add_string(to, "\r\n");
			column = 0;
			continue;
		}
		column++;
		if (s[i] != '=') {
			buffer_add_char(to, s[i]);
			continue;
		}
		require(i + 2 < n && hex(s[i + 1]) >= 0 && hex(s[i + 2]) >= 0);
		buffer_add_char(to, (char)(hex(s[i + 1]) << 4 |
		    hex(s[i + 2])));
		i += 2;
		column += 2;
	}
}

static int
base64(char c)
{
	return c >= 'A' && c <= 'Z' ? c - 'A' : c >= 'a' && c <= 'z' ?
	    c - 'a' + 26 : c >= '0' && c <= '9' ? c - '0' + 52 :
	    c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* The text of an encoded word of ours. */
static void
unword(struct buffer *to, const char *s, size_t n, bool q)
{
	for (size_t i = 0, bits = 0, have = 0; i < n; i++) {
		if (q && s[i] == '=') {
			require(i + 2 < n);
			buffer_add_char(to, (char)(hex(s[i + 1]) << 4 |
			    hex(s[i + 2])));
			i += 2;
		} else if (q) {
			buffer_add_char(to, s[i] == '_' ? ' ' : s[i]);
		} else if (s[i] != '=') {
			require(base64(s[i]) >= 0);
			bits = (bits << 6 | (size_t)base64(s[i])) & 0xffffff;
			if ((have += 6) >= 8) {
				have -= 8;
				buffer_add_char(to, (char)(bits >> have));
			}
		}
	}
}

/* Octets of one of our encoded words at s, 0 if none is there. */
static size_t
word_at(const char *s, size_t n)
{
	const char *end;

	if (n < 12 || (memcmp(s, "=?UTF-8?Q?", 10) != 0 &&
	    memcmp(s, "=?UTF-8?B?", 10) != 0))
		return 0;
	end = text_find(s + 10, n - 10, "?=", 2);
	return end == NULL ? 0 : (size_t)(end - s) + 2;
}

/* Unfolds, decodes our words and drops the blanks between two of them. */
static void
plain_field(struct buffer *to, const char *s, size_t n)
{
	size_t len, last = SIZE_MAX;

	for (size_t i = 0; i < n; i++) {
		if ((len = word_at(s + i, n - i)) == 0) {
			if (s[i] != '\r' && s[i] != '\n')
				buffer_add_char(to, s[i]);
			if (!text_is_blank(s[i]) && s[i] != '\r' &&
			    s[i] != '\n')
				last = SIZE_MAX;
			continue;
		}
		if (last != SIZE_MAX)
			to->len = last;
		unword(to, s + i + 10, len - 12, s[i + 8] == 'Q');
		last = to->len;
		i += len - 1;
	}
}

static void
drop_blanks(struct buffer *b)
{
	size_t n = 0;

	for (size_t i = 0; i < b->len; i++)
		if (!text_is_blank(b->data[i]))
			b->data[n++] = b->data[i];
	b->len = n;
}

/* A display name, which blanks may stand in differently. */
static void
check_name(const char *from, const char *to)
{
	struct buffer a, b;

	require((from == NULL) == (to == NULL));
	if (from == NULL || strstr(from, "=?") != NULL)
		return;
	buffer_init(&a, SIZE_MAX / 4);
	buffer_init(&b, SIZE_MAX / 4);
	buffer_add_string(&a, from);
	plain_field(&b, to, strlen(to));
	drop_blanks(&a);
	drop_blanks(&b);
	require(a.len == b.len &&
	    (a.len == 0 || memcmp(a.data, b.data, a.len) == 0));
	buffer_free(&a);
	buffer_free(&b);
}

/*
 * The same people, by the same names. A name without its quotes may be what
 * our parser takes for a slip of the pen ("B, =?...?= <a@b>"), as a person
 * could; others have no such scruples. And where a comment stands between two
 * encoded words, a parser that drops it makes them neighbours. Brackets do not
 * belong in a name: escapes in them go when it is encoded.
 */
static void
check_addresses(const struct message *from, const struct message *to)
{
	struct address_list a = { .box = NULL }, b = { .box = NULL };
	struct fault f = { .class = FAULT_NONE };

	for (size_t i = 0; i < from->header.count; i++) {
		const struct header_field *field = &from->header.field[i];
		const char *p;
		size_t n;

		if (!header_field_is(&from->header, field, "To") &&
		    !header_field_is(&from->header, field, "From"))
			continue;
		p = header_body(&from->header, field, &n);
		if (address_parse(&a, p, n, &f) == 0) {
			bool odd = memchr(p, '(', n) != NULL ||
			    memchr(p, '[', n) != NULL, same;

			p = header_body(&to->header, &to->header.field[i], &n);
			same = address_parse(&b, p, n, &f) == 0;
			require(same ? a.count == b.count :
			    strstr(f.text, "display name") != NULL);
			for (size_t k = 0; same && k < a.count; k++) {
				require(strcmp(a.box[k].local,
				    b.box[k].local) == 0);
				require(strcmp(a.box[k].domain,
				    b.box[k].domain) == 0);
				if (!odd)
					check_name(a.box[k].name,
					    b.box[k].name);
			}
		}
		address_list_free(&a);
		address_list_free(&b);
		fault_clear(&f);
	}
}

/* Text that is unstructured reads the same, blank for blank. */
static void
check_fields(const struct message *from, const struct message *to)
{
	struct buffer a, b;
	size_t i = 0, k = 0;

	buffer_init(&a, SIZE_MAX / 4);
	buffer_init(&b, SIZE_MAX / 4);
	for (;;) {
		const struct header_field *f, *g;
		const char *p, *q;
		size_t n, m;

		f = header_next(&from->header, "Subject", &i);
		g = header_next(&to->header, "Subject", &k);
		require((f == NULL) == (g == NULL));
		if (f == NULL)
			break;
		p = header_body(&from->header, f, &n);
		q = header_body(&to->header, g, &m);
		/* a message that has words of the very form of ours already
		 * would have to be read by a whole decoder */
		if (text_find(p, n, "=?", 2) != NULL)
			continue;
		buffer_clear(&a);
		buffer_clear(&b);
		plain_field(&a, p, n);
		plain_field(&b, q, m);
		/* the blank behind the colon */
		if (b.len == a.len + 1 && b.data[0] == ' ')
			buffer_consume(&b, 1);
		require(a.len == b.len &&
		    (a.len == 0 || memcmp(a.data, b.data, a.len) == 0));
	}
	buffer_free(&a);
	buffer_free(&b);
}

/* The digits of base64 are the same, in lines that are not too long. */
static void
check_wrapped(const struct message *from, const struct buffer *out)
{
	const char *p = text_find(out->data, out->len, "\r\n\r\n", 4) + 4;
	const char *end = out->data + out->len, *q, *stop;
	struct buffer whole;
	size_t column = 0;

	buffer_init(&whole, SIZE_MAX / 4);
	walk(from, &whole);
	q = whole.data + message_header_octets(from);
	stop = whole.data + whole.len;
	for (; p < end; p++) {
		column = *p == '\n' ? 0 : column + 1;
		require(column <= REWRAP_LINE_MAX + 1);
		if (*p == '\r' || *p == '\n')
			continue;
		while (q < stop && (*q == '\r' || *q == '\n' ||
		    text_is_blank(*q)))
			q++;
		require(q < stop && *p == *q++);
	}
	while (q < stop && (*q == '\r' || *q == '\n' || text_is_blank(*q)))
		q++;
	require(q == stop);
	buffer_free(&whole);
}

/* The body of what goes out, decoded, is the one that came in. */
static void
check_body(const struct message *from, const struct buffer *out)
{
	const char *body = text_find(out->data, out->len, "\r\n\r\n", 4);
	struct buffer plain, whole;
	size_t before = (size_t)message_header_octets(from);

	require(body != NULL);
	body += 4;
	buffer_init(&plain, SIZE_MAX / 4);
	buffer_init(&whole, SIZE_MAX / 4);
	walk(from, &whole);
	unquote(&plain, body, out->len - (size_t)(body - out->data));
	require(plain.len == whole.len - before);
	require(plain.len == 0 || memcmp(plain.data,
	    whole.data + before, plain.len) == 0);
	buffer_free(&plain);
	buffer_free(&whole);
}

static void
check_changed(const struct message *m, const struct message *to,
    const struct conversion_terms *terms)
{
	struct fault f = { .class = FAULT_NONE };
	struct buffer out, other;
	struct message again;
	struct conversion h;

	buffer_init(&out, SIZE_MAX / 4);
	buffer_init(&other, SIZE_MAX / 4);
	walk(to, &out);
	check_fields(m, to);
	check_addresses(m, to);
	if (to->wrapped)
		check_wrapped(m, &out);
	else if (to->quoted)
		check_body(m, &out);
	/* what went out comes in as what it was, and needs nothing more */
	require(take(&again, out.data, out.len, &f) == 0);
	require(again.header.first_line > 1 ||
	    again.nul_line == to->nul_line);
	require(again.eight_bit_header == to->eight_bit_header);
	require(again.eight_bit_body == to->eight_bit_body);
	require(conversion_start(&h, &again, terms, &f) == 0);
	walk(h.message, &other);
	require(out.len == other.len &&
	    memcmp(out.data, other.data, out.len) == 0);
	conversion_end(&h);
	message_free(&again);
	buffer_free(&out);
	buffer_free(&other);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct fault f = { .class = FAULT_NONE };
	struct conversion_terms terms = { .long_lines = LONG_LINES_ENCODE };
	struct message m;
	struct conversion h;
	bool nul_stays;

	if (n == 0 || n > BODY_MEMORY_MAX)
		return 0;
	terms.eight_bit = data[0] & 1;
	terms.utf8 = data[0] & 2;
	terms.long_lines = data[0] & 4 ? LONG_LINES_PASS : LONG_LINES_ENCODE;
	if (take(&m, (const char *)data + 1, n - 1, &f) == 0) {
		nul_stays = m.nul_line > 0 &&
		    mimekind_find(&m.header) != MIMEKIND_TEXT;
		require((conversion_check(&m, terms.long_lines, &f) == -1) ==
		    nul_stays);
		fault_clear(&f);
		require((conversion_start(&h, &m, &terms, &f) == -1) ==
		    nul_stays);
		if (!nul_stays && h.message != &m)
			check_changed(&m, h.message, &terms);
		conversion_end(&h);
	}
	message_free(&m);
	fault_clear(&f);
	return 0;
}
