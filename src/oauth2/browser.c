/* SPDX-License-Identifier: ISC */
#include <sys/types.h>

#include <fcntl.h>
#include <spawn.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/variable.h"
#include "oauth2/browser.h"

#ifdef __APPLE__
#define OPENER "open"
#else
#define OPENER "xdg-open"
#endif

bool
browser_open(const char *address)
{
	char name[] = OPENER;
	char *copy = memory_string(address);
	char *argv[] = { name, copy, NULL };
	posix_spawn_file_actions_t actions;
	pid_t pid;
	bool good = false;

	if (posix_spawn_file_actions_init(&actions) == 0) {
		/* it is not to read what is pasted */
		good = posix_spawn_file_actions_addopen(&actions,
		    STDIN_FILENO, "/dev/null", O_RDONLY, 0) == 0 &&
		    posix_spawnp(&pid, OPENER, &actions, NULL, argv,
		    variable_all()) == 0;
		posix_spawn_file_actions_destroy(&actions);
	}
	free(copy);
	return good;
}
