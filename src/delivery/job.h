/* SPDX-License-Identifier: ISC */
/*
 * job: a message and the envelope as they were given. It is not edited once it
 * is filled, so that what one account made of it does not stand in the way of
 * another.
 */
#ifndef DELIVERY_JOB_H
#define DELIVERY_JOB_H

#include <stdbool.h>

#include "mail/envelope.h"
#include "mail/message/message.h"

struct fault;

struct job {
	struct envelope envelope;	/* the recipients as they were named */
	struct message message;
	char *author;			/* the address in From, for patterns
					 * like %F, or NULL */
};

/* How a message is read from standard input. */
struct job_input {
	bool read_recipients;		/* -t: To, Cc and Bcc, too */
	bool read_sender;		/* the reverse-path from From */
	bool ignore_dots;		/* -i */
	bool recipients_needed;		/* without any it is a fault */
};

void job_init(struct job *);
void job_free(struct job *);
/*
 * Reads the message from fd. -1 as message_read() and envelope_add_header();
 * FAULT_USAGE when something that was to be found in the header is not there,
 * or there are no recipients.
 */
int job_read(struct job *, int fd, const struct job_input *, struct fault *);

#endif
