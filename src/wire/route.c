/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/socket.h>
#include <sys/un.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/clock.h"
#include "base/fault.h"
#include "base/idna.h"
#include "base/wait.h"
#include "wire/route.h"

#define PEER_MAX (64 * 1024)	/* octets of the words for a peer */
/*
 * A server that is behind with its connections makes connect(2) say EAGAIN,
 * and there is nothing to poll for: look again after so many milliseconds.
 */
#define BUSY_MS 20

uint16_t
route_proxy_port(const struct route *r)
{
	return r->proxy_port != 0 ? r->proxy_port : SOCKS_PORT;
}

void
route_add_peer(struct buffer *b, const struct route *r)
{
	if (r->socket != NULL) {
		buffer_add_string(b, r->socket);
		return;
	}
	dial_add_host_port(b, r->host, r->port);
	if (r->proxy_host == NULL)
		return;
	buffer_add_string(b, " by proxy ");
	dial_add_host_port(b, r->proxy_host, route_proxy_port(r));
}

bool
route_is_local(const struct route *r, int fd)
{
	return (r->socket != NULL || r->proxy_host == NULL) &&
	    dial_peer_is_loopback(fd);
}

/* Settings that are right by themselves and wrong together. */
static int
check(const struct route *r, struct fault *f)
{
	const char *asked = dial_family_name(r->family);
	enum dial_family own = r->source_ip == NULL ? DIAL_ANY :
	    dial_family_of(r->source_ip);
	enum dial_family there = dial_family_of(r->host);

	if (r->family != DIAL_ANY && own != DIAL_ANY && own != r->family) {
		fault(f, FAULT_CONFIG, "source_ip %s is no %s address, and no "
		    "other is to be used", r->source_ip, asked);
		return fault_hint(f, "remove \"source_ip\", or what asks for "
		    "%s alone (\"address_family\", -4, -6)", asked);
	}
	/* a proxy would connect where we would not */
	if (r->proxy_host != NULL && r->family != DIAL_ANY &&
	    there != DIAL_ANY && there != r->family) {
		fault(f, FAULT_CONFIG, "host %s is no %s address, and no "
		    "other is to be used", r->host, asked);
		return fault_hint(f, "set another \"host\", or remove what "
		    "asks for %s alone (\"address_family\", -4, -6)", asked);
	}
	return 0;
}

/*
 * A path that does not fit into the address, in another way: by a descriptor
 * of the socket's file. Returns the descriptor to close after connecting, or
 * -1.
 */
static int
name_by_descriptor(struct sockaddr_un *to, const char *path)
{
#if HAVE_DECL_O_PATH && defined(__linux__)
	int fd = open(path, O_PATH | O_CLOEXEC);

	if (fd != -1)
		snprintf(to->sun_path, sizeof(to->sun_path),
		    "/proc/self/fd/%d", fd);
	return fd;
#else
	(void)to;
	(void)path;
	errno = ENAMETOOLONG;
	return -1;
#endif
}

static int
local_failed(const char *path, int error, struct fault *f)
{
	if (error == ENAMETOOLONG) {
		fault(f, FAULT_CONFIG, "%s: the path of this socket is too "
		    "long: %zu octets", path, strlen(path));
		return fault_hint(f, "at most %zu are possible here; set "
		    "\"socket\" to a symbolic link with a shorter path",
		    sizeof(((struct sockaddr_un *)NULL)->sun_path) - 1);
	}
	fault(f, FAULT_TEMPORARY, "%s: cannot connect: %s", path,
	    error == EAGAIN ? "the server takes no connections in time" :
	    strerror(error));
	if (error == EACCES)
		return fault_hint(f, "uid %lu needs permission to write to "
		    "the socket, and to search the folders above it",
		    (unsigned long)geteuid());
	if (error == EPROTOTYPE || error == ENOTSOCK)
		return fault_hint(f, "\"socket\" has to name a stream "
		    "socket");
	return fault_hint(f, "check \"socket\", and that the server runs");
}

/* 0, or the error. */
static int
reach(int fd, const struct sockaddr_un *to, int64_t deadline)
{
	const struct sockaddr *address = (const struct sockaddr *)to;
	struct pollfd nothing = { .fd = -1 };
	int left;

	while (connect(fd, address, sizeof(*to)) == -1) {
		if (errno == EISCONN)
			return 0;
		if (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR)
			return errno;
		left = clock_left(deadline);
		if (left == 0 || wait_signal() != NULL)
			return EAGAIN;
		wait_poll(&nothing, 1, clock_after(left > 0 &&
		    left < BUSY_MS ? left : BUSY_MS));
	}
	return 0;
}

/*
 * Connects to a Unix socket of this machine; a path may be of any length where
 * the system has a way to name it (Linux has).
 */
static int
local_connect(const char *path, int64_t deadline, struct fault *f)
{
	struct sockaddr_un to;
	int fd, file = -1, error;

	memset(&to, 0, sizeof(to));
	to.sun_family = AF_UNIX;
	if (strlen(path) < sizeof(to.sun_path))
		memcpy(to.sun_path, path, strlen(path));
	else if ((file = name_by_descriptor(&to, path)) == -1)
		return local_failed(path, errno, f);
	fd = socket(AF_UNIX, SOCK_STREAM, 0);
	if (fd == -1) {
		error = errno;
	} else {
		fcntl(fd, F_SETFD, FD_CLOEXEC);
		wait_nonblocking(fd);
		error = reach(fd, &to, deadline);
	}
	if (file != -1) {
		close(file);
		/* the socket is there, so it is /proc that is not */
		if (error == ENOENT)
			error = ENAMETOOLONG;
	}
	if (error == 0)
		return fd;
	if (fd != -1)
		close(fd);
	return local_failed(path, error, f);
}

static int
by_proxy(const struct route *r, const struct dial *straight,
    int64_t deadline, struct fault *f)
{
	struct socks socks = {
		.host = r->host, .port = r->port, .user = r->proxy_user,
		.password = r->proxy_password
	};
	struct dial dial = *straight;
	struct buffer peer;
	char *ascii = NULL;
	int fd = -1;

	buffer_init(&peer, PEER_MAX);
	route_add_peer(&peer, r);
	socks.peer = peer.data;
	dial.prefix = "proxy_";
	dial.port = route_proxy_port(r);
	if (idna_to_ascii(r->proxy_host, &ascii) == -1) {
		fault(f, FAULT_CONFIG, "proxy_host %s: not a valid host name",
		    r->proxy_host);
	} else if (socks_check(&socks, f) == 0) {
		dial.host = ascii;
		fd = dial_connect(&dial, deadline, f);
		if (fd == -1) {
			buffer_clear(&peer);
			dial_add_host_port(&peer, r->host, r->port);
			buffer_add_string(&peer, " by proxy ");
			fault_prefix(f, "%s", peer.data);
		} else if (socks_connect(fd, &socks, deadline, f) == -1) {
			close(fd);
			fd = -1;
		}
	}
	free(ascii);
	buffer_free(&peer);
	return fd;
}

int
route_connect(const struct route *r, int64_t timeout_ms, struct fault *f)
{
	const struct dial dial = {
		.host = r->host, .port = r->port, .family = r->family,
		.source_ip = r->source_ip, .prefix = "",
		.addresses = r->addresses, .watch = r->watch,
		.context = r->context
	};
	int64_t deadline = clock_after(timeout_ms);

	if (r->socket != NULL)
		return local_connect(r->socket, deadline, f);
	if (check(r, f) == -1)
		return -1;
	return r->proxy_host == NULL ? dial_connect(&dial, deadline, f) :
	    by_proxy(r, &dial, deadline, f);
}
