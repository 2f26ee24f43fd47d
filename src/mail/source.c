/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/buffer.h"
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
source_begin(struct source *s, int fd, uint64_t start, bool cr)
{
	memset(s, 0, sizeof(*s));
	s->fd = fd;
	s->start = start;
	s->cr = cr;
}

void
source_add(struct source *s, const char *p, size_t n)
{
	sum_add(&s->sum, p, n);
}

void
source_end(struct source *s, uint64_t end)
{
	s->size = end - s->start;
}

static int
has_changed(struct fault *f)
{
	fault(f, FAULT_IO, "standard input: the file has changed while it was "
	    "being sent");
	return fault_hint(f, "send a copy, or by a pipe");
}

static ssize_t
read_at(const struct source *s, uint64_t at, char *to, size_t n,
    struct fault *f)
{
	ssize_t got;

	do
		got = pread(s->fd, to, n, (off_t)(s->start + at));
	while (got == -1 && errno == EINTR);
	if (got == -1)
		return fault(f, FAULT_IO, "standard input: %s",
		    strerror(errno));
	return got == 0 ? has_changed(f) : got;
}

/* All that was announced is there; only the LF of a CR may be left. */
static int
take_last(const struct source *s, struct source_walk *w, struct fault *f)
{
	char c;

	if (w->at + 1 != s->size || !w->lineend.cr)
		return 0;
	if (read_at(s, w->at, &c, 1, f) == -1)
		return -1;
	w->at += c == '\n';
	return 0;
}

ssize_t
source_next(const struct source *s, struct source_walk *w, uint64_t left,
    struct buffer *b, struct fault *f)
{
	char block[SOURCE_BLOCK], *to;
	size_t len = 0;
	ssize_t n;

	if (!w->begun)
		w->lineend.cr = s->cr;
	w->begun = true;
	buffer_clear(b);
	to = buffer_reserve(b, SOURCE_ROOM);
	/* a line end that was told already may be all of a block */
	for (; len == 0 && w->at < s->size; w->at += (uint64_t)n) {
		n = read_at(s, w->at, block, s->size - w->at < SOURCE_BLOCK ?
		    (size_t)(s->size - w->at) : SOURCE_BLOCK, f);
		if (n == -1)
			return -1;
		len = lineend_convert(&w->lineend, block, (size_t)n, to);
	}
	if (w->at == s->size && w->lineend.open) {
		to[len++] = '\r';
		to[len++] = '\n';
		w->lineend.open = false;
	}
	if (len == left && take_last(s, w, f) == -1)
		return -1;
	sum_add(&w->sum, to, len);
	/* never more than was announced, and the last only if all is right */
	if (len > left || (w->at == s->size) != (len == left) ||
	    (len == left && (w->sum.sum != s->sum.sum ||
	    memcmp(w->sum.word, s->sum.word, sizeof(w->sum.word)) != 0)))
		return has_changed(f);
	buffer_commit(b, len);
	return (ssize_t)len;
}
