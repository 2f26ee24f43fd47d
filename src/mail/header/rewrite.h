/* SPDX-License-Identifier: ISC */
/*
 * rewrite: changes the addresses that the header shows: single ones, of which
 * display names, comments, folding and all other octets stay as they are, or
 * whole fields of recipients.
 */
#ifndef MAIL_HEADER_REWRITE_H
#define MAIL_HEADER_REWRITE_H

#include <stdbool.h>

struct envelope;
struct header;
struct mailbox;

/* Returns what replaces an address, or NULL when it stays. If it has a display
 * name, that is written where the address has neither name nor comment. The
 * result is used before the next call. */
typedef const struct mailbox *rewrite_choice(const struct mailbox *,
    void *context);

/*
 * Calls `choose` for each address of the To and Cc fields, or of Resent-To and
 * Resent-Cc where envelope_resent() finds a block of such fields. A field that
 * cannot be parsed stays as it is; of one that changes, equal addresses become
 * one. *eight_bit is set when a new address is not ASCII. -1, and nothing is
 * changed, when the header would get more than HEADER_MAX octets.
 */
int rewrite_recipients(struct header *h, rewrite_choice *choose, void *context,
    bool *eight_bit);
/* The same for fields of these names (NULL behind the last) among the fields
 * `first` to `last` - 1. */
int rewrite_fields(struct header *h, const char *const *names, size_t first,
    size_t last, rewrite_choice *choose, void *context, bool *eight_bit);

/*
 * If the message has neither To nor Cc, adds a To field of the recipients that
 * are not in Bcc. Call it before aliases are replaced: afterwards a recipient
 * could no longer be recognised in Bcc, and the members of a list would be
 * shown.
 */
void rewrite_announce(struct header *, const struct envelope *);
/*
 * Adds a To field where a message that is not sent on has neither To, Cc nor
 * Bcc: it names the first recipient of the envelope, and without an envelope is
 * "undisclosed-recipients:;".
 */
void rewrite_add_to(struct header *, const struct envelope *);
/*
 * Replaces To, Cc and Bcc by one To field with the recipients that are in To
 * or Cc, or with "undisclosed-recipients:;" if `hide` is set or there are none.
 * A recipient that is in neither field was left out on purpose, and is not
 * shown.
 */
void rewrite_to(struct header *, const struct envelope *, bool hide);

#endif
