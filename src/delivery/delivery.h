/* SPDX-License-Identifier: ISC */
/*
 * delivery: a job on its way: the letter that the present account makes of it,
 * the outcome, and the line in the log. delivery_run() takes the accounts in
 * turn, and keeps in the queue what none of them can carry now.
 */
#ifndef DELIVERY_DELIVERY_H
#define DELIVERY_DELIVERY_H

#include <stdbool.h>

#include "log/log.h"
#include "delivery/letter.h"
#include "delivery/outcome.h"
#include "delivery/submission.h"

struct carrier;
struct job;
struct queue_folder;
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
	struct journal *journal;	/* of the submission; or NULL */
	bool eight_bit;			/* BODY=8BITMIME is asked for */
	bool stay;			/* the session is used again */
	bool insist;			/* on credentials that were refused */
	bool alone;			/* no fallback may carry it */
	bool trial;			/* there is no message: nothing is kept,
					 * nor a refusal recorded */
	const struct queue_folder *folder;	/* of the run that it is in:
					 * refused credentials are recorded
					 * there; or NULL */
	bool in_run;			/* one of many: an account that cannot
					 * be reached is not tried for others */
	bool expanded;			/* the recipients are those of letters
					 * already: no alias applies */
	const char *by;			/* name of the fallback, or NULL */
	char *queued;			/* the id under which it is kept */
	char *why;			/* and why it is */
	const char *unqueued;		/* the id that it had before */
	const char *dead;		/* the same, once it was given up */
	/* -bs: who asked for it, as the kernel has it */
	bool peer_known;
	unsigned long peer_uid;
	long peer_pid;
};

/* A delivery that has not begun; delivery_end() does nothing. */
void delivery_init(struct delivery *, const struct request *);
/*
 * Begins, by the carrier's account, and opens its log if that is wanted. The
 * carrier's notes get what is no fault. Nothing is owned.
 */
void delivery_begin(struct delivery *, struct carrier *, bool log);
/* Makes the letter. -1 as letter_set_sender(), letter_add_recipients() and
 * letter_write(). */
int delivery_prepare(struct delivery *, const struct job *, struct fault *);
/* There will be no letter: the log gets the envelope as it was given. */
void delivery_give_up(struct delivery *, const struct job *);
/*
 * Makes sure of a session with the smarthost of the carrier's account, unless
 * its credentials were refused a while ago. -1 as link_open().
 */
int delivery_open(struct delivery *, struct carrier *, struct fault *);
/* The letter is the job as it is: it was made before, for this account. */
void delivery_take(struct delivery *, const struct job *);
/*
 * Submits the letter that was made for the carrier's account. Where that
 * account cannot carry it, and nothing of it can have been accepted, its
 * fallbacks are tried in turn, each with a letter of its own made of `given`;
 * then, within the time of retry_for, all of them again. -1 as link_open() and
 * submission_run(), and the outcome's retry says what another try could do.
 */
int delivery_run(struct delivery *, struct carrier *, const struct job *given,
    struct fault *);
/*
 * Keeps what another try can cure, if the account has a queue; `given` may be
 * NULL. 0: `queued` and `why` say so, signals are held (base/wait), and the
 * fault is gone unless recipients were refused for good. -1: the fault stands,
 * and says why it is not kept.
 */
int delivery_keep(struct delivery *, struct carrier *,
    const struct job *given, struct fault *);
/*
 * Writes the line about it to the log; FAULT_NONE is a success. When a signal
 * has ended it, the fault says so from now on, and what became of the message.
 */
void delivery_log(struct delivery *, struct fault *);
/* Closes the log and frees everything; another delivery may begin. */
void delivery_end(struct delivery *);

#endif
