/* SPDX-License-Identifier: ISC */
/* Fields of accounts, whatever their type: copied, and back to unset. */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "config/account/account.h"
#include "config/option/option.h"

static void *
field(struct account *account, const struct option_row *row)
{
	return (char *)account + row->offset;
}

static const void *
const_field(const struct account *account, const struct option_row *row)
{
	return (const char *)account + row->offset;
}

static void
store_string(struct account *account, const struct option_row *row,
    char *string)
{
	char **to = field(account, row);

	free(*to);
	*to = string;
}

void
option_copy(struct account *to, const struct account *from, enum option_id id)
{
	const struct option_row *row = option_row(id);

	switch (row->type) {
	case OPTION_TYPE_NUMBER:
	case OPTION_TYPE_NOTIFY:
		memcpy(field(to, row), const_field(from, row), sizeof(int64_t));
		break;
	case OPTION_TYPE_CHOICE:
		memcpy(field(to, row), const_field(from, row), sizeof(int));
		break;
	case OPTION_TYPE_SECRET:
		secret_copy(field(to, row), const_field(from, row));
		break;
	case OPTION_TYPE_STRING:
	case OPTION_TYPE_PATH:
	case OPTION_TYPE_AUTH:
	case OPTION_TYPE_FINGERPRINTS:
	case OPTION_TYPE_KEY_PINS:
	default:
		store_string(to, row, memory_string(
		    *(char *const *)const_field(from, row)));
		break;
	}
	to->origin[id] = from->origin[id];
}

void
option_clear(struct account *account, enum option_id id)
{
	const struct option_row *row = option_row(id);

	if (row->type == OPTION_TYPE_SECRET)
		secret_clear(field(account, row));
	else if (row->type == OPTION_TYPE_NUMBER ||
	    row->type == OPTION_TYPE_NOTIFY)
		memset(field(account, row), 0, sizeof(int64_t));
	else if (row->type == OPTION_TYPE_CHOICE)
		memset(field(account, row), 0, sizeof(int));
	else
		store_string(account, row, NULL);
	account->set[id] = false;
	account->origin[id].file = NULL;
	account->origin[id].line = 0;
}
