/* SPDX-License-Identifier: ISC */
#include "base/text.h"
#include "smtp/dialogue.h"
#include "smtp/framing.h"

void
framing_start(struct framing *fr, struct dialogue *d)
{
	fr->dialogue = d;
	fr->line_start = true;
}

void
framing_put(struct framing *fr, const char *p, size_t n)
{
	const char *end = p + n, *next;

	if (n == 0)
		return;
	if (fr->line_start && *p == '.')
		dialogue_put(fr->dialogue, ".", 1);
	while ((next = text_find(p, (size_t)(end - p), "\n.", 2)) != NULL) {
		dialogue_put(fr->dialogue, p, (size_t)(next - p) + 1);
		dialogue_put(fr->dialogue, ".", 1);
		p = next + 1;
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
