/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "mail/message/lineend.h"

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
	/* an empty line is not worth a search */
	if (p < s->end && (*p == '\n' || *p == '\r'))
		return p;
	if (s->lf < p)
		s->lf = find(p, s->end, '\n');
	if (s->cr < p)
		s->cr = find(p, s->end, '\r');
	return s->lf < s->cr ? s->lf : s->cr;
}

const char *
line_behind_cr(const char *p, bool *cr)
{
	bool lf = *cr && *p == '\n';

	*cr = false;
	return p + lf;
}

const char *
line_next(const char *eol, const char *end, bool *cr)
{
	if (*eol == '\n')
		return eol + 1;
	*cr = eol + 1 == end;
	return *cr || eol[1] != '\n' ? eol + 1 : eol + 2;
}

size_t
lineend_convert(struct lineend *l, const char *p, size_t n, char *to)
{
	const char *end, *eol, *start = to;
	struct line_scan scan;

	if (n == 0)
		return 0;
	end = p + n;
	line_scan_start(&scan, p, end);
	for (p = line_behind_cr(p, &l->cr); p < end;
	    p = line_next(eol, end, &l->cr)) {
		eol = line_scan_next(&scan, p);
		memcpy(to, p, (size_t)(eol - p));
		to += eol - p;
		if (eol == end)
			break;
		*to++ = '\r';
		*to++ = '\n';
	}
	l->open = end[-1] != '\n' && end[-1] != '\r';
	return (size_t)(to - start);
}
