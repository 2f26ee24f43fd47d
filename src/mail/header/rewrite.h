/* SPDX-License-Identifier: ISC */
/*
 * rewrite: replaces single addresses of the header. Display names, comments,
 * folding and all other octets stay as they are.
 */
#ifndef MAIL_HEADER_REWRITE_H
#define MAIL_HEADER_REWRITE_H

#include <stdbool.h>

struct header;
struct mailbox;

/* Returns what replaces an address, or NULL when it stays. The result is used
 * before the next call. */
typedef const struct mailbox *rewrite_choice(const struct mailbox *,
    void *context);

/*
 * Calls `choose` for each address of the To and Cc fields, or of Resent-To and
 * Resent-Cc where envelope_resent() finds a block of such fields. A field that
 * cannot be parsed stays as it is. *eight_bit is set when a new address is not
 * ASCII. -1, and nothing is changed, when the header would get more than
 * HEADER_MAX octets.
 */
int rewrite_recipients(struct header *h, rewrite_choice *choose, void *context,
    bool *eight_bit);
/* The same for fields of these names (NULL behind the last) among the fields
 * `first` to `last` - 1. */
int rewrite_fields(struct header *h, const char *const *names, size_t first,
    size_t last, rewrite_choice *choose, void *context, bool *eight_bit);

#endif
