/* SPDX-License-Identifier: ISC */
/*
 * source: a body that stays in the regular file which is our standard input.
 * Whenever it is read it has to be what it was at first: a file that has
 * changed meanwhile is noticed before the message ends. One that has only
 * grown is as good.
 */
#ifndef MAIL_MESSAGE_SOURCE_H
#define MAIL_MESSAGE_SOURCE_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct fault;

/* Of octets cut in any way; tells accidents apart, no more. */
#define SOURCE_LANES 4	/* words that are summed up side by side */

struct source_sum {
	uint64_t lane[SOURCE_LANES];
	/* octets that are not in it yet, and how many */
	char row[SOURCE_LANES * sizeof(uint64_t)];
	size_t held;
};

struct source {
	int fd;			/* not owned; -1: there is none */
	uint64_t start;		/* offset of the first octet */
	uint64_t size;		/* octets in the file */
	struct source_sum sum;
};

/* Where reading stands; zeroed to begin with. */
struct source_walk {
	uint64_t at;		/* octets read */
	struct source_sum sum;
};

/* What begins at this offset stays in the file, and has these octets. */
void source_begin(struct source *, int fd, uint64_t start);
void source_add(struct source *, const char *, size_t);
/*
 * The next octets, at most `room`. Returns their number, 0 at the end, -1 with
 * FAULT_IO when the file cannot be read or is not what it was; the last octets
 * are given only if all are the same.
 */
ssize_t source_next(const struct source *, struct source_walk *, char *,
    size_t room, struct fault *);
/* -1 with FAULT_IO: the file is not what it was. */
int source_changed(struct fault *);

#endif
