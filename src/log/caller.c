/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "log/caller.h"

#define PATH_SIZE 64	/* octets: /proc/NUMBER/comm */
#define NAME_SIZE 256	/* octets; Linux has names of at most 15 */

/* There is no portable way; where /proc is another thing, none is found. */
static char *
parent_name(pid_t parent)
{
	char path[PATH_SIZE], name[NAME_SIZE];
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "/proc/%ld/comm", (long)parent);
	fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd == -1)
		return NULL;
	do
		n = read(fd, name, sizeof(name));
	while (n == -1 && errno == EINTR);
	close(fd);
	if (n > 0 && name[n - 1] == '\n')
		n--;
	return n > 0 ? memory_copy(name, (size_t)n) : NULL;
}

void
caller_get(struct caller *c)
{
	pid_t parent = getppid();

	c->known = true;
	c->uid = (long)getuid();
	/* 0: it is outside of what we can see; 1: it has ended, or is init */
	c->parent = parent > 0 ? parent_name(parent) : NULL;
}

void
caller_free(struct caller *c)
{
	free(c->parent);
	memset(c, 0, sizeof(*c));
}

bool
caller_has_terminal(void)
{
	int fd = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);

	if (fd == -1)
		return false;
	close(fd);
	return true;
}
