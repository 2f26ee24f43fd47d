/* SPDX-License-Identifier: ISC */
/*
 * delivery: a job on its way by one account: the letter that is made of it,
 * the outcome, and the line in the log.
 */
#ifndef DELIVERY_DELIVERY_H
#define DELIVERY_DELIVERY_H

#include <stdbool.h>

#include "log/log.h"
#include "delivery/letter.h"
#include "delivery/outcome.h"
#include "delivery/submission.h"

struct account;
struct alias_source;
struct fault;
struct job;
struct link;
struct notes;
struct request;

/*
 * While it is begun, neither a signal that ends the program nor a shortage of
 * memory keeps the log from hearing what became of the message; so it must not
 * be moved.
 */
struct delivery {
	const struct request *request;
	const struct account *account;
	struct letter letter;
	struct outcome outcome;
	struct submission submission;
	struct log log;
	/* -bs: who asked for it, as the kernel has it */
	bool peer_known;
	unsigned long peer_uid;
	long peer_pid;
};

/* A delivery that has not begun; delivery_end() does nothing. */
void delivery_init(struct delivery *, const struct request *);
/*
 * Begins, and opens the account's log if that is wanted. The aliases must be
 * that account's; notes get what is no fault. Nothing is owned.
 */
void delivery_begin(struct delivery *, const struct account *,
    struct alias_source *, struct notes *, bool log);
/* Makes the letter. -1 as letter_set_sender(), letter_add_recipients() and
 * letter_write(). */
int delivery_prepare(struct delivery *, const struct job *, struct fault *);
/* There will be no letter: the log gets the envelope as it was given. */
void delivery_give_up(struct delivery *, const struct job *);
/*
 * Opens the link, which is the account's, and submits the letter. As
 * link_open() and submission_run().
 */
int delivery_send(struct delivery *, struct link *, struct fault *);
/*
 * Writes the line about it to the log; FAULT_NONE is a success. When a signal
 * has ended it, the fault says so from now on, and what became of the message.
 */
void delivery_log(struct delivery *, struct fault *);
/* Closes the log and frees everything; another delivery may begin. */
void delivery_end(struct delivery *);

#endif
