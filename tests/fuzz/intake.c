/* SPDX-License-Identifier: ISC */
/*
 * Intake. The first octet says how the rest is cut into reads and what a lone
 * dot means. What goes out has CRLF and no other line end, a NUL only
 * where that is noted, all the text of the input in its order, and goes in
 * again unchanged.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/fault.h"
#include "mail/message/intake.h"
#include "mail/message/message.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static void
require(bool what)
{
	if (!what)
		abort();
}

/* Pieces of a changing size, from 1 octet to `most`; 0: all at once. */
static int
take(struct message *m, const char *s, size_t n, size_t most,
    enum message_dot dot, struct fault *f)
{
	struct intake in;
	size_t piece, count = 0;
	int r = 0;

	message_init(m);
	intake_start(&in, m, dot, f);
	for (size_t i = 0; i < n && r == 0; i += piece) {
		piece = most == 0 ? n : 1 + count++ * 7 % most;
		if (piece > n - i)
			piece = n - i;
		r = intake_feed(&in, s + i, piece);
	}
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

	buffer_init(out, SIZE_MAX / 2);
	buffer_add(out, "", 0);
	message_walk_start(&w, m);
	while ((n = message_walk_next(&w, &p, &f)) > 0)
		buffer_add(out, p, (size_t)n);
	message_walk_end(&w);
	require(n == 0 && f.class == FAULT_NONE);
	require(out->len == message_octets(m));
}

/* What was found in the body while it came in is there when it goes out. */
static void
check_verbs(const struct message *m, const struct buffer *out)
{
	struct verbline line = { .decided = false };
	size_t before = (size_t)message_header_octets(m);

	require(verbline_text(&line, out->data + before, out->len - before) ==
	    message_cuts(m)->verb);
}

/* CRLF at the end of every line and nowhere else; facts as they are. */
static void
check_wire(const struct message *m, const struct buffer *out)
{
	bool eight = false;
	uint64_t longest = 0, n = 0;
	const char *p = out->data;

	require(out->len >= 2);
	require((memchr(p, '\0', out->len) != NULL) == (m->nul_line > 0));
	require(memchr(p, '\0', header_octets(&m->header)) == NULL);
	require(m->longest_body_line <= m->longest_line);
	require((m->long_body_line > 0) ==
	    (m->longest_body_line > MESSAGE_LINE_MAX));
	require(memcmp(p + out->len - 2, "\r\n", 2) == 0);
	for (size_t i = 0; i < out->len; i++) {
		eight |= (p[i] & 0x80) != 0;
		if (p[i] == '\r') {
			require(p[i + 1] == '\n');
			longest = n > longest ? n : longest;
			n = 0;
		} else if (p[i] == '\n') {
			require(i > 0 && p[i - 1] == '\r');
		} else {
			n++;
		}
	}
	require(longest == m->longest_line);
	require(eight == (m->eight_bit_header || m->eight_bit_body));
	check_verbs(m, out);
	for (size_t i = 0; i < m->header.count; i++) {
		const struct header_field *f = &m->header.field[i];

		require(f->name_len > 0 && f->body > f->start + f->name_len);
		require(m->header.text.data[f->body - 1] == ':');
		require(i == 0 ? f->start == 0 : f->start ==
		    f[-1].start + f[-1].len);
	}
}

/* Octets of the line end that is there. */
static size_t
line_end(const char *s, size_t n)
{
	size_t crs = 0;

	while (crs < n && s[crs] == '\r')
		crs++;
	return crs < n && s[crs] == '\n' ? crs + 1 : 1;
}

/* Octets in front that do not go out: a mailbox's lines, a byte order mark. */
static size_t
dropped(const struct message *m, const char *s, size_t n)
{
	size_t skip = 0;

	for (size_t line = 1; line < m->header.first_line; line++) {
		while (skip < n && s[skip] != '\n' && s[skip] != '\r')
			skip++;
		skip += line_end(s + skip, n - skip);
	}
	if (skip == 0 && m->header.count > 0 && n > 3 &&
	    memcmp(s, "\xef\xbb\xbf", 3) == 0)
		return 3;
	return skip;
}

/* Everything else but line ends is there, in its order. */
static void
check_text(const struct message *m, const char *s, size_t n,
    const struct buffer *out)
{
	size_t k = 0;

	for (size_t i = dropped(m, s, n); i < n; i++) {
		if (s[i] == '\r' || s[i] == '\n')
			continue;
		while (k < out->len && (out->data[k] == '\r' ||
		    out->data[k] == '\n'))
			k++;
		require(k < out->len && out->data[k] == s[i]);
		k++;
	}
	for (; k < out->len; k++)
		require(out->data[k] == '\r' || out->data[k] == '\n');
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct fault f = { .class = FAULT_NONE }, g = { .class = FAULT_NONE };
	struct message whole, cut, again;
	struct buffer out, other;
	const char *s;
	enum message_dot dot;
	int r;

	if (n == 0)
		return 0;
	dot = data[0] & 0x80 ? MESSAGE_DOT_ENDS : data[0] & 0x40 ?
	    MESSAGE_DOT_DROPPED : MESSAGE_DOT_TEXT;
	s = (const char *)data + 1;
	n--;
	r = take(&whole, s, n, 0, dot, &f);
	require(take(&cut, s, n, data[0] & 0x3f, dot, &g) == r);
	if (r == -1) {
		/* the header's limit is beyond what a fuzzer tries */
		require(memchr(s, '\0', n) != NULL);
		require(f.class == FAULT_DATA && strcmp(f.text, g.text) == 0);
	} else {
		walk(&whole, &out);
		walk(&cut, &other);
		check_wire(&whole, &out);
		require(out.len == other.len &&
		    memcmp(out.data, other.data, out.len) == 0);
		require(whole.header.count == cut.header.count &&
		    whole.longest_line == cut.longest_line &&
		    whole.longest_body_line == cut.longest_body_line &&
		    whole.long_body_line == cut.long_body_line &&
		    whole.nul_line == cut.nul_line &&
		    whole.nul_octet == cut.nul_octet &&
		    whole.eight_bit_header == cut.eight_bit_header &&
		    whole.eight_bit_body == cut.eight_bit_body);
		buffer_free(&other);
		if (dot == MESSAGE_DOT_TEXT)
			check_text(&whole, s, n, &out);
		/* of several last dots one is dropped each time */
		if (dot == MESSAGE_DOT_DROPPED)
			dot = MESSAGE_DOT_TEXT;
		require(take(&again, out.data, out.len, 0, dot, &f) == 0);
		walk(&again, &other);
		require(out.len == other.len &&
		    memcmp(out.data, other.data, out.len) == 0);
		require(again.header.count == whole.header.count);
		message_free(&again);
		buffer_free(&other);
		buffer_free(&out);
	}
	message_free(&whole);
	message_free(&cut);
	fault_clear(&f);
	fault_clear(&g);
	return 0;
}
