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
#include "mail/message/intake.h"
#include "mail/message/bodyscan.h"
#include "mail/message/message.h"

/* The last word before *end, which is moved to where it begins. */
static const char *
last_word(const char *line, size_t *end, size_t *len)
{
	size_t i = *end, stop;

	while (i > 0 && text_is_blank(line[i - 1]))
		i--;
	stop = i;
	while (i > 0 && !text_is_blank(line[i - 1]))
		i--;
	*len = stop - i;
	*end = i;
	return line + i;
}

/* Is a word one of those, with '|' between them, of which '9' stands for a
 * digit and '@' for a letter? */
static bool
is_one_of(const char *word, size_t len, const char *shapes)
{
	size_t n, i;

	for (;; shapes += n + 1) {
		n = strcspn(shapes, "|");
		for (i = 0; i < n && n == len; i++)
			if (shapes[i] == '9' ? !text_is_digit(word[i]) :
			    shapes[i] == '@' ? !text_is_alpha(word[i]) :
			    text_to_lower(shapes[i]) != text_to_lower(word[i]))
				break;
		if (i == len && n == len)
			return true;
		if (shapes[n] == '\0')
			return false;
	}
}

/* The line is read from its end: the sender in front may be anything. */
bool
intake_is_separator(const char *line, size_t n)
{
	static const struct {
		const char *shapes;
		bool optional;
	} words[] = {
		{ "+9999|-9999", true },
		{ "9999", false },
		{ "+9999|-9999|@|@@|@@@|@@@@|@@@@@", true },
		{ "99:99:99|99:99", false },
		{ "9|99", false },
		{ "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec", false },
		{ "Sun|Mon|Tue|Wed|Thu|Fri|Sat", false },
	};
	size_t end = n, len;
	const char *word;

	if (n < 5 || memcmp(line, "From ", 5) != 0)
		return false;
	word = last_word(line, &end, &len);
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (is_one_of(word, len, words[i].shapes))
			word = last_word(line, &end, &len);
		else if (!words[i].optional)
			return false;
	}
	return true;
}

/* Octets of a line that is a lone dot, with its end: a longer run of CRs is
 * no program's idea of one. */
#define DOT_LINE_MAX 100

static void
note_length(struct intake *in, uint64_t octets)
{
	if (octets > in->message->longest_line)
		in->message->longest_line = octets;
}

static void
end_header(struct intake *in, enum message_header_end how)
{
	in->place = INTAKE_BODY;
	in->message->header_end = how;
	in->message->header_end_line = in->lines + 1;
}

/* The body's first octet is at this place of what was taken. */
static void
begin_body(struct intake *in, uint64_t at, uint64_t lines, uint64_t crs)
{
	in->place = INTAKE_BODY;
	in->message->body.crs = crs;
	in->start += at;
	bodyscan_start(&in->scan, lines, crs);
}

static int
body_keep(struct intake *in, const char *p, size_t n)
{
	bodyscan_add(&in->scan, p, n);
	return body_add(&in->message->body, p, n, in->input, in->start,
	    in->fault);
}

/*
 * Does a lone dot begin or go on here? One at the very end of a block has to
 * wait for the next: nobody knows yet whether its line ends there.
 */
static bool
is_lone_dot(const struct intake *in, const char *p, const char *eol)
{
	if (in->dot)
		return eol == p;
	return in->scan.begins && eol - p == 1 && *p == '.';
}

/* What a person types, line by line. */
static int
body_take_typed(struct intake *in, const char *p, const char *end)
{
	struct line_scan scan;
	const char *eol, *next;

	line_scan_start(&scan, p, end);
	for (; p < end; p = next) {
		eol = line_scan_next(&scan, p);
		if (is_lone_dot(in, p, eol)) {
			in->ended = eol < end;
			in->dot = !in->ended;
			return 0;
		}
		next = eol < end ? eol + 1 : end;
		if (in->dot && body_keep(in, ".", 1) == -1)
			return -1;
		in->dot = false;
		if (body_keep(in, p, (size_t)(next - p)) == -1)
			return -1;
	}
	return 0;
}

/* Where a lone dot begins that is the last line so far, else the end. */
static const char *
find_last_dot(const struct intake *in, const char *p, const char *end)
{
	const char *q = end;

	if (q > p && q[-1] == '\n')
		q--;
	while (q > p && q[-1] == '\r' && end - q < DOT_LINE_MAX)
		q--;
	if (q == p || *--q != '.')
		return end;
	return (q > p ? q[-1] == '\n' || q[-1] == '\r' : in->scan.begins) ?
	    q : end;
}

/* What a program writes: a dot waits until it is known to be text. */
static int
body_take_piped(struct intake *in, const char *p, const char *end)
{
	const char *dot;

	if (in->line.len > 0) {
		buffer_add(&in->line, p, (size_t)(end - p));
		p = in->line.data;
		end = p + in->line.len;
	}
	dot = find_last_dot(in, p, end);
	if (body_keep(in, p, (size_t)(dot - p)) == -1)
		return -1;
	if (p == in->line.data)
		buffer_consume(&in->line, (size_t)(dot - p));
	else
		buffer_add(&in->line, dot, (size_t)(end - dot));
	return 0;
}

static int
body_take(struct intake *in, const char *p, const char *end)
{
	switch (in->dots) {
	case MESSAGE_DOT_ENDS:
		return body_take_typed(in, p, end);
	case MESSAGE_DOT_DROPPED:
		return body_take_piped(in, p, end);
	default:
		return body_keep(in, p, (size_t)(end - p));
	}
}

/* The line that was to be the header's is the body's first. */
static int
body_take_line(struct intake *in)
{
	struct buffer line = in->line;
	int r = 0;

	buffer_init(&in->line, line.max);
	/* of a line that a NUL begins nothing was kept */
	if (line.len > 0)
		r = body_take(in, line.data, line.data + line.len);
	buffer_free(&line);
	return r;
}

static int
header_too_long(struct intake *in)
{
	fault(in->fault, FAULT_DATA, "header of more than %d octets",
	    HEADER_MAX);
	return fault_hint(in->fault, "an empty line must end the header");
}

/*
 * Octets of a byte order mark in front of the first field (RFC 3629 section 6):
 * it is what editors leave there; with it, the header would be taken for text.
 * The same is to be said of a line however reads cut it.
 */
static size_t
mark_length(const struct intake *in, const char *line, size_t n)
{
	static const char mark[] = { '\xef', '\xbb', '\xbf' };

	if (n > HEADER_NAME_MAX)
		n = HEADER_NAME_MAX;
	if (in->place != INTAKE_FIRST_LINE || n <= sizeof(mark) ||
	    memcmp(line, mark, sizeof(mark)) != 0 ||
	    header_name_length(line + sizeof(mark), n - sizeof(mark)) == 0)
		return 0;
	return sizeof(mark);
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
		return intake_is_separator(line, n);
	return n > 0 && line[0] == '>' && in->message->header.count == 0 &&
	    intake_is_separator(line + 1, n - 1);
}

/* A whole line, before the body has begun. 1: it is the body's first. */
static int
header_take(struct intake *in, const char *line, size_t n)
{
	struct message *m = in->message;
	bool first = in->place == INTAKE_FIRST_LINE;
	size_t mark = mark_length(in, line, n);

	in->place = INTAKE_HEADER;
	line += mark;
	n -= mark;
	if (in->dots == MESSAGE_DOT_ENDS && n == 1 && line[0] == '.') {
		in->ended = true;
		return 0;
	}
	if (is_from_mailbox(in, line, n, first)) {
		m->header.first_line++;
		return 0;
	}
	if (n == 0) {
		end_header(in, MESSAGE_END_EMPTY);
		return 0;
	}
	if (header_add_line(&m->header, line, n) == 0) {
		note_length(in, n);
		if (!text_is_ascii(line, n))
			m->eight_bit_header = true;
		return 0;
	}
	if (m->header.text.full)
		return header_too_long(in);
	/* text without a header, or an empty line forgotten: all of it is
	 * body; the walk writes the empty line */
	end_header(in, MESSAGE_END_TEXT);
	return 1;
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
	    header_name_length(line->data, line->len) > 0 ||
	    mark_length(in, line->data, line->len) > 0;
}

static int
begin_body_amid_line(struct intake *in)
{
	end_header(in, MESSAGE_END_TEXT);
	begin_body(in, in->taken - in->line.len, in->lines, 0);
	return body_take_line(in);
}

/*
 * The beginning of a line, before the body has begun. What is not a field
 * when a field's name would have ended is body, so that a body line of any
 * length needs no memory of its own.
 */
static int
header_take_part(struct intake *in, const char **p, const char *end)
{
	const struct header *h = &in->message->header;
	size_t n = (size_t)(end - *p);
	bool field;

	buffer_add(&in->line, *p, n);
	in->taken += n;
	*p = end;
	field = begins_field(in);
	if (field && in->line.len + h->text.len > HEADER_MAX)
		return header_too_long(in);
	if (field || in->line.len <= HEADER_NAME_MAX)
		return 0;
	return begin_body_amid_line(in);
}

/* A line of the header's share of a block, of which *p to eol are left. */
static int
header_take_line(struct intake *in, const char **p, const char *eol,
    struct line_scan *scan)
{
	const char *from = *p, *next = line_next(scan, eol, &in->crs);
	uint64_t line_at = in->taken - in->line.len;
	bool cut = in->line.len > 0;
	int r;

	if (cut) {
		buffer_add(&in->line, from, (size_t)(eol - from));
		r = header_take(in, in->line.data, in->line.len);
	} else {
		r = header_take(in, from, (size_t)(eol - from));
	}
	in->taken += (uint64_t)(next - from);
	*p = next;
	if (r == 1) {
		begin_body(in, line_at, in->lines, 0);
		if (!cut)
			return body_take(in, from, next);
		buffer_add(&in->line, eol, (size_t)(next - eol));
		return body_take_line(in);
	}
	in->lines++;
	if (in->place == INTAKE_BODY)
		begin_body(in, in->taken, in->lines, in->crs);
	buffer_clear(&in->line);
	return r;
}

void
intake_start(struct intake *in, struct message *m, enum message_dot dots,
    struct fault *f)
{
	memset(in, 0, sizeof(*in));
	in->message = m;
	in->fault = f;
	in->dots = dots;
	in->input = -1;
	in->place = INTAKE_FIRST_LINE;
	/* bounded by what is done with each block */
	buffer_init(&in->line, SIZE_MAX / 4);
}

/* A run of CRs has come to empty lines: the first of them ends the header, and
 * the others are the body's. */
static void
header_end_run(struct intake *in, uint64_t empty)
{
	if (empty == 0)
		return;
	end_header(in, MESSAGE_END_EMPTY);
	begin_body(in, in->taken, ++in->lines, empty);
}

/* The rest of a run of CRs in front of p. */
static const char *
header_take_run(struct intake *in, const char *p, const char *end)
{
	const char *from = p;
	uint64_t empty;

	p = line_behind_run(p, end, &in->crs, &empty);
	in->taken += (uint64_t)(p - from);
	header_end_run(in, empty);
	return p;
}

/* Octets without a NUL, unless the body has begun. */
static int
feed(struct intake *in, const char *p, size_t n)
{
	const char *end = p + n;
	struct line_scan scan;
	const char *eol;
	int r = 0;

	if (n == 0 || in->ended)
		return 0;
	if (in->place != INTAKE_BODY) {
		p = header_take_run(in, p, end);
		line_scan_start(&scan, p, end);
	}
	while (p < end && in->place != INTAKE_BODY && !in->ended && r == 0) {
		eol = line_scan_next(&scan, p);
		r = eol < end ? header_take_line(in, &p, eol, &scan) :
		    header_take_part(in, &p, end);
	}
	if (r == -1)
		return -1;
	if (p == end || in->ended)
		return 0;
	return body_take(in, p, end);
}

/*
 * The first NUL comes next. The body may have some, no header can: a line with
 * one must not end the header, as fields behind it (a Bcc) would be shown.
 * Text that has no header at all is body.
 */
static int
take_nul(struct intake *in)
{
	header_end_run(in, line_end_run(&in->crs));
	if (in->place == INTAKE_BODY)
		return 0;
	if (in->message->header.count == 0 && !begins_field(in))
		return begin_body_amid_line(in);
	fault(in->fault, FAULT_DATA, "NUL octet in the header: line "
	    "%" PRIu64 ", octet %zu", in->lines + 1, in->line.len + 1);
	return fault_hint(in->fault, "a header is text; RFC 2047 "
	    "says how other characters are written there");
}

int
intake_feed(struct intake *in, const char *p, size_t n)
{
	const char *nul;
	size_t before;

	if (n == 0 || in->ended)
		return 0;
	nul = in->place == INTAKE_BODY ? NULL : memchr(p, '\0', n);
	if (nul == NULL)
		return feed(in, p, n);
	before = (size_t)(nul - p);
	if (feed(in, p, before) == -1)
		return -1;
	if (in->ended)
		return 0;
	if (in->place != INTAKE_BODY && take_nul(in) == -1)
		return -1;
	return feed(in, nul, n - before);
}

/* What the message is known by, once all of the body has been seen. */
static int
settle(struct intake *in)
{
	struct message *m = in->message;
	const struct bodyscan *s = &in->scan;
	int result = body_end(&m->body, &in->scan, in->fault);

	note_length(in, s->longest);
	m->longest_body_line = s->longest;
	m->long_body_line = s->long_line;
	m->nul_line = s->nul_line;
	m->nul_octet = s->nul_octet;
	m->eight_bit_body = s->eight_bit;
	return result;
}

int
intake_finish(struct intake *in)
{
	int r = 0;

	if (in->place != INTAKE_BODY)
		header_end_run(in, line_end_run(&in->crs));
	if (in->place != INTAKE_BODY && in->line.len > 0)
		r = header_take(in, in->line.data, in->line.len);
	if (r == 1)
		r = begin_body_amid_line(in);
	return r == -1 ? -1 : settle(in);
}

void
intake_free(struct intake *in)
{
	buffer_free(&in->line);
	bodycuts_free(&in->scan.cuts);
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

	while ((n = read(fd, block, BODY_READ)) == -1) {
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
note_input(struct intake *in, int fd)
{
	off_t at = lseek(fd, 0, SEEK_CUR);
	struct stat st;

	if (at == -1 || fstat(fd, &st) == -1 || !S_ISREG(st.st_mode))
		return;
	in->input = fd;
	in->start = (uint64_t)at;
}

int
message_read(struct message *m, int fd, enum message_dot dots, struct fault *f)
{
	char *block = memory_alloc(BODY_READ), *to;
	struct intake in;
	ssize_t n;
	int r = 0;

	intake_start(&in, m, dots, f);
	note_input(&in, fd);
	while (r == 0 && !in.ended) {
		/* what is typed may have to go to another place, and so may
		 * what follows a dot */
		to = in.place == INTAKE_BODY && dots != MESSAGE_DOT_ENDS &&
		    in.line.len == 0 ? body_room(&m->body) : block;
		n = read_block(fd, to, f);
		if (n == 0)
			break;
		r = n == -1 ? -1 : intake_feed(&in, to, (size_t)n);
	}
	if (r == 0)
		r = intake_finish(&in);
	intake_free(&in);
	free(block);
	return r;
}
