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
#include "mail/message/lineend.h"
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

static void
note_length(struct intake *in, uint64_t octets)
{
	if (octets > in->message->longest_line)
		in->message->longest_line = octets;
}

/* The body's first octet is at this place of what was taken. */
static void
begin_body(struct intake *in, uint64_t at, uint64_t lines, bool cr)
{
	in->place = INTAKE_BODY;
	in->message->body.cr = cr;
	in->start += at;
	bodyscan_start(&in->scan, lines, cr);
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
	if (in->dot_ends && n == 1 && line[0] == '.') {
		in->ended = true;
		return 0;
	}
	if (is_from_mailbox(in, line, n, first)) {
		m->header.first_line++;
		return 0;
	}
	if (n == 0) {
		in->place = INTAKE_BODY;
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
	in->place = INTAKE_BODY;
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
	int result;

	/* of a line that a NUL begins nothing was kept */
	begin_body(in, in->taken - in->line.len, in->lines, false);
	result = body_keep(in, in->line.data, in->line.len);
	buffer_free(&in->line);
	return result;
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
    const char *end)
{
	const char *from = *p, *next = line_next(eol, end, &in->cr);
	uint64_t line_at = in->taken - in->line.len;
	bool cut = in->line.len > 0;
	int r;

	in->lines++;
	if (cut) {
		buffer_add(&in->line, from, (size_t)(eol - from));
		r = header_take(in, in->line.data, in->line.len);
	} else {
		r = header_take(in, from, (size_t)(eol - from));
	}
	in->taken += (uint64_t)(next - from);
	*p = next;
	if (r == 1) {
		begin_body(in, line_at, in->lines - 1, false);
		r = !cut ? 0 : body_keep(in, in->line.data, in->line.len);
		if (cut)
			from = eol;
		if (r == 0)
			r = body_keep(in, from, (size_t)(next - from));
	} else if (in->place == INTAKE_BODY) {
		begin_body(in, in->taken, in->lines, in->cr);
	}
	buffer_clear(&in->line);
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
	in->input = -1;
	in->place = INTAKE_FIRST_LINE;
	/* bounded by what is done with each block */
	buffer_init(&in->line, SIZE_MAX / 4);
}

/* Octets without a NUL, unless the body has begun. */
static int
feed(struct intake *in, const char *p, size_t n)
{
	const char *end = p + n, *first = p;
	struct line_scan scan;
	const char *eol;
	int r = 0;

	if (n == 0 || in->ended)
		return 0;
	if (in->place != INTAKE_BODY) {
		p = line_behind_cr(p, &in->cr);
		in->taken += (uint64_t)(p - first);
		line_scan_start(&scan, p, end);
	}
	while (p < end && in->place != INTAKE_BODY && !in->ended && r == 0) {
		eol = line_scan_next(&scan, p);
		r = eol < end ? header_take_line(in, &p, eol, end) :
		    header_take_part(in, &p, end);
	}
	if (r == -1)
		return -1;
	if (p == end || in->ended)
		return 0;
	return in->dot_ends ? body_take_typed(in, p, end) :
	    body_keep(in, p, (size_t)(end - p));
}

/*
 * The first NUL comes next. The body may have some, no header can: a line with
 * one must not end the header, as fields behind it (a Bcc) would be shown.
 * Text that has no header at all is body.
 */
static int
take_nul(struct intake *in)
{
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
message_read(struct message *m, int fd, bool dot_ends, struct fault *f)
{
	char *block = memory_alloc(BODY_READ), *to;
	struct intake in;
	ssize_t n;
	int r = 0;

	intake_start(&in, m, dot_ends, f);
	note_input(&in, fd);
	while (r == 0 && !in.ended) {
		/* what is typed may have to go to another place */
		to = in.place == INTAKE_BODY && !dot_ends ?
		    body_room(&m->body) : block;
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
