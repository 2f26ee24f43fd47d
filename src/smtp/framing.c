/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "smtp/dialogue.h"
#include "smtp/framing.h"

void
framing_start(struct framing *fr, struct dialogue *d)
{
	fr->dialogue = d;
	fr->line_start = true;
}

/* The next dot that begins a line; few texts have many dots. */
static const char *
next_dot(const char *p, const char *end, bool line_start)
{
	const char *from = p;

	for (; p < end && (p = memchr(p, '.', (size_t)(end - p))) != NULL;
	    p++)
		if (p == from ? line_start : p[-1] == '\n')
			return p;
	return end;
}

void
framing_put(struct framing *fr, const char *p, size_t n)
{
	const char *end = p + n, *dot;

	if (n == 0)
		return;
	while ((dot = next_dot(p, end, fr->line_start)) < end) {
		dialogue_put(fr->dialogue, p, (size_t)(dot - p) + 1);
		/* the other dot, which begins nothing, comes with the rest */
		fr->line_start = false;
		p = dot;
	}
	dialogue_put(fr->dialogue, p, (size_t)(end - p));
	fr->line_start = end[-1] == '\n';
}

void
framing_end(struct framing *fr)
{
	if (!fr->line_start)
		dialogue_put(fr->dialogue, "\r\n", 2);
	dialogue_put(fr->dialogue, ".\r\n", 3);
}
