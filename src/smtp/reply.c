/* SPDX-License-Identifier: ISC */
#include <stdbool.h>
#include <string.h>

#include "base/text.h"
#include "smtp/reply.h"

#define TEXT_MAX (REPLY_MAX * 2)	/* octets of one reply, shown */

void
reply_init(struct reply *r)
{
	memset(r, 0, sizeof(*r));
	buffer_init(&r->text, REPLY_MAX);
	r->subject = r->detail = -1;
}

void
reply_free(struct reply *r)
{
	buffer_free(&r->text);
}

void
reply_clear(struct reply *r)
{
	r->code = 0;
	r->subject = r->detail = -1;
	buffer_clear(&r->text);
}

void
reply_copy(struct reply *to, const struct reply *from)
{
	to->code = from->code;
	to->subject = from->subject;
	to->detail = from->detail;
	buffer_clear(&to->text);
	buffer_add(&to->text, from->text.data, from->text.len);
}

/* RFC 2034: "d.ddd.ddd" and a blank, the class as the first digit says. */
static void
parse_status(struct reply *r, const char *p, size_t n)
{
	int part[2] = { -1, -1 };
	size_t i = 1;

	if (n < 5 || p[0] - '0' != reply_digit(r))
		return;
	for (int k = 0; k < 2; k++) {
		if (i >= n || p[i++] != '.')
			return;
		for (size_t from = i; i < n && text_is_digit(p[i]); i++) {
			if (i - from == 3)
				return;
			part[k] = (part[k] < 0 ? 0 : part[k] * 10) +
			    (p[i] - '0');
		}
		if (part[k] < 0)
			return;
	}
	if (i < n && !text_is_blank(p[i]))
		return;
	r->subject = part[0];
	r->detail = part[1];
}

/* One line without its end. 1: the last, 0: more follow, -1: not a reply. */
static int
parse_line(struct reply *r, const char *p, size_t n, bool first)
{
	int code;

	if (n < 3 || !text_is_digit(p[0]) || !text_is_digit(p[1]) ||
	    !text_is_digit(p[2]) || p[0] < '2' || p[0] > '5')
		return -1;
	if (n > 3 && p[3] != ' ' && p[3] != '-')
		return -1;
	code = (p[0] - '0') * 100 + (p[1] - '0') * 10 + (p[2] - '0');
	if (!first && code != r->code)
		return -1;
	r->code = code;
	if (!first)
		buffer_add_char(&r->text, '\n');
	if (n > 4)
		buffer_add(&r->text, p + 4, n - 4);
	if (first && n > 4)
		parse_status(r, p + 4, n - 4);
	return n > 3 && p[3] == '-' ? 0 : 1;
}

/* Is this beginning of a line, its end still to come, no reply already? */
static bool
cannot_be_line(struct reply *r, const char *p, size_t n, bool first)
{
	if (n < 4)
		return false;
	return parse_line(r, p, p[3] == '\r' ? 3 : 4, first) == -1;
}

int
reply_parse(struct reply *r, const char *p, size_t n, size_t *used)
{
	size_t at = 0, len;
	const char *end;
	int state = 0;

	buffer_clear(&r->text);
	r->subject = r->detail = -1;
	while (state == 0) {
		end = at < n ? memchr(p + at, '\n', n - at) : NULL;
		if (end == NULL)
			return n >= REPLY_MAX || cannot_be_line(r, p + at,
			    n - at, at == 0) ? -1 : 0;
		len = (size_t)(end - (p + at));
		if (len > 0 && p[at + len - 1] == '\r')
			len--;
		state = parse_line(r, p + at, len, at == 0);
		at = (size_t)(end - p) + 1;
		if (at > REPLY_MAX)
			return -1;
	}
	*used = at;
	return state;
}

int
reply_digit(const struct reply *r)
{
	return r->code / 100;
}

bool
reply_has_status(const struct reply *r, int subject, int detail)
{
	return r->subject == subject && r->detail == detail;
}

bool
reply_line(const struct reply *r, size_t *at, const char **line, size_t *n)
{
	const char *end;
	size_t left = r->text.len - *at;

	if (*at > r->text.len)
		return false;
	*line = left == 0 ? "" : r->text.data + *at;
	end = memchr(*line, '\n', left);
	*n = end == NULL ? left : (size_t)(end - *line);
	*at += *n + 1;
	return true;
}

bool
reply_is_last(const struct reply *r, size_t at)
{
	return at > r->text.len;
}

void
reply_add_text(const struct reply *r, struct buffer *b)
{
	const char *line, *before = " ";
	size_t at = 0, n;

	buffer_printf(b, "%03d", r->code);
	for (; reply_line(r, &at, &line, &n); before = " / ") {
		buffer_add_string(b, before);
		buffer_add(b, line, n);
	}
	b->len = text_trimmed(b->data, b->len);
	if (b->data != NULL)
		b->data[b->len] = '\0';
}

int
reply_refused(const struct reply *r, const char *peer, const char *what,
    struct fault *f)
{
	struct buffer b;

	buffer_init(&b, TEXT_MAX);
	reply_add_text(r, &b);
	fault(f, reply_digit(r) == 4 ? FAULT_TEMPORARY : reply_digit(r) == 5 ?
	    FAULT_REFUSED : FAULT_PROTOCOL, "%s: the server refused %s: %s",
	    peer, what, b.data);
	buffer_free(&b);
	return -1;
}

/* ---- the name that the server gives to a message */

/* What stands in front of a queue id, or behind it. */
static const struct {
	const char *words;
	bool behind;	/* the id stands in front of the words */
} forms[] = {
	{ "queued as ", false },
	{ "OK id=", false },
	{ "[InternalId=", false },
	{ " Message accepted", true },
};

static bool
is_id_char(char c)
{
	return text_is_alpha(c) || text_is_digit(c) || c == '-' || c == '_';
}

/* Is a word that is delimited like this a queue id? */
static bool
is_id(const char *p, size_t n)
{
	bool digit = false;

	for (size_t i = 0; i < n; i++)
		digit |= text_is_digit(p[i]);
	return digit && n >= QUEUEID_MIN && n <= QUEUEID_MAX;
}

/* What may follow an id: the end, or what ends a word or a sentence. */
static size_t
id_at(const char *p, size_t n)
{
	size_t len = 0;

	while (len < n && is_id_char(p[len]))
		len++;
	if (len < n && (p[len] == '\0' || strchr(" \t.,;)]", p[len]) == NULL))
		return 0;
	return is_id(p, len) ? len : 0;
}

/* A whole word that ends at p[n]. */
static size_t
id_before(const char *p, size_t n)
{
	size_t len = 0;

	while (len < n && is_id_char(p[n - len - 1]))
		len++;
	if (len < n && !text_is_blank(p[n - len - 1]))
		return 0;
	return is_id(p + n - len, len) ? len : 0;
}

static size_t
find_in_line(const char *line, size_t n, const char **id)
{
	const char *at, *end = line + n;
	size_t len, m;

	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		m = strlen(forms[i].words);
		at = n == 0 ? NULL : text_find(line, n, forms[i].words, m);
		if (at == NULL)
			continue;
		if (forms[i].behind) {
			len = id_before(line, (size_t)(at - line));
			*id = at - len;
		} else {
			len = id_at(at + m, (size_t)(end - at) - m);
			*id = at + m;
		}
		if (len > 0)
			return len;
	}
	return 0;
}

size_t
queueid_find(const char *text, size_t n, const char **id)
{
	const char *end;
	size_t line, len;

	while (n > 0) {
		end = memchr(text, '\n', n);
		line = end == NULL ? n : (size_t)(end - text);
		len = find_in_line(text, line, id);
		if (len > 0)
			return len;
		line += end != NULL;
		text += line;
		n -= line;
	}
	return 0;
}
