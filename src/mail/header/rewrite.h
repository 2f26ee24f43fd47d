/* SPDX-License-Identifier: ISC */
/*
 * rewrite: single addresses of the header, put in the place of others. Display
 * names, comments, folding and all other octets stay as they are.
 */
#ifndef MAIL_HEADER_REWRITE_H
#define MAIL_HEADER_REWRITE_H

#include <stdbool.h>

struct header;
struct mailbox;

/* What takes the place of an address, or NULL when it stays. */
typedef const struct mailbox *rewrite_choice(const struct mailbox *,
    void *context);

/*
 * Asks about each address of the To and Cc fields (of the Resent- ones of the
 * latest block where there is one: what the message had before is history).
 * A field that cannot be parsed stays as it is. *eight_bit is set when
 * something that is not ASCII came in. -1, and nothing is changed, when the
 * header would pass HEADER_MAX.
 */
int rewrite_recipients(struct header *h, rewrite_choice *choose, void *context,
    bool *eight_bit);
/* The same for fields of these names (NULL behind the last) among the fields
 * `first` to `last` - 1. */
int rewrite_fields(struct header *h, const char *const *names, size_t first,
    size_t last, rewrite_choice *choose, void *context, bool *eight_bit);

#endif
