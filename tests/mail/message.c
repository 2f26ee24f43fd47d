/* SPDX-License-Identifier: ISC */
/* Shapes of messages: what comes in, what goes out. */
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/fault.h"
#include "mail/message/intake.h"
#include "mail/message/message.h"
#include "tests/tap.h"

#define OUTPUT_MAX (64 * 1024 * 1024)
#define FILL_LINES 40000	/* of 33 octets: more than BODY_MEMORY_MAX */

#define FROM_LINE "From a@example.org Sat Nov  1 08:09:10 2025"

enum { EIGHT_HEADER = 1, EIGHT_BODY = 2, DOT = 4, LAST = 8 };
/* Where the first NUL of the body is. */
#define NUL(line, octet) ((int)(line) << 16 | (int)(octet) << 8)
#define DOTS (DOT | LAST)

/* want: the octets that go out, or "!" and a part of the fault. */
struct shape {
	const char *label;
	const char *input;
	size_t len;
	const char *want;
	size_t want_len;
	size_t fields;
	int flags;
};

#define TEXT(s) s, sizeof(s) - 1

static const struct shape shapes[] = {
	{ "empty input", TEXT(""), TEXT("\r\n"), 0, 0 },
	{ "LF", TEXT("A: 1\n\nx\n"), TEXT("A: 1\r\n\r\nx\r\n"), 1, 0 },
	{ "CRLF", TEXT("A: 1\r\n\r\nx\r\n"), TEXT("A: 1\r\n\r\nx\r\n"), 1, 0 },
	{ "CR", TEXT("A: 1\r\rx\r"), TEXT("A: 1\r\n\r\nx\r\n"), 1, 0 },
	{ "LF, CRLF and CR in turn", TEXT("A: 1\nB: 2\r\nC: 3\r\nx\ry\r\nz\n"),
	    TEXT("A: 1\r\nB: 2\r\nC: 3\r\n\r\nx\r\ny\r\nz\r\n"), 3, 0 },
	{ "CR CR LF", TEXT("A: 1\r\r\nB: 2\r\r\n\r\r\nx\r\r\ny\r\r\n"),
	    TEXT("A: 1\r\nB: 2\r\n\r\nx\r\ny\r\n"), 2, 0 },
	{ "CR CR CR CR LF", TEXT("A: 1\r\r\r\r\n\r\r\r\r\nx\r\r\r\r\ny"),
	    TEXT("A: 1\r\n\r\nx\r\ny\r\n"), 1, 0 },
	{ "CR CR in the header", TEXT("A: 1\r\rB: 2\r"),
	    TEXT("A: 1\r\n\r\nB: 2\r\n"), 1, 0 },
	{ "CR CR CR CR in the header", TEXT("A: 1\r\r\r\rx\n"),
	    TEXT("A: 1\r\n\r\n\r\n\r\nx\r\n"), 1, 0 },
	{ "CR CR CR ends the header and all", TEXT("A: 1\r\r\r"),
	    TEXT("A: 1\r\n\r\n\r\n"), 1, 0 },
	{ "CR CR LF ends the header and all", TEXT("A: 1\r\r\n"),
	    TEXT("A: 1\r\n\r\n"), 1, 0 },
	{ "CR CR in the body", TEXT("A: 1\n\nx\r\ry\r\r"),
	    TEXT("A: 1\r\n\r\nx\r\n\r\ny\r\n\r\n"), 1, 0 },
	{ "CR CR behind the header", TEXT("A: 1\n\r\rx\n\r\r\n"),
	    TEXT("A: 1\r\n\r\n\r\nx\r\n\r\n"), 1, 0 },
	{ "CR CR LF first", TEXT("\r\r\nA: 1\n"), TEXT("\r\nA: 1\r\n"),
	    0, 0 },
	{ "CR CR LF behind an mbox line", TEXT(FROM_LINE "\r\r\nA: 1\r\r\n"),
	    TEXT("A: 1\r\n\r\n"), 1, 0 },
	{ "CR CR behind an mbox line", TEXT(FROM_LINE "\r\rA: 1\r"),
	    TEXT("\r\nA: 1\r\n"), 0, 0 },
	{ "CR CR LF in a folded field", TEXT("A: 1\r\r\n 2\r\r\n\r\r\n"),
	    TEXT("A: 1\r\n 2\r\n\r\n"), 1, 0 },
	{ "NUL after CR CR", TEXT("A: 1\r\r\0"),
	    TEXT("A: 1\r\n\r\n\0\r\n"), 1, NUL(3, 1) },
	{ "NUL after CR CR CR", TEXT("A: 1\r\r\r\0"),
	    TEXT("A: 1\r\n\r\n\r\n\0\r\n"), 1, NUL(4, 1) },
	{ "NUL in a run", TEXT("A: 1\n\nx\r\r\0\r\n"),
	    TEXT("A: 1\r\n\r\nx\r\n\r\n\0\r\n"), 1, NUL(5, 1) },
	{ "LF CR", TEXT("A: 1\n\nx\n\ry\n"),
	    TEXT("A: 1\r\n\r\nx\r\n\r\ny\r\n"), 1, 0 },
	{ "CR in a header line", TEXT("A: 1\r 2\n\nx\n"),
	    TEXT("A: 1\r\n 2\r\n\r\nx\r\n"), 1, 0 },
	{ "CR would begin a field", TEXT("A: 1\rB: 2\n\nx\n"),
	    TEXT("A: 1\r\nB: 2\r\n\r\nx\r\n"), 2, 0 },
	{ "no final line end", TEXT("A: 1\n\nx"), TEXT("A: 1\r\n\r\nx\r\n"),
	    1, 0 },
	{ "final CR", TEXT("A: 1\r\n\r\nx\r"), TEXT("A: 1\r\n\r\nx\r\n"),
	    1, 0 },
	{ "header only", TEXT("A: 1\nB: 2\n"), TEXT("A: 1\r\nB: 2\r\n\r\n"),
	    2, 0 },
	{ "header only, no final line end", TEXT("A: 1\nB: 2"),
	    TEXT("A: 1\r\nB: 2\r\n\r\n"), 2, 0 },
	{ "header and empty line", TEXT("A: 1\n\n"), TEXT("A: 1\r\n\r\n"),
	    1, 0 },
	{ "body of empty lines", TEXT("A: 1\n\n\n\n"),
	    TEXT("A: 1\r\n\r\n\r\n\r\n"), 1, 0 },
	{ "text without a header", TEXT("Hello there\nA: 1\n"),
	    TEXT("\r\nHello there\r\nA: 1\r\n"), 0, 0 },
	{ "word without a line end", TEXT("x"), TEXT("\r\nx\r\n"), 0, 0 },
	{ "empty line first", TEXT("\nA: 1\n"), TEXT("\r\nA: 1\r\n"), 0, 0 },
	{ "empty lines only", TEXT("\n\n\n"), TEXT("\r\n\r\n\r\n"), 0, 0 },
	{ "one LF", TEXT("\n"), TEXT("\r\n"), 0, 0 },
	{ "one CR", TEXT("\r"), TEXT("\r\n"), 0, 0 },
	{ "empty line forgotten", TEXT("A: 1\nHello there\nB: 2\n"),
	    TEXT("A: 1\r\n\r\nHello there\r\nB: 2\r\n"), 1, 0 },
	{ "folded field", TEXT("A: 1\n 2\n\t3\nB: 4\n\nx\n"),
	    TEXT("A: 1\r\n 2\r\n\t3\r\nB: 4\r\n\r\nx\r\n"), 2, 0 },
	{ "line of blanks folds", TEXT("A: 1\n \t\nB: 2\n\nx\n"),
	    TEXT("A: 1\r\n \t\r\nB: 2\r\n\r\nx\r\n"), 2, 0 },
	{ "continuation of nothing", TEXT(" A: 1\nB: 2\n"),
	    TEXT("\r\n A: 1\r\nB: 2\r\n"), 0, 0 },
	{ "blanks before the colon", TEXT("A \t: 1\n\nx\n"),
	    TEXT("A \t: 1\r\n\r\nx\r\n"), 1, 0 },
	{ "empty field", TEXT("A:\n\nx\n"), TEXT("A:\r\n\r\nx\r\n"), 1, 0 },
	{ "no name", TEXT(": x\nA: 1\n"), TEXT("\r\n: x\r\nA: 1\r\n"), 0, 0 },
	{ "two words before a colon", TEXT("Note this: x\n"),
	    TEXT("\r\nNote this: x\r\n"), 0, 0 },
	{ "8-bit in a name", TEXT("\xc3\xa9: x\n"),
	    TEXT("\r\n\xc3\xa9: x\r\n"), 0, EIGHT_BODY },
	{ "8-bit header", TEXT("A: \xe9\n\nx\n"),
	    TEXT("A: \xe9\r\n\r\nx\r\n"), 1, EIGHT_HEADER },
	{ "8-bit body", TEXT("A: 1\n\n\xc3\xa9\n"),
	    TEXT("A: 1\r\n\r\n\xc3\xa9\r\n"), 1, EIGHT_BODY },
	{ "8-bit both", TEXT("A: \xe9\n\n\xff"),
	    TEXT("A: \xe9\r\n\r\n\xff\r\n"), 1, EIGHT_HEADER | EIGHT_BODY },
	{ "control characters stay", TEXT("A: 1\n\n\x01\x1b[m\x7f\t\x0c\n"),
	    TEXT("A: 1\r\n\r\n\x01\x1b[m\x7f\t\x0c\r\n"), 1, 0 },
	{ "NUL in the body", TEXT("A: 1\n\nxy\0z\n\0"),
	    TEXT("A: 1\r\n\r\nxy\0z\r\n\0\r\n"), 1, NUL(3, 3) },
	{ "NUL first", TEXT("\0"), TEXT("\r\n\0\r\n"), 0, NUL(1, 1) },
	{ "NUL in no field", TEXT("A: 1\nB\0: 2\nC: 3\n"),
	    TEXT("!line 2, octet 2"), 0, 0 },
	{ "NUL in what looks like an mbox line", TEXT(FROM_LINE "\0\nA: 1\n"),
	    TEXT("\r\n" FROM_LINE "\0\r\nA: 1\r\n"), 0,
	    NUL(1, sizeof(FROM_LINE)) },
	{ "NUL in a folded field", TEXT("A: 1\n \0\n"),
	    TEXT("!line 2, octet 2"), 0, 0 },
	{ "NUL behind a dot", TEXT("A: 1\n\n.\0\n.\n"),
	    TEXT("A: 1\r\n\r\n.\0\r\n"), 1, DOT | NUL(3, 2) },
	{ "NUL behind the first dot", TEXT(".\0\n"), TEXT("\r\n.\0\r\n"), 0,
	    DOT | NUL(1, 2) },
	{ "NUL in the header", TEXT("A: 1\r\nB: \0\r\n"),
	    TEXT("!line 2, octet 4"), 0, 0 },
	{ "NUL after a CR", TEXT("A: 1\r\0"), TEXT("!line 2, octet 1"), 0, 0 },
	{ "NUL behind CRLF", TEXT("A: 1\r\n\r\nx\r\n\0"),
	    TEXT("A: 1\r\n\r\nx\r\n\0\r\n"), 1, NUL(4, 1) },
	{ "NUL behind the mbox line", TEXT(FROM_LINE "\nA: \0"),
	    TEXT("!line 2, octet 4"), 0, 0 },
	{ "mbox line", TEXT(FROM_LINE "\nA: 1\n\nx\n"),
	    TEXT("A: 1\r\n\r\nx\r\n"), 1, 0 },
	{ "mbox line, CRLF", TEXT(FROM_LINE "\r\nA: 1\r\n\r\nx\r\n"),
	    TEXT("A: 1\r\n\r\nx\r\n"), 1, 0 },
	{ "mbox line alone", TEXT(FROM_LINE), TEXT("\r\n"), 0, 0 },
	{ "mbox line and text", TEXT(FROM_LINE "\nHello there\n"),
	    TEXT("\r\nHello there\r\n"), 0, 0 },
	{ "second mbox line is text", TEXT(FROM_LINE "\n" FROM_LINE "\n"),
	    TEXT("\r\n" FROM_LINE "\r\n"), 0, 0 },
	{ "mbox line in the header is text", TEXT("A: 1\n" FROM_LINE "\n"),
	    TEXT("A: 1\r\n\r\n" FROM_LINE "\r\n"), 1, 0 },
	{ "quoted mbox line", TEXT(">" FROM_LINE "\n"),
	    TEXT("\r\n>" FROM_LINE "\r\n"), 0, 0 },
	{ "text that begins with From",
	    TEXT("From here on it is 10:20 in 2025\n"),
	    TEXT("\r\nFrom here on it is 10:20 in 2025\r\n"), 0, 0 },
	{ "lone dot is text", TEXT("A: 1\n\nx\n.\ny\n"),
	    TEXT("A: 1\r\n\r\nx\r\n.\r\ny\r\n"), 1, 0 },
	{ "dots are not doubled", TEXT("A: 1\n\n..\n.x\n"),
	    TEXT("A: 1\r\n\r\n..\r\n.x\r\n"), 1, 0 },
	{ "lone dot ends", TEXT("A: 1\n\nx\n.\ny\n"),
	    TEXT("A: 1\r\n\r\nx\r\n"), 1, DOT },
	{ "lone dot and CRLF ends", TEXT("A: 1\r\n\r\nx\r\n.\r\ny\r\n"),
	    TEXT("A: 1\r\n\r\nx\r\n"), 1, DOT },
	{ "lone dot at the end of input", TEXT("A: 1\n\nx\n."),
	    TEXT("A: 1\r\n\r\nx\r\n"), 1, DOT },
	{ "lone dot in the header", TEXT("A: 1\n.\nB: 2\n"),
	    TEXT("A: 1\r\n\r\n"), 1, DOT },
	{ "NUL in a field behind a byte order mark",
	    TEXT("\xef\xbb\xbf" "Bcc: a@b\0\n\nx\n"), TEXT("!NUL"), 0, 0 },
	{ "field behind a byte order mark", TEXT("\xef\xbb\xbf" "A: 1\n\nx\n"),
	    TEXT("A: 1\r\n\r\nx\r\n"), 1, 0 },
	{ "lone dot behind a CR", TEXT("A: 1\n\nx\r.\ny\n"),
	    TEXT("A: 1\r\n\r\nx\r\n"), 1, DOT },
	{ "lone dot behind a CR, ended by one", TEXT("A: 1\n\nx\r.\ry"),
	    TEXT("A: 1\r\n\r\nx\r\n"), 1, DOT },
	{ "lone dot first", TEXT(".\nx\n"), TEXT("\r\n"), 0, DOT },
	{ "other dots do not end", TEXT("A: 1\n\n..\n.x\nx.\n. \n.\n"),
	    TEXT("A: 1\r\n\r\n..\r\n.x\r\nx.\r\n. \r\n"), 1, DOT },
	{ "last dot is dropped", TEXT("A: 1\n\nx\n.\n"),
	    TEXT("A: 1\r\n\r\nx\r\n"), 1, LAST },
	{ "last dot and CRLF is dropped", TEXT("A: 1\r\n\r\nx\r\n.\r\n"),
	    TEXT("A: 1\r\n\r\nx\r\n"), 1, LAST },
	{ "last dot and CR CR LF is dropped", TEXT("A: 1\n\nx\r\r\n.\r\r\n"),
	    TEXT("A: 1\r\n\r\nx\r\n"), 1, LAST },
	{ "last dot and CR is dropped", TEXT("A: 1\r\rx\r.\r"),
	    TEXT("A: 1\r\n\r\nx\r\n"), 1, LAST },
	{ "last dot without an end is dropped", TEXT("A: 1\n\nx\n."),
	    TEXT("A: 1\r\n\r\nx\r\n"), 1, LAST },
	{ "last dot in the header is dropped", TEXT("A: 1\n.\n"),
	    TEXT("A: 1\r\n\r\n"), 1, LAST },
	{ "last dot of all is dropped", TEXT("."), TEXT("\r\n"), 0, LAST },
	{ "last dot first in the body", TEXT("A: 1\n\n.\n"),
	    TEXT("A: 1\r\n\r\n"), 1, LAST },
	{ "one of two last dots is dropped", TEXT("A: 1\n\n.\n.\n"),
	    TEXT("A: 1\r\n\r\n.\r\n"), 1, LAST },
	{ "other dots stay", TEXT(".\n..\n.x\n.\n\n"),
	    TEXT("\r\n.\r\n..\r\n.x\r\n.\r\n\r\n"), 0, LAST },
	{ "a dot that ends no line of its own stays", TEXT("A: 1\n\nx.\n"),
	    TEXT("A: 1\r\n\r\nx.\r\n"), 1, LAST },
	{ "two dots stay", TEXT("A: 1\n\n..\n"),
	    TEXT("A: 1\r\n\r\n..\r\n"), 1, LAST },
	{ "a dot and a blank stay", TEXT("A: 1\n\n. \n"),
	    TEXT("A: 1\r\n\r\n. \r\n"), 1, LAST },
	{ "a dot and an empty line stay", TEXT("A: 1\n\n.\r\r\n\r"),
	    TEXT("A: 1\r\n\r\n.\r\n\r\n"), 1, LAST },
	{ "a dot and a NUL stay", TEXT("A: 1\n\n.\n\0"),
	    TEXT("A: 1\r\n\r\n.\r\n\0\r\n"), 1, LAST | NUL(4, 1) },
	{ "NUL behind the lone dot", TEXT("A: 1\n\n.\n\0"),
	    TEXT("A: 1\r\n\r\n"), 1, DOT },
	{ "8-bit behind the lone dot", TEXT("A: 1\n\n.\n\xff\n"),
	    TEXT("A: 1\r\n\r\n"), 1, DOT },
};

/* All that a walk gives, and what message_octets promises. */
static int
walk(const struct message *m, struct buffer *out)
{
	struct fault f = { .class = FAULT_NONE };
	struct message_walk w;
	const char *p;
	ssize_t n;

	buffer_clear(out);
	message_walk_start(&w, m);
	while ((n = message_walk_next(&w, &p, &f)) > 0)
		buffer_add(out, p, (size_t)n);
	message_walk_end(&w);
	fault_clear(&f);
	return n == 0 && out->len == message_octets(m) ? 0 : -1;
}

static uint64_t
longest_line(const struct buffer *out)
{
	uint64_t longest = 0, n = 0;

	for (size_t i = 0; i < out->len; i++) {
		n = out->data[i] == '\n' ? 0 : n + 1;
		if (n > longest + 1)
			longest = n - 1;	/* without the CR to come */
	}
	return longest;
}

/* Does the message hold what the shape says? */
static bool
judge(const struct shape *s, const struct message *m, int result,
    const struct fault *f, struct buffer *out)
{
	int flags = (m->eight_bit_header ? EIGHT_HEADER : 0) |
	    (m->eight_bit_body ? EIGHT_BODY : 0) |
	    NUL(m->nul_line, m->nul_octet);

	if (s->want[0] == '!')
		return result == -1 && f->class == FAULT_DATA &&
		    strstr(f->text, s->want + 1) != NULL;
	return result == 0 && walk(m, out) == 0 && walk(m, out) == 0 &&
	    out->len == s->want_len &&
	    memcmp(out->data, s->want, s->want_len) == 0 &&
	    m->header.count == s->fields && flags == (s->flags & ~DOTS) &&
	    m->longest_line == longest_line(out);
}

/* A child that writes n octets in pieces that read(2) gives one by one. */
static pid_t
write_in_pieces(int fd[2], const char *p, size_t n, size_t piece)
{
	pid_t child;

	fflush(stdout);
	if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, fd) == -1 ||
	    (child = fork()) == -1)
		abort();
	if (child != 0) {
		close(fd[1]);
		return child;
	}
	close(fd[0]);
	for (size_t i = 0; i < n; i += piece)
		if (send(fd[1], p + i, n - i < piece ? n - i : piece,
		    MSG_NOSIGNAL) == -1)
			break;
	_exit(0);
}

static enum message_dot
dot_of(const struct shape *s)
{
	return s->flags & DOT ? MESSAGE_DOT_ENDS : s->flags & LAST ?
	    MESSAGE_DOT_DROPPED : MESSAGE_DOT_TEXT;
}

static int
read_in_pieces(struct message *m, const struct shape *s, size_t piece,
    struct fault *f)
{
	int fd[2], r;
	pid_t child = write_in_pieces(fd, s->input, s->len, piece);

	r = message_read(m, fd[0], dot_of(s), f);
	close(fd[0]);
	waitpid(child, NULL, 0);
	return r;
}

static void
check_pieces(const struct shape *s, size_t piece, struct buffer *out)
{
	struct fault f = { .class = FAULT_NONE };
	struct message m;
	int r;

	message_init(&m);
	r = read_in_pieces(&m, s, piece, &f);
	if (!tap_ok(judge(s, &m, r, &f, out), "%s, in reads of %zu octets",
	    s->label, piece)) {
		tap_show("got ", out->data, out->len);
		tap_show("want", s->want, s->want_len);
		printf("# %s\n", f.text == NULL ? "no fault" : f.text);
	}
	message_free(&m);
	fault_clear(&f);
}

/* Cut in two at every place there is. */
static void
check_cuts(const struct shape *s, struct buffer *out)
{
	bool good = true;

	for (size_t cut = 0; cut <= s->len; cut++) {
		struct fault f = { .class = FAULT_NONE };
		struct message m;
		struct intake in;
		int r;

		message_init(&m);
		intake_start(&in, &m, dot_of(s), &f);
		r = intake_feed(&in, s->input, cut);
		if (r == 0)
			r = intake_feed(&in, s->input + cut, s->len - cut);
		if (r == 0)
			r = intake_finish(&in);
		good = good && judge(s, &m, r, &f, out);
		intake_free(&in);
		message_free(&m);
		fault_clear(&f);
	}
	tap_ok(good, "%s, cut anywhere", s->label);
}

/* A pipe's worth at a time, through a child: no size limits a test. */
static int
read_text(struct message *m, const struct buffer *text, struct fault *f)
{
	struct shape s = { "", text->data, text->len, "", 0, 0, 0 };

	return read_in_pieces(m, &s, 32 * 1024, f);
}

/*
 * The same shape with so long a body behind it that most of it is in a file.
 * After two line ends every shape is in its body, and what follows is lines.
 */
static void
check_in_tempfile(const struct shape *s, struct buffer *out)
{
	static const char line[] = "..............................xyz\r\n";
	struct fault f = { .class = FAULT_NONE };
	struct buffer text, want;
	struct message m;
	bool good;

	buffer_init(&text, OUTPUT_MAX);
	buffer_init(&want, OUTPUT_MAX);
	buffer_add(&text, s->input, s->len);
	buffer_add_string(&text, "\n\n");
	message_init(&m);
	good = read_text(&m, &text, &f) == 0 && walk(&m, &want) == 0;
	message_free(&m);
	for (int i = 0; i < FILL_LINES; i++) {
		buffer_add(&text, line, strlen(line) - 2);
		buffer_add_char(&text, '\n');
		buffer_add_string(&want, line);
	}
	message_init(&m);
	good = good && read_text(&m, &text, &f) == 0 && m.body.tempfile != -1 &&
	    walk(&m, out) == 0 && walk(&m, out) == 0;
	tap_ok(good && out->len == want.len &&
	    memcmp(out->data, want.data, want.len) == 0,
	    "%s, from a temporary file", s->label);
	message_free(&m);
	fault_clear(&f);
	buffer_free(&text);
	buffer_free(&want);
}

/* Fields that are removed, wherever they stand, leave no gap. */
static void
check_removed(struct buffer *out)
{
	static const char text[] = "A: 1\nB: 2\nA: 3\n x\nA: 4\nC: 5\nA: 6\n"
	    "\ny\n";
	static const char want[] = "N: 0\r\nB: 2\r\nC: 5\r\n\r\ny\r\n";
	struct shape s = { "", TEXT(text), "", 0, 0, 0 };
	struct fault f = { .class = FAULT_NONE };
	struct message m;

	message_init(&m);
	read_in_pieces(&m, &s, 4096, &f);
	header_remove(&m.header, "a");
	header_prepend(&m.header, "N", "0");
	tap_ok(walk(&m, out) == 0, "walk without removed fields");
	tap_same("what is left", out->data, out->len, TEXT(want));
	message_free(&m);
	fault_clear(&f);
}

int
main(void)
{
	struct buffer out;

	buffer_init(&out, OUTPUT_MAX);
	for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++) {
		const struct shape *s = &shapes[i];

		check_pieces(s, 4096, &out);
		check_pieces(s, 1, &out);
		check_cuts(s, &out);
		if (s->want[0] != '!' && (s->flags & DOTS) == 0)
			check_in_tempfile(s, &out);
	}
	check_removed(&out);
	buffer_free(&out);
	return tap_done();
}
