/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <string.h>
#include <unistd.h>

#include "base/fault.h"
#include "mail/message/body.h"
#include "mail/message/tempfile.h"

#define WALK_OCTETS (128 * 1024)	/* read from a file at once */

void
body_init(struct body *b)
{
	memset(b, 0, sizeof(*b));
	buffer_init(&b->memory, BODY_MEMORY_MAX + BODY_READ);
	b->tempfile = -1;
	b->source.fd = -1;
}

void
body_free(struct body *b)
{
	buffer_free(&b->memory);
	bodycuts_free(&b->cuts);
	if (b->tempfile != -1)
		close(b->tempfile);
	body_init(b);
}

/* In large pieces: a file system likes them better. */
static int
flush(struct body *b, struct fault *f)
{
	int result = b->memory.len == 0 ? 0 :
	    tempfile_write(b->tempfile, b->tempfile_dir, b->memory.data,
	    b->memory.len, f);

	buffer_clear(&b->memory);
	return result;
}

/* Too many for memory: from now on they are in a file. */
static int
leave_memory(struct body *b, int input, uint64_t start, struct fault *f)
{
	if (input != -1) {
		source_begin(&b->source, input, start);
		source_add(&b->source, b->memory.data, b->memory.len);
		buffer_free(&b->memory);
		return 0;
	}
	b->tempfile = tempfile_open(&b->tempfile_dir, f);
	return b->tempfile == -1 ? -1 : flush(b, f);
}

char *
body_room(struct body *b)
{
	return buffer_reserve(&b->memory, BODY_READ);
}

int
body_add(struct body *b, const char *p, size_t n, int input, uint64_t start,
    struct fault *f)
{
	size_t part;
	int r = 0;

	b->size += n;
	for (; n > 0 && r == 0; p += part, n -= part) {
		part = n < BODY_READ ? n : BODY_READ;
		if (b->source.fd != -1) {
			source_add(&b->source, p, part);
			continue;
		}
		if (b->memory.data != NULL &&
		    p == b->memory.data + b->memory.len)
			buffer_commit(&b->memory, part);
		else
			buffer_add(&b->memory, p, part);
		if (b->memory.len >= BODY_MEMORY_MAX)
			r = b->tempfile != -1 ? flush(b, f) :
			    leave_memory(b, input, start, f);
	}
	return r;
}

int
body_end(struct body *b, struct bodyscan *scan, struct fault *f)
{
	bodyscan_end(scan);
	b->octets = scan->octets;
	b->cuts = scan->cuts;
	memset(&scan->cuts, 0, sizeof(scan->cuts));
	if (b->tempfile == -1)
		return 0;
	if (flush(b, f) == -1)
		return -1;
	buffer_free(&b->memory);
	return 0;
}

void
body_walk_start(struct body_walk *w)
{
	memset(w, 0, sizeof(*w));
	buffer_init(&w->raw, WALK_OCTETS);
	buffer_init(&w->wire, LINEEND_ROOM(WALK_OCTETS) + 2);
}

void
body_walk_end(struct body_walk *w)
{
	buffer_free(&w->raw);
	buffer_free(&w->wire);
}

/* The next octets as they came. */
static ssize_t
next_raw(const struct body *b, struct body_walk *w, const char **p,
    struct fault *f)
{
	uint64_t left = b->size - w->at;
	size_t want = left < WALK_OCTETS ? (size_t)left : WALK_OCTETS;
	ssize_t n = (ssize_t)want;

	if (b->tempfile == -1 && b->source.fd == -1) {
		*p = want == 0 ? "" : b->memory.data + w->at;
	} else if (want > 0) {
		*p = buffer_reserve(&w->raw, want);
		n = b->source.fd != -1 ?
		    source_next(&b->source, &w->source, w->raw.data, want, f) :
		    tempfile_read(b->tempfile, w->raw.data, want, w->at, f);
	}
	w->at += n > 0 ? (uint64_t)n : 0;
	return n;
}

/* No octet is to be added or left out. */
static bool
is_in_wire_form(const struct body *b)
{
	return b->size == b->octets && !b->cr;
}

/*
 * With these octets all has been given that was announced: then all must have
 * been read, too, but for the LF of a CR. A file may have changed.
 */
static int
check_end(const struct body *b, struct body_walk *w, size_t len,
    struct fault *f)
{
	const char *p;
	ssize_t n;

	if (w->given + len == b->octets && w->at < b->size) {
		n = next_raw(b, w, &p, f);
		if (n == -1)
			return -1;
		if (n != 1 || *p != '\n' || !w->lineend.cr)
			return source_changed(f);
	}
	w->given += len;
	return w->given > b->octets ||
	    (w->at == b->size) != (w->given == b->octets) ?
	    source_changed(f) : 0;
}

ssize_t
body_next(const struct body *b, struct body_walk *w, const char **p,
    struct fault *f)
{
	size_t len = 0;
	ssize_t n;
	char *to;

	if (is_in_wire_form(b))
		return next_raw(b, w, p, f);
	if (w->at == 0)
		w->lineend.cr = b->cr;
	/* an LF that was told already may be all that is read */
	while (len == 0) {
		n = next_raw(b, w, p, f);
		if (n <= 0)
			return n;
		buffer_clear(&w->wire);
		to = buffer_reserve(&w->wire, LINEEND_ROOM((size_t)n) + 2);
		len = lineend_convert(&w->lineend, *p, (size_t)n, to);
		if (w->at == b->size && w->lineend.open) {
			to[len++] = '\r';
			to[len++] = '\n';
		}
	}
	if (check_end(b, w, len, f) == -1)
		return -1;
	*p = w->wire.data;
	return (ssize_t)len;
}
