/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "base/fault.h"
#include "mail/message/source.h"

#define SUM_FACTOR UINT64_C(0x9e3779b97f4a7c15)	/* odd, bits well mixed */

/* Words as this machine has them: the sum does not leave it. */
static void
sum_rows(struct source_sum *s, const char *p, size_t rows)
{
	uint64_t word[SOURCE_LANES];

	for (; rows > 0; rows--, p += sizeof(word)) {
		memcpy(word, p, sizeof(word));
		/* lanes, since each product has to wait for the one before */
		for (size_t i = 0; i < SOURCE_LANES; i++)
			s->lane[i] = (s->lane[i] ^ word[i]) * SUM_FACTOR;
	}
}

static void
sum_add(struct source_sum *s, const char *p, size_t n)
{
	size_t part;

	while (n > 0) {
		if (s->held == 0 && n >= sizeof(s->row)) {
			part = n - n % sizeof(s->row);
			sum_rows(s, p, part / sizeof(s->row));
		} else {
			part = sizeof(s->row) - s->held;
			if (part > n)
				part = n;
			memcpy(s->row + s->held, p, part);
			s->held += part;
		}
		if (s->held == sizeof(s->row)) {
			sum_rows(s, s->row, 1);
			memset(s->row, 0, sizeof(s->row));
			s->held = 0;
		}
		p += part;
		n -= part;
	}
}

static bool
is_same(const struct source_sum *a, const struct source_sum *b)
{
	return memcmp(a->lane, b->lane, sizeof(a->lane)) == 0 &&
	    memcmp(a->row, b->row, sizeof(a->row)) == 0;
}

void
source_begin(struct source *s, int fd, uint64_t start)
{
	memset(s, 0, sizeof(*s));
	s->fd = fd;
	s->start = start;
}

void
source_add(struct source *s, const char *p, size_t n)
{
	sum_add(&s->sum, p, n);
	s->size += n;
}

int
source_changed(struct fault *f)
{
	fault(f, FAULT_IO, "standard input: the file has changed while it was "
	    "being sent");
	return fault_hint(f, "send a copy, or by a pipe");
}

ssize_t
source_next(const struct source *s, struct source_walk *w, char *to,
    size_t room, struct fault *f)
{
	uint64_t left = s->size - w->at;
	ssize_t got;

	if (left == 0)
		return 0;
	do
		got = pread(s->fd, to, left < room ? (size_t)left : room,
		    (off_t)(s->start + w->at));
	while (got == -1 && errno == EINTR);
	if (got == -1)
		return fault(f, FAULT_IO, "standard input: %s",
		    strerror(errno));
	if (got == 0)
		return source_changed(f);
	sum_add(&w->sum, to, (size_t)got);
	w->at += (uint64_t)got;
	if (w->at == s->size && !is_same(&w->sum, &s->sum))
		return source_changed(f);
	return got;
}
