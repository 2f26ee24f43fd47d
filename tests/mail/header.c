/* SPDX-License-Identifier: ISC */
#include <stdlib.h>

#include "base/buffer.h"
#include "mail/header/header.h"
#include "tests/tap.h"

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))

static const struct {
	const char *line;
	size_t name;
} lines[] = {
	{ "A:", 1 },
	{ "Subject: x", 7 },
	{ "Subject:x", 7 },
	{ "Subject : x", 7 },
	{ "Subject \t : x", 7 },
	{ "X-A.b_c!#$%&'*+/=?^`{|}~: x", 24 },
	{ "A: b: c", 1 },
	{ "A::", 1 },
	{ "\"(<@;,>)\": x", 9 },
	{ "", 0 },
	{ ":", 0 },
	{ " :", 0 },
	{ " A: x", 0 },
	{ "A", 0 },
	{ "A ", 0 },
	{ "A b: x", 0 },
	{ "A\r: x", 0 },
	{ "A\x7f: x", 0 },
	{ "A\x01: x", 0 },
	{ "\xc3\xa4: x", 0 },
};

static int
add(struct header *h, const char *line)
{
	return header_add_line(h, line, strlen(line));
}

/* A header with Bcc fields in every spelling that a mail server might read. */
static const char *const letter[] = {
	"From: a@example.org",
	"Bcc: b1@example.org",
	"To: c@example.org",
	"BCC: b2@example.org,",
	" b3@example.org",
	"bcc :b4@example.org",
	"bCc\t \t:",
	"\tb5@example.org,",
	" ",
	" b6@example.org",
	"X-Bcc: d@example.org",
	"Bccc: e@example.org",
	"Bc: f@example.org",
	"Bcc:",
	"Resent-Bcc: g@example.org",
	"Subject: Bcc: h",
	" Bcc: i",
	"Bcc: b7@example.org",
};

static void
take_letter(struct header *h)
{
	header_init(h);
	for (size_t i = 0; i < COUNT(letter); i++)
		if (add(h, letter[i]) == -1)
			abort();
}

/* What goes out of the fields, as one text. */
static void
kept(const struct header *h, struct buffer *b)
{
	buffer_clear(b);
	for (size_t i = 0; i < h->count; i++)
		if (!h->field[i].removed)
			buffer_add(b, h->text.data + h->field[i].start,
			    h->field[i].len);
}

static void
check_remove(void)
{
	static const char want[] = "From: a@example.org\r\n"
	    "To: c@example.org\r\nX-Bcc: d@example.org\r\n"
	    "Bccc: e@example.org\r\nBc: f@example.org\r\n"
	    "Resent-Bcc: g@example.org\r\nSubject: Bcc: h\r\n Bcc: i\r\n";
	struct header h;
	struct buffer b;

	buffer_init(&b, 4096);
	take_letter(&h);
	tap_ok(h.count == 13, "fields and continuations");
	header_remove(&h, "Bcc");
	kept(&h, &b);
	tap_same("Bcc in all its spellings", b.data, b.len, want,
	    strlen(want));
	tap_ok(header_octets(&h) == b.len, "octets without them");
	tap_ok(!header_has(&h, "bcc") && header_has(&h, "Resent-Bcc"),
	    "removed fields are not found");
	header_remove(&h, "RESENT-BCC");
	tap_ok(!header_has(&h, "Resent-Bcc"), "a name in other case");
	header_remove(&h, "Missing");
	tap_ok(header_octets(&h) == b.len - 27, "a name that is not there");
	header_free(&h);
	buffer_free(&b);
}

static void
check_find(void)
{
	const struct header_field *f;
	struct header h;
	const char *body;
	size_t from = 0, len, found = 0;

	take_letter(&h);
	f = header_next(&h, "Bcc", &from);
	tap_ok(f == &h.field[1] && from == 2, "first of a name");
	f = header_next(&h, "Bcc", &from);
	body = header_body(&h, f, &len);
	tap_same("body with its folds", body, len,
	    " b2@example.org,\r\n b3@example.org\r\n", 35);
	f = header_next(&h, "Bcc", &from);
	body = header_body(&h, f, &len);
	tap_same("body behind blanks and colon", body, len,
	    "b4@example.org\r\n", 16);
	tap_ok(f->name_len == 3, "blanks are not of the name");
	tap_ok(header_line_number(&h, f) == 6, "line number");
	tap_ok(header_line_number(&h, &h.field[0]) == 1, "first line number");
	h.first_line = 2;
	tap_ok(header_line_number(&h, &h.field[12]) == 19,
	    "line number behind an mbox line");
	while (header_next(&h, "Bcc", &from) != NULL)
		found++;
	tap_ok(found == 3 && from == h.count, "no further field");
	tap_ok(header_field_is(&h, &h.field[0], "FROM") &&
	    !header_field_is(&h, &h.field[0], "Fr") &&
	    !header_field_is(&h, &h.field[0], "From "), "whole names only");
	header_free(&h);
}

static void
check_add(void)
{
	struct header h;
	char *huge;

	header_init(&h);
	tap_ok(add(&h, "") == -1, "empty line is no field");
	tap_ok(add(&h, " x") == -1, "continuation of nothing");
	tap_ok(add(&h, "x") == -1, "word is no field");
	tap_ok(h.count == 0 && h.text.len == 0, "nothing was taken");
	tap_ok(add(&h, "A: 1") == 0 && add(&h, "\tx") == 0 &&
	    add(&h, "B:") == 0 && h.count == 2 && h.field[0].len == 10,
	    "two fields");
	header_prepend(&h, "Date", "now");
	header_prepend(&h, "From", "a@example.org");
	tap_same("added fields", h.added.data, h.added.len,
	    "Date: now\r\nFrom: a@example.org\r\n", 32);
	tap_ok(header_octets(&h) == 32 + 10 + 4, "octets of all");
	tap_ok(!header_has(&h, "Date"), "added ones are not looked at");
	huge = calloc(1, HEADER_MAX);
	if (huge == NULL)
		abort();
	memset(huge, ' ', HEADER_MAX);
	tap_ok(header_add_line(&h, huge, HEADER_MAX) == -1 &&
	    h.text.full && h.field[1].len == 4, "beyond the limit");
	free(huge);
	header_free(&h);
	tap_ok(h.count == 0 && h.text.len == 0 && header_octets(&h) == 0,
	    "freed, and empty again");
}

int
main(void)
{
	for (size_t i = 0; i < COUNT(lines); i++)
		tap_ok(header_name_length(lines[i].line,
		    strlen(lines[i].line)) == lines[i].name,
		    "name %zu: %zu octets", i + 1, lines[i].name);
	check_remove();
	check_find();
	check_add();
	return tap_done();
}
