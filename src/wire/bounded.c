/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/types.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/wait.h"
#include "wire/dial.h"

#define READ_SIZE 4096

void
bounded_write(int fd, const void *p, size_t n)
{
	if (file_write(fd, p, n) == -1)
		_exit(1);
}

/*
 * A child whose parent was killed must not stay for long, nor keep the
 * parent's standard descriptors open: with -bs these are a client's socket.
 * Signals are blocked here, so that no handler of the parent's runs.
 */
static void
become_child(int64_t deadline, const sigset_t *mask)
{
	int left = clock_left(deadline);
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	struct sigaction act;

	for (int i = 1; i < NSIG; i++)
		if (sigaction(i, NULL, &act) == 0 && act.sa_handler != SIG_IGN)
			signal(i, SIG_DFL);
	signal(SIGALRM, SIG_DFL);
	sigprocmask(SIG_SETMASK, mask, NULL);
	if (left >= 0)
		alarm((unsigned)left / 1000 + 1);
	for (int fd = 0; fd <= STDERR_FILENO; fd++)
		if (null == -1)
			close(fd);
		else if (null != fd)
			dup2(null, fd);
	if (null > STDERR_FILENO)
		close(null);
}

/* fork(2); the child comes back without the parent's handlers. */
static pid_t
begin_child(int64_t deadline)
{
	sigset_t all, before;
	pid_t pid;
	int error;

	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, &before);
	pid = fork();
	error = errno;
	if (pid == 0)
		become_child(deadline, &before);
	else
		sigprocmask(SIG_SETMASK, &before, NULL);
	errno = error;
	return pid;
}

/* Reads until the end of the stream. 0, or the error. */
static int
read_all(int fd, struct buffer *answer, int64_t deadline)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	char part[READ_SIZE];
	ssize_t got;

	for (;;) {
		if (wait_poll(&p, 1, deadline) == 0)
			return ETIMEDOUT;
		got = read(fd, part, sizeof(part));
		if (got == 0)
			return 0;
		if (got == -1 && errno != EINTR && errno != EAGAIN)
			return errno;
		if (got > 0 && buffer_add(answer, part, (size_t)got) == -1)
			return EMSGSIZE;
	}
}

int
bounded_run(bounded_call *call, const void *context, struct buffer *answer,
    int64_t deadline)
{
	int end[2], error;
	pid_t pid;

	if (wait_pipe(end) == -1)
		return errno;
	pid = begin_child(deadline);
	if (pid == 0) {
		call(end[1], context);
		_exit(0);
	}
	error = pid == -1 ? errno : 0;
	close(end[1]);
	if (error == 0)
		error = read_all(end[0], answer, deadline);
	close(end[0]);
	if (pid == -1)
		return error;
	if (error != 0)
		kill(pid, SIGKILL);
	/* fails with ECHILD where SIGCHLD was ignored when we began */
	while (waitpid(pid, NULL, 0) == -1 && errno == EINTR)
		;
	return error;
}
