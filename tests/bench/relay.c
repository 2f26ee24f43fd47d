/* SPDX-License-Identifier: ISC */
/*
 * relay -p PORT-FILE -t TARGET-PORT -d MILLISECONDS
 *
 * A network path with that one-way delay before a server on loopback, and
 * with the round trip that TCP's own handshake takes: connect(2) returns at
 * once, so the path begins to carry one and a half delays later. Bandwidth is
 * not limited and nothing is lost. A process for each connection.
 */
#include <sys/socket.h>

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define BLOCK (64 * 1024)
#define AHEAD 256		/* blocks on their way in one direction */
#define MICRO 1000000LL
#define EX_USAGE 64
#define EX_OSERR 71

struct block {
	int64_t due;		/* microseconds; when it arrives */
	size_t len;		/* 0: the end */
	size_t done;
	char *octets;
};

/* One direction. */
struct path {
	int from;
	int to;
	struct block block[AHEAD];	/* a ring */
	unsigned first;
	unsigned count;
	bool ended;		/* the end is in the ring, or has arrived */
};

static int64_t
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * MICRO + t.tv_nsec / 1000;
}

static void
take_in(struct path *p, int64_t delay)
{
	struct block *b = &p->block[(p->first + p->count) % AHEAD];
	ssize_t n;

	b->octets = malloc(BLOCK);
	if (b->octets == NULL)
		_exit(EX_OSERR);
	n = recv(p->from, b->octets, BLOCK, 0);
	if (n == -1 && (errno == EAGAIN || errno == EINTR)) {
		free(b->octets);
		return;
	}
	b->len = n > 0 ? (size_t)n : 0;
	b->done = 0;
	b->due = now() + delay;
	p->ended = b->len == 0;
	p->count++;
}

/* Hands over what has arrived; false when the end has, or nobody listens. */
static bool
hand_over(struct path *p)
{
	struct block *b;
	ssize_t n;

	while (p->count > 0) {
		b = &p->block[p->first];
		if (b->due > now())
			return true;
		if (b->len == 0) {
			shutdown(p->to, SHUT_WR);
			free(b->octets);
			p->count = 0;
			return true;
		}
		n = send(p->to, b->octets + b->done, b->len - b->done,
		    MSG_NOSIGNAL);
		if (n == -1)
			return errno == EAGAIN || errno == EINTR;
		b->done += (size_t)n;
		if (b->done < b->len)
			return true;
		free(b->octets);
		p->first = (p->first + 1) % AHEAD;
		p->count--;
	}
	return true;
}

static void
watch(const struct path *p, struct pollfd *in, struct pollfd *out,
    int *timeout)
{
	int64_t left;

	in->fd = p->ended || p->count == AHEAD ? -1 : p->from;
	in->events = POLLIN;
	out->fd = -1;
	out->events = POLLOUT;
	if (p->count == 0)
		return;
	left = p->block[p->first].due - now();
	if (left <= 0)
		out->fd = p->to;
	else if (*timeout == -1 || left / 1000 + 1 < *timeout)
		*timeout = (int)(left / 1000) + 1;
}

static void
carry(int client, int server, int64_t delay)
{
	static struct path path[2];
	struct pollfd fds[4];
	int timeout;

	path[0].from = path[1].to = client;
	path[0].to = path[1].from = server;
	fcntl(client, F_SETFL, O_NONBLOCK);
	fcntl(server, F_SETFL, O_NONBLOCK);
	while (!(path[0].ended && path[1].ended && path[0].count == 0 &&
	    path[1].count == 0)) {
		timeout = -1;
		for (int i = 0; i < 2; i++)
			watch(&path[i], &fds[2 * i], &fds[2 * i + 1],
			    &timeout);
		poll(fds, 4, timeout);
		for (int i = 0; i < 2; i++) {
			if (fds[2 * i].fd != -1 && fds[2 * i].revents != 0)
				take_in(&path[i], delay);
			if (!hand_over(&path[i]))
				return;
		}
	}
}

static int
dial(int port)
{
	struct sockaddr_in a = { .sin_family = AF_INET };
	int fd = socket(AF_INET, SOCK_STREAM, 0), one = 1;

	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	a.sin_port = htons((uint16_t)port);
	if (fd == -1 || connect(fd, (struct sockaddr *)&a, sizeof(a)) == -1)
		return -1;
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	return fd;
}

static void
serve(int client, int port, int64_t delay)
{
	struct timespec pause = { 0, 0 };
	int server, one = 1;

	setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	/* our SYN, the answer to it, and the ACK that opens the server's end */
	pause.tv_nsec = (long)(delay * 3 % MICRO) * 1000;
	pause.tv_sec = (time_t)(delay * 3 / MICRO);
	nanosleep(&pause, NULL);
	server = dial(port);
	if (server != -1) {
		/* what the client said meanwhile has had its delay */
		static struct pollfd early = { .events = POLLIN };
		char octets[BLOCK];
		ssize_t n = 0;

		early.fd = client;
		if (poll(&early, 1, 0) == 1)
			n = recv(client, octets, sizeof(octets), 0);
		if (n > 0 && send(server, octets, (size_t)n, MSG_NOSIGNAL) !=
		    n)
			return;
		carry(client, server, delay);
	}
}

static int
listen_somewhere(const char *port_file)
{
	struct sockaddr_in a = { .sin_family = AF_INET };
	socklen_t len = sizeof(a);
	char name[4096];
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	FILE *f;

	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (fd == -1 || bind(fd, (struct sockaddr *)&a, sizeof(a)) == -1 ||
	    listen(fd, 64) == -1 ||
	    getsockname(fd, (struct sockaddr *)&a, &len) == -1)
		return -1;
	snprintf(name, sizeof(name), "%s.new", port_file);
	f = fopen(name, "w");
	if (f == NULL || fprintf(f, "%d\n", ntohs(a.sin_port)) < 0 ||
	    fclose(f) != 0 || rename(name, port_file) == -1)
		return -1;
	return fd;
}

int
main(int argc, char *argv[])
{
	const char *port_file = NULL;
	int64_t delay = 0;
	int c, fd, client, port = 0;

	while ((c = getopt(argc, argv, "p:t:d:")) != -1) {
		if (c == 'p')
			port_file = optarg;
		else if (c == 't')
			port = (int)strtol(optarg, NULL, 10);
		else if (c == 'd')
			delay = strtol(optarg, NULL, 10) * 1000;
		else
			return EX_USAGE;
	}
	signal(SIGCHLD, SIG_IGN);
	if (port_file == NULL || port == 0 ||
	    (fd = listen_somewhere(port_file)) == -1) {
		fprintf(stderr, "usage: relay -p PORT-FILE -t PORT -d MS\n");
		return EX_USAGE;
	}
	for (;;) {
		client = accept(fd, NULL, NULL);
		if (client == -1)
			continue;
		if (fork() == 0) {
			close(fd);
			serve(client, port, delay);
			_exit(0);
		}
		close(client);
	}
}
