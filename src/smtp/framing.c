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

void
framing_put(struct framing *fr, const char *p, size_t n)
{
	const char *plain = p, *end = p + n, *dot = p;

	while (dot < end &&
	    (dot = memchr(dot, '.', (size_t)(end - dot))) != NULL) {
		if (dot == p ? fr->line_start : dot[-1] == '\n') {
			/* up to this dot, and from this dot on once more */
			dialogue_put(fr->dialogue, plain,
			    (size_t)(dot + 1 - plain));
			plain = dot;
		}
		dot++;
	}
	dialogue_put(fr->dialogue, plain, (size_t)(end - plain));
	if (n > 0)
		fr->line_start = end[-1] == '\n';
}

void
framing_end(struct framing *fr)
{
	if (!fr->line_start)
		dialogue_put(fr->dialogue, "\r\n", 2);
	dialogue_put(fr->dialogue, ".\r\n", 3);
}
