/* SPDX-License-Identifier: ISC */
/*
 * submit: the one trip. Message, account, envelope, session, verdict, in
 * phases that acquire and then let go (DESIGN: the whole message first, the
 * network second; the secret when it is needed and not an hour before).
 */
#ifndef MODES_SUBMIT_H
#define MODES_SUBMIT_H

#include <stdbool.h>

#include "mail/envelope.h"
#include "delivery/request.h"

struct fault;

/* What the command line says of the message on standard input. */
struct submission {
	const struct request *request;
	struct envelope envelope;	/* reverse-path and recipients given */
	bool read_recipients;		/* -t */
	bool read_sender;		/* reverse-path from the From field */
	bool pretend;			/* -P: print all, send nothing */
	bool ignore_dots;		/* -i */
};

/*
 * Reads standard input and submits it; or, if it is to `pretend`, prints what
 * it would do to standard output. 0 when every recipient was accepted
 * and the message with them. -1: the fault says why; recipients that were
 * refused carry their replies in the envelope. FAULT_RECIPIENT or
 * FAULT_TEMPORARY also when the others got the message.
 */
int submit(struct submission *, struct fault *);

#endif
