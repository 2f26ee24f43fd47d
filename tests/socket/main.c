/* SPDX-License-Identifier: ISC */
/*
 * socket: what inetd and systemd do with a program, and the client at the
 * other end.
 *
 *	socket accept WHERE FILE N COMMAND [ARGUMENT...]
 *		listen, write the port (or "ready") into FILE, and run the
 *		command for each of N connections, one after the other, with
 *		the connection as its standard input, output and error
 *	socket connect WHERE
 *		standard input to it, what it says to standard output
 *	socket listening COMMAND [ARGUMENT...]
 *		run the command on a socket that only listens
 *	socket foreign FILE COMMAND [ARGUMENT...]
 *		run it for a client whose address is not loopback, in a
 *		network of its own; what it says goes into FILE. 77 when the
 *		system lets nobody have one
 *
 * WHERE is unix:PATH or a port on 127.0.0.1, 0 for any.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE	/* unshare() */
#endif
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>

#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>

#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LIFE 120	/* seconds: no test takes so long */
#define SKIP 77

static _Noreturn void
die(const char *what)
{
	fprintf(stderr, "socket: %s: %s\n", what, strerror(errno));
	exit(1);
}

union address {
	struct sockaddr any;
	struct sockaddr_in in;
	struct sockaddr_un un;
};

static socklen_t
read_address(union address *a, const char *where)
{
	memset(a, 0, sizeof(*a));
	if (strncmp(where, "unix:", 5) == 0) {
		a->un.sun_family = AF_UNIX;
		snprintf(a->un.sun_path, sizeof(a->un.sun_path), "%s",
		    where + 5);
		return sizeof(a->un);
	}
	a->in.sin_family = AF_INET;
	a->in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	a->in.sin_port = htons((unsigned short)strtoul(where, NULL, 10));
	return sizeof(a->in);
}

static int
open_socket(const union address *a)
{
	int fd = socket(a->any.sa_family, SOCK_STREAM, 0);

	if (fd == -1)
		die("socket");
	return fd;
}

static int
listen_at(union address *a, socklen_t len)
{
	int fd = open_socket(a);

	if (bind(fd, &a->any, len) == -1 || listen(fd, 16) == -1 ||
	    getsockname(fd, &a->any, &len) == -1)
		die("listen");
	return fd;
}

static int
run(char **command, int in, int out)
{
	pid_t pid = fork();
	int status;

	if (pid == -1)
		die("fork");
	if (pid == 0) {
		dup2(in, 0);
		dup2(out, 1);
		dup2(out, 2);
		if (in > 2)
			close(in);
		if (out > 2 && out != in)
			close(out);
		execvp(command[0], command);
		_exit(127);
	}
	if (waitpid(pid, &status, 0) == -1)
		die("waitpid");
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

static int
run_accepting(char **argv)
{
	union address a;
	socklen_t len = read_address(&a, argv[0]);
	int fd = listen_at(&a, len), client, status = 0;
	unsigned n = (unsigned)strtoul(argv[2], NULL, 10);
	char name[4096];
	FILE *f;

	snprintf(name, sizeof(name), "%s.new", argv[1]);
	f = fopen(name, "w");
	if (f == NULL)
		die(argv[1]);
	if (a.any.sa_family == AF_INET)
		fprintf(f, "%u\n", (unsigned)ntohs(a.in.sin_port));
	else
		fprintf(f, "ready\n");
	if (fclose(f) != 0 || rename(name, argv[1]) == -1)
		die(argv[1]);
	for (; n > 0; n--) {
		client = accept(fd, NULL, NULL);
		if (client == -1)
			die("accept");
		status = run(argv + 3, client, client);
		close(client);
	}
	return status;
}

static void
put(int fd, const char *p, size_t n)
{
	ssize_t done;

	for (; n > 0; p += done, n -= (size_t)done)
		if ((done = write(fd, p, n)) <= 0)
			die("write");
}

static int
run_connecting(const char *where)
{
	struct pollfd p[2] = { { 0, POLLIN, 0 }, { -1, POLLIN, 0 } };
	union address a;
	socklen_t len = read_address(&a, where);
	int fd = open_socket(&a);
	char room[65536];
	ssize_t n;

	if (connect(fd, &a.any, len) == -1)
		die("connect");
	p[1].fd = fd;
	for (;;) {
		if (poll(p, 2, -1) == -1)
			die("poll");
		if (p[1].revents != 0) {
			n = read(fd, room, sizeof(room));
			if (n <= 0)
				return n == 0 ? 0 : 1;
			put(1, room, (size_t)n);
		} else if (p[0].revents != 0) {
			n = read(0, room, sizeof(room));
			if (n > 0) {
				put(fd, room, (size_t)n);
				continue;
			}
			shutdown(fd, SHUT_WR);
			p[0].fd = -1;
		}
	}
}

static int
run_listening(char **command)
{
	union address a;
	socklen_t len = read_address(&a, "0");

	return run(command, listen_at(&a, len), 1);
}

#ifdef CLONE_NEWNET
/* lo with an address from RFC 5737: packets still leave nowhere. */
static int
run_foreign(char **argv)
{
	union address a;
	struct ifreq ifr;
	socklen_t len = read_address(&a, "0");
	int fd, ours, theirs, out, status;
	char room[65536];
	ssize_t n;

	if (unshare(CLONE_NEWNET) == -1 &&
	    unshare(CLONE_NEWUSER | CLONE_NEWNET) == -1)
		return SKIP;
	fd = open_socket(&a);
	memset(&ifr, 0, sizeof(ifr));
	memcpy(ifr.ifr_name, "lo", 3);
	a.in.sin_addr.s_addr = inet_addr("192.0.2.1");
	memcpy(&ifr.ifr_addr, &a.in, sizeof(a.in));
	if (ioctl(fd, SIOCSIFADDR, &ifr) == -1)
		return SKIP;
	ifr.ifr_flags = IFF_UP;
	if (ioctl(fd, SIOCSIFFLAGS, &ifr) == -1)
		return SKIP;
	theirs = listen_at(&a, len);
	len = sizeof(a.in);
	if (connect(fd, &a.any, len) == -1)
		die("connect");
	ours = accept(theirs, NULL, NULL);
	put(fd, "EHLO x\r\nMAIL FROM:<a@example.org>\r\n", 35);
	status = run(argv + 1, ours, ours);
	close(ours);
	out = fileno(fopen(argv[0], "w"));
	while ((n = read(fd, room, sizeof(room))) > 0)
		put(out, room, (size_t)n);
	return status;
}
#else
static int
run_foreign(char **argv)
{
	(void)argv;
	return SKIP;
}
#endif

int
main(int argc, char **argv)
{
	alarm(LIFE);
	signal(SIGPIPE, SIG_IGN);
	if (argc > 5 && strcmp(argv[1], "accept") == 0)
		return run_accepting(argv + 2);
	if (argc == 3 && strcmp(argv[1], "connect") == 0)
		return run_connecting(argv[2]);
	if (argc > 2 && strcmp(argv[1], "listening") == 0)
		return run_listening(argv + 2);
	if (argc > 3 && strcmp(argv[1], "foreign") == 0)
		return run_foreign(argv + 2);
	fprintf(stderr, "socket: see the top of its source\n");
	return 2;
}
