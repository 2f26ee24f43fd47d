/* SPDX-License-Identifier: ISC */
#include "platform.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "guard.h"
#include "listen.h"
#include "text.h"

#define BACKLOG 64

static sigset_t listen_outside;

static int
listen_socket(int family, const struct sockaddr *address, socklen_t len,
    const char *where)
{
	const int on = 1;
	const int fd = socket(family, SOCK_STREAM, 0);

	if (fd < 0)
		die(EXIT_TROUBLE, "socket: %s", strerror(errno));
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	/* A client may be gone again between pselect and accept. */
	if (fcntl(fd, F_SETFL, O_NONBLOCK) < 0 || bind(fd, address, len) != 0 ||
	    listen(fd, BACKLOG) != 0)
		die(EXIT_TROUBLE, "%s: %s", where, strerror(errno));
	return fd;
}

static int
listen_unix(const char *path)
{
	struct sockaddr_un address;
	const size_t len = strlen(path);

	memset(&address, 0, sizeof(address));
	address.sun_family = AF_UNIX;
	if (len >= sizeof(address.sun_path))
		die(EXIT_TROUBLE, "%s: too long for a socket", path);
	memcpy(address.sun_path, path, len + 1);
	unlink(path);
	return listen_socket(AF_UNIX, (struct sockaddr *)&address,
	    sizeof(address), path);
}

int
listen_on(const char *where)
{
	struct addrinfo hints, *found;
	const char *colon = strrchr(where, ':');
	const char *start = where, *end = colon;
	char *host;
	int fd, rc;

	if (strncmp(where, "unix:", 5) == 0)
		return listen_unix(where + 5);
	if (colon == NULL)
		die(EXIT_TROUBLE, "%s: neither ADDR:PORT nor unix:PATH", where);
	if (*start == '[' && end[-1] == ']') {
		start++;
		end--;
	}
	host = text_copy(start, (size_t)(end - start));
	memset(&hints, 0, sizeof(hints));
	hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE;
	hints.ai_socktype = SOCK_STREAM;
	rc = getaddrinfo(host, colon + 1, &hints, &found);
	if (rc != 0)
		die(EXIT_TROUBLE, "%s: %s", where, gai_strerror(rc));
	fd = listen_socket(found->ai_family, found->ai_addr, found->ai_addrlen,
	    where);
	freeaddrinfo(found);
	free(host);
	return fd;
}

static unsigned
listen_port(int fd)
{
	union {
		struct sockaddr any;
		struct sockaddr_in v4;
		struct sockaddr_in6 v6;
		struct sockaddr_un un;
	} address;
	socklen_t len = sizeof(address);

	memset(&address, 0, sizeof(address));
	if (getsockname(fd, &address.any, &len) != 0)
		die(EXIT_TROUBLE, "getsockname: %s", strerror(errno));
	if (address.any.sa_family == AF_INET)
		return ntohs(address.v4.sin_port);
	if (address.any.sa_family == AF_INET6)
		return ntohs(address.v6.sin6_port);
	return 0;
}

void
listen_publish(int fd, const char *path)
{
	const size_t size = strlen(path) + sizeof(".new");
	char *draft = text_alloc(size);
	FILE *file;

	snprintf(draft, size, "%s.new", path);
	file = fopen(draft, "w");
	if (file == NULL || fprintf(file, "%u\n", listen_port(fd)) < 0 ||
	    fclose(file) != 0 || rename(draft, path) != 0)
		die(EXIT_TROUBLE, "%s: %s", path, strerror(errno));
	free(draft);
}

static void
listen_child_ended(int number)
{
	(void)number; /* it only has to interrupt the wait */
}

void
listen_prepare(void)
{
	struct sigaction action;
	sigset_t held;

	memset(&action, 0, sizeof(action));
	action.sa_handler = listen_child_ended;
	sigemptyset(&action.sa_mask);
	sigaction(SIGCHLD, &action, NULL);
	sigemptyset(&held);
	sigaddset(&held, SIGTERM);
	sigaddset(&held, SIGCHLD);
	sigprocmask(SIG_BLOCK, &held, &listen_outside);
	sigdelset(&listen_outside, SIGTERM);
	sigdelset(&listen_outside, SIGCHLD);
}

int
listen_accept(int fd)
{
	fd_set readable;
	int connection;

	FD_ZERO(&readable);
	FD_SET(fd, &readable);
	if (pselect(fd + 1, &readable, NULL, NULL, NULL, &listen_outside) <= 0)
		return -1;
	connection = accept(fd, NULL, NULL);
	if (connection < 0 && errno != EINTR && errno != ECONNABORTED &&
	    errno != EAGAIN && errno != EWOULDBLOCK)
		die(EXIT_TROUBLE, "accept: %s", strerror(errno));
	return connection;
}

void
listen_wait(int ms)
{
	struct timespec time = { ms / 1000, ms % 1000 * 1000000L };

	pselect(0, NULL, NULL, NULL, &time, &listen_outside);
}

void
listen_leave(int fd)
{
	close(fd);
	sigprocmask(SIG_SETMASK, &listen_outside, NULL);
}
