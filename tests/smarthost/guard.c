/* SPDX-License-Identifier: ISC */
#include "platform.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "guard.h"

#define NOTE_MAX 400

volatile sig_atomic_t guard_stopped;

/* Read by signal handlers: always NUL-terminated in its last octet. */
static char guard_note[NOTE_MAX] = "a client";
static volatile sig_atomic_t guard_term_status = EXIT_UNVISITED;
static time_t guard_end;

void
die(int status, const char *format, ...)
{
	va_list args;

	fputs("smarthost: ", stderr);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	exit(status);
}

static int
guard_write(const char *text)
{
	return write(STDERR_FILENO, text, strlen(text)) < 0 ? -1 : 0;
}

/* Only what a signal handler may call; who cannot write cannot say so. */
static void
guard_say(const char *what)
{
	if (guard_write(what) == 0 &&
	    guard_write("; was waiting for ") == 0 &&
	    guard_write(guard_note) == 0)
		guard_write("\n");
}

static void
guard_expired(int number)
{
	(void)number;
	guard_say("smarthost: the guard time is over");
	_exit(EXIT_GUARD);
}

static void
guard_terminated(int number)
{
	(void)number;
	guard_say("smarthost: ended by SIGTERM");
	_exit(guard_term_status);
}

static void
guard_stop(int number)
{
	(void)number;
	guard_stopped = 1;
}

static void
guard_handle(int number, void (*handler)(int))
{
	struct sigaction action;

	memset(&action, 0, sizeof(action));
	action.sa_handler = handler;
	sigemptyset(&action.sa_mask);
	/* No SA_RESTART: a stop has to interrupt the wait it comes into. */
	if (sigaction(number, &action, NULL) != 0)
		die(EXIT_TROUBLE, "cannot handle signal %d", number);
}

static time_t
guard_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec;
}

void
guard_start(unsigned seconds)
{
	if (seconds == 0)
		return;
	guard_handle(SIGALRM, guard_expired);
	guard_end = guard_now() + (time_t)seconds;
	alarm(seconds);
}

void
guard_inherit(void)
{
	const time_t now = guard_now();

	/* POSIX clears a pending alarm in the child. */
	if (guard_end != 0)
		alarm(guard_end > now ? (unsigned)(guard_end - now) : 1);
}

void
guard_awaits(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(guard_note, sizeof(guard_note), format, args);
	va_end(args);
}

void
guard_term_exits(int status)
{
	guard_term_status = status;
	guard_handle(SIGTERM, guard_terminated);
}

void
guard_term_stops(void)
{
	guard_handle(SIGTERM, guard_stop);
}
