/* SPDX-License-Identifier: ISC */
/*
 * submit: the one trip, in phases that acquire and then let go: the whole
 * message first, then the account and the letter, and the network last. The
 * secret is fetched when it is needed: a token would age while a message comes
 * in for an hour.
 */
#ifndef MODES_SUBMIT_H
#define MODES_SUBMIT_H

#include <stdbool.h>

#include "mail/envelope.h"
#include "delivery/job.h"

struct fault;
struct request;

/* What the command line says of the message on standard input. */
struct submission_request {
	const struct request *request;
	struct envelope envelope;	/* reverse-path, recipients and wishes
					 * as given; see submit() */
	struct job_input input;
	bool pretend;			/* -P: print all, send nothing */
	char *kept;			/* says that the message is in the
					 * queue, and why; or NULL */
};

/*
 * Reads standard input and submits it; or, if it is to `pretend`, prints what
 * it would do to standard output. 0 when every recipient was accepted and the
 * message with them, or it is kept in the queue. -1: the fault says why;
 * FAULT_RECIPIENT or FAULT_TEMPORARY also when others have the message.
 * Afterwards the envelope has the recipients that the smarthost heard of, and
 * what became of them.
 */
int submit(struct submission_request *, struct fault *);

#endif
