/* SPDX-License-Identifier: ISC */
/*
 * answer: replies as we write them when we are the server (RFC 5321 section
 * 4.2, RFC 2034): lines of at most 512 octets, printable, each with its
 * enhanced status code.
 */
#ifndef SMTP_SERVER_ANSWER_H
#define SMTP_SERVER_ANSWER_H

#include <stdbool.h>
#include <stddef.h>

struct buffer;
struct reply;

/*
 * Adds a reply of ours: a status such as "4.3.0", and its text, in as many
 * lines as that takes. What is not ASCII is escaped unless utf8.
 */
void answer_add(struct buffer *, int code, const char *status,
    const char *text, size_t n, bool utf8);
/*
 * Adds somebody else's reply: his code, his lines, his status code, else
 * X.0.0. But 421, which would close a connection that is not his, becomes
 * 451; what is no reply to MAIL, RCPT and the end of data becomes 250 or 451.
 */
void answer_add_reply(struct buffer *, const struct reply *, bool utf8);

#endif
