/* SPDX-License-Identifier: ISC */
#ifndef SMARTHOST_GUARD_H
#define SMARTHOST_GUARD_H

#include <signal.h>

/* How the program ends. */
enum {
	EXIT_FOLLOWED = 0, /* the client did what it should */
	EXIT_DEVIATED = 1, /* it did not */
	EXIT_TROUBLE = 2,  /* usage, unreadable files, out of memory */
	EXIT_GUARD = 3,    /* the guard time is over */
	EXIT_UNVISITED = 4 /* SIGTERM before any client came (--play) */
};

/* Says why on standard error, and ends the program. */
_Noreturn void die(int status, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/*
 * The guard: `seconds` from now (0: never) the process says what it was
 * waiting for and exits with EXIT_GUARD, whatever it is doing. A child that is
 * forked later calls guard_inherit to be under the same guard.
 */
void guard_start(unsigned seconds);
void guard_inherit(void);

/* What we are waiting for, for the guard's message; cut to one line. */
void guard_awaits(const char *format, ...)
    __attribute__((format(printf, 1, 2)));

/*
 * SIGTERM ends the process at once with this status (EXIT_UNVISITED as long as
 * nobody came), saying what it waited for.
 */
void guard_term_exits(int status);

/*
 * SIGTERM only sets guard_stopped, and interrupts a wait: for the honest
 * server, which then ends its sessions.
 */
void guard_term_stops(void);
extern volatile sig_atomic_t guard_stopped;

#endif
