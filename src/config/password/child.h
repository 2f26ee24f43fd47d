/* SPDX-License-Identifier: ISC */
/*
 * child: a command and what it prints. It runs in a process group of its own,
 * which can be ended as a whole. Only where somebody at the terminal talks to
 * us it runs in our group, so that it can ask him, too.
 */
#ifndef CONFIG_PASSWORD_CHILD_H
#define CONFIG_PASSWORD_CHILD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buffer.h"

struct fault;
struct secret;

#define CHILD_OUTPUT_MAX (64 * 1024)	/* octets kept of standard output */
#define CHILD_ERROR_MAX 4096		/* octets kept of standard error */

struct child {
	struct buffer out;	/* may be a secret: wiped by child_free() */
	struct buffer err;
	bool timed_out;		/* it was ended because time was up, or: */
	const char *signal;	/* name of the signal that ends us; or NULL */
	int status;		/* as of waitpid(2) */
};

void child_init(struct child *);
void child_free(struct child *);

/* The arguments that run a command line of the user's in a shell. */
#define CHILD_SHELL(command) \
    (const char *const []){ "/bin/sh", "-c", (command), NULL }

/*
 * Runs argv[0], which is a path, with an empty standard input, and waits for
 * it, not for what it may have left in the background. Output beyond the
 * maxima is read and dropped; out.full and err.full then say so. After `ms`
 * milliseconds, or when a signal ends us, its group gets SIGTERM, and a moment
 * later SIGKILL; without one of its own only the command itself does. Signals
 * are as they are by default and none is blocked for it. Where none was caught
 * before (base/wait), one that has come meanwhile ends the process.
 * -1 with FAULT_SYSTEM only when no process could be made.
 */
int child_run(struct child *, const char *const argv[], int64_t ms,
    struct fault *);

/*
 * Runs a command for the first line that it prints, without the line's end. A
 * fault goes on behind the command's name, with what the command wrote to
 * standard error, such as " failed with exit status 2: no key"; a line of that
 * which begins with "hint: " is the fault's hint. FAULT_COMMAND: it failed or
 * printed no line that can be used; `nothing` is what an empty one is called
 * ("no password"). FAULT_TEMPORARY: it did not end within so many seconds, or
 * its exit status was 75; FAULT_AUTH: that was 77. FAULT_SYSTEM: no process
 * could be made.
 */
int child_first_line(const char *const argv[], int64_t seconds,
    const char *nothing, struct secret *line, struct fault *);

#endif
