/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "mail/address/address.h"
#include "mail/envelope.h"
#include "mail/header/header.h"
#include "mail/header/rewrite.h"

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
	char *spec = address_spec(box);

	r->eight_bit |= !text_is_ascii(spec, strlen(spec));
	r->edit = memory_grow(r->edit, r->count, &r->cap, sizeof(*r->edit));
	r->edit[r->count++] = (struct header_edit){ at, len, spec };
}

static void
rewrite_field(struct rewriting *r, const struct header_field *field)
{
	struct address_list list = { .box = NULL };
	const struct mailbox *box;
	const char *body;
	size_t len;

	body = header_body(r->header, field, &len);
	if (address_parse(&list, body, len, NULL) == 0) {
		for (size_t i = 0; i < list.count; i++) {
			box = r->choose(&list.box[i], r->context);
			if (box != NULL)
				add_edit(r, field->body + list.place[i].at,
				    list.place[i].len, box);
		}
	}
	address_list_free(&list);
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
	int result;

	for (size_t i = first; i < last; i++)
		if (!h->field[i].removed && is_one_of(h, &h->field[i], names))
			rewrite_field(&r, &h->field[i]);
	result = header_edit(h, r.edit, r.count);
	if (result == 0)
		*eight_bit |= r.eight_bit;
	while (r.count > 0)
		free(r.edit[--r.count].text);
	free(r.edit);
	return result;
}
