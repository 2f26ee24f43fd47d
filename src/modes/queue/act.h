/* SPDX-License-Identifier: ISC */
/* act: what people do with messages of the queue, but for sending them. */
#ifndef MODES_QUEUE_ACT_H
#define MODES_QUEUE_ACT_H

#include <stddef.h>
#include <stdio.h>

struct fault;
struct request;

enum queue_act {
	QUEUE_SHOW,	/* print header, state and message */
	QUEUE_HOLD,	/* no more tries until it is released */
	QUEUE_RELEASE,
	QUEUE_DELETE,
	QUEUE_REQUEUE	/* due at once, not held, and no more given up */
};

/*
 * Does that with the messages of these ids: "ALL" are all that it can be done
 * with, "-" those on standard input, one a line. Each is done or left as it
 * was, whenever the process ends. -1 when one could not be done, and the
 * others have been: FAULT_DATA when it is not there, FAULT_TEMPORARY when it
 * is just being sent, or FAULT_IO; else as queue_folders_open(). The first of
 * several is the fault, the others are told by `note`.
 */
int queue_act(const struct request *, enum queue_act,
    const char *const *ids, size_t count, FILE *, struct fault *);

#endif
