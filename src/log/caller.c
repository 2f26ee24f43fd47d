/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "log/caller.h"

#define PATH_SIZE 64	/* octets: /proc/NUMBER/comm */

/* There is no portable way. Without Linux's /proc the name is unknown. */
static char *
parent_name(pid_t parent)
{
	char path[PATH_SIZE];

	snprintf(path, sizeof(path), "/proc/%ld/comm", (long)parent);
	return file_first_line(path);
}

void
caller_get(struct caller *c)
{
	pid_t parent = getppid();

	c->known = true;
	c->uid = (long)getuid();
	/* 0: the parent is outside of our PID namespace */
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
