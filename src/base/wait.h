/* SPDX-License-Identifier: ISC */
/*
 * wait: poll(2) until a deadline, and the signals that end the program. From
 * wait_catch_signals() on they (SIGTERM, SIGINT, SIGHUP, and whatever else ends
 * a process and is no crash) end the wait instead of the process: what waits
 * fails as if its time was up, the failure is told and logged on the usual way
 * out, and wait_die() ends the process as the signal would have. Descriptors
 * are made ready for such a wait here, too.
 *
 * A message that has been handed over must not be told as failed. So
 * wait_hold() marks the commit point of each, from which on signals count for
 * nothing, whether they come later or have come before. What remains is bounded
 * in time: QUIT, the log, the caller's answer.
 */
#ifndef BASE_WAIT_H
#define BASE_WAIT_H

#include <poll.h>
#include <stdbool.h>
#include <stdint.h>

/*
 * Waits for events, of which there may be none, until a deadline of
 * clock_after(). The number of entries that have some, or 0 when the time is up
 * or a signal has been caught. An entry with a negative descriptor is left out.
 */
int wait_poll(struct pollfd *, nfds_t, int64_t deadline);
/*
 * Catches the signals, but for one that is ignored or has a handler already.
 * False, and nothing changes, where they are caught already.
 */
bool wait_catch_signals(void);
/* The opposite; a signal that was caught ends the process now. */
void wait_uncatch_signals(void);
/* The name of the signal that was caught, such as "SIGTERM"; NULL: none. */
const char *wait_signal(void);
/* If a signal was caught, ends the process by it. */
void wait_die(void);
/*
 * From here on no signal ends a wait or the process, and none seems to have
 * been caught. wait_release() is for who goes on to other work afterwards: what
 * came in the meantime counts from then on.
 */
void wait_hold(void);
void wait_release(void);

/* Makes reading and writing return EAGAIN where they would wait. */
void wait_nonblocking(int fd);
/*
 * A pipe (close-on-exec) with both ends above the standard descriptors, some
 * of which may be closed: dup2(2) in a child must not overwrite an end. -1
 * with errno, and both ends are -1 then.
 */
int wait_pipe(int end[2]);

/* ---- process.c: what every program of ours does before anything else. ---- */

/*
 * Disbelieves the environment where base/variable.h says so, opens /dev/null
 * where a standard descriptor is closed, forbids core files and
 * debuggers, since there will be secrets in memory, and makes a write that
 * fails an error to handle. Ends the process with EX_OSERR where it cannot.
 */
void process_prepare(void);

#endif
