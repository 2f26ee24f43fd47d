/* SPDX-License-Identifier: ISC */
#include <stdio.h>
#include <string.h>

#include "base/buffer.h"
#include "base/text.h"
#include "smtp/reply.h"
#include "smtp/server/answer.h"

#define LINE_TEXT_MAX 490	/* of 512 octets (RFC 5321 section 4.5.3.1.5),
				 * less code, "5.123.123 " and CRLF */
#define STATUS_SIZE 32		/* octets of an enhanced status code and NUL */

static void
add_shown(struct buffer *b, const char *text, size_t n, bool utf8)
{
	struct buffer shown;

	buffer_init(&shown, n * 4 + 1);
	text_add_printable(&shown, text, n);
	for (size_t i = 0; i < shown.len; i++) {
		if (utf8 || (unsigned char)shown.data[i] < 128)
			buffer_add_char(b, shown.data[i]);
		else
			buffer_printf(b, "\\x%02x",
			    (unsigned char)shown.data[i]);
	}
	buffer_free(&shown);
}

/* One line of text in as many of the reply's as it takes. */
static void
add_lines(struct buffer *b, int code, const char *status, const char *text,
    size_t n, bool last)
{
	size_t part;

	do {
		part = n > LINE_TEXT_MAX ? LINE_TEXT_MAX : n;
		while (part > 0 && part < n &&
		    ((unsigned char)text[part] & 0xc0) == 0x80)
			part--;
		buffer_printf(b, "%03d%c%s%s", code,
		    last && part == n ? ' ' : '-', status,
		    part > 0 ? " " : "");
		buffer_add(b, text, part);
		buffer_add_string(b, "\r\n");
		text += part;
		n -= part;
	} while (n > 0);
}

void
answer_add(struct buffer *b, int code, const char *status, const char *text,
    size_t n, bool utf8)
{
	struct buffer shown;

	buffer_init(&shown, n * 16 + 1);
	add_shown(&shown, text, n, utf8);
	add_lines(b, code, status, shown.len == 0 ? "" : shown.data,
	    shown.len, true);
	buffer_free(&shown);
}

/* Octets of an enhanced status code at the front, its blanks included. */
static size_t
status_length(const char *s, size_t n)
{
	size_t i = 0;

	for (int part = 0; part < 3; part++) {
		if (part > 0 && (i >= n || s[i++] != '.'))
			return 0;
		if (i >= n || !text_is_digit(s[i]))
			return 0;
		while (i < n && text_is_digit(s[i]))
			i++;
	}
	if (i < n && !text_is_blank(s[i]))
		return 0;
	while (i < n && text_is_blank(s[i]))
		i++;
	return i;
}

/* A code that a client of ours may hear behind what it has said. */
static int
code_for_client(const struct reply *r)
{
	if (reply_digit(r) == 2)
		return r->code == 251 || r->code == 252 ? r->code : 250;
	if (reply_digit(r) == 4)
		return r->code == 421 ? 451 : r->code;
	return reply_digit(r) == 5 && r->code != 521 ? r->code :
	    reply_digit(r) == 5 ? 550 : 451;
}

void
answer_add_reply(struct buffer *b, const struct reply *r, bool utf8)
{
	int code = code_for_client(r);
	char status[STATUS_SIZE];
	struct buffer shown;
	size_t at = 0, n, skip;
	const char *line;

	snprintf(status, sizeof(status), "%d.%d.%d", code / 100,
	    r->subject < 0 ? 0 : r->subject, r->detail < 0 ? 0 : r->detail);
	buffer_init(&shown, REPLY_MAX * 16);
	while (reply_line(r, &at, &line, &n)) {
		skip = status_length(line, n);
		buffer_clear(&shown);
		add_shown(&shown, line + skip, n - skip, utf8);
		add_lines(b, code, status, shown.len == 0 ? "" : shown.data,
		    shown.len, reply_is_last(r, at));
	}
	buffer_free(&shown);
}
