/* SPDX-License-Identifier: ISC */
/* What is added to a header, and what is taken from it. */
#include <stdlib.h>

#include "base/buffer.h"
#include "base/fault.h"
#include "mail/address/address.h"
#include "mail/header/complete.h"
#include "mail/header/header.h"
#include "tests/tap.h"

#define LINES_MAX 8

static char local[] = "a b", domain[] = "example.org";
static const struct mailbox author = { NULL, local, domain };

enum { DATE = 1, ID = 2, KEEP_BCC = 4, NOBODY = 8 };

/*
 * want: the header that goes out, where * stands for text that differs from
 * run to run; or "!" and a part of the fault.
 */
static const struct {
	const char *label;
	const char *line[LINES_MAX];
	enum complete_from from;
	int flags;
	const char *full_name;
	const char *want;
} rows[] = {
	{ "nothing to do", { "From: x@y.example", "To: z" },
	    COMPLETE_FROM_MISSING, 0, "Ann",
	    "From: x@y.example\r\nTo: z\r\n" },
	{ "From is added", { "To: z" }, COMPLETE_FROM_MISSING, 0, NULL,
	    "From: \"a b\"@example.org\r\nTo: z\r\n" },
	{ "From with a name", { NULL }, COMPLETE_FROM_MISSING, 0, "Ann B",
	    "From: Ann B <\"a b\"@example.org>\r\n" },
	{ "From with a name to quote", { NULL }, COMPLETE_FROM_MISSING,
	    0, "B, Ann", "From: \"B, Ann\" <\"a b\"@example.org>\r\n" },
	{ "From with a name to encode", { NULL }, COMPLETE_FROM_MISSING,
	    0, "J\xc3\xb6rg",
	    "From: =?UTF-8?Q?J=C3=B6rg?= <\"a b\"@example.org>\r\n" },
	{ "From with an empty name", { NULL }, COMPLETE_FROM_MISSING, 0, "",
	    "From: \"a b\"@example.org\r\n" },
	{ "a name is no injection", { NULL }, COMPLETE_FROM_MISSING,
	    0, "x\r\nBcc: y", "From: =?UTF-8?Q?x=0D=0ABcc=3A_y?= "
	    "<\"a b\"@example.org>\r\n" },
	{ "From is replaced", { "From: x@y.example", "To: z",
	    "FROM : w" }, COMPLETE_FROM_REPLACE, 0, NULL,
	    "From: \"a b\"@example.org\r\nTo: z\r\n" },
	{ "From is left out", { "To: z" }, COMPLETE_FROM_KEEP, 0, "Ann",
	    "To: z\r\n" },
	{ "nobody to put there", { "To: z" }, COMPLETE_FROM_MISSING, NOBODY,
	    NULL, "!no From field" },
	{ "nobody needed", { "from: x" }, COMPLETE_FROM_MISSING, NOBODY,
	    NULL, "from: x\r\n" },
	{ "Date and Message-ID are added", { "From: x" },
	    COMPLETE_FROM_MISSING, DATE | ID, NULL,
	    "Date: *, * * 20* *:*:* *\r\nMessage-ID: <*@id.example>\r\n"
	    "From: x\r\n" },
	{ "Date and Message-ID are kept", { "From: x", "DATE: y",
	    "Message-Id : z" }, COMPLETE_FROM_MISSING, DATE | ID, NULL,
	    "From: x\r\nDATE: y\r\nMessage-Id : z\r\n" },
	{ "Bcc goes", { "From: x", "bcc: y,", " z", "Resent-BCC : w",
	    "Cc: v" }, COMPLETE_FROM_MISSING, 0, NULL,
	    "From: x\r\nCc: v\r\n" },
	{ "Bcc stays", { "From: x", "bcc: y,", " z" },
	    COMPLETE_FROM_MISSING, KEEP_BCC, NULL,
	    "From: x\r\nbcc: y,\r\n z\r\n" },
	{ "Return-Path goes", { "Return-Path: <x>", "From: x" },
	    COMPLETE_FROM_MISSING, KEEP_BCC, NULL, "From: x\r\n" },
};

/* Does a text have a shape in which * is any text of one line? */
static bool
has_shape(const char *s, const char *shape)
{
	while (*shape != '\0') {
		if (*shape == '*') {
			for (; !has_shape(s, shape + 1); s++)
				if (*s == '\0' || *s == '\r')
					return false;
			return true;
		}
		if (*s++ != *shape++)
			return false;
	}
	return *s == '\0';
}

static void
kept(const struct header *h, struct buffer *b)
{
	buffer_add(b, h->added.data, h->added.len);
	for (size_t i = 0; i < h->count; i++)
		if (!h->field[i].removed)
			buffer_add(b, h->text.data + h->field[i].start,
			    h->field[i].len);
}

static void
check_row(size_t i)
{
	struct complete c = { .from = rows[i].from,
	    .author = rows[i].flags & NOBODY ? NULL : &author,
	    .full_name = rows[i].full_name, .date = rows[i].flags & DATE,
	    .message_id = rows[i].flags & ID, .id_domain = "id.example",
	    .remove_bcc = (rows[i].flags & KEEP_BCC) == 0 };
	struct fault f = { .class = FAULT_NONE };
	struct header h;
	struct buffer b;
	bool good;

	header_init(&h);
	buffer_init(&b, 65536);
	for (size_t k = 0; k < LINES_MAX && rows[i].line[k] != NULL; k++)
		if (header_add_line(&h, rows[i].line[k],
		    strlen(rows[i].line[k])) == -1)
			abort();
	buffer_add_string(&b, "");
	if (complete_header(&h, &c, &f) == 0)
		kept(&h, &b);
	if (rows[i].want[0] == '!')
		good = f.class == FAULT_CONFIG && f.hint != NULL &&
		    strstr(f.text, rows[i].want + 1) != NULL;
	else
		good = f.class == FAULT_NONE && has_shape(b.data,
		    rows[i].want) && b.len == header_octets(&h);
	if (!tap_ok(good, "%s", rows[i].label)) {
		tap_show("got ", b.data, b.len);
		tap_show("want", rows[i].want, strlen(rows[i].want));
	}
	header_free(&h);
	buffer_free(&b);
	fault_clear(&f);
}

/* Two messages of one second have different ones, of 24 characters. */
static void
check_message_id(void)
{
	struct complete c = { .from = COMPLETE_FROM_KEEP, .message_id = true,
	    .id_domain = "id.example" };
	struct fault f = { .class = FAULT_NONE };
	struct header h[2];

	for (size_t i = 0; i < 2; i++) {
		header_init(&h[i]);
		complete_header(&h[i], &c, &f);
	}
	tap_ok(h[0].added.len == strlen("Message-ID: <@id.example>\r\n") + 24 &&
	    h[1].added.len == h[0].added.len &&
	    strcmp(h[0].added.data, h[1].added.data) != 0, "Message-IDs");
	header_free(&h[0]);
	header_free(&h[1]);
	fault_clear(&f);
}

int
main(void)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		check_row(i);
	check_message_id();
	return tap_done();
}
