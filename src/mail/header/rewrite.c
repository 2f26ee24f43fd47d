/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/memory.h"
#include "base/text.h"
#include "mail/address/address.h"
#include "mail/conversion/encoding.h"
#include "mail/envelope.h"
#include "mail/header/header.h"
#include "mail/header/join.h"
#include "mail/header/rewrite.h"

#define LINE_LENGTH 78	/* octets: RFC 5322 section 2.1.1 */
#define NAMED_MAX (1024 * 1024)	/* octets of an address with its name */
#define COLUMN_FIRST 4	/* behind "To: " */

struct rewriting {
	const struct header *header;
	rewrite_choice *choose;
	void *context;
	struct header_edit *edit;
	size_t count;
	size_t cap;
	bool eight_bit;
};

static void
add_edit(struct rewriting *r, struct address_place place,
    const struct mailbox *box, bool named)
{
	struct buffer b;

	buffer_init(&b, NAMED_MAX);
	if (named) {
		encoding_add_phrase(&b, box->name, strlen(box->name));
		buffer_add_string(&b, " <");
	}
	address_add_spec(&b, box);
	if (named)
		buffer_add_char(&b, '>');
	r->eight_bit |= !text_is_ascii(b.data, b.len);
	r->edit = memory_grow(r->edit, r->count, &r->cap, sizeof(*r->edit));
	r->edit[r->count++] = (struct header_edit){ place.at, place.len,
	    buffer_detach(&b) };
}

/* Could a display name, or a comment in its place, stand here? */
static bool
may_name(const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (s[i] == '"' || s[i] == '(' || s[i] == ')')
			return true;
	return false;
}

/*
 * Has the i-th address neither display name nor comment? Then *place becomes
 * all of it, with the angle brackets that it may have. In doubt: no.
 */
static bool
is_plain(const char *body, size_t len, const struct address_list *list,
    size_t i, struct address_place *place)
{
	const struct address_place *p = &list->place[i];
	size_t start = i == 0 ? 0 : p[-1].at + p[-1].len;
	size_t end = p->at + p->len, stop = i + 1 == list->count ? len :
	    p[1].at;
	const char *open, *close;

	for (size_t k = start; k < p->at; k++)
		if (body[k] == ',')
			start = k + 1;
	for (size_t k = end; k < stop; k++)
		if (body[k] == ',')
			stop = k;
	if (list->box[i].name != NULL ||
	    may_name(body + start, p->at - start) ||
	    may_name(body + end, stop - end))
		return false;
	open = memchr(body + start, '<', p->at - start);
	close = memchr(body + end, '>', stop - end);
	if (open == NULL || close == NULL)
		return open == NULL && close == NULL;
	place->at = (size_t)(open - body);
	place->len = (size_t)(close - open) + 1;
	return true;
}

static void
rewrite_field(struct rewriting *r, const struct header_field *field)
{
	struct address_list list = { .box = NULL };
	const struct mailbox *box;
	struct address_place place;
	const char *body;
	size_t len;
	bool named;
	int parsed;

	body = header_body(r->header, field, &len);
	parsed = address_parse_recipients(&list, body, len, NULL);
	for (size_t i = 0; parsed == 0 && i < list.count; i++) {
		box = r->choose(&list.box[i], r->context);
		if (box == NULL)
			continue;
		place = list.place[i];
		named = box->name != NULL &&
		    is_plain(body, len, &list, i, &place);
		place.at += field->body;
		add_edit(r, place, box, named);
	}
	address_list_free(&list);
}

static int
carry_out(struct rewriting *r, struct header *h)
{
	int result = header_edit(h, r->edit, r->count);

	while (r->count > 0)
		free(r->edit[--r->count].text);
	return result;
}

static bool
is_one_of(const struct header *h, const struct header_field *field,
    const char *const *names)
{
	for (; *names != NULL; names++)
		if (header_field_is(h, field, *names))
			return true;
	return false;
}

int
rewrite_recipients(struct header *h, rewrite_choice *choose, void *context,
    bool *eight_bit)
{
	static const char *const names[] = { "To", "Cc", NULL };
	static const char *const again[] = { "Resent-To", "Resent-Cc", NULL };
	size_t first, last;
	bool resent = envelope_resent(h, &first, &last);

	return rewrite_fields(h, resent ? again : names, first, last, choose,
	    context, eight_bit);
}

int
rewrite_fields(struct header *h, const char *const *names, size_t first,
    size_t last, rewrite_choice *choose, void *context, bool *eight_bit)
{
	struct rewriting r = { .header = h, .choose = choose,
	    .context = context };
	struct header_edit once;
	int result;

	for (size_t i = first; i < last; i++)
		if (!h->field[i].removed && is_one_of(h, &h->field[i], names))
			rewrite_field(&r, &h->field[i]);
	result = carry_out(&r, h);
	if (result == 0)
		*eight_bit |= r.eight_bit;
	/* of two addresses one may have come */
	for (size_t i = first; result == 0 && i < last; i++)
		if (h->field[i].edited && !h->field[i].removed &&
		    is_one_of(h, &h->field[i], names) &&
		    join_repeated(h, &h->field[i], &once)) {
			r.edit = memory_grow(r.edit, r.count, &r.cap,
			    sizeof(*r.edit));
			r.edit[r.count++] = once;
		}
	if (result == 0)
		result = carry_out(&r, h);
	free(r.edit);
	return result;
}

/* A set of addresses: an envelope is one. Bad syntax ends a field. */
static void
gather(struct envelope *set, const struct header *h, const char *name)
{
	struct address_list list;
	const struct header_field *field;
	const char *body;
	size_t from = 0, len;

	while ((field = header_next(h, name, &from)) != NULL) {
		memset(&list, 0, sizeof(list));
		body = header_body(h, field, &len);
		address_parse_recipients(&list, body, len, NULL);
		for (size_t i = 0; i < list.count; i++)
			envelope_add(set, &list.box[i]);
		address_list_free(&list);
	}
}

static void
add_recipient(struct buffer *b, const struct recipient *r, size_t *column)
{
	char *spec = address_spec(&r->box);
	size_t length = strlen(spec) + strlen(", ");
	bool fold = b->len > 0 && *column + length > LINE_LENGTH;

	buffer_add_string(b, b->len == 0 ? "" : fold ? ",\r\n " : ", ");
	buffer_add_string(b, spec);
	*column = (fold ? 1 : *column) + length;
	free(spec);
}

void
rewrite_announce(struct header *h, const struct envelope *e)
{
	const struct recipient *r;
	struct envelope hidden;
	struct buffer line;
	bool first = true;

	if (header_has(h, "To") || header_has(h, "Cc"))
		return;
	envelope_init(&hidden);
	buffer_init(&line, HEADER_MAX / 2);
	gather(&hidden, h, "Bcc");
	for (size_t i = 0; i < e->count; i++) {
		r = &e->recipient[i];
		if (envelope_find(&hidden, &r->box) != INDEX_NONE)
			continue;
		buffer_clear(&line);
		buffer_add_string(&line, first ? "To: " : " ,");
		address_add_spec(&line, &r->box);
		if (header_add_line(h, line.data, line.len) == 0 && first)
			h->field[h->count - 1].made = true;
		first = false;
	}
	buffer_free(&line);
	envelope_free(&hidden);
}

void
rewrite_add_to(struct header *h, const struct envelope *e)
{
	size_t first, last;
	char *spec;

	if (header_has(h, "To") || header_has(h, "Cc") ||
	    header_has(h, "Bcc") || envelope_resent(h, &first, &last))
		return;
	spec = e == NULL ? NULL : address_spec(&e->recipient[0].box);
	header_prepend(h, "To", spec == NULL ? "undisclosed-recipients:;" :
	    spec);
	free(spec);
}

void
rewrite_to(struct header *h, const struct envelope *e, bool hide)
{
	const struct recipient *r;
	struct envelope shown;
	size_t column = COLUMN_FIRST;
	struct buffer b;

	envelope_init(&shown);
	buffer_init(&b, HEADER_MAX / 2);
	gather(&shown, h, "To");
	gather(&shown, h, "Cc");
	for (size_t i = 0; !hide && i < e->count; i++) {
		r = &e->recipient[i];
		if (envelope_find(&shown, &r->box) != INDEX_NONE)
			add_recipient(&b, r, &column);
	}
	header_remove(h, "To");
	header_remove(h, "Cc");
	header_remove(h, "Bcc");
	header_prepend(h, "To", b.len > 0 && !b.full ? b.data :
	    "undisclosed-recipients:;");
	buffer_free(&b);
	envelope_free(&shown);
}
