/* SPDX-License-Identifier: ISC */
/*
 * header: the fields of a message in wire form (every line ends with CRLF),
 * in their order. Text lies in one buffer; fields are offsets into it.
 */
#ifndef MAIL_HEADER_HEADER_H
#define MAIL_HEADER_HEADER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"

/*
 * Octets of a whole header in wire form. No RFC has a limit; 100,000
 * addresses of 200 octets make 20 MB, and what is above three times that is
 * no header but a body that happens to look like one.
 */
#define HEADER_MAX (64 * 1024 * 1024)
/*
 * Octets of a field's name with the blanks behind it: a name must fit on one
 * line (RFC 5322 section 2.1.1). It also bounds how much of a line must be
 * seen before it is known whether it begins a field.
 */
#define HEADER_NAME_MAX 998

struct header_field {
	size_t start;		/* offset in text */
	size_t len;		/* octets, folds and final CRLF included */
	size_t name_len;	/* octets before blanks and colon */
	size_t body;		/* offset in text, behind the colon */
	bool removed;		/* does not go out */
	bool made;		/* by us: it was not in the message */
	bool edited;		/* its body is not the one that was read */
};

struct header {
	struct buffer text;
	struct header_field *field;
	size_t count;
	size_t cap;
	size_t first_line;	/* its first line's number in the input: 1, or
				 * 2 behind an mbox "From " line */
	struct buffer added;	/* new fields, wire form; go out first */
};

void header_init(struct header *);
void header_free(struct header *);
/* A copy in place of an initialised, empty header. */
void header_copy(struct header *to, const struct header *from);

/*
 * Does a line (without its line end) begin a field: printable ASCII name,
 * optional blanks, colon (RFC 5322 section 4.5 allows the blanks)?
 * Gives the length of the name, 0 if not.
 */
size_t header_name_length(const char *line, size_t n);
/*
 * Adds a line without line end: a new field, or, when it begins with a blank,
 * the continuation of the last (a line of blanks only is one too: RFC 5322
 * section 4.2). -1, and nothing is added, when it is neither, and when the
 * header would pass HEADER_MAX: then text.full is set.
 */
int header_add_line(struct header *, const char *line, size_t n);

/* Next field of that name at or after *from (not removed ones, nor those in
 * `added`); advances *from behind it. NULL when there is none. */
const struct header_field *header_next(const struct header *, const char *name,
    size_t *from);
bool header_has(const struct header *, const char *name);
bool header_field_is(const struct header *, const struct header_field *,
    const char *name);
/* The field's body: what follows the colon, final CRLF included. */
const char *header_body(const struct header *, const struct header_field *,
    size_t *len);
/* The same without blanks and line ends around it. */
const char *header_text(const struct header *, const struct header_field *,
    size_t *len);
/* The number of the field's first line in the input, counted from 1. */
size_t header_line_number(const struct header *, const struct header_field *);
/* Text to put in the place of some octets of the header's text. */
struct header_edit {
	size_t at;		/* offset in text, inside a field's body, or
				 * where its name begins */
	size_t len;		/* octets that go */
	char *text;		/* what comes; owned by whoever made the edit */
};
/*
 * Makes the edits, which are in order and do not overlap; offsets from before
 * mean nothing afterwards. -1, and the header is as it was, when it would pass
 * HEADER_MAX.
 */
int header_edit(struct header *, const struct header_edit *, size_t count);
/* Marks every field of that name, in any case, spacing or folding. */
void header_remove(struct header *, const char *name);
/* Adds "Name: body CRLF" to `added`; body is ours and already in wire form. */
void header_prepend(struct header *, const char *name, const char *body);
/*
 * The Message-ID that goes out (RFC 5322 section 3.6.4), ours or the one that
 * was there, with its angle brackets and without folding. The caller frees it;
 * NULL when there is none, or nothing in angle brackets. What is in it came
 * from outside.
 */
char *header_message_id(const struct header *);
/*
 * The next octets of what goes out, which are whole lines, at *p; 0 when there
 * are no more. *at is where to look, 0 at first. The empty line behind the
 * header is not among them.
 */
size_t header_next_octets(const struct header *, size_t *at, const char **p);
/* Octets that go out, the empty line behind the header not counted. */
size_t header_octets(const struct header *);

#endif
