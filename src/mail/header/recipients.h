/* SPDX-License-Identifier: ISC */
/* recipients: one To field in place of To, Cc and Bcc. */
#ifndef MAIL_HEADER_RECIPIENTS_H
#define MAIL_HEADER_RECIPIENTS_H

#include <stdbool.h>

struct envelope;
struct header;

/*
 * If the message has neither To nor Cc, adds a To field of those in the
 * envelope who are not in Bcc. To be called before aliases change either:
 * then an alias cannot make a blind copy, or who is on a list, unknown to
 * what follows.
 */
void recipients_announce(struct header *, const struct envelope *);
/*
 * Replaces To, Cc and Bcc by one To field: "undisclosed-recipients:;" if
 * `hide`, or if nobody is left to show, else those in the envelope who are in
 * To or Cc. So it never shows a blind copy: an argument that a To field
 * leaves out was left out on purpose.
 */
void recipients_rewrite(struct header *, const struct envelope *, bool hide);

#endif
