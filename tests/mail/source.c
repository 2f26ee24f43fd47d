/* SPDX-License-Identifier: ISC */
/*
 * A body that stays in the file that is standard input: it goes out as if it
 * had been copied, whatever its line ends and wherever reads cut it; and a
 * file that has changed is noticed.
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/fault.h"
#include "mail/conversion/conversion.h"
#include "mail/message/intake.h"
#include "mail/message/message.h"
#include "tests/tap.h"

#define ROOM (8 * 1024 * 1024)
#define BLOCK ((size_t)64 * 1024)	/* what is read at once */

static const char header[] = "From: alice@example.org\n\n";

static uint32_t seed = 1;

static uint32_t
draw(uint32_t below)
{
	seed = seed * 1664525 + 1013904223;
	return (seed >> 8) % below;
}

/* A file of the header and n octets, of those in `from`. */
static FILE *
make_file(size_t n, const char *from, const char *tail)
{
	FILE *f = tmpfile();
	uint32_t kinds = (uint32_t)strlen(from);

	if (f == NULL)
		exit(1);
	fputs(header, f);
	for (size_t i = 0; i < n; i++)
		putc(from[draw(kinds)], f);
	fputs(tail, f);
	fflush(f);
	return f;
}

static int
walk(const struct message *m, struct buffer *out, struct fault *f)
{
	struct message_walk w;
	const char *p;
	ssize_t n;

	buffer_clear(out);
	message_walk_start(&w, m);
	while ((n = message_walk_next(&w, &p, f)) > 0)
		buffer_add(out, p, (size_t)n);
	message_walk_end(&w);
	return n == 0 ? 0 : -1;
}

/* The same octets by a temporary file, as from a pipe. */
static void
take_copy(struct message *m, FILE *from, struct fault *f)
{
	char block[4096];
	struct intake in;
	size_t n;

	rewind(from);
	message_init(m);
	intake_start(&in, m, MESSAGE_DOT_TEXT, f);
	while ((n = fread(block, 1, sizeof(block), from)) > 0)
		intake_feed(&in, block, n);
	intake_finish(&in);
	intake_free(&in);
}

static bool
take_file(struct message *m, FILE *from, struct fault *f)
{
	message_init(m);
	return lseek(fileno(from), 0, SEEK_SET) == 0 &&
	    message_read(m, fileno(from), MESSAGE_DOT_TEXT, f) == 0;
}

static void
compare(const char *label, size_t n, const char *from, const char *tail)
{
	struct fault f = { .class = FAULT_NONE };
	struct message copy, file;
	struct buffer a, b;
	FILE *input = make_file(n, from, tail);
	bool good;

	buffer_init(&a, ROOM);
	buffer_init(&b, ROOM);
	take_copy(&copy, input, &f);
	good = take_file(&file, input, &f) && f.class == FAULT_NONE &&
	    file.body.tempfile == -1 &&
	    (file.body.input != -1) == (copy.body.tempfile != -1) &&
	    message_octets(&copy) == message_octets(&file) &&
	    copy.longest_line == file.longest_line &&
	    walk(&copy, &a, &f) == 0 && walk(&file, &b, &f) == 0 &&
	    a.len == b.len && memcmp(a.data, b.data, a.len) == 0 &&
	    a.len == message_octets(&file) &&
	    walk(&file, &b, &f) == 0 && a.len == b.len;
	tap_ok(good, "%s, %zu octets", label, n);
	if (!good && f.text != NULL)
		tap_show("fault", f.text, strlen(f.text));
	fault_clear(&f);
	message_free(&copy);
	message_free(&file);
	buffer_free(&a);
	buffer_free(&b);
	fclose(input);
}

/* What happens to the file between the two readings, and whether it counts. */
static void
meddle_with(const char *label, void (*change)(int), bool counts,
    const struct conversion_terms *terms)
{
	struct fault f = { .class = FAULT_NONE };
	struct conversion h = { .message = NULL };
	struct message m;
	struct buffer out;
	FILE *input = make_file(3 * 1024 * 1024, "abcdefgh\n", "\xe9\n");
	bool same;

	buffer_init(&out, ROOM);
	take_file(&m, input, &f);
	tap_ok(conversion_start(&h, &m, terms, &f) == 0 &&
	    h.message->quoted == !terms->eight_bit, "fitted");
	change(fileno(input));
	same = walk(h.message, &out, &f) == 0 &&
	    out.len == message_octets(h.message);
	tap_ok(same != counts && (same || (f.class == FAULT_IO &&
	    strstr(f.text, "changed") != NULL)), "%s%s", label,
	    terms->eight_bit ? "" : ", quoted");
	if (!same)
		tap_ok(out.len < message_octets(h.message),
		    "%s: not all of it went out", label);
	fault_clear(&f);
	conversion_end(&h);
	message_free(&m);
	buffer_free(&out);
	fclose(input);
}

static void
meddle(const char *label, void (*change)(int), bool counts)
{
	static const struct conversion_terms eight_bit = { .eight_bit = true };
	static const struct conversion_terms seven_bit = { .eight_bit = false };

	meddle_with(label, change, counts, &eight_bit);
	meddle_with(label, change, counts, &seven_bit);
}

static void
write_at(int fd, off_t at, const char *text)
{
	if (pwrite(fd, text, strlen(text), at) == -1)
		exit(1);
}

static void
nothing(int fd)
{
	(void)fd;
}

static void
grow(int fd)
{
	write_at(fd, lseek(fd, 0, SEEK_END), "more\n");
}

static void
shorten(int fd)
{
	if (ftruncate(fd, 2 * 1024 * 1024) == -1)
		exit(1);
}

static void
change_octet(int fd)
{
	write_at(fd, 2 * 1024 * 1024, "X");
}

static void
add_line_end(int fd)
{
	write_at(fd, 2 * 1024 * 1024, "\n\n");
}

/* Quoted, they are more than were announced. */
static void
add_eight_bit(int fd)
{
	write_at(fd, 2 * 1024 * 1024, "\xe9\xe9\xe9\xe9");
}

static void
change_last(int fd)
{
	write_at(fd, lseek(fd, 0, SEEK_END) - 2, "X");
}

int
main(void)
{
	static const struct {
		const char *label;
		const char *from;
	} texts[] = {
		{ "LF", "abcdefghijklmnopqrstuvwxyz0123456789\n" },
		{ "CR", "abcdefghijklmnopqrstuvwxyz0123456789\r" },
		{ "every mixture", "ab\r\n" },
		{ "runs of CRs", "a\r\r\r\n" },
		{ "one line", "a" },
		{ "empty lines", "\n" },
		{ "empty lines by CR", "\r" },
	};
	static const char *const tails[] = { "", "\n", "\r", "\r\n", "x",
	    "\r\r\r", "\r\r\r\n" };

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		compare(texts[i].label, 1000, texts[i].from, "");
		compare(texts[i].label, BODY_MEMORY_MAX, texts[i].from, "\n");
		for (size_t k = 0; k < sizeof(tails) / sizeof(tails[0]); k++)
			for (size_t d = 0; d <= 4; d++)
				compare(texts[i].label, 20 * BLOCK + d - 2 -
				    (sizeof(header) - 1) - strlen(tails[k]),
				    texts[i].from, tails[k]);
	}
	meddle("nothing happens", nothing, false);
	meddle("it grows", grow, false);
	meddle("it becomes shorter", shorten, true);
	meddle("an octet changes", change_octet, true);
	meddle("a line end comes in", add_line_end, true);
	meddle("octets above 127 come in", add_eight_bit, true);
	meddle("the last octet changes", change_last, true);
	return tap_done();
}
