/* SPDX-License-Identifier: ISC */
/* chunk: which messages may go by BDAT, and in what chunks. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fault.h"
#include "mail/message/message.h"
#include "smtp/transaction.h"
#include "tests/tap.h"

/* A message from a file, planned. */
static void
plan(struct chunk_plan *p, FILE *text, struct message *m)
{
	struct fault f = { .class = FAULT_NONE };

	fflush(text);
	lseek(fileno(text), 0, SEEK_SET);
	message_init(m);
	if (message_read(m, fileno(text), MESSAGE_DOT_TEXT, &f) == -1)
		tap_ok(false, "planning: %s", f.text);
	chunk_plan(p, m);
	fault_clear(&f);
}

static void
put_lines(FILE *text, size_t octets, size_t width)
{
	for (size_t n = 0; n < octets; n += width + 2) {
		for (size_t i = 0; i < width; i++)
			putc('x', text);
		putc('\n', text);
	}
}

static uint64_t
sum(const struct chunk_plan *p)
{
	uint64_t n = 0;

	for (size_t i = 0; i < p->count; i++)
		n += p->octets[i];
	return n;
}

static void
test_sizes(void)
{
	static const struct {
		size_t octets, width, count;
	} rows[] = {
		{ 100, 20, 1 }, { CHUNK_OCTETS / 2, 70, 1 },
		{ CHUNK_OCTETS * 3, 70, 3 }, { CHUNK_OCTETS * 3, 0, 3 },
		{ CHUNK_OCTETS * 3, 510, 3 },
	};
	struct chunk_plan p;
	struct message m;
	FILE *text;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		text = tmpfile();
		fputs("Subject: x\n\n", text);
		put_lines(text, rows[i].octets, rows[i].width);
		plan(&p, text, &m);
		tap_ok(p.safe && sum(&p) == message_octets(&m) &&
		    p.count >= rows[i].count && p.count <= rows[i].count + 1,
		    "%zu octets in lines of %zu: %zu chunks", rows[i].octets,
		    rows[i].width, p.count);
		chunk_free(&p);
		message_free(&m);
		fclose(text);
	}
}

/* Wherever it stands, and wherever the pieces of the message end. */
static void
test_places(void)
{
	struct chunk_plan p;
	struct message m;
	FILE *text;
	bool found = true;

	for (size_t n = 0; n < 3; n++)
		for (size_t shift = 0; shift < 12; shift++) {
			text = tmpfile();
			fputs("Subject: x\n\n", text);
			put_lines(text, n * BODY_MEMORY_MAX, 62);
			fprintf(text, "%.*s\nRCPT TO:<x>\nbye\n", (int)shift,
			    "aaaaaaaaaaaa");
			plan(&p, text, &m);
			found &= !p.safe;
			chunk_free(&p);
			message_free(&m);
			fclose(text);
		}
	tap_ok(found, "found in every place");
}

/*
 * A server that takes no longer line whole might find a command in the middle
 * of one; the limit holds wherever the line is.
 */
static void
test_long_lines(void)
{
	static const struct {
		const char *front;
		size_t octets;
		bool safe;
	} rows[] = {
		{ "\n", 510, true }, { "\n", 511, false },
		{ "\n\n", 510, true }, { "\n\n", 100000, false },
		{ "X: ", 507, true }, { "X: ", 508, false },
		{ "X: y\n ", 509, true }, { "X: y\n ", 510, false },
	};
	struct chunk_plan p;
	struct message m;
	FILE *text;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		text = tmpfile();
		fprintf(text, "Subject: x\n%s", rows[i].front);
		for (size_t n = 0; n < rows[i].octets; n++)
			putc('x', text);
		plan(&p, text, &m);
		tap_ok(p.safe == rows[i].safe, "row %zu, %zu octets", i,
		    rows[i].octets);
		chunk_free(&p);
		message_free(&m);
		fclose(text);
	}
}

/* A header of more than a chunk is one of its own. */
static void
test_large_header(void)
{
	struct chunk_plan p;
	struct message m;
	FILE *text = tmpfile();

	for (size_t n = 0; n < CHUNK_OCTETS; n += 11)
		fputs("X-Y: abcde\n", text);
	fputs("\nHello.\n", text);
	plan(&p, text, &m);
	tap_ok(p.safe && p.count == 2 && sum(&p) == message_octets(&m) &&
	    p.octets[1] == strlen("Hello.\r\n"), "a large header");
	chunk_free(&p);
	message_free(&m);
	fclose(text);
}

int
main(void)
{
	test_sizes();
	test_places();
	test_long_lines();
	test_large_header();
	return tap_done();
}
