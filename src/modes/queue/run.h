/* SPDX-License-Identifier: ISC */
/* run: tries the messages of the queue once more. */
#ifndef MODES_QUEUE_RUN_H
#define MODES_QUEUE_RUN_H

#include <stdbool.h>

struct carrier;
struct fault;
struct request;

/* Which of them. The strings are not owned. */
struct queue_run_wish {
	bool due;		/* only those whose time has come */
	const char *id;		/* only those with this part of an id; even if
				 * they may have been delivered a moment ago,
				 * or the credentials were refused */
	const char *recipient;	/* with this part of a recipient's address */
	const char *sender;	/* or of the reverse-path */
};

/*
 * Tries them, an account at a time, over one session each. -1 when one that
 * was tried has not gone, or a folder or file is in the way: FAULT_TEMPORARY.
 */
int queue_run(const struct request *, const struct queue_run_wish *,
    struct fault *);

/* Has the account a queue that is not empty, and may its messages ride along
 * with another one? */
bool queue_may_flush(const struct carrier *);
/*
 * Sends those of the account that are due over the session that is open: ten
 * at most, small ones, and the server has five seconds to answer all but the
 * ends of them. Nothing is told of those that fail: they wait.
 */
void queue_flush(struct carrier *);

#endif
