/* SPDX-License-Identifier: ISC */
/*
 * measure FILE COMMAND [ARGUMENT...]
 *
 * Runs the command with the file's content on a pipe as standard input ("-":
 * with our own), and writes one line: wall, user and system time in
 * microseconds, peak resident memory in KiB, exit status. Small, since
 * the memory that a process had before exec(2) counts for its peak.
 */
#define _GNU_SOURCE
#include <sys/resource.h>
#include <sys/wait.h>

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define PIPE_OCTETS (1024 * 1024)	/* fewer turns between the processes */
#define EX_USAGE 64
#define EX_OSERR 71

/* Feeds the file into the pipe without looking at it. */
static void
feed(const char *file, int to)
{
	int from = open(file, O_RDONLY);
	ssize_t n;

	if (from == -1)
		_exit(EX_OSERR);
	signal(SIGPIPE, SIG_DFL);
	do
		n = splice(from, NULL, to, NULL, PIPE_OCTETS, SPLICE_F_MOVE);
	while (n > 0);
	_exit(n == 0 ? 0 : EX_OSERR);
}

static long long
microseconds(const struct timeval *t)
{
	return t->tv_sec * 1000000LL + t->tv_usec;
}

int
main(int argc, char *argv[])
{
	struct timespec begin, end;
	struct rusage used;
	int ends[2] = { -1, -1 }, status;
	pid_t feeder = -1, child;

	if (argc < 3) {
		fprintf(stderr, "usage: measure FILE COMMAND ...\n");
		return EX_USAGE;
	}
	if (strcmp(argv[1], "-") != 0) {
		if (pipe(ends) == -1)
			return EX_OSERR;
		fcntl(ends[1], F_SETPIPE_SZ, PIPE_OCTETS);
		feeder = fork();
		if (feeder == 0) {
			close(ends[0]);
			feed(argv[1], ends[1]);
		}
		close(ends[1]);
	}
	clock_gettime(CLOCK_MONOTONIC, &begin);
	child = fork();
	if (child == 0) {
		if (ends[0] != -1)
			dup2(ends[0], STDIN_FILENO), close(ends[0]);
		execvp(argv[2], argv + 2);
		_exit(127);
	}
	if (ends[0] != -1)
		close(ends[0]);
	if (child == -1 || wait4(child, &status, 0, &used) == -1)
		return EX_OSERR;
	clock_gettime(CLOCK_MONOTONIC, &end);
	if (feeder > 0)
		waitpid(feeder, NULL, 0);
	printf("%lld %lld %lld %ld %d\n",
	    (end.tv_sec - begin.tv_sec) * 1000000LL +
	    (end.tv_nsec - begin.tv_nsec) / 1000,
	    microseconds(&used.ru_utime), microseconds(&used.ru_stime),
	    used.ru_maxrss, WIFEXITED(status) ? WEXITSTATUS(status) :
	    128 + WTERMSIG(status));
	return 0;
}
