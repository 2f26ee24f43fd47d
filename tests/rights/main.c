/* SPDX-License-Identifier: ISC */
/*
 * rights: preloaded, it tries what an intruder would, when the program begins
 * to write $RIGHTS_AT, and says in the file $RIGHTS_FILE what came of it, a
 * line each: read, make, connect, here, run, trace, ring. "here" is a
 * connection to the port that the program is connected to, "connect" one to
 * $RIGHTS_PORT, "make" a file in the folder $RIGHTS_FOLDER.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE	/* syscall() */
#endif
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <netinet/in.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int result = -1;

__attribute__((constructor)) static void
begin(void)
{
	const char *file = getenv("RIGHTS_FILE");

	if (file != NULL)
		result = open(file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC,
		    0600);
}

static void
say(const char *what, int r)
{
	dprintf(result, "%s: %s\n", what, r != -1 ? "done" :
	    errno == EPERM || errno == EACCES ? "refused" : strerror(errno));
}

static int
reach(unsigned port)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
	    .sin_port = htons((unsigned short)port),
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	int r = connect(fd, (struct sockaddr *)&to, sizeof(to));
	int error = errno;

	close(fd);
	errno = error;
	return r;
}

static unsigned
port_of(int fd)
{
	struct sockaddr_in peer = { 0 };
	socklen_t len = sizeof(peer);

	getpeername(fd, (struct sockaddr *)&peer, &len);
	return ntohs(peer.sin_port);
}

static int
make(const char *folder)
{
	char path[4096];
	int fd;

	snprintf(path, sizeof(path), "%s/made", folder);
	fd = open(path, O_WRONLY | O_CREAT, 0600);
	if (fd != -1)
		close(fd);
	return fd;
}

/* In a child: what succeeds replaces the process. */
static int
in_child(int trace)
{
	pid_t parent = getpid();
	int status = 0;
	pid_t pid = fork();

	if (pid == 0) {
		if (trace && ptrace(PTRACE_SEIZE, parent, 0, 0) == 0)
			ptrace(PTRACE_DETACH, parent, 0, 0);
		else if (!trace)
			execl("/bin/true", "true", (char *)NULL);
		else
			_exit(errno);
		_exit(trace ? 0 : errno);
	}
	while (waitpid(pid, &status, 0) == -1 && errno == EINTR)
		;
	errno = WEXITSTATUS(status);
	return errno == 0 ? 0 : -1;
}

static void
intrude(int fd)
{
	const char *port = getenv("RIGHTS_PORT");
	const char *folder = getenv("RIGHTS_FOLDER");
	int file = open("/etc/passwd", O_RDONLY | O_CLOEXEC);

	say("read", file);
	close(file);
	say("make", make(folder == NULL ? "." : folder));
	say("connect", reach(port == NULL ? 9 :
	    (unsigned)strtoul(port, NULL, 10)));
	say("here", reach(port_of(fd)));
	say("run", in_child(0));
	say("trace", in_child(1));
	say("ring", (int)syscall(SYS_keyctl, 0, -1, 0));
	close(result);
	result = -1;
}

ssize_t
write(int fd, const void *p, size_t n)
{
	const char *at = getenv("RIGHTS_AT");

	if (result != -1 && at != NULL && fd != result &&
	    n >= strlen(at) && memcmp(p, at, strlen(at)) == 0)
		intrude(fd);
	return syscall(SYS_write, fd, p, n);
}
