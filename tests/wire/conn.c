/* SPDX-License-Identifier: ISC */
/*
 * conn: deadlines against a peer that keeps it busy. The bounds are wide: what
 * fails here goes on until the test is ended.
 */
#include <sys/socket.h>

#include <poll.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fault.h"
#include "wire/conn.h"
#include "tests/tap.h"

#define MS 200			/* a deadline */
#define LATE_MS (10 * 1000)	/* it was not kept */

/* What a wire does. */
struct busy {
	bool drips;		/* an octet now and then; else nothing at all */
	bool now;
	int64_t end;		/* of its patience, so that the test ends */
};

static ssize_t
busy_recv(void *context, void *to, size_t n, short *events, struct fault *f)
{
	struct busy *b = context;

	(void)f;
	*events = POLLIN;
	if (b->end == 0)
		b->end = clock_after(LATE_MS);
	if (clock_left(b->end) == 0)
		return 0;
	b->now = !b->now;
	if (!b->drips || n == 0 || !b->now)
		return -1;
	poll(NULL, 0, 1);
	memset(to, '2', 1);
	return 1;
}

static ssize_t
busy_send(void *context, const void *from, size_t n, short *events,
    struct fault *f)
{
	(void)context;
	(void)from;
	(void)n;
	(void)f;
	*events = POLLOUT;
	return -1;
}

static void
busy_shut(void *context)
{
	(void)context;
}

/* A conn whose descriptor can always be read. */
static struct conn *
begin(struct busy *b, int *other)
{
	const struct wire wire = { b, busy_recv, busy_send, busy_shut };
	struct conn *c;
	int fd[2];

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, fd) == -1 ||
	    write(fd[1], "x", 1) != 1)
		_exit(1);
	*other = fd[1];
	c = conn_new(fd[0], fd[0], "peer", MS);
	conn_rewire(c, &wire);
	return c;
}

static void
end(struct conn *c, int other)
{
	conn_free(c);
	close(other);
}

static void
check(const char *what, int64_t began, const struct fault *f, const char *text)
{
	int64_t took = clock_now() - began;

	tap_ok(took >= MS / 2 && took < LATE_MS, "%s: in time", what);
	if (!tap_ok(f->text != NULL && strstr(f->text, text) != NULL,
	    "%s: %s", what, text))
		tap_show("fault", f->text == NULL ? "" : f->text,
		    f->text == NULL ? 0 : strlen(f->text));
}

/* The descriptor is ready all the time, and nothing comes of it. */
static void
try_input(void)
{
	struct fault f = { .class = FAULT_NONE };
	struct busy b = { .drips = false };
	int64_t began = clock_now();
	int other = -1;
	struct conn *c = begin(&b, &other);

	conn_fill(c, clock_after(MS), &f);
	check("input that holds nothing", began, &f, "no answer in time");
	fault_clear(&f);
	end(c, other);
}

/* The peer does not read, and drips octets. */
static void
try_output(void)
{
	struct fault f = { .class = FAULT_NONE };
	struct busy b = { .drips = true };
	int64_t began = clock_now();
	int other = -1;
	struct conn *c = begin(&b, &other);

	conn_put(c, "NOOP\r\n", 6);
	conn_flush(c);
	while (conn_fill(c, clock_after(MS), &f) == 0)
		;
	check("output that does not leave", began, &f, "stopped reading");
	fault_clear(&f);
	end(c, other);
}

/* A deadline bounds the output that has to leave before the answer. */
static void
try_both(void)
{
	struct fault f = { .class = FAULT_NONE };
	struct busy b = { .drips = false };
	int64_t began = clock_now();
	int other = -1;
	struct conn *c = begin(&b, &other);

	conn_put(c, "NOOP\r\n", 6);
	conn_fill(c, clock_after(MS - 1), &f);
	check("output before the answer", began, &f, "no answer in time");
	fault_clear(&f);
	end(c, other);
}

int
main(void)
{
	try_input();
	try_output();
	try_both();
	return tap_done();
}
