/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/fault.h"
#include "mail/source.h"

#define SUM_FACTOR UINT64_C(0x9e3779b97f4a7c15)	/* odd, bits well mixed */

/* Words as this machine has them: the sum does not leave it. */
static void
sum_add(struct source_sum *s, const char *p, size_t n)
{
	uint64_t sum = s->sum, word;

	for (; n > 0 && s->held > 0; n--) {
		s->word[s->held++] = *p++;
		if (s->held < sizeof(word))
			continue;
		memcpy(&word, s->word, sizeof(word));
		sum = (sum ^ word) * SUM_FACTOR;
		memset(s->word, 0, sizeof(s->word));
		s->held = 0;
	}
	for (; n >= sizeof(word); p += sizeof(word), n -= sizeof(word)) {
		memcpy(&word, p, sizeof(word));
		sum = (sum ^ word) * SUM_FACTOR;
	}
	while (n-- > 0)
		s->word[s->held++] = *p++;
	s->sum = sum;
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
	if (w->at == s->size && (w->sum.sum != s->sum.sum ||
	    memcmp(w->sum.word, s->sum.word, sizeof(w->sum.word)) != 0))
		return source_changed(f);
	return got;
}
