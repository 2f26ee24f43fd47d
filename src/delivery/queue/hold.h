/* SPDX-License-Identifier: ISC */
/*
 * hold: an account whose credentials were refused is left alone for a while,
 * since the same password once more makes servers lock the mailbox. This
 * outlives the process: account/NAME.FILE in the queue's folder says since
 * when, where FILE is short for the path of the account's file: others may have
 * an account of that name, too. A change of that file, of password_file or of
 * the token ends it.
 */
#ifndef DELIVERY_QUEUE_HOLD_H
#define DELIVERY_QUEUE_HOLD_H

#include <stdint.h>

struct account;
struct fault;
struct queue_folder;

/*
 * Is the account left alone now? Then the fault says why and until when, with
 * the class FAULT_AUTH, and -1 is returned. 1: it may be tried, and its
 * credentials were refused before. 0: nothing is known of it.
 */
int queue_hold_check(const struct queue_folder *, const struct account *,
    int64_t now, struct fault *);
/* The credentials were refused now: an hour, then twice as long each time, up
 * to four hours. `why` is what the server said. */
void queue_hold_begin(const struct queue_folder *, const struct account *,
    int64_t now, const char *why);
/* They were accepted. */
void queue_hold_end(const struct queue_folder *, const struct account *);

/*
 * Takes the lock of an account's run, which is let go by close(2). A
 * descriptor; -1: somebody else has it, or errno tells why it cannot be had
 * (EWOULDBLOCK: the former).
 */
int queue_lock_account(const struct queue_folder *, const char *name);

#endif
