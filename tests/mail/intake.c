/* SPDX-License-Identifier: ISC */
/* Reading and writing that fail, sizes, and the mbox line. */
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/fault.h"
#include "mail/message/intake.h"
#include "mail/message/message.h"
#include "tests/tap.h"

#define MEGABYTE ((size_t)1024 * 1024)
#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))

static const struct {
	const char *line;
	bool is;
} mbox_lines[] = {
	{ "From a@example.org Sat Nov  1 08:09:10 2025", true },
	{ "From a@example.org  Sat Nov 01 08:09:10 2025", true },
	{ "From a@example.org Sat Nov  1 08:09 2025", true },
	{ "From a@example.org Sat Nov  1 08:09:10 CET 2025", true },
	{ "From a@example.org Sat Nov  1 08:09:10 +0100 2025", true },
	{ "From a@example.org Sat Nov  1 08:09:10 2025 +0100", true },
	{ "From a@example.org sat nov 1 08:09:10 2025  ", true },
	{ "From \"a b\"@example.org Sat Nov  1 08:09:10 2025", true },
	{ "From  Sat Nov  1 08:09:10 2025", true },
	{ "From - Sat Nov  1 08:09:10 2025", true },
	{ "From", false },
	{ "From ", false },
	{ "From: a@example.org", false },
	{ "From a@example.org", false },
	{ "From 2025", false },
	{ "From a 08:09:10 2025", false },
	{ "From a 1 08:09:10 2025", false },
	{ "From a Nov  1 08:09:10 2025", false },
	{ "From a Sat 1 Nov 08:09:10 2025", false },
	{ "From a Sat Nov  1 08:09:10 25", false },
	{ "From a Sat Nov  1 08:09:10 2025 or so", false },
	{ "From a Sat Nov  1 8 o'clock 2025", false },
	{ "From a Sat Nov 111 08:09:10 2025", false },
	{ "From a Sun Sat Now 1 08:09:10 2025", false },
	{ "from a@example.org Sat Nov  1 08:09:10 2025", false },
	{ "From\ta@example.org Sat Nov  1 08:09:10 2025", false },
};

/* n octets of c in 64 KiB feeds, as message_read would give them. */
static int
feed_run(struct intake *in, char c, size_t n)
{
	static char block[64 * 1024];
	size_t part;

	memset(block, c, sizeof(block));
	for (; n > 0; n -= part) {
		part = n < sizeof(block) ? n : sizeof(block);
		if (intake_feed(in, block, part) == -1)
			return -1;
	}
	return 0;
}

static int
feed_string(struct intake *in, const char *s)
{
	return intake_feed(in, s, strlen(s));
}

static void
check_long_lines(void)
{
	struct fault f = { .class = FAULT_NONE };
	struct message m;
	struct intake in;

	message_init(&m);
	intake_start(&in, &m, MESSAGE_DOT_TEXT, &f);
	tap_ok(feed_string(&in, "A: ") == 0 &&
	    feed_run(&in, 'x', 3 * MEGABYTE) == 0 &&
	    feed_string(&in, "\nB: 2\n\ny\n") == 0 && intake_finish(&in) == 0 &&
	    m.header.count == 2 && m.longest_line == 3 * MEGABYTE + 3 &&
	    message_octets(&m) == 3 * MEGABYTE + 16, "field of 3 MiB");
	intake_free(&in);
	message_free(&m);

	message_init(&m);
	intake_start(&in, &m, MESSAGE_DOT_TEXT, &f);
	tap_ok(feed_string(&in, "\xef\xbb\xbf" "A: ") == 0 &&
	    feed_run(&in, 'x', MEGABYTE) == 0 &&
	    feed_string(&in, "\n\ny\n") == 0 && intake_finish(&in) == 0 &&
	    m.header.count == 1 && message_octets(&m) == MEGABYTE + 10,
	    "long field behind a byte order mark");
	intake_free(&in);
	message_free(&m);

	message_init(&m);
	intake_start(&in, &m, MESSAGE_DOT_TEXT, &f);
	tap_ok(feed_run(&in, 'x', 100 * MEGABYTE) == 0 &&
	    feed_string(&in, "\n") == 0 && intake_finish(&in) == 0 &&
	    m.header.count == 0 && m.body.octets == 100 * MEGABYTE + 2 &&
	    m.longest_line == 100 * MEGABYTE, "body line of 100 MiB");
	tap_ok(in.line.cap < MEGABYTE && m.body.memory.cap < MEGABYTE &&
	    m.header.text.cap < MEGABYTE, "which takes no memory");
	intake_free(&in);
	message_free(&m);

	message_init(&m);
	intake_start(&in, &m, MESSAGE_DOT_TEXT, &f);
	tap_ok(feed_run(&in, 'x', HEADER_NAME_MAX) == 0 &&
	    feed_string(&in, ":\n") == 0 && intake_finish(&in) == 0 &&
	    m.header.count == 1, "longest name of a field");
	intake_free(&in);
	message_free(&m);

	message_init(&m);
	intake_start(&in, &m, MESSAGE_DOT_TEXT, &f);
	tap_ok(feed_run(&in, 'x', HEADER_NAME_MAX + 1) == 0 &&
	    feed_string(&in, ":\n") == 0 && intake_finish(&in) == 0 &&
	    m.header.count == 0 && m.body.octets == HEADER_NAME_MAX + 4,
	    "longer name of a field is none");
	intake_free(&in);
	message_free(&m);
	fault_clear(&f);
}

/* However it is read, a line is an mbox line or is not. */
static void
check_long_mbox_line(void)
{
	static const char date[] = " Sat Nov  1 08:09:10 2025\n";

	for (size_t pad = 960; pad < 1000; pad += 39) {
		for (int cut = 0; cut < 2; cut++) {
			struct fault f = { .class = FAULT_NONE };
			struct message m;
			struct intake in;
			struct buffer line;

			buffer_init(&line, 2000);
			buffer_printf(&line, "From %*s%s", (int)pad, "x", date);
			message_init(&m);
			intake_start(&in, &m, MESSAGE_DOT_TEXT, &f);
			tap_ok((cut == 0 ||
			    intake_feed(&in, line.data, line.len - 9) == 0) &&
			    intake_feed(&in, line.data + cut * (line.len - 9),
			    cut == 0 ? line.len : 9) == 0 &&
			    intake_finish(&in) == 0 &&
			    m.body.octets == (pad == 960 ? 0 : line.len + 1),
			    "mbox line of %zu octets, %d", line.len, cut);
			intake_free(&in);
			message_free(&m);
			buffer_free(&line);
		}
	}
}

/* A header without end: one line, one field, or many. */
static void
check_header_limit(void)
{
	static const char *const begin[] = { "A: ", "A: 1\n ", "A: 1\nB" };

	for (size_t i = 0; i < COUNT(begin); i++) {
		struct fault f = { .class = FAULT_NONE };
		struct message m;
		struct intake in;

		message_init(&m);
		intake_start(&in, &m, MESSAGE_DOT_TEXT, &f);
		feed_string(&in, begin[i]);
		tap_ok((feed_run(&in, i == 2 ? ':' : 'x', HEADER_MAX) == -1 ||
		    intake_finish(&in) == -1) && f.class == FAULT_DATA &&
		    strstr(f.text, "header") != NULL, "endless header %zu",
		    i + 1);
		intake_free(&in);
		message_free(&m);
		fault_clear(&f);
	}
}

static void
check_many_fields(void)
{
	struct fault f = { .class = FAULT_NONE };
	struct message m;
	struct intake in;
	int r = 0;

	message_init(&m);
	intake_start(&in, &m, MESSAGE_DOT_TEXT, &f);
	for (int i = 0; i < 100000 && r == 0; i++)
		r = feed_string(&in, "X-Field: value\r\n\tand more\n");
	tap_ok(r == 0 && intake_finish(&in) == 0 &&
	    m.header.count == 100000 &&
	    message_octets(&m) == 100000 * 27 + 2, "100,000 fields");
	intake_free(&in);
	message_free(&m);
	fault_clear(&f);
}

/* Every octet a line of its own: no scan may look twice at a block. */
static void
check_short_lines(void)
{
	static const char ends[] = { '\n', '\r' };

	for (size_t i = 0; i < COUNT(ends); i++) {
		struct fault f = { .class = FAULT_NONE };
		struct message m;
		struct intake in;

		message_init(&m);
		intake_start(&in, &m, MESSAGE_DOT_TEXT, &f);
		tap_ok(feed_run(&in, ends[i], 4 * MEGABYTE) == 0 &&
		    intake_finish(&in) == 0 && in.scan.lines == 4 * MEGABYTE &&
		    m.body.octets == 8 * MEGABYTE - 2, "empty lines, \\x%02x",
		    (unsigned)ends[i]);
		intake_free(&in);
		message_free(&m);
		fault_clear(&f);
	}
}

static void
check_read_errors(void)
{
	struct fault f = { .class = FAULT_NONE };
	struct message m;
	int fd[2];

	message_init(&m);
	tap_ok(message_read(&m, -1, MESSAGE_DOT_TEXT, &f) == -1 &&
	    f.class == FAULT_IO,
	    "standard input is closed");
	fault_clear(&f);
	fd[0] = open("/", O_RDONLY);
	tap_ok(message_read(&m, fd[0], MESSAGE_DOT_TEXT, &f) == -1 &&
	    f.class == FAULT_IO, "standard input is a folder");
	close(fd[0]);
	fault_clear(&f);
	if (pipe(fd) == -1)
		abort();
	tap_ok(message_read(&m, fd[1], MESSAGE_DOT_TEXT, &f) == -1 &&
	    f.class == FAULT_IO, "standard input is for writing");
	close(fd[0]);
	close(fd[1]);
	fault_clear(&f);
	message_free(&m);
}

/* Somebody else made the pipe non-blocking: that is to be waited out. */
static void
check_nonblocking(void)
{
	struct fault f = { .class = FAULT_NONE };
	struct message m;
	int fd[2], go[2];
	pid_t child;
	char c;

	fflush(stdout);
	if (pipe(fd) == -1 || pipe(go) == -1 ||
	    fcntl(fd[0], F_SETFL, O_NONBLOCK) == -1 || (child = fork()) == -1)
		abort();
	if (child == 0) {
		/* not before the reader has found nothing */
		if (read(go[0], &c, 1) == -1 ||
		    write(fd[1], "A: 1\n\nx\n", 8) == -1)
			_exit(1);
		_exit(0);
	}
	close(fd[1]);
	if (read(fd[0], &c, 1) != -1 || write(go[1], "x", 1) != 1)
		abort();
	message_init(&m);
	tap_ok(message_read(&m, fd[0], MESSAGE_DOT_TEXT, &f) == 0 &&
	    message_octets(&m) == 11, "non-blocking standard input");
	waitpid(child, NULL, 0);
	close(fd[0]);
	close(go[0]);
	close(go[1]);
	message_free(&m);
	fault_clear(&f);
}

static int
take_large(struct message *m, struct fault *f)
{
	struct intake in;
	int r;

	message_init(m);
	intake_start(&in, m, MESSAGE_DOT_TEXT, f);
	r = feed_run(&in, 'x', 2 * MEGABYTE);
	if (r == 0)
		r = intake_finish(&in);
	intake_free(&in);
	return r;
}

static void
check_tempfile(void)
{
	struct fault f = { .class = FAULT_NONE };
	struct message_walk w;
	struct rlimit old, none;
	struct message m;
	size_t octets = 0;
	const char *p;
	ssize_t n;

	setenv("TMPDIR", "/nonexistent/folder", 1);
	tap_ok(take_large(&m, &f) == 0 && m.body.tempfile != -1 &&
	    (fcntl(m.body.tempfile, F_GETFD) & FD_CLOEXEC) != 0,
	    "TMPDIR does not exist: another will do");
	message_walk_start(&w, &m);
	if (ftruncate(m.body.tempfile, 1000) == -1)
		abort();
	while ((n = message_walk_next(&w, &p, &f)) > 0)
		octets += (size_t)n;
	tap_ok(n == -1 && f.class == FAULT_IO &&
	    octets == strlen("\r\n") + 1000,
	    "file that became shorter");
	message_walk_end(&w);
	message_free(&m);
	fault_clear(&f);

	/* as full as a disk can be without one */
	setenv("TMPDIR", "/tmp", 1);
	signal(SIGXFSZ, SIG_IGN);
	fflush(stdout);
	if (getrlimit(RLIMIT_FSIZE, &old) == -1)
		abort();
	none = old;
	none.rlim_cur = 64 * 1024;
	if (setrlimit(RLIMIT_FSIZE, &none) == -1)
		abort();
	n = take_large(&m, &f);
	if (setrlimit(RLIMIT_FSIZE, &old) == -1)
		abort();
	tap_ok(n == -1 && f.class == FAULT_IO &&
	    strstr(f.text, "in /tmp") != NULL && f.hint != NULL &&
	    strstr(f.hint, "TMPDIR") != NULL, "no room for the file");
	message_free(&m);
	fault_clear(&f);
}

int
main(void)
{
	for (size_t i = 0; i < COUNT(mbox_lines); i++)
		tap_ok(intake_is_separator(mbox_lines[i].line,
		    strlen(mbox_lines[i].line)) == mbox_lines[i].is,
		    "mbox: %s", mbox_lines[i].line);
	check_long_lines();
	check_long_mbox_line();
	check_header_limit();
	check_many_fields();
	check_short_lines();
	check_read_errors();
	check_nonblocking();
	check_tempfile();
	return tap_done();
}
