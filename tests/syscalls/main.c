/* SPDX-License-Identifier: ISC */
/*
 * syscalls: a program, and what it does to it at one of its system calls.
 *
 *	syscalls possible
 *		77 when this machine lets nobody look at system calls
 *	syscalls kill N FROM FILE COMMAND [ARGUMENT...]
 *		SIGKILL when it is about to make the N-th call that changes
 *		files or says something to a socket, or to end. Between two
 *		of these it makes no difference to the world when it dies;
 *		with SYSCALLS=all in the environment each call counts
 *	syscalls fail N ERROR FROM FILE COMMAND [ARGUMENT...]
 *		the N-th of those calls that open or change files fails with
 *		that error: EIO, ENOSPC or EINTR
 *	syscalls signal N NAME FROM FILE COMMAND [ARGUMENT...]
 *		SIGTERM, or whatever NAME says in place of TERM, when it is
 *		about to make the N-th call; each one counts
 *	syscalls late N NAME TEXT FILE COMMAND [ARGUMENT...]
 *		the same, and calls count from a read(2) on that gets TEXT
 *	syscalls record ROOT FROM FILE COMMAND [ARGUMENT...]
 *		what it does to files below ROOT goes to FILE: see record.h
 *
 * Calls count from the first one on that opens a path with FROM in it. The
 * exit status is the command's, or 128 and the signal that ended it. FILE
 * gets a line when the N-th call was there: its number.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <sys/stat.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "record.h"
#include "trace.h"
#ifdef __linux__
#include <sys/syscall.h>
#endif

#define SKIP 77

struct stroke {
	struct watcher watcher;		/* this comes first */
	enum verdict verdict;
	bool all;			/* each call counts */
	bool late;			/* behind a read(2) */
	unsigned long at;
	unsigned long calls;
	long hit;			/* number of the call that was hit */
};

/* What kill and fail are about. */
static const struct kind {
	long number;
	bool kill;
	bool fail;
	int flags;	/* number of the argument that has the flags of open */
} kinds[] = {
#ifdef __linux__
#ifdef SYS_open
	{ SYS_open, true, true, 1 },
	{ SYS_creat, true, true, 0 },
	{ SYS_link, true, true, 0 },
	{ SYS_unlink, true, true, 0 },
	{ SYS_rename, true, true, 0 },
	{ SYS_mkdir, true, true, 0 },
#endif
#ifdef SYS_renameat
	{ SYS_renameat, true, true, 0 },
#endif
	{ SYS_openat, true, true, 2 },
	{ SYS_linkat, true, true, 0 },
	{ SYS_unlinkat, true, true, 0 },
	{ SYS_renameat2, true, true, 0 },
	{ SYS_mkdirat, true, true, 0 },
	{ SYS_write, true, true, 0 },
	{ SYS_writev, true, true, 0 },
	{ SYS_pwrite64, true, true, 0 },
	{ SYS_fsync, true, true, 0 },
	{ SYS_fdatasync, true, true, 0 },
	{ SYS_ftruncate, true, true, 0 },
	{ SYS_flock, true, true, 0 },
	{ SYS_connect, true, false, 0 },
	{ SYS_sendto, true, false, 0 },
	{ SYS_sendmsg, true, false, 0 },
	{ SYS_shutdown, true, false, 0 },
	{ SYS_exit_group, true, false, 0 },
#endif
	{ -1, false, false, 0 }
};

static bool
counts(const struct stroke *s, const struct call *c)
{
	const struct kind *k = kinds;

	if (s->all)
		return true;
	while (k->number != -1 && k->number != c->number)
		k++;
	/* opening what is there changes nothing */
	if (s->verdict == TRACE_KILL && k->flags > 0 &&
	    (c->argument[k->flags] & (O_CREAT | O_TRUNC)) == 0)
		return false;
	return s->verdict == TRACE_KILL ? k->kill : k->fail;
}

static enum verdict
strike(struct watcher *w, pid_t pid, struct call *c)
{
	struct stroke *s = (struct stroke *)w;

	(void)pid;
	if (!counts(s, c) || ++s->calls != s->at)
		return TRACE_GO;
	s->hit = c->number;
	return s->verdict;
}

static int
number_of(const char *error)
{
	static const struct {
		const char *name;
		int number;
	} errors[] = {
		{ "EIO", EIO }, { "ENOSPC", ENOSPC }, { "EINTR", EINTR },
	};

	for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++)
		if (strcmp(error, errors[i].name) == 0)
			return errors[i].number;
	errno = EINVAL;
	die(error);
}

static int
signal_of(const char *name)
{
	static const struct {
		const char *name;
		int number;
	} signals[] = {
		{ "TERM", SIGTERM }, { "INT", SIGINT }, { "HUP", SIGHUP },
		{ "ALRM", SIGALRM }, { "XCPU", SIGXCPU }, { "PIPE", SIGPIPE },
	};

	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		if (strcmp(name, signals[i].name) == 0)
			return signals[i].number;
	errno = EINVAL;
	die(name);
}

/* N FROM FILE COMMAND, or N TEXT FILE COMMAND */
static int
run_stroke(struct stroke *s, char **argv)
{
	FILE *file;
	int status;

	s->at = strtoul(argv[0], NULL, 10);
	*(s->late ? &s->watcher.heard : &s->watcher.from) = argv[1];
	s->watcher.before = strike;
	s->hit = -1;
	status = trace_run(argv + 3, &s->watcher);
	file = fopen(argv[2], "w");
	if (file == NULL)
		die(argv[2]);
	if (s->hit != -1)
		fprintf(file, "%ld\n", s->hit);
	if (fclose(file) != 0)
		die(argv[2]);
	return status;
}

int
main(int argc, char *argv[])
{
	struct stroke s = { .verdict = TRACE_FAIL };
	const char *what = argc > 1 ? argv[1] : "";

	if (strcmp(what, "possible") == 0)
		return trace_is_possible() ? 0 : SKIP;
	if (strcmp(what, "kill") == 0 && argc > 5) {
		s.verdict = TRACE_KILL;
		s.all = getenv("SYSCALLS") != NULL;
		return run_stroke(&s, argv + 2);
	}
	if (strcmp(what, "fail") == 0 && argc > 6) {
		s.watcher.error = number_of(argv[3]);
		argv[3] = argv[2];
		return run_stroke(&s, argv + 3);
	}
	s.late = strcmp(what, "late") == 0;
	if ((s.late || strcmp(what, "signal") == 0) && argc > 6) {
		s.verdict = TRACE_SIGNAL;
		s.all = true;
		s.watcher.signal = signal_of(argv[3]);
		argv[3] = argv[2];
		return run_stroke(&s, argv + 3);
	}
	if (strcmp(what, "record") == 0 && argc > 5)
		return record_run(argv[2], argv[3], argv[4], argv + 5);
	fprintf(stderr, "usage: syscalls possible | kill | fail | signal | "
	    "late | record\n");
	return 2;
}
