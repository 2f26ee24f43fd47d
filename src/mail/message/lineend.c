/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "mail/message/bodyscan.h"

static const char *
find(const char *p, const char *end, int c)
{
	const char *q = p == end ? NULL : memchr(p, c, (size_t)(end - p));

	return q == NULL ? end : q;
}

static const char *
behind_crs(const char *p, const char *end)
{
	while (p < end && *p == '\r')
		p++;
	return p;
}

void
line_scan_start(struct line_scan *s, const char *p, const char *end)
{
	s->end = end;
	s->lf = find(p, end, '\n');
	s->cr = find(p, end, '\r');
	s->lone = p;
	s->longer = false;
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
line_next(struct line_scan *s, const char *eol, uint64_t *crs)
{
	const char *p = eol + 1;

	if (*eol == '\n' || eol < s->lone)
		return p;
	if (p < s->end && *p == '\n')
		return p + 1;
	p = behind_crs(p, s->end);
	if (p == s->end) {
		*crs = (uint64_t)(p - eol);
		return p;
	}
	if (*p == '\n') {
		s->longer = true;
		return p + 1;
	}
	/* each of them ends a line, and none is looked at twice */
	s->lone = p;
	return eol + 1;
}

const char *
line_behind_run(const char *p, const char *end, uint64_t *crs, uint64_t *empty)
{
	const char *q;

	*empty = 0;
	if (*crs == 0)
		return p;
	q = behind_crs(p, end);
	*crs += (uint64_t)(q - p);
	if (q == end)
		return q;
	if (*q == '\n') {
		*crs = 0;
		return q + 1;
	}
	*empty = line_end_run(crs);
	return q;
}

uint64_t
line_end_run(uint64_t *crs)
{
	uint64_t empty = *crs > 0 ? *crs - 1 : 0;

	*crs = 0;
	return empty;
}

static char *
end_line(char *to)
{
	*to++ = '\r';
	*to++ = '\n';
	return to;
}

static size_t
write_owed(struct lineend *l, char *to)
{
	char *start = to;

	for (; l->owed > 0 && to < start + LINEEND_ROOM; l->owed--)
		to = end_line(to);
	return (size_t)(to - start);
}

size_t
lineend_convert(struct lineend *l, const char **p, const char *end, char *to)
{
	const char *at = *p, *eol;
	struct line_scan scan;
	char *start = to;

	if (l->owed == 0)
		*p = at = line_behind_run(at, end, &l->crs, &l->owed);
	if (l->owed > 0 || at == end)
		return write_owed(l, to);
	if ((size_t)(end - at) > LINEEND_PART)
		end = at + LINEEND_PART;
	line_scan_start(&scan, at, end);
	for (; at < end; at = line_next(&scan, eol, &l->crs)) {
		eol = line_scan_next(&scan, at);
		memcpy(to, at, (size_t)(eol - at));
		to += eol - at;
		if (eol == end)
			break;
		to = end_line(to);
	}
	l->open = end[-1] != '\n' && end[-1] != '\r';
	*p = end;
	return (size_t)(to - start);
}

size_t
lineend_finish(struct lineend *l, char *to)
{
	l->owed += line_end_run(&l->crs);
	if (l->open)
		l->owed++;
	l->open = false;
	return write_owed(l, to);
}
