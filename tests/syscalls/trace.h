/* SPDX-License-Identifier: ISC */
/* trace: a program that stops at each of its system calls (ptrace(2)). */
#ifndef SYSCALLS_TRACE_H
#define SYSCALLS_TRACE_H

#include <sys/types.h>

#include <stdbool.h>
#include <stddef.h>

struct call {
	long number;		/* SYS_openat and so on */
	unsigned long argument[6];
	long result;		/* after it; -errno where it has failed */
};

enum verdict {
	TRACE_GO,		/* let it be */
	TRACE_KILL,		/* SIGKILL, before the call is made */
	TRACE_FAIL,		/* it is not made, and fails with the errno */
	TRACE_SIGNAL		/* it gets the signal before the call */
};

struct watcher {
	/* the calls count from the first open of such a path on, */
	const char *from;
	/* or behind the first read(2) of octets with this text; or NULL */
	const char *heard;
	/* before and after each call that counts */
	enum verdict (*before)(struct watcher *, pid_t, struct call *);
	void (*after)(struct watcher *, pid_t, const struct call *);
	int error;		/* the errno of TRACE_FAIL */
	int signal;		/* of TRACE_SIGNAL */
};

/* Is there anything for this machine? */
bool trace_is_possible(void);
/* Runs the program; its exit status, or 128 and the signal. */
int trace_run(char *const command[], struct watcher *);
/* Octets of the program's memory, or of a string there; exits on failure. */
void trace_peek(pid_t, unsigned long address, char *to, size_t n);
void trace_peek_string(pid_t, unsigned long address, char *to, size_t size);

_Noreturn void die(const char *what);

#endif
