/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "mail/message/bodyscan.h"

void
bodyscan_start(struct bodyscan *s, uint64_t lines, uint64_t crs)
{
	memset(s, 0, sizeof(*s));
	s->lines = lines;
	s->crs = crs;
	s->begins = true;
	s->next_cut = BODY_STEP;
}

void
bodycuts_free(struct bodycuts *c)
{
	free(c->at);
	memset(c, 0, sizeof(*c));
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
cut_here(struct bodyscan *s)
{
	struct bodycuts *c = &s->cuts;

	c->at = memory_grow(c->at, c->count, &c->cap, sizeof(*c->at));
	c->at[c->count++] = s->octets;
	s->next_cut = s->octets + BODY_STEP;
}

/* A line begins at p, which is not `end`; more of it may come later. */
static void
begin_line(struct bodyscan *s, const char *p, const char *end)
{
	if (s->octets >= s->next_cut)
		cut_here(s);
	if (!s->cuts.verb && verbline_may_begin(p, end)) {
		memset(&s->verbline, 0, sizeof(s->verbline));
		read_line(s, p, end);
	}
}

static void
end_line(struct bodyscan *s)
{
	s->lines++;
	if (s->column > MESSAGE_LINE_MAX && s->long_line == 0)
		s->long_line = s->lines;
	if (s->column > s->longest)
		s->longest = s->column;
	s->column = 0;
	s->octets += 2;
	s->begins = true;
}

/* A run of CRs has come to them. */
static void
add_empty_lines(struct bodyscan *s, uint64_t count)
{
	for (; count > 0; count--) {
		if (s->octets >= s->next_cut)
			cut_here(s);
		end_line(s);
	}
}

/* The rest of a run of CRs in front of p. */
static const char *
read_run(struct bodyscan *s, const char *p, const char *end)
{
	uint64_t crs = s->crs, empty;
	const char *from = p;

	p = line_behind_run(p, end, &s->crs, &empty);
	if (empty > 0)
		add_empty_lines(s, empty);
	else if (s->crs == 0 && crs + (uint64_t)(p - from) > strlen("\r\n"))
		s->longer = true;
	return p;
}

void
bodyscan_add(struct bodyscan *s, const char *p, size_t n)
{
	const char *end, *eol, *nul;
	struct line_scan scan;

	if (n == 0)
		return;
	end = p + n;
	if (s->in_doubt)
		read_line(s, p, end);
	s->eight_bit = s->eight_bit || !text_is_ascii(p, n);
	nul = s->nul_line > 0 ? NULL : memchr(p, '\0', n);
	if (s->crs > 0)
		p = read_run(s, p, end);
	line_scan_start(&scan, p, end);
	for (; p < end; p = line_next(&scan, eol, &s->crs)) {
		eol = line_scan_next(&scan, p);
		if (s->begins)
			begin_line(s, p, end);
		if (nul != NULL && nul < eol) {
			s->nul_line = s->lines + 1;
			s->nul_octet = s->column + (uint64_t)(nul - p) + 1;
			nul = NULL;
		}
		s->begins = false;
		s->column += (uint64_t)(eol - p);
		s->octets += (uint64_t)(eol - p);
		if (eol == end)
			break;
		end_line(s);
	}
	s->longer |= scan.longer;
}

void
bodyscan_end(struct bodyscan *s)
{
	if (s->in_doubt) {
		s->cuts.verb |= verbline_octet(&s->verbline, '\n');
		s->in_doubt = false;
	}
	add_empty_lines(s, line_end_run(&s->crs));
	if (s->column > 0)
		end_line(s);
}
