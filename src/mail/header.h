/* SPDX-License-Identifier: ISC */
/*
 * header: the fields of a message in wire form (every line ends with CRLF),
 * in their order. Text lies in one buffer; fields are offsets into it.
 */
#ifndef MAIL_HEADER_H
#define MAIL_HEADER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"

struct header_field {
	size_t start;		/* offset in text */
	size_t len;		/* octets, folds and final CRLF included */
	size_t name_len;	/* octets before blanks and colon */
	size_t body;		/* offset in text, behind the colon */
	bool removed;		/* does not go out */
};

struct header {
	struct buffer text;
	struct header_field *field;
	size_t count;
	size_t cap;
	struct buffer added;	/* new fields, wire form; go out first */
};

void header_init(struct header *);
void header_free(struct header *);

/*
 * Does a line (without its line end) begin a field: printable ASCII name,
 * optional blanks, colon (RFC 5322 section 4.5 allows the blanks)?
 * Gives the length of the name, 0 if not.
 */
size_t header_name_length(const char *line, size_t n);
/* Adds a line without line end: a new field, or the continuation of the last. */
int header_add_line(struct header *, const char *line, size_t n);

/* Next field of that name at or after *from (not removed ones); advances
 * *from behind it. NULL when there is none. */
const struct header_field *header_next(const struct header *, const char *name,
    size_t *from);
bool header_has(const struct header *, const char *name);
bool header_field_is(const struct header *, const struct header_field *,
    const char *name);
/* The field's body: what follows the colon, final CRLF included. */
const char *header_body(const struct header *, const struct header_field *,
    size_t *len);
/* Marks every field of that name, in any case or spacing. */
void header_remove(struct header *, const char *name);
/* Adds "Name: body CRLF" to `added`; body is ours and already in wire form. */
void header_prepend(struct header *, const char *name, const char *body);
/* Octets that go out, the empty line behind the header not counted. */
size_t header_octets(const struct header *);

#endif
