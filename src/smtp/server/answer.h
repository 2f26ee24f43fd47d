/* SPDX-License-Identifier: ISC */
/*
 * answer: the replies that -bs gives to its client (RFC 5321 section 4.2). A
 * line has at most 512 octets, is printable, and begins with an enhanced
 * status code (RFC 2034).
 */
#ifndef SMTP_SERVER_ANSWER_H
#define SMTP_SERVER_ANSWER_H

#include <stdbool.h>
#include <stddef.h>

struct buffer;
struct reply;

/*
 * Adds a reply with a status such as "4.3.0", in as many lines as its text
 * takes. Octets that are not ASCII are escaped unless utf8.
 */
void answer_add(struct buffer *, int code, const char *status,
    const char *text, bool utf8);
/*
 * Adds the smarthost's reply, with its code, its lines and its enhanced status
 * code, or X.0.0 where it has none. 421 and 521, which speak of the
 * smarthost's connection, become 451 and 550; another 2yz than 250 to 252
 * becomes 250, and 1yz and 3yz become 451.
 */
void answer_add_reply(struct buffer *, const struct reply *, bool utf8);

#endif
