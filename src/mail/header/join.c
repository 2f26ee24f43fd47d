/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "base/buffer.h"
#include "base/text.h"
#include "mail/address/address.h"
#include "mail/address/scan.h"
#include "mail/header/join.h"

#define LINE_LENGTH 78	/* octets: RFC 5322 section 2.1.1 */

void
join_start(struct join *j, struct buffer *out, size_t column)
{
	memset(j, 0, sizeof(*j));
	j->out = out;
	j->column = column;
	envelope_init(&j->seen);
}

void
join_end(struct join *j)
{
	envelope_free(&j->seen);
}

static bool
is_space(char c)
{
	return text_is_blank(c) || c == '\r' || c == '\n';
}

/* Text without the white space around it, on a line that has room. */
static void
put(struct join *j, const char *s, size_t n)
{
	const char *eol;

	for (; n > 0 && is_space(*s); n--)
		s++;
	while (n > 0 && is_space(s[n - 1]))
		n--;
	if (n == 0)
		return;
	if (j->due)
		buffer_add_char(j->out, ',');
	if (j->out->len > 0 && j->column + strlen(", ") + n > LINE_LENGTH) {
		buffer_add_string(j->out, "\r\n");
		j->column = 0;
	}
	buffer_add_char(j->out, ' ');
	buffer_add(j->out, s, n);
	eol = memchr(s, '\n', n);
	for (; eol != NULL; eol = memchr(s, '\n', n)) {
		n -= (size_t)(eol + 1 - s);
		s = eol + 1;
		j->column = 0;
	}
	j->column += strlen(", ") + n;
	j->due = false;
}

/* What stands between two separators: an address, or comments alone. */
static void
put_element(struct join *j, const char *s, size_t n)
{
	struct address_list list = { .box = NULL };
	size_t before = j->seen.count;
	bool due = j->due;

	if (address_parse_recipients(&list, s, n, NULL) == -1 ||
	    list.count > 1) {
		/* not of a list that can be parsed */
	} else if (list.count == 0) {
		j->due = false;
		put(j, s, n);
		j->due = due;
	} else {
		envelope_add(&j->seen, &list.box[0]);
		if (j->seen.count > before) {
			put(j, s, n);
			j->due = true;
		}
	}
	address_list_free(&list);
}

/* The name of a group, or its end. */
static void
put_group(struct join *j, const char *s, size_t n, bool ends)
{
	if (ends) {
		buffer_add_char(j->out, ';');
		j->column++;
	} else {
		put(j, s, n);
	}
	j->due = ends;
}

void
join_add(struct join *j, const char *s, size_t n)
{
	bool angle = false, group = false;
	enum token_kind kind = TOKEN_COMMA;
	const struct token *t;
	size_t from = 0;
	struct scan sc;

	scan_start(&sc, s, n, NULL);
	while (kind != TOKEN_END && scan_next(&sc, &t) == 0) {
		kind = t->kind;
		if (kind == TOKEN_LT || kind == TOKEN_GT)
			angle = kind == TOKEN_LT;
		if (angle || (kind != TOKEN_COLON && kind != TOKEN_COMMA &&
		    kind != TOKEN_SEMICOLON && kind != TOKEN_END))
			continue;
		if (kind == TOKEN_COLON) {
			put_group(j, s + from, t->at + 1 - from, false);
			group = true;
		} else {
			put_element(j, s + from, t->at - from);
		}
		if (group && (kind == TOKEN_SEMICOLON || kind == TOKEN_END)) {
			put_group(j, s, 0, true);
			group = false;
		}
		from = t->at + t->len;
		scan_clear(&sc);
	}
	scan_free(&sc);
}

static bool
has_repetition(const char *s, size_t n)
{
	struct address_list list = { .box = NULL };
	struct envelope seen;
	bool has;

	/* of one address nothing need be known */
	if (memchr(s, ',', n) == NULL && memchr(s, ';', n) == NULL)
		return false;
	envelope_init(&seen);
	has = address_parse_recipients(&list, s, n, NULL) == 0;
	for (size_t i = 0; has && i < list.count; i++)
		envelope_add(&seen, &list.box[i]);
	has = has && seen.count < list.count;
	envelope_free(&seen);
	address_list_free(&list);
	return has;
}

bool
join_repeated(const struct header *h, const struct header_field *f,
    struct header_edit *edit)
{
	struct buffer body;
	struct join join;
	const char *s;
	size_t n;

	s = header_body(h, f, &n);
	if (!has_repetition(s, n))
		return false;
	buffer_init(&body, HEADER_MAX);
	join_start(&join, &body, f->body - f->start);
	join_add(&join, s, n);
	join_end(&join);
	if (body.full) {
		buffer_free(&body);
		return false;
	}
	/* its CRLF stays */
	*edit = (struct header_edit){ f->body, n - strlen("\r\n"),
	    buffer_detach(&body) };
	return true;
}
