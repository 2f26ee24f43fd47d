/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "base/buffer.h"
#include "base/text.h"
#include "mail/quoted.h"

/* Octets of text on a line: the last one is for the "=" of a soft break. */
#define TEXT_MAX (QUOTED_LINE_MAX - 1)

static const char separator[] = "From ";

/* RFC 2045 section 6.7 (2): what stands for itself wherever it stands. */
static bool
is_literal(char c)
{
	return c > ' ' && c < 127 && c != '=';
}

void
quoted_start(struct quoted *q)
{
	memset(q, 0, sizeof(*q));
}

/* Room for a token of that many octets. */
static void
need(struct quoted *q, struct buffer *b, size_t octets)
{
	if (q->column + octets <= TEXT_MAX)
		return;
	buffer_add(b, "=\r\n", 3);
	q->column = 0;
}

static void
add_escaped(struct quoted *q, struct buffer *b, char c)
{
	static const char digit[] = "0123456789ABCDEF";
	char token[3] = { '=', digit[(unsigned char)c >> 4],
	    digit[(unsigned char)c & 15] };

	need(q, b, sizeof(token));
	buffer_add(b, token, sizeof(token));
	q->column += sizeof(token);
}

static void
add_plain(struct quoted *q, struct buffer *b, char c)
{
	need(q, b, 1);
	/* a line of its own, or what a careless program takes for its end */
	if (q->column == 0 && c == '.') {
		add_escaped(q, b, c);
		return;
	}
	buffer_add_char(b, c);
	q->column++;
}

/* What began like "From " goes on in another way: it is ordinary text. */
static void
release_from(struct quoted *q, struct buffer *b)
{
	buffer_add(b, separator, q->from);
	q->column += q->from;
	q->from = 0;
}

/* A line has ended, or the text: a blank there would be lost on the way. */
static void
release_at_end(struct quoted *q, struct buffer *b)
{
	release_from(q, b);
	if (q->blank != '\0')
		add_escaped(q, b, q->blank);
	q->blank = '\0';
}

static void
release_amid(struct quoted *q, struct buffer *b)
{
	release_from(q, b);
	if (q->blank != '\0')
		add_plain(q, b, q->blank);
	q->blank = '\0';
}

/* Is the octet the next one of a "From " at the beginning of a line? */
static bool
match_from(struct quoted *q, struct buffer *b, char c)
{
	if ((q->from == 0 && q->column > 0) || c != separator[q->from])
		return false;
	if (++q->from < sizeof(separator) - 1)
		return true;
	q->from = 0;
	add_escaped(q, b, 'F');
	buffer_add_string(b, "rom");
	q->column += strlen("rom");
	q->blank = ' ';
	return true;
}

/* The octet behind a CR. Was it its LF? */
static bool
end_line(struct quoted *q, struct buffer *b, char c)
{
	q->cr = false;
	if (c != '\n') {
		release_amid(q, b);
		add_escaped(q, b, '\r');
		return false;
	}
	release_at_end(q, b);
	buffer_add(b, "\r\n", 2);
	q->column = 0;
	return true;
}

static void
add_octet(struct quoted *q, struct buffer *b, char c)
{
	if (q->cr && end_line(q, b, c))
		return;
	if (c == '\r') {
		q->cr = true;
		return;
	}
	/* the line goes on, so that a blank is not its last octet */
	if (q->blank != '\0')
		release_amid(q, b);
	/* where a full line is broken decides what the next begins with */
	need(q, b, 1);
	if (match_from(q, b, c))
		return;
	release_from(q, b);
	if (text_is_blank(c))
		q->blank = c;
	else if (is_literal(c))
		add_plain(q, b, c);
	else
		add_escaped(q, b, c);
}

/* Octets from p that can be copied on the line begun, as they are. */
static size_t
run_length(const struct quoted *q, const char *p, size_t n)
{
	size_t room = TEXT_MAX - q->column, i = 0;

	if (q->column == 0 || q->from > 0 || q->cr || q->blank != '\0')
		return 0;
	if (room > n)
		room = n;
	while (i < room && ((p[i] >= ' ' && p[i] < '=') ||
	    (p[i] > '=' && p[i] < 127)))
		i++;
	/* a blank that may be the last octet of its line is held back */
	if (i > 0 && p[i - 1] == ' ' && (i == n || p[i] == '\r'))
		i--;
	return i;
}

void
quoted_add(struct quoted *q, struct buffer *b, const char *p, size_t n)
{
	const char *end = p + n;
	size_t run;

	while (p < end) {
		run = run_length(q, p, (size_t)(end - p));
		if (run > 0) {
			buffer_add(b, p, run);
			q->column += run;
			p += run;
		} else {
			add_octet(q, b, *p++);
		}
	}
}

void
quoted_end(struct quoted *q, struct buffer *b)
{
	if (q->cr) {
		release_amid(q, b);
		add_escaped(q, b, '\r');
	}
	release_at_end(q, b);
	quoted_start(q);
}
