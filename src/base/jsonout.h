/* SPDX-License-Identifier: ISC */
/*
 * jsonout: a text of RFC 8259, one member after the other; commas are put where
 * they are due. A member of an object has a name, which is ours and needs no
 * escapes; elements of an array, and the whole, have NULL. The buffer begins
 * empty, or behind another text and its '\n'.
 */
#ifndef BASE_JSONOUT_H
#define BASE_JSONOUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buffer;

/* Octets of one text; with any less a long list would end it before its end. */
#define JSON_MAX (SIZE_MAX / 8)

/* An object by '{' and '}', an array by '[' and ']'. */
void jsonout_begin(struct buffer *, const char *name, char bracket);
void jsonout_end(struct buffer *, char bracket);
/* As text_add_json() has the octets; a NULL string is null. */
void jsonout_text(struct buffer *, const char *name, const char *, size_t);
void jsonout_string(struct buffer *, const char *name, const char *);
void jsonout_number(struct buffer *, const char *name, int64_t);
void jsonout_bool(struct buffer *, const char *name, bool);

#endif
