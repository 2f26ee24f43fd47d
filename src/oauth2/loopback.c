/* SPDX-License-Identifier: ISC */
#include <sys/socket.h>

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fault.h"
#include "base/text.h"
#include "base/wait.h"
#include "oauth2/form.h"
#include "oauth2/loopback.h"

#define HEAD_MAX (32 * 1024)	/* octets: codes have up to some thousand */
#define VISIT_MS (10 * 1000)	/* browsers open connections in advance */
#define STATE_MAX 256		/* octets; ours has fewer */
#define BACKLOG 16

#define LISTENER LOOPBACK_VISITORS
#define INPUT (LOOPBACK_VISITORS + 1)
#define DESCRIPTORS (LOOPBACK_VISITORS + 2)

#define PAGE(status, text) "HTTP/1.1 " status "\r\n" \
    "Content-Type: text/plain\r\nCache-Control: no-store\r\n" \
    "Referrer-Policy: no-referrer\r\nConnection: close\r\n\r\n" text "\r\n"

static const char page_done[] = PAGE("200 OK",
    "This is all. Go back to the terminal and close this page.");
static const char page_other[] = PAGE("404 Not Found", "Not found.");

int
loopback_open(struct loopback *l, struct fault *f)
{
	struct sockaddr_in address = { .sin_family = AF_INET };
	socklen_t n = sizeof(address);

	for (size_t i = 0; i < LOOPBACK_VISITORS; i++) {
		l->visitor[i].fd = -1;
		buffer_init(&l->visitor[i].head, HEAD_MAX);
	}
	l->input = STDIN_FILENO;
	buffer_init(&l->typed, HEAD_MAX);
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	l->listener = socket(AF_INET, SOCK_STREAM, 0);
	if (l->listener == -1 || bind(l->listener,
	    (struct sockaddr *)&address, sizeof(address)) == -1 ||
	    listen(l->listener, BACKLOG) == -1 || getsockname(l->listener,
	    (struct sockaddr *)&address, &n) == -1)
		return fault(f, FAULT_SYSTEM, "listening on 127.0.0.1: %s",
		    strerror(errno));
	/* the browser is to have no part in it */
	fcntl(l->listener, F_SETFD, FD_CLOEXEC);
	wait_nonblocking(l->listener);
	l->port = ntohs(address.sin_port);
	return 0;
}

static void
leave(struct loopback *l, size_t i)
{
	close(l->visitor[i].fd);
	l->visitor[i].fd = -1;
	buffer_wipe(&l->visitor[i].head);
}

void
loopback_close(struct loopback *l)
{
	for (size_t i = 0; i < LOOPBACK_VISITORS; i++)
		if (l->visitor[i].fd != -1)
			leave(l, i);
	buffer_wipe(&l->typed);
	if (l->listener != -1)
		close(l->listener);
	l->listener = -1;
}

/* Adds the query if its state is the right one. */
static bool
take_query(const char *p, size_t n, const char *state, struct buffer *query)
{
	const char *end = memchr(p, '#', n);
	struct buffer found;
	bool right;

	if (end != NULL)
		n = (size_t)(end - p);
	buffer_init(&found, STATE_MAX);
	right = form_find(&found, p, n, "state") &&
	    text_is(found.data, found.len, state);
	buffer_free(&found);
	return right && buffer_add(query, p, n) == 0;
}

/* A request line: GET /?QUERY HTTP/1.1 */
static bool
take_request(const char *p, size_t n, const char *state, struct buffer *query)
{
	static const char before[] = "GET /?";
	const char *end;

	if (n < sizeof(before) ||
	    memcmp(p, before, sizeof(before) - 1) != 0)
		return false;
	p += sizeof(before) - 1;
	n -= sizeof(before) - 1;
	end = memchr(p, ' ', n);
	return end != NULL && take_query(p, (size_t)(end - p), state, query);
}

/* Reads from a connection, and answers once the request's head is complete:
 * true when it is the one that is waited for. */
static bool
serve(struct loopback *l, size_t i, const char *state, struct buffer *query)
{
	struct buffer *head = &l->visitor[i].head;
	char part[4096];
	ssize_t n = recv(l->visitor[i].fd, part, sizeof(part), 0);
	bool right = false;
	const char *page;

	if (n == -1 && (errno == EAGAIN || errno == EINTR))
		return false;
	if (n > 0 && buffer_add(head, part, (size_t)n) == 0 &&
	    text_find(head->data, head->len, "\r\n\r\n", 4) == NULL)
		return false;
	if (n > 0) {
		right = !head->full && take_request(head->data,
		    text_line(head->data, head->len), state, query);
		page = right ? page_done : page_other;
		/* a page that does not arrive changes nothing */
		(void)send(l->visitor[i].fd, page, strlen(page), 0);
		shutdown(l->visitor[i].fd, SHUT_WR);
	}
	leave(l, i);
	return right;
}

static void
welcome(struct loopback *l)
{
	int fd = accept(l->listener, NULL, NULL);
	size_t i = 0, oldest = 0;

	if (fd == -1)
		return;
	for (; i < LOOPBACK_VISITORS && l->visitor[i].fd != -1; i++)
		if (l->visitor[i].deadline < l->visitor[oldest].deadline)
			oldest = i;
	if (i == LOOPBACK_VISITORS) {
		i = oldest;
		leave(l, i);
	}
	wait_nonblocking(fd);
	l->visitor[i].fd = fd;
	l->visitor[i].deadline = clock_after(VISIT_MS);
}

/* A line of standard input. */
static bool
take_line(const char *p, size_t n, const char *state, struct buffer *query)
{
	size_t blanks = text_blanks(p, n);
	const char *mark;

	p += blanks;
	n = text_trimmed(p, n - blanks);
	if (n == 0)
		return false;
	mark = memchr(p, '?', n);
	if (mark != NULL && take_query(mark + 1, (size_t)(p + n - mark) - 1,
	    state, query))
		return true;
	fputs("postrider-oauth2: this is not the address that the browser "
	    "ends at; paste all of it\n", stderr);
	return false;
}

static bool
read_input(struct loopback *l, const char *state, struct buffer *query)
{
	char part[4096];
	ssize_t n = read(l->input, part, sizeof(part));
	const char *rest, *end;
	size_t left;
	bool right = false;

	if (n == -1 && (errno == EAGAIN || errno == EINTR))
		return false;
	if (n <= 0) {
		l->input = -1;
		return take_line(l->typed.len == 0 ? "" : l->typed.data,
		    l->typed.len, state, query);
	}
	if (buffer_add(&l->typed, part, (size_t)n) == -1)
		buffer_clear(&l->typed);
	rest = l->typed.len == 0 ? "" : l->typed.data;
	left = l->typed.len;
	while (!right && (end = memchr(rest, '\n', left)) != NULL) {
		right = take_line(rest, text_line(rest, left), state, query);
		left -= (size_t)(end - rest) + 1;
		rest = end + 1;
	}
	buffer_consume(&l->typed, l->typed.len - left);
	return right;
}

/* The next moment at which something is over. */
static int64_t
next_deadline(const struct loopback *l, int64_t deadline)
{
	for (size_t i = 0; i < LOOPBACK_VISITORS; i++)
		if (l->visitor[i].fd != -1 &&
		    l->visitor[i].deadline < deadline)
			deadline = l->visitor[i].deadline;
	return deadline;
}

/* One wait, and all that is ready then. */
static bool
turn(struct loopback *l, const char *state, int64_t deadline,
    struct buffer *query)
{
	struct pollfd p[DESCRIPTORS];
	size_t i;

	for (i = 0; i < LOOPBACK_VISITORS; i++)
		p[i] = (struct pollfd){ l->visitor[i].fd, POLLIN, 0 };
	p[LISTENER] = (struct pollfd){ l->listener, POLLIN, 0 };
	p[INPUT] = (struct pollfd){ l->input, POLLIN, 0 };
	wait_poll(p, DESCRIPTORS, next_deadline(l, deadline));
	for (i = 0; i < LOOPBACK_VISITORS; i++)
		if (p[i].fd != -1 && p[i].revents != 0) {
			if (serve(l, i, state, query))
				return true;
		} else if (p[i].fd != -1 &&
		    clock_left(l->visitor[i].deadline) == 0) {
			leave(l, i);
		}
	if (p[LISTENER].revents != 0)
		welcome(l);
	return l->input != -1 && p[INPUT].revents != 0 &&
	    read_input(l, state, query);
}

int
loopback_wait(struct loopback *l, const char *state, int64_t ms,
    struct buffer *query, struct fault *f)
{
	int64_t deadline = clock_after(ms);

	while (clock_left(deadline) > 0)
		if (turn(l, state, deadline, query))
			return 0;
	return fault(f, FAULT_TEMPORARY, "nobody has signed in within %d "
	    "seconds", (int)(ms / 1000));
}
