/* SPDX-License-Identifier: ISC */
/*
 * source: the part of a body that stays in the regular file which is our
 * standard input. It is converted to wire form whenever it is read, and has
 * to come to what it came to at first: a file that has changed meanwhile is
 * noticed before the message ends. One that has only grown is as good.
 */
#ifndef MAIL_SOURCE_H
#define MAIL_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "mail/lineend.h"

struct buffer;
struct fault;

/* Of octets in wire form, cut in any way; tells accidents apart, no more. */
struct source_sum {
	uint64_t sum;
	char word[sizeof(uint64_t)];	/* octets that are not in it yet */
	unsigned held;		/* how many */
};

struct source {
	int fd;			/* not owned; -1: there is none */
	uint64_t start;		/* offset of the first octet */
	uint64_t size;		/* octets in the file */
	bool cr;		/* the one before is a CR, already told */
	struct source_sum sum;
};

/* Where reading stands; zeroed to begin with. */
struct source_walk {
	bool begun;
	uint64_t at;		/* octets of the file read */
	struct lineend lineend;
	struct source_sum sum;
};

#define SOURCE_BLOCK (64 * 1024)	/* octets read at once */
#define SOURCE_ROOM (2 * SOURCE_BLOCK + 2)	/* what they may come to */

/* What begins at this offset stays in the file: these octets, ... */
void source_begin(struct source *, int fd, uint64_t start, bool cr);
void source_add(struct source *, const char *, size_t);
/* ... and up to there. */
void source_end(struct source *, uint64_t end);
/*
 * The next octets in wire form, into the buffer, which has room for
 * SOURCE_ROOM; `left` are to come in all. Returns their number, 0 at the end,
 * -1 with FAULT_IO when the file cannot be read or is not what it was.
 */
ssize_t source_next(const struct source *, struct source_walk *,
    uint64_t left, struct buffer *, struct fault *);

#endif
