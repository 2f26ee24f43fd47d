/* SPDX-License-Identifier: ISC */
/*
 * syntax: the bodies of structured fields as RFC 5322 and RFC 2045 have them,
 * and whether a date or a message identifier is one.
 */
#ifndef MAIL_HEADER_SYNTAX_H
#define MAIL_HEADER_SYNTAX_H

#include <stdbool.h>
#include <stddef.h>

struct header;
struct header_field;

/* Octets that are left to read of a field. */
struct rest {
	const char *p;
	const char *end;
};

/* The field's body. */
struct rest rest_of_field(const struct header *, const struct header_field *);
/* Leaves out white space, folds and comments (RFC 5322 section 3.2.2), but no
 * comment that has no end. */
void rest_skip_space(struct rest *);
/* A token of RFC 2045 section 5.1, with the space around it taken. */
struct rest rest_take_token(struct rest *);
/* Takes the octet if it comes next. */
bool rest_take(struct rest *, char);
/* Is it that word, in any case? */
bool rest_is(struct rest, const char *word);

/*
 * A date-time of RFC 5322 section 3.3, obsolete forms (section 4.3) included:
 * ASCII, with a time zone, on a day that there is. Whether it is the day of the
 * week that it says has no influence: readers do not look.
 */
bool syntax_is_date(struct rest);
/*
 * A message identifier in angle brackets (RFC 5322 section 3.6.4), with a
 * domain behind its last "@" and no blanks. What is in front of that may be
 * anything, as programs have many ideas of it; UTF-8 is RFC 6532's.
 */
bool syntax_is_message_id(struct rest);

#endif
