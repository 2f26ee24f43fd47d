/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/octets.h"
#include "mail/bodyscan.h"

#define CUTS_MIN 8	/* first size of the list */

/* Up to 64 octets: their line ends, a bit for each octet. */
struct block {
	const char *octets;	/* 64 that may be read */
	unsigned len;		/* so many of them count */
	uint64_t eol;		/* LF or CR */
	uint64_t end;		/* the first octet of a line's end */
	uint64_t begin;		/* the first octet behind it */
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

static void
look_at(struct block *b, const struct bodyscan *s, const char *octets,
    unsigned len)
{
	uint64_t count = octets_before(len);
	uint64_t lf = octets_are(octets, '\n') & count;
	uint64_t cr = octets_are(octets, '\r') & count;
	uint64_t second = lf & (cr << 1 | s->cr);	/* of CR LF */

	b->octets = octets;
	b->len = len;
	b->eol = lf | cr;
	b->end = cr | (lf & ~second);
	b->begin = (b->eol << 1 | s->begins) & ~second & count;
}

/* Octets in wire form of the first n. */
static uint64_t
wire_octets(const struct block *b, unsigned n)
{
	uint64_t first = octets_before(n);

	return n - octets_count(b->eol & first) +
	    UINT64_C(2) * octets_count(b->end & first);
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
static void
count_lines(struct bodyscan *s, const struct block *b)
{
	unsigned first, last;
	uint64_t text = ~b->eol;

	if (b->end == 0) {
		s->column += octets_count(text & octets_before(b->len));
		return;
	}
	first = octets_first(b->end);
	last = octets_last(b->end);
	note_length(s, s->column + octets_count(text & octets_before(first)));
	if (first != last && s->longest < OCTETS)
		note_short_lines(s, text & octets_before(last) &
		    ~octets_before(first));
	s->lines += octets_count(b->end);
	s->column = octets_count(text & octets_before(b->len) &
	    ~octets_before(last));
}

static void
note_nul(struct bodyscan *s, const struct block *b, unsigned at)
{
	uint64_t ends = b->end & octets_before(at);
	uint64_t text = ~b->eol & octets_before(at);

	s->nul_line = s->lines + octets_count(ends) + 1;
	s->nul_octet = 1 + (ends == 0 ?
	    s->column + octets_count(text) :
	    octets_count(text & ~octets_before(octets_last(ends))));
}

static void
find_nul(struct bodyscan *s, const struct block *b)
{
	uint64_t nul = octets_are(b->octets, '\0') & octets_before(b->len);

	if (nul != 0)
		note_nul(s, b, octets_first(nul));
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
find_verb(struct bodyscan *s, const struct block *b, const char *p,
    const char *end)
{
	uint64_t begin = b->begin & ~b->eol;

	for (; begin != 0 && !s->cuts.verb; begin &= begin - 1) {
		const char *line = p + octets_first(begin);

		if (!verbline_may_begin(line, end))
			continue;
		memset(&s->verbline, 0, sizeof(s->verbline));
		read_line(s, line, end);
	}
}

static void
add_cut(struct bodycuts *c, uint64_t at)
{
	if (c->count == c->cap) {
		c->cap = c->cap == 0 ? CUTS_MIN : c->cap * 2;
		c->at = memory_resize(c->at, c->cap, sizeof(*c->at));
	}
	c->at[c->count++] = at;
}

static void
find_cut(struct bodyscan *s, const struct block *b)
{
	uint64_t at;

	for (uint64_t begin = b->begin; begin != 0; begin &= begin - 1) {
		at = s->octets + wire_octets(b, octets_first(begin));
		if (at < s->next_cut)
			continue;
		add_cut(&s->cuts, at);
		s->next_cut = at + BODY_STEP;
		return;
	}
}

/* The octets of the block lie at p, and go on to `end`. */
static void
take_block(struct bodyscan *s, const struct block *b, const char *p,
    const char *end)
{
	uint64_t octets = wire_octets(b, b->len);
	uint64_t last = UINT64_C(1) << (b->len - 1);

	if (s->nul_line == 0)
		find_nul(s, b);
	if (!s->eight_bit)
		s->eight_bit = (octets_high(b->octets) &
		    octets_before(b->len)) != 0;
	count_lines(s, b);
	if (b->begin != 0) {
		if (!s->cuts.verb)
			find_verb(s, b, p, end);
		if (s->octets + octets >= s->next_cut)
			find_cut(s, b);
	}
	s->octets += octets;
	s->cr = p[b->len - 1] == '\r';
	s->begins = (b->eol & last) != 0;
}

void
bodyscan_add(struct bodyscan *s, const char *p, size_t n)
{
	const char *end = p + n;
	char rest[OCTETS];
	struct block b;

	if (s->in_doubt)
		read_line(s, p, end);
	for (; end - p >= OCTETS; p += OCTETS) {
		look_at(&b, s, p, OCTETS);
		take_block(s, &b, p, end);
	}
	if (p == end)
		return;
	memset(rest, 0, sizeof(rest));
	memcpy(rest, p, (size_t)(end - p));
	look_at(&b, s, rest, (unsigned)(end - p));
	take_block(s, &b, p, end);
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
