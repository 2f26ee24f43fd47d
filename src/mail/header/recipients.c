/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "mail/address/address.h"
#include "mail/envelope.h"
#include "mail/header/header.h"
#include "mail/header/recipients.h"

#define LINE_LENGTH 78	/* octets: RFC 5322 section 2.1.1 */
#define COLUMN_FIRST 4	/* behind "To: " */

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
		address_parse(&list, body, len, NULL);
		for (size_t i = 0; i < list.count; i++)
			envelope_add(set, &list.box[i]);
		address_list_free(&list);
	}
}

static void
add_recipient(struct buffer *b, const struct recipient *r, size_t *column)
{
	char *spec = address_spec(&r->box);
	size_t before = b->len, length = strlen(spec) + 2;

	if (before > 0)
		buffer_add_string(b, ",");
	if (before > 0 && *column + length > LINE_LENGTH) {
		buffer_add_string(b, "\r\n ");
		*column = 1;
	} else if (before > 0) {
		buffer_add_char(b, ' ');
	}
	buffer_add_string(b, spec);
	*column += length;
	free(spec);
}

void
recipients_announce(struct header *h, const struct envelope *e)
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
recipients_rewrite(struct header *h, const struct envelope *e, bool hide)
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
