/* SPDX-License-Identifier: ISC */
#include <stdio.h>
#include <string.h>

#include "base/buffer.h"
#include "base/text.h"
#include "smtp/reply.h"
#include "smtp/server/command.h"

#define LINE_TEXT_MAX 490	/* of 512 octets (RFC 5321 section 4.5.3.1.5),
				 * less code, "5.123.123 " and CRLF */
#define STATUS_SIZE 32		/* octets of an enhanced status code and NUL */

static void
add_shown(struct buffer *b, const char *text, size_t n, bool utf8)
{
	struct buffer shown;
	unsigned char c;

	buffer_init(&shown, n * 4 + 1);
	text_add_printable(&shown, text, n);
	for (size_t i = 0; i < shown.len; i++) {
		c = (unsigned char)shown.data[i];
		if (utf8 || c < 128)
			buffer_add_char(b, shown.data[i]);
		else
			buffer_printf(b, "\\x%02x", c);
	}
	buffer_free(&shown);
}

/* Adds a line of text as one line of the reply, or as several if it is long. */
static void
add_line(struct buffer *b, int code, const char *status, const char *text,
    size_t n, bool utf8, bool last)
{
	struct buffer shown;
	size_t at = 0, part;

	buffer_init(&shown, n * 16 + 1);
	add_shown(&shown, text, n, utf8);
	do {
		part = shown.len - at;
		if (part > LINE_TEXT_MAX)
			part = LINE_TEXT_MAX;
		/* not within a character of UTF-8 */
		while (part > 0 && at + part < shown.len &&
		    ((unsigned char)shown.data[at + part] & 0xc0) == 0x80)
			part--;
		buffer_printf(b, "%03d%c%s", code,
		    last && at + part == shown.len ? ' ' : '-', status);
		if (part > 0) {
			buffer_add_char(b, ' ');
			buffer_add(b, shown.data + at, part);
		}
		buffer_add_string(b, "\r\n");
		at += part;
	} while (at < shown.len);
	buffer_free(&shown);
}

void
answer_add(struct buffer *b, int code, const char *status, const char *text,
    bool utf8)
{
	add_line(b, code, status, text, strlen(text), utf8, true);
}

/* Octets of the enhanced status code at the front, with blanks behind it. */
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
	return i + text_blanks(s + i, n - i);
}

/* The code that says the same of our session as the server's of its own. */
static int
code_for_client(const struct reply *r)
{
	switch (reply_digit(r)) {
	case 2:
		return r->code == 251 || r->code == 252 ? r->code : 250;
	case 4:
		return r->code == 421 ? 451 : r->code;
	case 5:
		return r->code == 521 ? 550 : r->code;
	default:
		return 451;
	}
}

void
answer_add_reply(struct buffer *b, const struct reply *r, bool utf8)
{
	int code = code_for_client(r);
	char status[STATUS_SIZE];
	size_t at = 0, n, skip;
	const char *line;

	snprintf(status, sizeof(status), "%d.%d.%d", code / 100,
	    r->subject < 0 ? 0 : r->subject, r->detail < 0 ? 0 : r->detail);
	while (reply_line(r, &at, &line, &n)) {
		skip = status_length(line, n);
		add_line(b, code, status, line + skip, n - skip, utf8,
		    reply_is_last(r, at));
	}
}
