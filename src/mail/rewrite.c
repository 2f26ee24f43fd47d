/* SPDX-License-Identifier: ISC */
#include <stdlib.h>

#include "base/buffer.h"
#include "base/fault.h"
#include "base/memory.h"
#include "base/text.h"
#include "mail/address.h"
#include "mail/envelope.h"
#include "mail/header.h"
#include "mail/rewrite.h"

#define EDITS_MIN 8	/* first allocation */

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
add_edit(struct rewriting *r, size_t at, size_t len,
    const struct mailbox *box)
{
	struct buffer b;

	buffer_init(&b, HEADER_MAX);
	address_add_spec(&b, box);
	r->eight_bit |= !text_is_ascii(b.data, b.len);
	if (r->count == r->cap) {
		r->cap = r->cap == 0 ? EDITS_MIN : r->cap * 2;
		r->edit = memory_resize(r->edit, r->cap, sizeof(*r->edit));
	}
	r->edit[r->count++] = (struct header_edit){ at, len,
	    buffer_detach(&b) };
}

static void
rewrite_field(struct rewriting *r, const struct header_field *field)
{
	struct address_list list = { .box = NULL };
	struct fault ignored = { .class = FAULT_NONE };
	const struct mailbox *box;
	const char *body;
	size_t len;

	body = header_body(r->header, field, &len);
	if (address_parse(&list, body, len, &ignored) == 0) {
		for (size_t i = 0; i < list.count; i++) {
			box = r->choose(&list.box[i], r->context);
			if (box != NULL)
				add_edit(r, field->body + list.place[i].at,
				    list.place[i].len, box);
		}
	}
	address_list_free(&list);
	fault_clear(&ignored);
}

int
rewrite_recipients(struct header *h, rewrite_choice *choose, void *context,
    bool *eight_bit)
{
	struct rewriting r = { .header = h, .choose = choose,
	    .context = context };
	size_t first, last;
	bool again = envelope_resent(h, &first, &last);
	const char *to = again ? "Resent-To" : "To";
	const char *cc = again ? "Resent-Cc" : "Cc";
	int result;

	for (size_t i = first; i < last; i++) {
		const struct header_field *field = &h->field[i];

		if (!field->removed && (header_field_is(h, field, to) ||
		    header_field_is(h, field, cc)))
			rewrite_field(&r, field);
	}
	result = header_edit(h, r.edit, r.count);
	if (result == 0)
		*eight_bit |= r.eight_bit;
	while (r.count > 0)
		free(r.edit[--r.count].text);
	free(r.edit);
	return result;
}
