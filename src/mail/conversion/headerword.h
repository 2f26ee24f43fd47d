/* SPDX-License-Identifier: ISC */
/*
 * headerword: raw UTF-8 in a header, which only SMTPUTF8 allows (RFC 6532),
 * becomes encoded words (RFC 2047) where those may stand.
 */
#ifndef MAIL_CONVERSION_HEADERWORD_H
#define MAIL_CONVERSION_HEADERWORD_H

#include <stdbool.h>
#include <stddef.h>

struct header;
struct header_field;

/* Octets of a line that has an encoded word: RFC 2047 section 2. */
#define HEADERWORD_LINE_MAX 76

/*
 * Encodes UTF-8 in the text of unstructured fields (Subject, Comments and
 * others known to be such, and X- ones: RFC 2047 section 5 (1)), and in the
 * display names, names of groups and comments of address fields. What a
 * reader sees stays the same. Fields that hold malformed UTF-8 stay as they
 * are, as do addresses, parameters and all other fields. Such fields are
 * folded at HEADERWORD_LINE_MAX octets. Those that have a line of more than
 * `limit` are folded at that, unless limit is 0: where they have blanks, else
 * behind commas and semicolons, and between ">" and "<", that are in no quotes,
 * comments or angle brackets; text such as a Subject as encoded words. -1
 * when the header would pass HEADER_MAX, and what would is as it was.
 */
int headerword_encode(struct header *, bool encode, size_t limit);
/* May a field have encoded words, and be it in parts? */
bool headerword_may_stand(const struct header *, const struct header_field *);
/* Is something of what goes out not ASCII? */
bool headerword_is_needed(const struct header *);
/* Octets of the longest line that goes out. With `number` added fields do not
 * count, and *number is that of the field's first line in the input. */
size_t headerword_longest_line(const struct header *, size_t *number);

#endif
