/* SPDX-License-Identifier: ISC */
/* recipients: one To field in place of To, Cc and Bcc. */
#ifndef MAIL_HEADER_RECIPIENTS_H
#define MAIL_HEADER_RECIPIENTS_H

#include <stdbool.h>

struct envelope;
struct header;

/*
 * If the message has neither To nor Cc, adds a To field of the recipients that
 * are not in Bcc. Call it before aliases are replaced: afterwards a recipient
 * could no longer be recognised in Bcc, and the members of a list would be
 * shown.
 */
void recipients_announce(struct header *, const struct envelope *);
/*
 * Replaces To, Cc and Bcc by one To field with the recipients that are in To
 * or Cc, or with "undisclosed-recipients:;" if `hide` is set or there are none.
 * A recipient that is in neither field was left out on purpose, and is not
 * shown.
 */
void recipients_rewrite(struct header *, const struct envelope *, bool hide);

#endif
