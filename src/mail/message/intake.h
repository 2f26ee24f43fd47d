/* SPDX-License-Identifier: ISC */
/*
 * intake: how a message is taken in, apart from where the octets come from.
 * Private to message_read(), its tests and its fuzz target.
 */
#ifndef MAIL_MESSAGE_INTAKE_H
#define MAIL_MESSAGE_INTAKE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "mail/message/bodyscan.h"
#include "mail/message/message.h"

struct fault;

enum intake_place { INTAKE_FIRST_LINE, INTAKE_HEADER, INTAKE_BODY };

struct intake {
	struct message *message;
	struct fault *fault;
	enum message_dot dots;
	bool ended;		/* by a lone dot: what follows is not ours */
	bool dot;		/* a dot that may be a whole line waits */
	enum intake_place place;
	/* the header: */
	uint64_t crs;		/* CRs that were last: see line_next() */
	uint64_t lines;		/* lines that have ended */
	uint64_t taken;		/* octets before what is looked at */
	struct buffer line;	/* of one whose end is to come yet; of the
				 * body, of a dot that may be dropped */
	/* the body: */
	struct bodyscan scan;
	int input;		/* a regular file that it comes from, or -1 */
	uint64_t start;		/* offset in it of what is taken, and, */
				/* once it has begun, of the body */
};

/* The message must have been initialised and be empty. */
void intake_start(struct intake *, struct message *, enum message_dot,
    struct fault *);
/* Takes n octets. How the input is cut into calls has no influence. */
int intake_feed(struct intake *, const char *, size_t n);
/* The input has ended: completes the last line and the message. */
int intake_finish(struct intake *);
/* Frees what the intake holds; the message stays as it is. */
void intake_free(struct intake *);

/*
 * Is a line (without its line end) the one that mailbox files put before a
 * message (RFC 4155): "From ", a sender, and a date as asctime(3) writes it,
 * seconds optional, a time zone allowed before or after the year? "From " with
 * anything else is text that somebody wrote, and must not be lost.
 */
bool intake_is_separator(const char *line, size_t n);

#endif
