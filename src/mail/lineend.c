/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "mail/lineend.h"

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

size_t
lineend_convert(struct lineend *l, const char *p, size_t n, char *to)
{
	const char *end = p + n, *eol;
	struct line_scan scan;
	char *w = to;

	if (n > 0 && l->cr && *p == '\n')
		p++;
	if (n > 0)
		l->cr = false;
	line_scan_start(&scan, p, end);
	for (; p < end; p = eol + 1) {
		eol = line_scan_next(&scan, p);
		memcpy(w, p, (size_t)(eol - p));
		w += eol - p;
		l->open = eol == end;
		if (l->open)
			break;
		*w++ = '\r';
		*w++ = '\n';
		if (*eol == '\r' && eol + 1 == end)
			l->cr = true;
		else if (*eol == '\r' && eol[1] == '\n')
			eol++;
	}
	return (size_t)(w - to);
}
