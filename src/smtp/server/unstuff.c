/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "smtp/server/command.h"

void
unstuff_start(struct unstuff *u, bool lf_ends)
{
	memset(u, 0, sizeof(*u));
	u->lf_ends = lf_ends;
	u->line_start = true;
}

/*
 * The line begins with a dot. Returns 1 for a dot that was put before the
 * line, the length of a line that is the dot alone, or 0 when more octets are
 * needed to tell.
 */
static size_t
read_dot(const struct unstuff *u, const char *p, size_t n)
{
	if (n < 2)
		return 0;
	if (p[1] == '\n' && u->lf_ends)
		return 2;
	if (p[1] != '\r')
		return 1;
	if (n < 3)
		return 0;
	return p[2] == '\n' ? 3 : 1;
}

size_t
unstuff_next(struct unstuff *u, const char *p, size_t n, size_t *len)
{
	const char *from = p, *end = p + n, *lf;

	*len = 0;
	if (n == 0)
		return 0;
	if (u->line_start && *p == '.') {
		size_t dot = read_dot(u, p, n);

		if (dot != 1) {
			u->ended = dot > 1;
			return dot;
		}
		from++;
		u->cr = false;
	}
	u->line_start = false;
	/* Consume up to the next line that begins with a dot. */
	for (const char *q = from; q < end; q = lf + 1) {
		lf = memchr(q, '\n', (size_t)(end - q));
		if (lf == NULL)
			break;
		if (!u->lf_ends && !(lf > from ? lf[-1] == '\r' : u->cr))
			continue;
		if (lf + 1 < end && lf[1] != '.')
			continue;
		u->line_start = true;
		end = lf + 1;
		break;
	}
	u->cr = end[-1] == '\r';
	*len = (size_t)(end - from);
	return (size_t)(end - p);
}
