/* SPDX-License-Identifier: ISC */
/* reply: RFC 5321 section 4.2 replies, and what a refusal means. */
#ifndef SMTP_REPLY_H
#define SMTP_REPLY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/fault.h"

#define REPLY_MAX (64 * 1024)	/* octets of one reply, all lines */

struct reply {
	int code;		/* three digits */
	int subject;		/* enhanced status code X.subject.detail */
	int detail;		/* (RFC 3463); both -1 when there is none */
	struct buffer text;	/* raw lines without codes, '\n' between them */
};

enum reply_stage {
	STAGE_GREETING, STAGE_HELLO, STAGE_STARTTLS, STAGE_AUTH, STAGE_MAIL,
	STAGE_RCPT, STAGE_DATA, STAGE_MESSAGE
};

void reply_init(struct reply *);
void reply_free(struct reply *);
/* Both must be initialised. */
void reply_copy(struct reply *to, const struct reply *from);
/*
 * Parses one reply at the front of n octets. 1: complete, *used octets long.
 * 0: more octets are needed. -1: not a reply (bad code, lines that do not
 * agree, too long). A lone LF ends a line too.
 */
int reply_parse(struct reply *, const char *p, size_t n, size_t *used);
/* 2 for 2yz and so on. */
int reply_digit(const struct reply *);
/* Has it the enhanced status code X.subject.detail? */
bool reply_has_status(const struct reply *, int subject, int detail);
/*
 * The next line of the text: n octets at *line, which is never NULL. *at is
 * where to look, 0 at first; false when there are no more. The line was the
 * last one if reply_is_last() says so of *at.
 */
bool reply_line(const struct reply *, size_t *at, const char **line,
    size_t *n);
bool reply_is_last(const struct reply *, size_t at);
/* Adds code and text on one line, as it is shown to people; not escaped. */
void reply_add_text(const struct reply *, struct buffer *);
/*
 * What a reply that is not the wanted one means: 4yz is temporary, 5yz
 * depends on the stage and the enhanced status code, all else is a fault in
 * the protocol.
 */
enum fault_class reply_class(const struct reply *, enum reply_stage);
/*
 * Records the fault for a reply that is not the wanted one: the peer, what it
 * refused, its reply. Always -1.
 */
int reply_refused(const struct reply *, enum reply_stage, const char *peer,
    const char *what, struct fault *);

#endif
