/* SPDX-License-Identifier: ISC */
/*
 * clock: preloaded, it puts the system's clock forward by $CLOCK_AHEAD
 * seconds, so that days of a queue are tested in seconds. What runs and waits
 * by the monotonic clock notices nothing; that one goes forward by as many
 * seconds as stand in the file $CLOCK_FILE, once there is one, and poll(2)
 * waits by it.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE	/* syscall(), ppoll() */
#endif
#include <sys/syscall.h>

#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define LOOK_MS 20	/* how often a poll(2) that waits looks at the file */
#define NUMBER_SIZE 32	/* octets of the file */

static time_t
ahead(void)
{
	const char *s = getenv("CLOCK_AHEAD");

	return s == NULL ? 0 : (time_t)strtol(s, NULL, 10);
}

/* Seconds of the file, 0 without it. */
static time_t
jumped(void)
{
	const char *path = getenv("CLOCK_FILE");
	char number[NUMBER_SIZE] = "";
	int fd = path == NULL ? -1 : open(path, O_RDONLY | O_CLOEXEC);

	if (fd == -1)
		return 0;
	if (read(fd, number, sizeof(number) - 1) <= 0)
		number[0] = '\0';
	close(fd);
	return (time_t)strtol(number, NULL, 10);
}

/* By the system call: the name in the library is the one below. */
int
clock_gettime(clockid_t id, struct timespec *tp)
{
	if (syscall(SYS_clock_gettime, id, tp) == -1)
		return -1;
	if (id == CLOCK_REALTIME)
		tp->tv_sec += ahead();
	else if (id == CLOCK_MONOTONIC)
		tp->tv_sec += jumped();
	return 0;
}

#if defined(__TIMESIZE) && __TIMESIZE == 32
/* The name of programs that have 64 bits for the time where others have 32. */
struct kernel_time {
	long long tv_sec;
	long long tv_nsec;
};

int __clock_gettime64(clockid_t, struct kernel_time *);

int
__clock_gettime64(clockid_t id, struct kernel_time *tp)
{
	if (syscall(SYS_clock_gettime64, id, tp) == -1)
		return -1;
	if (id == CLOCK_REALTIME)
		tp->tv_sec += ahead();
	else if (id == CLOCK_MONOTONIC)
		tp->tv_sec += jumped();
	return 0;
}
#endif

time_t
time(time_t *timer)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	if (timer != NULL)
		*timer = now.tv_sec;
	return now.tv_sec;
}

static long
now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int
poll(struct pollfd *p, nfds_t n, int timeout)
{
	long left, end = now_ms() + timeout;
	struct timespec part;
	int ready;

	do {
		left = timeout < 0 ? LOOK_MS : end - now_ms();
		left = left < 0 ? 0 : left > LOOK_MS ? LOOK_MS : left;
		part = (struct timespec){ 0, left * 1000000 };
		ready = ppoll(p, n, &part, NULL);
	} while (ready == 0 && (timeout < 0 || now_ms() < end));
	return ready;
}
