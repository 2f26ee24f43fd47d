/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/socket.h>
#include <sys/un.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fault.h"
#include "base/wait.h"
#include "wire/local.h"

/*
 * A server that is behind with its connections makes connect(2) say EAGAIN,
 * and there is nothing to poll for: look again after so many milliseconds.
 */
#define BUSY_MS 20

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
failed(const char *path, int error, struct fault *f)
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

int
local_connect(const char *path, int64_t deadline, struct fault *f)
{
	struct sockaddr_un to;
	int fd, file = -1, error;

	memset(&to, 0, sizeof(to));
	to.sun_family = AF_UNIX;
	if (strlen(path) < sizeof(to.sun_path))
		memcpy(to.sun_path, path, strlen(path));
	else if ((file = name_by_descriptor(&to, path)) == -1)
		return failed(path, errno, f);
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
	return failed(path, error, f);
}
