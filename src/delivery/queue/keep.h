/* SPDX-License-Identifier: ISC */
/* keep: a message that could not go is put into the queue. */
#ifndef DELIVERY_QUEUE_KEEP_H
#define DELIVERY_QUEUE_KEEP_H

#include <stdbool.h>
#include <stddef.h>

#include "delivery/queue/folder.h"

struct carrier;
struct fault;
struct job;
struct letter;
struct outcome;
struct request;

/*
 * The whole path of the request's account file (-C) for the caller to free, by
 * which a later try finds it; NULL where there is none. -1 where that is no
 * file that can be read again.
 */
int queue_account_file(const struct request *, char **file, struct fault *);

/* How a message came to be kept. Nothing is owned but the id. */
struct keeping {
	const struct carrier *carrier;	/* its account made the letter */
	const struct letter *letter;	/* the states say who has it */
	const struct job *job;		/* what was given, or NULL: unknown */
	const struct outcome *outcome;	/* NULL: it was not tried */
	const char *why;		/* why it waits, printable */
	bool eight_bit;			/* BODY=8BITMIME */
	char id[QUEUE_ID_LEN + 1];	/* "" while it is not kept */
};

/* Would a later try have the carrier's account by its name? -1 with a fault
 * that says why not. */
int queue_check_account(const struct carrier *, struct fault *);
/* The recipients of whom another try may do some good. */
size_t queue_keep_count(const struct letter *, const struct outcome *);
/*
 * Puts the letter into the queue, for these recipients. 0: it cannot be lost
 * any more. -1: it is not in the queue; the fault says why.
 */
int queue_keep(struct keeping *, struct fault *);

#endif
