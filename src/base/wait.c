/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/wait.h"

static const struct {
	int number;
	const char *name;
} signals[] = {
	{ SIGHUP, "SIGHUP" }, { SIGINT, "SIGINT" }, { SIGQUIT, "SIGQUIT" },
	{ SIGALRM, "SIGALRM" }, { SIGTERM, "SIGTERM" },
	{ SIGUSR1, "SIGUSR1" }, { SIGUSR2, "SIGUSR2" },
	{ SIGVTALRM, "SIGVTALRM" }, { SIGPROF, "SIGPROF" },
	{ SIGXCPU, "SIGXCPU" },
};
#define FIRST_FREE 3	/* descriptors below are the standard ones */
#define FEW 4		/* entries that need no memory of their own */
#define SIGNALS (sizeof(signals) / sizeof(signals[0]))

static volatile sig_atomic_t caught;
static bool catching;
static bool held;	/* caught ones do not count */
/* Readable once a signal was caught, so that no wait begins after it. */
static int alarm_read = -1, alarm_write = -1;

static void
on_signal(int number)
{
	int error = errno;

	caught = number;
	if (write(alarm_write, "", 1) == -1) {
		/* the pipe is full: there is enough to read */
	}
	errno = error;
}

static int
make_alarm(void)
{
	int fd[2];

	if (alarm_read != -1)
		return 0;
	if (pipe(fd) == -1)
		return -1;
	for (int i = 0; i < 2; i++) {
		fcntl(fd[i], F_SETFD, FD_CLOEXEC);
		fcntl(fd[i], F_SETFL, O_NONBLOCK);
	}
	alarm_read = fd[0];
	alarm_write = fd[1];
	return 0;
}

bool
wait_catch_signals(void)
{
	struct sigaction act, before;

	if (catching || make_alarm() == -1)
		return false;
	catching = true;
	memset(&act, 0, sizeof(act));
	act.sa_handler = on_signal;
	act.sa_flags = SA_RESTART;
	sigemptyset(&act.sa_mask);
	for (size_t i = 0; i < SIGNALS; i++)
		if (sigaction(signals[i].number, NULL, &before) == 0 &&
		    before.sa_handler == SIG_DFL)
			sigaction(signals[i].number, &act, NULL);
	return true;
}

void
wait_uncatch_signals(void)
{
	struct sigaction act;

	wait_die();
	for (size_t i = 0; i < SIGNALS; i++)
		if (sigaction(signals[i].number, NULL, &act) == 0 &&
		    act.sa_handler == on_signal)
			signal(signals[i].number, SIG_DFL);
	catching = false;
	wait_die();
}

void
wait_hold(void)
{
	wait_catch_signals();
	held = true;
}

void
wait_release(void)
{
	held = false;
}

/* Is there a signal that ends waits? */
static bool
is_ended(void)
{
	return caught != 0 && !held;
}

const char *
wait_signal(void)
{
	for (size_t i = 0; i < SIGNALS; i++)
		if (is_ended() && caught == signals[i].number)
			return signals[i].name;
	return NULL;
}

void
wait_die(void)
{
	if (!is_ended())
		return;
	signal(caught, SIG_DFL);
	raise(caught);
}

int
wait_poll(struct pollfd *p, nfds_t n, int64_t deadline)
{
	struct pollfd few[FEW + 1], *all = few;
	int ready;

	if (n > FEW)
		all = memory_array(n + 1, sizeof(*all));
	if (n > 0)
		memcpy(all, p, n * sizeof(*p));
	all[n] = (struct pollfd){ .fd = held ? -1 : alarm_read,
	    .events = POLLIN };
	do
		ready = poll(all, n + 1, clock_left(deadline));
	while (ready == -1 && !is_ended() &&
	    (errno == EINTR || errno == EAGAIN));
	for (nfds_t i = 0; i < n; i++)
		p[i].revents = ready > 0 ? all[i].revents : 0;
	if (is_ended())
		ready = 0;
	if (all != few)
		free(all);
	return ready;
}

void
wait_nonblocking(int fd)
{
	int flags = fcntl(fd, F_GETFL);

	if (flags != -1)
		fcntl(fd, F_SETFL, flags | O_NONBLOCK);
}

int
wait_pipe(int end[2])
{
	int low[2], error = 0;

	end[0] = end[1] = -1;
	if (pipe(low) == -1)
		return -1;
	for (int i = 0; i < 2; i++) {
		end[i] = fcntl(low[i], F_DUPFD_CLOEXEC, FIRST_FREE);
		if (end[i] == -1)
			error = errno;
		close(low[i]);
	}
	if (error == 0)
		return 0;
	for (int i = 0; i < 2; i++) {
		if (end[i] != -1)
			close(end[i]);
		end[i] = -1;
	}
	errno = error;
	return -1;
}
