/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "base/buffer.h"
#include "base/text.h"
#include "mail/conversion/encoding.h"

/* Octets of text on a line: the last one is for the "=" of a soft break. */
#define TEXT_MAX (QUOTED_LINE_MAX - 1)

static const char separator[] = "From ";

/* Itself wherever it stands: RFC 2045 section 6.7 (2). */
static bool
is_literal(char c)
{
	return c > ' ' && c <= '~' && c != '=';
}

void
quoted_start(struct quoted *q)
{
	memset(q, 0, sizeof(*q));
}

/* quoted_add() and quoted_end() have made room for all that may come. */
static void
put(struct quoted *q, const char *p, size_t n)
{
	memcpy(q->to, p, n);
	q->to += n;
}

/* Room for a token of that many octets. */
static void
need(struct quoted *q, size_t octets)
{
	if (q->column + octets <= TEXT_MAX)
		return;
	put(q, "=\r\n", 3);
	q->column = 0;
}

static void
add_escaped(struct quoted *q, char c)
{
	static const char digit[] = "0123456789ABCDEF";
	char token[3] = { '=', digit[(unsigned char)c >> 4],
	    digit[(unsigned char)c & 15] };

	need(q, sizeof(token));
	put(q, token, sizeof(token));
	q->column += sizeof(token);
}

static void
add_plain(struct quoted *q, char c)
{
	need(q, 1);
	/* a careless program could take the line for the end of data */
	if (q->column == 0 && c == '.') {
		add_escaped(q, c);
		return;
	}
	*q->to++ = c;
	q->column++;
}

/* What began like "From " is ordinary text, as it turns out. */
static void
release_from(struct quoted *q)
{
	put(q, separator, q->from);
	q->column += q->from;
	q->from = 0;
}

/* A line has ended, or the text: a blank there would be lost on the way. */
static void
release_at_end(struct quoted *q)
{
	release_from(q);
	if (q->blank != '\0')
		add_escaped(q, q->blank);
	q->blank = '\0';
}

static void
release_amid(struct quoted *q)
{
	release_from(q);
	if (q->blank != '\0')
		add_plain(q, q->blank);
	q->blank = '\0';
}

/* Is the octet the next one of a "From " at the beginning of a line? */
static bool
match_from(struct quoted *q, char c)
{
	if ((q->from == 0 && q->column > 0) || c != separator[q->from])
		return false;
	if (++q->from < sizeof(separator) - 1)
		return true;
	q->from = 0;
	add_escaped(q, 'F');
	put(q, "rom", strlen("rom"));
	q->column += strlen("rom");
	q->blank = ' ';
	return true;
}

/* Takes the octet behind a CR; true if it is the LF of a line end. */
static bool
end_line(struct quoted *q, char c)
{
	q->cr = false;
	if (c != '\n') {
		release_amid(q);
		add_escaped(q, '\r');
		return false;
	}
	release_at_end(q);
	put(q, "\r\n", 2);
	q->column = 0;
	return true;
}

static void
add_octet(struct quoted *q, char c)
{
	if (q->cr && end_line(q, c))
		return;
	if (c == '\r') {
		q->cr = true;
		return;
	}
	/* the line goes on, so that a blank is not its last octet */
	if (q->blank != '\0')
		release_amid(q);
	/* first of all, as an octet that begins a line may be escaped */
	need(q, 1);
	if (match_from(q, c))
		return;
	release_from(q);
	if (text_is_blank(c))
		q->blank = c;
	else if (is_literal(c))
		add_plain(q, c);
	else
		add_escaped(q, c);
}

/* Escaped wherever it stands. */
static bool
is_unsafe(char c)
{
	return !is_literal(c) && !text_is_blank(c) && c != '\r';
}

/* Is nothing held back until the next octet is known? */
static bool
is_settled(const struct quoted *q)
{
	return q->from == 0 && !q->cr && q->blank == '\0';
}

/* Octets from p that can be copied on the line begun, as they are. */
static size_t
run_length(const struct quoted *q, const char *p, size_t n)
{
	size_t room = TEXT_MAX - q->column, i = 0;

	if (q->column == 0)
		return 0;
	if (room > n)
		room = n;
	while (i < room && p[i] >= ' ' && p[i] <= '~' && p[i] != '=')
		i++;
	/* a blank that may be the last octet of its line is held back */
	if (i > 0 && p[i - 1] == ' ' && (i == n || p[i] == '\r'))
		i--;
	return i;
}

void
quoted_add(struct quoted *q, struct buffer *b, const char *p, size_t n)
{
	char *start = buffer_reserve(b, n * QUOTED_GROWTH + QUOTED_MORE);
	const char *end = p + n;
	size_t run;

	if (start == NULL)
		return;
	q->to = start;
	while (p < end) {
		/* add_octet() knows all cases; the frequent ones are faster */
		if (q->blank != '\0' && !q->cr && *p != '\r')
			release_amid(q);
		if (is_settled(q) && is_unsafe(*p)) {
			add_escaped(q, *p++);
		} else if (is_settled(q) &&
		    (run = run_length(q, p, (size_t)(end - p))) > 0) {
			put(q, p, run);
			q->column += run;
			p += run;
		} else {
			add_octet(q, *p++);
		}
	}
	buffer_commit(b, (size_t)(q->to - start));
}

void
quoted_end(struct quoted *q, struct buffer *b)
{
	char *start = buffer_reserve(b, QUOTED_MORE);

	if (start == NULL)
		return;
	q->to = start;
	if (q->cr) {
		release_amid(q);
		add_escaped(q, '\r');
	}
	release_at_end(q);
	buffer_commit(b, (size_t)(q->to - start));
	quoted_start(q);
}
