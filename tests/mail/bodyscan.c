/* SPDX-License-Identifier: ISC */
/*
 * What is found out about a body line by line is what a look at each octet
 * gives, however it is cut; and so is the conversion of its line ends.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "mail/message/bodyscan.h"
#include "tests/tap.h"

#define TEXT_MAX 700
#define ROUNDS 4000

static uint32_t seed = 1;

static uint32_t
draw(uint32_t below)
{
	seed = seed * 1664525 + 1013904223;
	return (seed >> 8) % below;
}

/* Is the CR at i one of a run that an LF ends, or that is to be ended? */
static bool
is_of_run(const char *p, size_t n, size_t i)
{
	while (i < n && p[i] == '\r')
		i++;
	return i < n && p[i] == '\n';
}

/* What is found out octet by octet; `wire` is what goes out. crs: a run of so
 * many stands in front. */
static void
look(struct bodyscan *s, const char *p, size_t n, uint64_t crs,
    struct buffer *wire)
{
	bool run = crs > 0;

	for (uint64_t i = 1; i < crs && !is_of_run(p, n, 0); i++) {
		s->lines++;
		buffer_add_string(wire, "\r\n");
	}
	for (size_t i = 0; i < n; i++) {
		bool of_run = p[i] == '\n' || is_of_run(p, n, i);

		if (run && of_run && (p[i] == '\r' || p[i] == '\n')) {
			run = p[i] == '\r';
			continue;
		}
		run = p[i] == '\r' && of_run;
		if (s->nul_line == 0 && p[i] == '\0') {
			s->nul_line = s->lines + 1;
			s->nul_octet = s->column + 1;
		}
		s->eight_bit |= (p[i] & 0x80) != 0;
		if (p[i] != '\n' && p[i] != '\r') {
			buffer_add_char(wire, p[i]);
			s->column++;
			continue;
		}
		if (s->column > MESSAGE_LINE_MAX && s->long_line == 0)
			s->long_line = s->lines + 1;
		if (s->column > s->longest)
			s->longest = s->column;
		s->column = 0;
		s->lines++;
		buffer_add_string(wire, "\r\n");
	}
	s->octets = wire->len;
}

static bool
has_verb(const struct buffer *wire)
{
	struct verbline line = { .decided = false };

	return verbline_text(&line, wire->data, wire->len) ||
	    verbline_octet(&line, '\n');
}

static bool
is_same(const struct bodyscan *a, const struct bodyscan *b,
    const struct buffer *wire)
{
	return a->octets == b->octets && a->lines == b->lines &&
	    a->column == b->column && a->longest == b->longest &&
	    a->long_line == b->long_line && a->nul_line == b->nul_line &&
	    a->nul_octet == b->nul_octet && a->eight_bit == b->eight_bit &&
	    a->cuts.verb == has_verb(wire);
}

/* Words that make all cases likely; verbs are to be found among the others. */
static size_t
make_text(char *text, size_t room)
{
	static const char *const words[] = {
		"\n", "\r", "\r\n", "\n\n\n", "\r\n\r\n", ".", "x", "  ",
		"\r\r", "\r\r\r\r\r", "\r\r\n",
		"MAIL", "ma", "il", "data", "=44", "ATA", "RC", "\t", "=",
		"abcdefghijklmnopqrstuvwxyz0123456789abcdefghijklmnopqrstuvw",
		"\n.\n.\n.\n.", "\xc3\xa4",
	};
	size_t n = 0, len, kinds = 1 + draw(23);

	while (n + 64 < room) {
		const char *word = words[draw((uint32_t)kinds)];

		len = strlen(word);
		memcpy(text + n, word, len);
		n += len;
		if (draw(200) == 0)
			text[n++] = '\0';
		if (draw(30) == 0)
			break;
	}
	return n;
}

/* All that comes of n octets in pieces. */
static size_t
convert(struct lineend *l, const char *p, size_t n, char *to)
{
	const char *end = p + n;
	size_t len = 0;

	while (p < end || l->owed > 0)
		len += lineend_convert(l, &p, end, to + len);
	return len;
}

static bool
is_converted(struct lineend *l, char *to, size_t len,
    const struct buffer *wire)
{
	size_t n;

	while ((n = lineend_finish(l, to + len)) > 0)
		len += n;
	return len == wire->len && memcmp(to, wire->data, len) == 0;
}

static void
test_scan(size_t room, int rounds)
{
	char *text = malloc(room), *to = malloc(2 * room + LINEEND_ROOM);
	bool good = true, converted = true;

	for (int round = 0; round < rounds; round++) {
		struct bodyscan all, pieces, slow;
		uint64_t crs = draw(4) == 0 ? draw(5) : 0;
		struct lineend whole = { .crs = crs }, cut = whole;
		struct buffer wire;
		size_t n = make_text(text, room), len, at, part;

		buffer_init(&wire, 2 * room + 16);
		buffer_add(&wire, "", 0);
		bodyscan_start(&slow, 3, 0);
		look(&slow, text, n, crs, &wire);
		if (slow.column > 0)
			look(&slow, "\n", 1, 0, &wire);
		bodyscan_start(&pieces, 3, crs);
		bodyscan_start(&all, 3, crs);
		bodyscan_add(&all, text, n);
		len = convert(&whole, text, n, to);
		converted = converted && is_converted(&whole, to, len, &wire);
		for (len = at = 0; at < n; at += part) {
			part = 1 + draw(150);
			part = part > n - at ? n - at : part;
			bodyscan_add(&pieces, text + at, part);
			len += convert(&cut, text + at, part, to + len);
		}
		converted = converted && is_converted(&cut, to, len, &wire);
		bodyscan_end(&all);
		bodyscan_end(&pieces);
		good = good && is_same(&all, &slow, &wire) &&
		    is_same(&pieces, &slow, &wire);
		bodycuts_free(&all.cuts);
		bodycuts_free(&pieces.cuts);
		buffer_free(&wire);
	}
	tap_ok(good, "what is known of texts of up to %zu octets", room);
	tap_ok(converted, "their line ends");
	free(to);
	free(text);
}

/* Each cut is the first place that will do. */
static void
test_cuts(const char *line, size_t size)
{
	struct bodyscan s;
	size_t len = strlen(line), n = 0, piece = 1000 * len;
	char *text = malloc(piece + 1);
	uint64_t wire = 0, last = 0, octet;
	bool good = true;

	for (size_t i = 0; i < piece; i += len)
		memcpy(text + i, line, len + 1);
	bodyscan_start(&s, 0, 0);
	for (size_t at = 0; at < size; at += piece)
		bodyscan_add(&s, text, piece);
	bodyscan_end(&s);
	octet = strcspn(line, "\r\n") + 2;
	for (uint64_t i = 0; i < s.lines; i++, wire += octet) {
		if (wire < last + BODY_STEP)
			continue;
		good = good && n < s.cuts.count && s.cuts.at[n] == wire;
		last = wire;
		n++;
	}
	tap_ok(good && n == s.cuts.count && n > 3, "cuts between lines of %zu",
	    (size_t)octet);
	bodycuts_free(&s.cuts);
	free(text);
}

int
main(void)
{
	test_scan(200, ROUNDS);
	test_scan(TEXT_MAX, ROUNDS);
	test_scan(20000, ROUNDS / 20);
	test_cuts("\n", 4000000);
	test_cuts("x\r\n", 8000000);
	test_cuts("a line of some length\r", 6000000);
	test_cuts("a line of some length, longer than a block of 64 octets, "
	    "as is usual enough\n", 6000000);
	return tap_done();
}
