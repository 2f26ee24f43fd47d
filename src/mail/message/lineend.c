/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "base/octets.h"
#include "mail/message/lineend.h"

#define MANY 32	/* line ends in a block for which its lines are looked at
			 * octet by octet */
#define SHORT 16	/* octets of a line that are copied at once */
#define SLICE 4096	/* octets for which one way is taken */
#define SHORT_LINE 32	/* octets */

static const char *
find(const char *p, const char *end, int c)
{
	const char *q = p == end ? NULL : memchr(p, c, (size_t)(end - p));

	return q == NULL ? end : q;
}

void
line_scan_start(struct line_scan *s, const char *p, const char *end)
{
	s->end = end;
	s->lf = find(p, end, '\n');
	s->cr = find(p, end, '\r');
}

const char *
line_scan_next(struct line_scan *s, const char *p)
{
	if (s->lf < p)
		s->lf = find(p, s->end, '\n');
	if (s->cr < p)
		s->cr = find(p, s->end, '\r');
	return s->lf < s->cr ? s->lf : s->cr;
}

/* Octet by octet, where line ends stand close together, or little is left. */
static char *
convert_octets(struct lineend *l, const char *p, size_t n, char *to)
{
	for (const char *end = p + n; p < end; p++) {
		bool second = l->cr && *p == '\n';

		l->cr = *p == '\r';
		if (second)
			continue;
		if (l->cr || *p == '\n') {
			*to++ = '\r';
			*to++ = '\n';
		} else {
			*to++ = *p;
		}
	}
	return to;
}

/* 64 octets with line ends where these bits are; 64 more may be read. */
static char *
convert_lines(const char *p, uint64_t ends, char *to)
{
	unsigned from = 0, end;

	for (; ends != 0; ends &= ends - 1) {
		end = octets_first(ends);
		if (end - from <= SHORT)
			memcpy(to, p + from, SHORT);
		else
			memcpy(to, p + from, OCTETS);
		to += end - from;
		*to++ = '\r';
		*to++ = '\n';
		from = end + 1;
	}
	memcpy(to, p + from, OCTETS);
	return to + (OCTETS - from);
}

/* 64 octets without CR that are LF most of them, or all. */
static char *
convert_dense(const char *p, uint64_t ends, char *to)
{
	static const char empty[8] = { '\r', '\n', '\r', '\n', '\r', '\n',
	    '\r', '\n' };

	if (ends == UINT64_MAX) {
		for (size_t i = 0; i < 2 * OCTETS; i += sizeof(empty))
			memcpy(to + i, empty, sizeof(empty));
		return to + 2 * OCTETS;
	}
	for (int i = 0; i < OCTETS; i++) {
		/* no branch for what nobody can predict */
		*to = '\r';
		to += ends >> i & 1;
		*to++ = p[i];
	}
	return to;
}

/* 64 octets, where 64 more may be read. */
static char *
convert_block(struct lineend *l, const char *p, char *to)
{
	uint64_t lf = octets_are(p, '\n'), cr = octets_are(p, '\r');
	/* those that have to be changed: not an LF behind a CR, not such a
	 * CR, unless nobody knows yet what comes behind it */
	uint64_t ends = (lf & ~(cr << 1)) | (cr & ~(lf >> 1));

	if (ends == 0) {
		memcpy(to, p, OCTETS);
		return to + OCTETS;
	}
	if (octets_count(ends) > MANY)
		return cr == 0 ? convert_dense(p, ends, to) :
		    convert_octets(l, p, OCTETS, to);
	l->cr = cr >> (OCTETS - 1) != 0;
	return convert_lines(p, ends, to);
}

/* Octets with line ends in any mixture; up to `end` there are others. */
static char *
convert_blocks(struct lineend *l, const char *p, const char *stop,
    const char *end, char *to)
{
	while (stop - p >= OCTETS && end - p > 2 * OCTETS) {
		if (l->cr && *p == '\n')
			p++;
		l->cr = false;
		if (stop - p < OCTETS)
			break;
		to = convert_block(l, p, to);
		p += OCTETS;
	}
	return convert_octets(l, p, (size_t)(stop - p), to);
}

/* Octets without CR, line by line. */
static char *
convert_text(const char *p, const char *stop, char *to)
{
	const char *lf;

	while ((lf = find(p, stop, '\n')) < stop) {
		memcpy(to, p, (size_t)(lf - p));
		to += lf - p;
		*to++ = '\r';
		*to++ = '\n';
		p = lf + 1;
	}
	memcpy(to, p, (size_t)(stop - p));
	return to + (stop - p);
}

size_t
lineend_convert(struct lineend *l, const char *p, size_t n, char *to)
{
	const char *end = p + n, *stop;
	char *w = to, *before;
	bool dense = false;
	size_t part;

	if (n > 0)
		l->open = end[-1] != '\n' && end[-1] != '\r';
	for (; p < end; p = stop) {
		part = end - p < SLICE ? (size_t)(end - p) : SLICE;
		stop = p + part;
		before = w;
		if (dense || l->cr || memchr(p, '\r', part) != NULL)
			w = convert_blocks(l, p, stop, end, w);
		else
			w = convert_text(p, stop, w);
		/* lines so short that a search for their ends costs more */
		dense = (size_t)(w - before) > part + part / SHORT_LINE;
	}
	return (size_t)(w - to);
}
