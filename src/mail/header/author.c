/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "base/fault.h"
#include "mail/address/address.h"
#include "mail/header/author.h"
#include "mail/header/header.h"

bool
author_find(struct mailbox *box, const struct header *h)
{
	struct address_list list = { .box = NULL };
	struct fault ignored = { .class = FAULT_NONE };
	const struct header_field *field;
	const char *body;
	size_t from = 0, len;
	bool found;

	field = header_next(h, "Resent-From", &from);
	if (field == NULL) {
		from = 0;
		field = header_next(h, "From", &from);
	}
	if (field == NULL)
		return false;
	body = header_body(h, field, &len);
	found = address_parse(&list, body, len, &ignored) == 0 &&
	    list.count > 0;
	if (found) {
		*box = list.box[0];
		memset(&list.box[0], 0, sizeof(list.box[0]));
	}
	address_list_free(&list);
	fault_clear(&ignored);
	return found;
}
