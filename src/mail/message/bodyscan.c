/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/octets.h"
#include "base/text.h"
#include "mail/message/bodyscan.h"

#define CUTS_MIN 8	/* first size of the list */
#define FEW 2		/* lines in a block, looked at one by one */
#define SLICE 4096	/* octets for which one way is taken */
#define SHORT_LINE 32	/* octets; for shorter ones a search costs more */

/* Up to 64 octets: their line ends, a bit for each octet. */
struct block {
	const char *octets;	/* 64 that may be read */
	unsigned len;		/* so many of them count */
	uint64_t end;		/* the first octet of a line's end, */
	uint64_t second;	/* the second, which is an LF, */
	uint64_t begin;		/* and the first octet behind it */
};

void
bodyscan_start(struct bodyscan *s, uint64_t lines, bool cr)
{
	memset(s, 0, sizeof(*s));
	s->lines = lines;
	s->cr = cr;
	s->begins = true;
	s->next_cut = BODY_STEP;
}

void
bodycuts_free(struct bodycuts *c)
{
	free(c->at);
	memset(c, 0, sizeof(*c));
}

void
bodyscan_free(struct bodyscan *s)
{
	bodycuts_free(&s->cuts);
}

static inline void
look_at(struct block *b, const struct bodyscan *s, const char *octets,
    unsigned len)
{
	uint64_t count = octets_before(len);
	uint64_t lf = octets_are(octets, '\n') & count;
	uint64_t cr = octets_are(octets, '\r') & count;

	b->octets = octets;
	b->len = len;
	b->second = lf & (cr << 1 | s->cr);
	b->end = cr | (lf & ~b->second);
	b->begin = ((lf | cr) << 1 | s->begins) & ~b->second & count;
}

/* Octets in wire form of the first n. */
static inline uint64_t
wire_octets(const struct block *b, unsigned n)
{
	uint64_t first = octets_before(n);

	return n + octets_count(b->end & first) -
	    octets_count(b->second & first);
}

/* Octets of text between two of them, in which no line ends. */
static inline unsigned
text_octets(const struct block *b, unsigned from, unsigned to)
{
	return from == to ? 0 : to - from - (b->second >> from & 1);
}

static void
note_length(struct bodyscan *s, uint64_t octets)
{
	if (octets > MESSAGE_LINE_MAX && s->long_line == 0)
		s->long_line = s->lines + 1;
	if (octets > s->longest)
		s->longest = octets;
}

/* Does a line that is all in the block have more octets than any before? */
static void
note_short_lines(struct bodyscan *s, uint64_t inside)
{
	uint64_t run = inside;

	for (uint64_t n = 0; n < s->longest && run != 0; n++)
		run &= run << 1;
	for (; run != 0; run &= run << 1)
		s->longest++;
}

/* Lines that end in the block, and the octets of the one that does not. */
static inline void
count_lines(struct bodyscan *s, const struct block *b)
{
	unsigned first, last;

	if (b->end == 0) {
		s->column += text_octets(b, 0, b->len);
		return;
	}
	first = octets_first(b->end);
	last = octets_last(b->end);
	note_length(s, s->column + text_octets(b, 0, first));
	if (first != last && s->longest < OCTETS)
		note_short_lines(s, ~(b->end | b->second) &
		    octets_before(last) & ~octets_before(first));
	s->lines += octets_count(b->end);
	s->column = text_octets(b, last + 1, b->len);
}

static void
note_nul(struct bodyscan *s, const struct block *b, unsigned at)
{
	uint64_t ends = b->end & octets_before(at);

	s->nul_line = s->lines + octets_count(ends) + 1;
	s->nul_octet = 1 + (ends == 0 ? s->column + text_octets(b, 0, at) :
	    text_octets(b, octets_last(ends) + 1, at));
}

/* The block has a NUL, or an octet above 127. */
static void
note_odd_octets(struct bodyscan *s, const struct block *b)
{
	uint64_t count = octets_before(b->len);
	uint64_t nul = octets_are(b->octets, '\0') & count;

	if (s->nul_line == 0 && nul != 0)
		note_nul(s, b, octets_first(nul));
	if ((octets_high(b->octets) & count) != 0)
		s->eight_bit = true;
}

/* The line at p: up to its end, or that of the octets that have come. */
static void
read_line(struct bodyscan *s, const char *p, const char *end)
{
	s->in_doubt = true;
	while (s->in_doubt && p < end) {
		s->in_doubt = *p != '\n' && *p != '\r';
		s->cuts.verb |= verbline_octet(&s->verbline, *p++);
		s->in_doubt = s->in_doubt && !s->verbline.decided;
	}
}

static void
begin_line(struct bodyscan *s, const char *p, const char *end)
{
	memset(&s->verbline, 0, sizeof(s->verbline));
	read_line(s, p, end);
}

static void
find_verb(struct bodyscan *s, const struct block *b, const char *p,
    const char *end)
{
	uint64_t begin = b->begin & ~b->end;

	/* of many lines few begin with a letter, a blank or "=" */
	if (octets_count(begin) > FEW)
		begin &= ~octets_between(b->octets, '!', '<');
	for (; begin != 0 && !s->cuts.verb; begin &= begin - 1) {
		const char *line = p + octets_first(begin);

		if (verbline_may_begin(line, end))
			begin_line(s, line, end);
	}
}

static void
cut_here(struct bodyscan *s, uint64_t at)
{
	struct bodycuts *c = &s->cuts;

	if (c->count == c->cap) {
		c->cap = c->cap == 0 ? CUTS_MIN : c->cap * 2;
		c->at = memory_resize(c->at, c->cap, sizeof(*c->at));
	}
	c->at[c->count++] = at;
	s->next_cut = at + BODY_STEP;
}

static void
find_cut(struct bodyscan *s, const struct block *b)
{
	uint64_t at;

	for (uint64_t begin = b->begin; begin != 0; begin &= begin - 1) {
		at = s->octets + wire_octets(b, octets_first(begin));
		if (at >= s->next_cut) {
			cut_here(s, at);
			return;
		}
	}
}

/* The octets of the block lie at p, and go on to `end`. Inlined, nothing of
 * `len` is left where it is 64. */
static inline void __attribute__((always_inline))
take_block(struct bodyscan *s, const char *octets, unsigned len, const char *p,
    const char *end)
{
	struct block b;
	uint64_t wire;

	look_at(&b, s, octets, len);
	if (!octets_plain(octets))
		note_odd_octets(s, &b);
	if ((b.end | b.second | b.begin) == 0) {
		s->column += len;
		s->octets += len;
		return;
	}
	wire = wire_octets(&b, len);
	count_lines(s, &b);
	if (!s->cuts.verb)
		find_verb(s, &b, p, end);
	if (s->octets + wire >= s->next_cut)
		find_cut(s, &b);
	s->octets += wire;
	s->cr = p[len - 1] == '\r';
	s->begins = ((b.end | b.second) >> (len - 1)) != 0;
}

static void
take_blocks(struct bodyscan *s, const char *p, const char *stop,
    const char *end)
{
	char rest[OCTETS];

	for (; stop - p >= OCTETS; p += OCTETS)
		take_block(s, p, OCTETS, p, end);
	if (p == stop)
		return;
	memset(rest, 0, sizeof(rest));
	memcpy(rest, p, (size_t)(stop - p));
	take_block(s, rest, (unsigned)(stop - p), p, end);
}

/* The octets from p to `to`, with which a line begins or goes on. */
static void
take_part(struct bodyscan *s, const char *p, const char *to, const char *end)
{
	if (s->begins) {
		if (s->octets >= s->next_cut)
			cut_here(s, s->octets);
		if (p < to && !s->cuts.verb && verbline_may_begin(p, end))
			begin_line(s, p, end);
	}
	s->column += (uint64_t)(to - p);
	s->octets += (uint64_t)(to - p);
}

/* The same for lines of some length, by LF: octets without CR and NUL. */
static void
take_lines(struct bodyscan *s, const char *p, const char *stop,
    const char *end)
{
	const char *lf;

	while ((lf = memchr(p, '\n', (size_t)(stop - p))) != NULL) {
		take_part(s, p, lf, end);
		note_length(s, s->column);
		s->lines++;
		s->column = 0;
		s->octets += 2;
		s->begins = true;
		p = lf + 1;
		if (p == stop)
			return;
	}
	take_part(s, p, stop, end);
	s->begins = false;
}

static bool
is_ascii(const char *p, size_t n)
{
	for (; n >= OCTETS; p += OCTETS, n -= OCTETS)
		if (octets_high(p) != 0)
			return false;
	return text_is_ascii(p, n);
}

/* By whichever way is the faster one. */
static void
take_slice(struct bodyscan *s, const char *p, size_t n, const char *end)
{
	uint64_t lines = s->lines;

	if (!s->dense && !s->cr && memchr(p, '\r', n) == NULL &&
	    memchr(p, '\0', n) == NULL) {
		s->eight_bit = s->eight_bit || !is_ascii(p, n);
		take_lines(s, p, p + n, end);
	} else {
		take_blocks(s, p, p + n, end);
	}
	s->dense = s->lines - lines > n / SHORT_LINE;
}

void
bodyscan_add(struct bodyscan *s, const char *p, size_t n)
{
	const char *end;
	size_t part;

	if (n == 0)
		return;
	end = p + n;
	if (s->in_doubt)
		read_line(s, p, end);
	for (; p < end; p += part) {
		part = end - p < SLICE ? (size_t)(end - p) : SLICE;
		take_slice(s, p, part, end);
	}
}

void
bodyscan_end(struct bodyscan *s)
{
	if (s->in_doubt) {
		s->cuts.verb |= verbline_octet(&s->verbline, '\n');
		s->in_doubt = false;
	}
	if (s->column == 0)
		return;
	note_length(s, s->column);
	s->octets += 2;
	s->lines++;
	s->column = 0;
}
