/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/socket.h>

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/clock.h"
#include "base/fault.h"
#include "base/memory.h"
#include "base/wait.h"
#include "wire/conn.h"

#define INPUT_STEP 16384	/* octets asked for at a time: one TLS record */
#define LAST_WORDS_MS 2000	/* for a peer that our writes do not reach */

struct conn {
	struct wire wire;
	int rfd;
	int wfd;
	char *peer;
	int64_t progress_ms;
	char output[CONN_OUTPUT_SIZE];
	size_t filled;		/* octets put there */
	const char *out;	/* what is to leave: the window, or lent */
	size_t out_len;		/* octets that have not left */
	uint64_t sent;		/* octets that have left */
	void (*watch)(void *, uint64_t);	/* hears of it, or NULL */
	void *watcher;
	int64_t stall;		/* when output that waits has failed; 0: none
				 * waits */
	struct buffer input;
	size_t in_start;	/* first octet that was not taken */
	bool ended;		/* the peer has ended its stream */
	struct fault failure;	/* the one thing that broke; sends stop */
	bool broken;		/* nothing more can be received */
	bool stalled;		/* the failure is that the peer does not read */
	bool lost;		/* output was dropped after a failure */
};

/* What came of a call that should wait for `wanted` if it moved nothing. */
static ssize_t
plain_result(ssize_t n, short wanted, short *events, struct fault *failure)
{
	*events = 0;
	if (n == -1 && (errno == EAGAIN || errno == EWOULDBLOCK ||
	    errno == EINTR))
		*events = wanted;
	else if (n == -1)
		fault(failure, FAULT_TEMPORARY, "%s", strerror(errno));
	return n;
}

static ssize_t
plain_recv(void *context, void *p, size_t n, short *events,
    struct fault *failure)
{
	const struct conn *c = context;

	return plain_result(read(c->rfd, p, n), POLLIN, events, failure);
}

static ssize_t
plain_send(void *context, const void *p, size_t n, short *events,
    struct fault *failure)
{
	const struct conn *c = context;

	return plain_result(write(c->wfd, p, n), POLLOUT, events, failure);
}

static void
plain_shut(void *context)
{
	const struct conn *c = context;

	shutdown(c->wfd, SHUT_WR);
}

struct conn *
conn_new(int rfd, int wfd, const char *peer, int64_t progress_ms)
{
	struct conn *c = memory_alloc(sizeof(*c));

	c->rfd = rfd;
	c->wfd = wfd;
	c->peer = memory_string(peer);
	c->progress_ms = progress_ms;
	buffer_init(&c->input, CONN_INPUT_MAX);
	c->wire = (struct wire){ c, plain_recv, plain_send, plain_shut };
	c->out = c->output;
	wait_nonblocking(rfd);
	if (wfd != rfd)
		wait_nonblocking(wfd);
	return c;
}

void
conn_free(struct conn *c)
{
	if (c == NULL)
		return;
	close(c->rfd);
	if (c->wfd != c->rfd)
		close(c->wfd);
	memory_wipe(c->output, sizeof(c->output));
	buffer_wipe(&c->input);
	fault_clear(&c->failure);
	free(c->peer);
	free(c);
}

const char *
conn_peer(const struct conn *c)
{
	return c->peer;
}

int
conn_read_fd(const struct conn *c)
{
	return c->rfd;
}

int
conn_write_fd(const struct conn *c)
{
	return c->wfd;
}

void
conn_rewire(struct conn *c, const struct wire *w)
{
	c->wire = *w;
}

/* Receives once. True if the state of the input changed. */
static bool
take_in(struct conn *c, short *events)
{
	char *to;
	ssize_t got;

	*events = 0;
	if (c->ended || c->broken)
		return false;
	if (c->in_start > 0) {
		buffer_consume(&c->input, c->in_start);
		c->in_start = 0;
	}
	to = buffer_reserve(&c->input, INPUT_STEP);
	if (to == NULL)
		return false;
	got = c->wire.recv(c->wire.context, to, INPUT_STEP, events,
	    &c->failure);
	if (got > 0)
		buffer_commit(&c->input, (size_t)got);
	else if (got == 0)
		c->ended = true;
	else if (*events == 0)
		c->broken = true;
	else
		return false;
	return true;
}

static void
empty_window(struct conn *c)
{
	c->out = c->output;
	c->out_len = c->filled = 0;
}

/* Sends once. True if the state of the output changed. */
static bool
give_out(struct conn *c, short *events)
{
	ssize_t sent;

	*events = 0;
	sent = c->wire.send(c->wire.context, c->out, c->out_len, events,
	    &c->failure);
	if (sent > 0) {
		c->out += sent;
		c->out_len -= (size_t)sent;
		c->sent += (uint64_t)sent;
		if (c->out_len == 0)
			empty_window(c);
		if (c->watch != NULL)
			c->watch(c->watcher, c->sent);
		return true;
	}
	return *events == 0;
}

/*
 * Waits for events; true when something happened before the deadline. Behind
 * it nothing counts: a peer can keep a descriptor ready without saying
 * anything, such as by TLS records that are empty.
 */
static bool
wait_for(const struct conn *c, short in, short out, int64_t deadline)
{
	struct pollfd p[2];

	if (clock_left(deadline) == 0)
		return false;
	/* one entry for each descriptor, even when they are the same */
	p[0].fd = in == 0 ? -1 : c->rfd;
	p[0].events = in;
	p[1].fd = out == 0 ? -1 : c->wfd;
	p[1].events = out;
	return wait_poll(p, 2, deadline) != 0;
}

static bool
output_waits(const struct conn *c)
{
	return c->out_len > 0 && c->failure.class == FAULT_NONE;
}

static bool
input_full(const struct conn *c)
{
	return c->input.len - c->in_start + INPUT_STEP > CONN_INPUT_MAX;
}

/*
 * As conn_flush_some(); true also when the end has come first, and the output
 * waits still. The time that a stalled output has begins once, and again only
 * when some of it has left or the owner has taken input: octets that come in
 * by themselves, one a second, are no progress.
 */
static bool
flush_until(struct conn *c, int64_t end)
{
	short in, out;

	while (output_waits(c)) {
		if (give_out(c, &out)) {
			c->stall = 0;
			continue;
		}
		if (c->stall == 0)
			c->stall = clock_after(c->progress_ms);
		/* the peer may send, and wait until we have read */
		if (!input_full(c) && take_in(c, &in))
			return false;
		if (input_full(c))
			in = 0;
		if (wait_for(c, in, out, c->stall < end ? c->stall : end))
			continue;
		if (end < c->stall)
			return true;
		c->stalled = true;
		fault(&c->failure, FAULT_TEMPORARY, "the server stopped "
		    "reading; nothing could be sent for %lld s",
		    (long long)(c->progress_ms / 1000));
	}
	if (c->out_len > 0) {
		c->lost = true;
		empty_window(c);
	}
	return true;
}

bool
conn_flush_some(struct conn *c)
{
	return flush_until(c, CLOCK_NEVER);
}

void
conn_flush(struct conn *c)
{
	while (!conn_flush_some(c))
		;
}

void
conn_put(struct conn *c, const void *p, size_t n)
{
	const char *from = p;
	size_t part;

	if (c->failure.class != FAULT_NONE)
		c->lost = true;
	while (n > 0 && !c->lost) {
		if (conn_room(c) == 0)
			conn_flush(c);
		part = conn_room(c);
		if (part > n)
			part = n;
		memcpy(c->output + c->filled, from, part);
		c->filled += part;
		c->out_len += part;
		from += part;
		n -= part;
	}
}

void
conn_lend(struct conn *c, const void *p, size_t n)
{
	if (c->failure.class != FAULT_NONE) {
		c->lost = true;
		return;
	}
	c->out = p;
	c->out_len = n;
}

size_t
conn_room(const struct conn *c)
{
	return sizeof(c->output) - c->filled;
}

uint64_t
conn_sent(const struct conn *c)
{
	return c->sent;
}

void
conn_watch(struct conn *c, void (*watch)(void *, uint64_t), void *context)
{
	c->watch = watch;
	c->watcher = context;
}

bool
conn_all_sent(const struct conn *c)
{
	return !c->lost && c->out_len == 0;
}

size_t
conn_input(const struct conn *c, const char **p)
{
	*p = c->input.data == NULL ? "" : c->input.data + c->in_start;
	return c->input.len - c->in_start;
}

void
conn_take(struct conn *c, size_t n)
{
	c->in_start += n;
	c->stall = 0;
	if (c->in_start == c->input.len) {
		buffer_clear(&c->input);
		c->in_start = 0;
	}
}

/* Records why the connection is of no more use, behind the peer's name. */
static int
tell_failure(const struct conn *c, struct fault *f)
{
	if (c->failure.class == FAULT_NONE)
		return fault(f, FAULT_TEMPORARY,
		    "%s: the server closed the connection", c->peer);
	/* none of them has a remedy */
	return fault(f, c->failure.class, "%s: %s", c->peer, c->failure.text);
}

int
conn_fill(struct conn *c, int64_t deadline, struct fault *f)
{
	size_t before = c->input.len - c->in_start;
	int64_t last_words;
	short in;

	while (!flush_until(c, deadline))
		if (c->input.len - c->in_start > before)
			return 0;
	/* a peer that stalled was listened to all the time; that is over */
	last_words = clock_after(c->stalled ? 0 : LAST_WORDS_MS);
	if (c->failure.class != FAULT_NONE && last_words < deadline)
		deadline = last_words;
	for (;;) {
		if (c->ended || c->broken)
			return tell_failure(c, f);
		if (input_full(c))
			return fault(f, FAULT_PROTOCOL,
			    "%s: the server sends more than was asked for",
			    c->peer);
		if (take_in(c, &in)) {
			if (c->input.len > before)
				return 0;
			continue;
		}
		if (!wait_for(c, in & POLLIN, in & POLLOUT, deadline)) {
			if (c->failure.class != FAULT_NONE)
				return tell_failure(c, f);
			return fault(f, FAULT_TEMPORARY,
			    "%s: no answer in time", c->peer);
		}
	}
}

bool
conn_peek(struct conn *c)
{
	short in;

	while (!input_full(c) && take_in(c, &in))
		;
	return c->input.len > c->in_start;
}

void
conn_leave(struct conn *c)
{
	short out;

	while (output_waits(c) && give_out(c, &out))
		;
	if (c->failure.class == FAULT_NONE)
		c->wire.shut(c->wire.context);
	c->failure.muted = false;
	fault(&c->failure, FAULT_SOFTWARE, "the connection was left");
	empty_window(c);
}
