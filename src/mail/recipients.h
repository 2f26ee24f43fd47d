/* SPDX-License-Identifier: ISC */
/* recipients: one To field in place of To, Cc and Bcc. */
#ifndef MAIL_RECIPIENTS_H
#define MAIL_RECIPIENTS_H

#include <stdbool.h>

struct envelope;
struct header;

/*
 * Replaces To, Cc and Bcc by one To field: "undisclosed-recipients:;" if
 * `hide`, or if nobody is left to show. Else those recipients of the envelope
 * who are in To or Cc; when the message has neither, those who are not in
 * Bcc. So it never shows a blind copy: an argument that a To field leaves out
 * was left out on purpose.
 */
void recipients_rewrite(struct header *, const struct envelope *, bool hide);

#endif
