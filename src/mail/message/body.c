/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/file.h"
#include "base/variable.h"
#include "mail/message/body.h"

#define WALK_OCTETS (128 * 1024)	/* read from a file at once */
#define SUM_FACTOR UINT64_C(0x9e3779b97f4a7c15)	/* odd, bits well mixed */
#define TEMPFILE_PATH_MAX (64 * 1024)	/* octets; the system says how many */

void
body_init(struct body *b)
{
	memset(b, 0, sizeof(*b));
	buffer_init(&b->memory, BODY_MEMORY_MAX + BODY_READ);
	b->tempfile = -1;
	b->input = -1;
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

/* Words as this machine has them: the sum does not leave it. */
static void
sum_rows(struct body_sum *s, const char *p, size_t rows)
{
	uint64_t word[BODY_LANES];

	for (; rows > 0; rows--, p += sizeof(word)) {
		memcpy(word, p, sizeof(word));
		/* lanes, since each product has to wait for the one before */
		for (size_t i = 0; i < BODY_LANES; i++)
			s->lane[i] = (s->lane[i] ^ word[i]) * SUM_FACTOR;
	}
}

static void
sum_add(struct body_sum *s, const char *p, size_t n)
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
is_same(const struct body_sum *a, const struct body_sum *b)
{
	return memcmp(a->lane, b->lane, sizeof(a->lane)) == 0 &&
	    memcmp(a->row, b->row, sizeof(a->row)) == 0;
}

/* Where there is no O_TMPFILE (an old kernel, NFS): a name for an instant. */
static int
open_named(const char *dir)
{
	struct buffer path;
	int fd = -1, error;

	buffer_init(&path, TEMPFILE_PATH_MAX);
	if (buffer_printf(&path, "%s/postrider.XXXXXX", dir) == -1)
		errno = ENAMETOOLONG;
	else
		fd = mkstemp(path.data);
	error = errno;
	if (fd != -1) {
		unlink(path.data);
		fcntl(fd, F_SETFD, FD_CLOEXEC);
	}
	buffer_free(&path);
	errno = error;
	return fd;
}

static int
open_in(const char *dir)
{
#ifdef O_TMPFILE
	int fd = open(dir, O_TMPFILE | O_EXCL | O_RDWR | O_CLOEXEC, 0600);

	if (fd != -1)
		return fd;
#endif
	return open_named(dir);
}

size_t
body_places(const char *place[BODY_PLACES])
{
	size_t count = 0;

	place[0] = variable_get("TMPDIR");
	if (place[0] != NULL)
		count++;
	place[count++] = "/var/tmp";
	place[count++] = "/tmp";
	return count;
}

/* Makes the temporary file. */
static int
open_tempfile(struct body *b, struct fault *f)
{
	const char *place[BODY_PLACES];
	size_t count = body_places(place);
	int error = 0;

	for (size_t i = 0; i < count; i++) {
		b->tempfile_dir = place[i];
		if ((b->tempfile = open_in(place[i])) != -1)
			return 0;
		if (i == 0)
			error = errno;
	}
	fault(f, FAULT_IO, "no temporary file for a large message: %s: %s",
	    place[0], strerror(error));
	return fault_hint(f, "set TMPDIR to a directory that we may write to");
}

/* Writes what is in memory to the file: in large pieces, which a file system
 * likes better. */
static int
flush(struct body *b, struct fault *f)
{
	if (file_write(b->tempfile, b->memory.data, b->memory.len) == -1) {
		fault(f, FAULT_IO, "message not taken in: temporary file in "
		    "%s: %s", b->tempfile_dir, strerror(errno));
		return fault_hint(f, "free some space there, or set TMPDIR "
		    "to a directory that has more");
	}
	buffer_clear(&b->memory);
	return 0;
}

/* Too many for memory: from now on they are in a file. */
static int
leave_memory(struct body *b, int input, uint64_t start, struct fault *f)
{
	if (input != -1) {
		b->input = input;
		b->start = start;
		sum_add(&b->sum, b->memory.data, b->memory.len);
		buffer_free(&b->memory);
		return 0;
	}
	return open_tempfile(b, f) == -1 ? -1 : flush(b, f);
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
		if (b->input != -1) {
			sum_add(&b->sum, p, part);
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
	/* no octet is to be added or left out */
	b->is_wire = b->size == b->octets && b->crs == 0 && !scan->longer;
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
	buffer_init(&w->wire, LINEEND_ROOM);
}

void
body_walk_end(struct body_walk *w)
{
	buffer_free(&w->raw);
	buffer_free(&w->wire);
}

int
body_changed(struct fault *f)
{
	fault(f, FAULT_IO, "standard input: the file has changed while it was "
	    "being sent");
	return fault_hint(f, "send a copy, or by a pipe");
}

/* The next octets of the file that the body is in; `left` are to come. */
static ssize_t
read_file(const struct body *b, struct body_walk *w, char *to, size_t n,
    uint64_t left, struct fault *f)
{
	bool ours = b->tempfile != -1;
	ssize_t got;

	do
		got = pread(ours ? b->tempfile : b->input, to, n,
		    (off_t)(b->start + w->at));
	while (got == -1 && errno == EINTR);
	if (got == -1)
		return fault(f, FAULT_IO, "%s: %s", ours ? "temporary file of "
		    "the message" : "standard input", strerror(errno));
	if (got == 0)
		return ours ? fault(f, FAULT_IO, "temporary file of the "
		    "message has become shorter") : body_changed(f);
	if (!ours)
		sum_add(&w->sum, to, (size_t)got);
	return !ours && (uint64_t)got == left && !is_same(&w->sum, &b->sum) ?
	    body_changed(f) : got;
}

/* The next octets as they came. */
static ssize_t
next_raw(const struct body *b, struct body_walk *w, const char **p,
    struct fault *f)
{
	uint64_t left = b->size - w->at;
	size_t want = left < WALK_OCTETS ? (size_t)left : WALK_OCTETS;
	ssize_t n = (ssize_t)want;

	if (b->tempfile == -1 && b->input == -1) {
		*p = want == 0 ? "" : b->memory.data + w->at;
	} else if (want > 0) {
		*p = buffer_reserve(&w->raw, want);
		n = read_file(b, w, w->raw.data, want, left, f);
	}
	w->at += n > 0 ? (uint64_t)n : 0;
	return n;
}

/* More octets to convert; 0 at their end, -1 as read_file(). */
static int
read_rest(const struct body *b, struct body_walk *w, struct fault *f)
{
	ssize_t n = next_raw(b, w, &w->rest, f);

	w->rest_end = n > 0 ? w->rest + n : w->rest;
	return n == -1 ? -1 : n > 0;
}

/*
 * With these octets all has been given that was announced: then all must have
 * been read, too, but for the run that the last line end is of. A file may
 * have changed.
 */
static int
check_end(const struct body *b, struct body_walk *w, size_t len,
    struct fault *f)
{
	struct lineend *l = &w->lineend;
	uint64_t empty = 0;

	w->given += len;
	if (w->given > b->octets)
		return body_changed(f);
	if (w->given < b->octets)
		return 0;
	while (w->rest < w->rest_end || w->at < b->size) {
		if (w->rest == w->rest_end && read_rest(b, w, f) == -1)
			return -1;
		if (l->crs == 0)
			return body_changed(f);
		w->rest = line_behind_run(w->rest, w->rest_end, &l->crs,
		    &empty);
		if (empty > 0)
			return body_changed(f);
	}
	return l->open || l->owed > 0 || line_end_run(&l->crs) > 0 ?
	    body_changed(f) : 0;
}

ssize_t
body_next(const struct body *b, struct body_walk *w, const char **p,
    struct fault *f)
{
	size_t len = 0;
	char *to;
	int r;

	if (b->is_wire)
		return next_raw(b, w, p, f);
	if (!w->begun)
		w->lineend.crs = b->crs;
	w->begun = true;
	buffer_clear(&w->wire);
	to = buffer_reserve(&w->wire, LINEEND_ROOM);
	/* an LF that was told already may be all that is read */
	while (len == 0 && w->given < b->octets) {
		r = 1;
		if (w->rest == w->rest_end && w->lineend.owed == 0)
			r = read_rest(b, w, f);
		if (r == -1)
			return -1;
		len = r == 1 ? lineend_convert(&w->lineend, &w->rest,
		    w->rest_end, to) : lineend_finish(&w->lineend, to);
		if (r == 0 && len == 0)
			return body_changed(f);
	}
	if (len > 0 && check_end(b, w, len, f) == -1)
		return -1;
	*p = w->wire.data;
	return (ssize_t)len;
}
