/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/stat.h>

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/memory.h"
#include "base/text.h"
#include "mail/intake.h"
#include "mail/lineend.h"
#include "mail/mbox.h"
#include "mail/message.h"
#include "mail/spool.h"

#define READ_OCTETS (64 * 1024)	/* at once: what a Linux pipe holds */
#define FLUSH_OCTETS (64 * 1024) /* body octets worth a write */

/* A line has ended at eol (not the end of the block): where the next begins. */
static const char *
next_line(struct intake *in, const char *eol, const char *end)
{
	in->lines++;
	in->column = 0;
	if (*eol == '\n')
		return eol + 1;
	if (eol + 1 == end)
		in->cr = true;
	else if (eol[1] == '\n')
		return eol + 2;
	return eol + 1;
}

static void
note_length(struct intake *in, uint64_t octets)
{
	if (octets > in->message->longest_line)
		in->message->longest_line = octets;
}

static void
note_body_length(struct intake *in, uint64_t octets)
{
	struct message *m = in->message;

	note_length(in, octets);
	if (octets > m->longest_body_line)
		m->longest_body_line = octets;
	if (octets > MESSAGE_LINE_MAX && m->long_body_line == 0)
		m->long_body_line = in->lines + 1;
}

/* What comes next begins here in the input. */
static void
flushed(struct intake *in)
{
	buffer_clear(&in->out);
	in->flushed = in->taken;
	in->flushed_cr = in->cr;
}

/*
 * Can these n octets stay in the file that they come from? Once what has no
 * room in memory begins with them, all that follows can.
 */
static bool
is_in_source(const struct intake *in, size_t n)
{
	struct body *b = &in->message->body;

	if (b->source.fd == -1 && in->source != -1 &&
	    n > BODY_MEMORY_MAX - b->memory.len)
		source_begin(&b->source, in->source, in->source_start +
		    in->flushed, in->flushed_cr);
	return b->source.fd != -1;
}

/* Moves the converted octets to where the body is kept. */
static int
body_flush(struct intake *in)
{
	struct body *b = &in->message->body;
	const char *p = in->out.data;
	size_t n = in->out.len, part;

	if (n == 0)
		return 0;
	if (!in->message->eight_bit_body)
		in->message->eight_bit_body = !text_is_ascii(p, n);
	b->octets += n;
	if (is_in_source(in, n)) {
		source_add(&b->source, p, n);
		flushed(in);
		return 0;
	}
	part = BODY_MEMORY_MAX - b->memory.len;
	if (part > n)
		part = n;
	buffer_add(&b->memory, p, part);
	if (part < n) {
		if (b->spool == -1)
			b->spool = spool_open(&in->spool_dir, in->fault);
		if (b->spool == -1 || spool_write(b->spool, in->spool_dir,
		    p + part, n - part, in->fault) == -1)
			return -1;
	}
	flushed(in);
	return 0;
}

/*
 * Does a lone dot begin or go on here? One at the very end of a block has to
 * wait for the next: nobody knows yet whether its line ends there.
 */
static bool
is_lone_dot(const struct intake *in, const char *p, const char *eol)
{
	if (!in->dot_ends)
		return false;
	if (in->column == 0)
		return eol - p == 1 && *p == '.';
	return in->dot && eol == p;
}

/* The body's share of a block, in wire form: at most two octets for one. */
static void
body_take(struct intake *in, struct line_scan *scan, const char *p)
{
	char *to = buffer_reserve(&in->out, (size_t)(scan->end - p) * 2 + 1);
	char *w = to;
	const char *eol;

	for (; p < scan->end; p = next_line(in, eol, scan->end)) {
		size_t n;

		eol = line_scan_next(scan, p);
		n = (size_t)(eol - p);
		if (is_lone_dot(in, p, eol)) {
			in->ended = eol < scan->end;
			in->dot = !in->ended;
			in->column = 1;
			break;
		}
		if (in->dot)
			*w++ = '.';
		in->dot = false;
		memcpy(w, p, n);
		w += n;
		in->column += n;
		if (eol == scan->end)
			break;
		note_body_length(in, in->column);
		*w++ = '\r';
		*w++ = '\n';
	}
	buffer_commit(&in->out, (size_t)(w - to));
}

static int
header_too_long(struct intake *in)
{
	fault(in->fault, FAULT_DATA, "header of more than %d octets",
	    HEADER_MAX);
	return fault_hint(in->fault, "an empty line must end the header");
}

/*
 * A byte order mark in front of the first field (RFC 3629 section 6) is what
 * editors leave there; with it, the header would be taken for text. As below,
 * a longer line would have been taken for body if cut by a read.
 */
static void
skip_mark(const char **line, size_t *n)
{
	static const char mark[] = { '\xef', '\xbb', '\xbf' };

	if (*n <= sizeof(mark) || *n > HEADER_NAME_MAX ||
	    memcmp(*line, mark, sizeof(mark)) != 0 ||
	    header_name_length(*line + sizeof(mark), *n - sizeof(mark)) == 0)
		return;
	*line += sizeof(mark);
	*n -= sizeof(mark);
}

/*
 * The line that a mailbox has in front of a message; it may be followed by
 * those of its way there, each with a '>'.
 */
static bool
is_from_mailbox(const struct intake *in, const char *line, size_t n,
    bool first)
{
	/* "From :" is a field, whatever the rest of it looks like */
	if (n > HEADER_NAME_MAX || header_name_length(line, n) > 0)
		return false;
	if (first)
		return mbox_is_separator(line, n);
	return n > 0 && line[0] == '>' && in->message->header.count == 0 &&
	    mbox_is_separator(line + 1, n - 1);
}

/* A whole line, before the body has begun. */
static int
header_take(struct intake *in, const char *line, size_t n)
{
	struct message *m = in->message;
	bool first = in->place == INTAKE_FIRST_LINE;

	in->place = INTAKE_HEADER;
	if (in->dot_ends && n == 1 && line[0] == '.') {
		in->ended = true;
		return 0;
	}
	if (first)
		skip_mark(&line, &n);
	if (is_from_mailbox(in, line, n, first)) {
		m->header.first_line++;
		return 0;
	}
	note_length(in, n);
	if (n == 0) {
		in->place = INTAKE_BODY;
		return 0;
	}
	if (header_add_line(&m->header, line, n) == 0) {
		if (!text_is_ascii(line, n))
			m->eight_bit_header = true;
		return 0;
	}
	if (m->header.text.full)
		return header_too_long(in);
	/* Text without a header, or an empty line forgotten: all of it goes
	 * on as body; the walk writes the empty line. */
	note_body_length(in, n);
	in->place = INTAKE_BODY;
	buffer_add(&in->out, line, n);
	buffer_add_string(&in->out, "\r\n");
	return 0;
}

/* Is what stands on the line so far a field's, or may it become one? */
static bool
begins_field(const struct intake *in)
{
	const struct buffer *line = &in->line;

	if (line->len == 0)
		return false;
	return text_is_blank(line->data[0]) ?
	    in->message->header.count > 0 :
	    header_name_length(line->data, line->len) > 0;
}

static void
begin_body_amid_line(struct intake *in)
{
	in->place = INTAKE_BODY;
	in->column = in->line.len;
	buffer_add(&in->out, in->line.data, in->line.len);
	buffer_free(&in->line);
}

/*
 * The beginning of a line, before the body has begun. What is not a field
 * when a field's name would have ended is body, so that a body line of any
 * length needs no memory of its own.
 */
static int
header_take_part(struct intake *in, const char *p, size_t n)
{
	const struct header *h = &in->message->header;
	bool field;

	buffer_add(&in->line, p, n);
	in->column = in->line.len;
	field = begins_field(in);
	if (field && in->line.len + h->text.len > HEADER_MAX)
		return header_too_long(in);
	if (field || in->line.len <= HEADER_NAME_MAX)
		return 0;
	begin_body_amid_line(in);
	return 0;
}

/* One line, or part of one, of the header's share of a block. */
static int
header_step(struct intake *in, struct line_scan *scan, const char **p)
{
	const char *eol = line_scan_next(scan, *p);
	size_t n = (size_t)(eol - *p);
	int r;

	if (eol == scan->end) {
		r = header_take_part(in, *p, n);
		*p = eol;
		return r;
	}
	if (in->line.len == 0) {
		r = header_take(in, *p, n);
	} else {
		buffer_add(&in->line, *p, n);
		r = header_take(in, in->line.data, in->line.len);
		buffer_clear(&in->line);
	}
	*p = next_line(in, eol, scan->end);
	return r;
}

void
intake_start(struct intake *in, struct message *m, bool dot_ends,
    struct fault *f)
{
	memset(in, 0, sizeof(*in));
	in->message = m;
	in->fault = f;
	in->dot_ends = dot_ends;
	in->source = -1;
	in->place = INTAKE_FIRST_LINE;
	/* both are bounded by what is done with each block */
	buffer_init(&in->line, SIZE_MAX / 4);
	buffer_init(&in->out, SIZE_MAX / 4);
}

/* Octets without a NUL, unless the body has begun. */
static int
feed(struct intake *in, const char *p, size_t n)
{
	const char *end = p + n;
	struct line_scan scan;

	if (n == 0 || in->ended)
		return 0;
	in->taken += n;
	if (in->cr && *p == '\n')
		p++;
	in->cr = false;
	line_scan_start(&scan, p, end);
	while (p < end && in->place != INTAKE_BODY && !in->ended)
		if (header_step(in, &scan, &p) == -1)
			return -1;
	if (p < end && !in->ended)
		body_take(in, &scan, p);
	return in->out.len < FLUSH_OCTETS ? 0 : body_flush(in);
}

/*
 * The first NUL comes next. The body may have some, no header can: a line with
 * one must not end the header, as fields behind it (a Bcc) would be shown.
 * Text that has no header at all is body.
 */
static int
take_nul(struct intake *in)
{
	struct message *m = in->message;

	in->cr = false;
	if (in->place != INTAKE_BODY &&
	    (m->header.count > 0 || begins_field(in))) {
		fault(in->fault, FAULT_DATA, "NUL octet in the header: line "
		    "%" PRIu64 ", octet %" PRIu64,
		    in->lines + 1, in->column + 1);
		return fault_hint(in->fault, "a header is text; RFC 2047 "
		    "says how other characters are written there");
	}
	if (in->place != INTAKE_BODY)
		begin_body_amid_line(in);
	m->nul_line = in->lines + 1;
	m->nul_octet = in->column + 1;
	return 0;
}

int
intake_feed(struct intake *in, const char *p, size_t n)
{
	const char *nul;
	size_t before;

	if (n == 0 || in->ended)
		return 0;
	nul = in->message->nul_line > 0 ? NULL : memchr(p, '\0', n);
	if (nul == NULL)
		return feed(in, p, n);
	before = (size_t)(nul - p);
	if (feed(in, p, before) == -1)
		return -1;
	if (in->ended)
		return 0;
	if (take_nul(in) == -1)
		return -1;
	return feed(in, nul, n - before);
}

int
intake_finish(struct intake *in)
{
	if (in->place != INTAKE_BODY) {
		if (in->line.len > 0 &&
		    header_take(in, in->line.data, in->line.len) == -1)
			return -1;
	} else if (in->column > 0 && !in->dot && !in->ended) {
		note_body_length(in, in->column);
		buffer_add_string(&in->out, "\r\n");
	}
	if (body_flush(in) == -1)
		return -1;
	if (in->message->body.source.fd != -1)
		source_end(&in->message->body.source, in->source_start +
		    in->taken);
	return 0;
}

void
intake_free(struct intake *in)
{
	buffer_free(&in->line);
	buffer_free(&in->out);
}

/*
 * read(2) to the end of a block, of the input, or of patience with errors. A
 * standard input left non-blocking by another process is no error.
 */
static ssize_t
read_block(int fd, char *block, struct fault *f)
{
	struct pollfd pfd = { .fd = fd, .events = POLLIN };
	ssize_t n;

	while ((n = read(fd, block, READ_OCTETS)) == -1) {
		if (errno == EAGAIN || errno == EWOULDBLOCK)
			poll(&pfd, 1, -1);
		else if (errno != EINTR)
			return fault(f, FAULT_IO, "standard input: %s",
			    strerror(errno));
	}
	return n;
}

/* A regular file can be read again, and needs no copy. */
static void
note_source(struct intake *in, int fd)
{
	off_t at = lseek(fd, 0, SEEK_CUR);
	struct stat st;

	if (at == -1 || fstat(fd, &st) == -1 || !S_ISREG(st.st_mode))
		return;
	in->source = fd;
	in->source_start = (uint64_t)at;
}

int
message_read(struct message *m, int fd, bool dot_ends, struct fault *f)
{
	char *block = memory_alloc(READ_OCTETS);
	struct intake in;
	ssize_t n;
	int r = 0;

	intake_start(&in, m, dot_ends, f);
	note_source(&in, fd);
	while (r == 0 && !in.ended && (n = read_block(fd, block, f)) != 0)
		r = n == -1 ? -1 : intake_feed(&in, block, (size_t)n);
	if (r == 0)
		r = intake_finish(&in);
	intake_free(&in);
	free(block);
	return r;
}
