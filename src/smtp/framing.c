/* SPDX-License-Identifier: ISC */
#include <stdint.h>
#include <string.h>

#include "base/octets.h"
#include "smtp/dialogue.h"
#include "smtp/framing.h"

void
framing_start(struct framing *fr, struct dialogue *d)
{
	fr->dialogue = d;
	fr->line_start = true;
}

/* A block of octets, with another dot where these bits say that one is. */
static void
put_stuffed(struct framing *fr, const char *p, size_t n, uint64_t dots)
{
	char stuffed[2 * OCTETS], *to = stuffed;

	for (size_t i = 0; i < n; i++, dots >>= 1) {
		*to = '.';
		to += dots & 1;
		*to++ = p[i];
	}
	dialogue_put(fr->dialogue, stuffed, (size_t)(to - stuffed));
}

/* The dots that begin a line in a block of so many octets. */
static uint64_t
find_dots(const char *p, size_t n, bool line_start)
{
	char rest[OCTETS];

	if (n < OCTETS) {
		memset(rest, 0, sizeof(rest));
		memcpy(rest, p, n);
		p = rest;
	}
	return octets_are(p, '.') & (octets_are(p, '\n') << 1 | line_start);
}

void
framing_put(struct framing *fr, const char *p, size_t n)
{
	const char *plain = p, *end = p + n, *dot = p;
	uint64_t dots;
	size_t part;

	while (dot < end &&
	    (dot = memchr(dot, '.', (size_t)(end - dot))) != NULL) {
		/* where one is, others may be close */
		part = end - dot < OCTETS ? (size_t)(end - dot) : OCTETS;
		dots = find_dots(dot, part, dot == p ? fr->line_start :
		    dot[-1] == '\n');
		if (dots != 0) {
			dialogue_put(fr->dialogue, plain,
			    (size_t)(dot - plain));
			put_stuffed(fr, dot, part, dots);
			plain = dot + part;
		}
		dot += part;
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
