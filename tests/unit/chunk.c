/* SPDX-License-Identifier: ISC */
/* chunk: which messages may go by BDAT, and in what chunks. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fault.h"
#include "mail/message.h"
#include "smtp/chunk.h"
#include "tap.h"

static const struct {
	const char *line;
	bool verb;
} lines[] = {
	{ "Hello, Bob.", false }, { "", false }, { ".", false },
	{ "MAIL FROM:<a@example.org>", true }, { "rcpt to:<b@c>", true },
	{ "DaTa", true }, { "BDAT 10 LAST", true }, { "RSET", true },
	{ "quit", true }, { "QUIT\r", true }, { "EHLO x", true },
	{ "helo", true }, { "LHLO", true }, { "NOOP", true },
	{ "VRFY root", true }, { "EXPN list", true }, { "HELP", true },
	{ "Starttls", true }, { "AUTH PLAIN AAAA", true }, { "ETRN @x", true },
	{ "TURN", true }, { "XCLIENT NAME=x", true }, { "SEND FROM:<>", true },
	{ "  MAIL FROM:<>", true }, { "\t\vdata", true },
	{ "\x01 rset", true }, { "database", true },
	{ "Mailing-List: x", true },
	{ "Sender: alice@example.org", false },
	{ "Authentication-Results: x", false }, { "Helpful", false },
	{ "Turnip", false }, { "Send", true }, { "help!", true },
	{ "Date: today", false }, { "Message-ID: <x>", false },
	{ "X-MAIL: data", false }, { "to MAIL FROM:<>", false },
	{ "> quit", false }, { "qui", false }, { "dat a", false },
	{ "=4DAIL FROM:<>", true }, { "=4d=41=49=4C FROM:<>", true },
	{ "D=41ta", true }, { "=20=09data", true }, { "=52CPT", true },
	{ "da=7", false }, { "data=", true }, { "=", false }, { "=zz", false },
	{ "help=20me", true }, { "help=", true }, { "helper", false },
	{ "starttl", false }, { "starttlsstarttls", true },
	{ "abcdefghijklmnop", false }, { "\xc3\xa4 data", false },
	{ "\xa0" "data", true }, { "\x85" "data", true },
	{ "\xc2\xa0" "data", true }, { "\xef\xbb\xbf" "data", true },
	{ "\xe3\x80\x80 data", true }, { "\x7f" "data", true },
	{ "\xe2\x80\xaf" "data", true }, { "\xff\xf0" "data", false },
	{ "=A0data", true }, { "\xe4 data", false },
};

static bool
runs(const char *line)
{
	struct chunk_scan s;
	bool verb = false;

	memset(&s, 0, sizeof(s));
	for (const char *p = line; *p != '\0'; p++)
		verb |= chunk_scan_octet(&s, *p);
	return chunk_scan_octet(&s, '\n') || verb;
}

static void
test_lines(void)
{
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		tap_ok(runs(lines[i].line) == lines[i].verb, "%s: %s",
		    lines[i].verb ? "a command" : "no command",
		    lines[i].line[0] < ' ' ? "(control)" : lines[i].line);
}

/* A message from a file, planned. */
static void
plan(struct chunk_plan *p, FILE *text, struct message *m)
{
	struct fault f = { FAULT_NONE, NULL, NULL, false };

	fflush(text);
	lseek(fileno(text), 0, SEEK_SET);
	message_init(m);
	*p = (struct chunk_plan){ .safe = false };
	if (message_read(m, fileno(text), false, &f) == -1 ||
	    chunk_plan(p, m, &f) == -1)
		tap_ok(false, "planning: %s", f.text);
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
		{ CHUNK_OCTETS * 2, CHUNK_OCTETS * 2, 1 },
		{ CHUNK_OCTETS * 5, CHUNK_OCTETS - 100, 2 },
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

int
main(void)
{
	test_lines();
	test_sizes();
	test_places();
	return tap_done();
}
