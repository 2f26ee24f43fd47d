/* SPDX-License-Identifier: ISC */
/*
 * intake: how a message is taken in, apart from where the octets come from.
 * Private to message_read(), its tests and its fuzz target.
 */
#ifndef MAIL_INTAKE_H
#define MAIL_INTAKE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"

struct fault;
struct message;

enum intake_place { INTAKE_FIRST_LINE, INTAKE_HEADER, INTAKE_BODY };

struct intake {
	struct message *message;
	struct fault *fault;
	const char *spool_dir;	/* NULL until there is a spool */
	bool dot_ends;
	bool ended;		/* by a lone dot: what follows is not ours */
	bool cr;		/* the last octet was a CR: its LF may follow */
	bool dot;		/* a dot that may be a whole line waits */
	enum intake_place place;
	uint64_t lines;		/* lines that have ended */
	uint64_t column;	/* octets of the present line so far */
	struct buffer line;	/* a header line whose end is to come yet */
	struct buffer out;	/* body on its way to memory or spool */
	/* the input, if it is a regular file: octets are counted from where
	 * reading has begun */
	int source;		/* -1: it is none */
	uint64_t source_start;	/* offset of the first octet */
	uint64_t taken;		/* octets fed so far */
	uint64_t flushed;	/* where what is in `out` begins */
	bool flushed_cr;	/* `cr` as it was there */
};

/* The message must have been initialised and be empty. */
void intake_start(struct intake *, struct message *, bool dot_ends,
    struct fault *);
/* Takes n octets. How the input is cut into calls has no influence. */
int intake_feed(struct intake *, const char *, size_t n);
/* The input has ended: completes the last line and the message. */
int intake_finish(struct intake *);
/* Frees what the intake holds; the message stays as it is. */
void intake_free(struct intake *);

#endif
