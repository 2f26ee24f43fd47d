/* SPDX-License-Identifier: ISC */
/* dsn: what people write for delivery status notifications (RFC 3461). */
#ifndef MAIL_DSN_H
#define MAIL_DSN_H

#include <stddef.h>

struct buffer;

/*
 * A list such as "failure,delay", or "never", in any case: the DSN_* of
 * mail/envelope.h. -1, and *notify as it was, when it is something else;
 * "never" stands alone (RFC 3461 section 4.1).
 */
int dsn_parse_notify(unsigned *notify, const char *, size_t);
/* Adds that list; "off" for 0. */
void dsn_add_notify(struct buffer *, unsigned notify);

#endif
