/* SPDX-License-Identifier: ISC */
/*
 * join: address lists as they are to stand in one field: elements as they were,
 * with their names, comments and groups, each address once, and commas between
 * them, whatever separated them before.
 */
#ifndef MAIL_HEADER_JOIN_H
#define MAIL_HEADER_JOIN_H

#include <stdbool.h>
#include <stddef.h>

#include "mail/envelope.h"
#include "mail/header/header.h"

struct join {
	struct buffer *out;
	struct envelope seen;	/* the addresses of the list so far */
	size_t column;		/* octets of the line so far */
	bool due;		/* an element is there: a comma comes next */
};

/* Begins a list on a line that has `column` octets; `out` is not owned. */
void join_start(struct join *, struct buffer *out, size_t column);
/* Adds the elements of a list that address_parse_recipients() takes. */
void join_add(struct join *, const char *, size_t n);
void join_end(struct join *);

/* Does a field name an address twice? Then *edit is what makes it once; its
 * text is the caller's. */
bool join_repeated(const struct header *, const struct header_field *,
    struct header_edit *edit);

#endif
