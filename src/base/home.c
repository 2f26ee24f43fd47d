/* SPDX-License-Identifier: ISC */
#include <pwd.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/home.h"
#include "base/memory.h"
#include "base/variable.h"

char *
home_folder(void)
{
	const char *home = variable_get("HOME");
	const struct passwd *pw;

	if (home != NULL && home[0] == '/')
		return memory_string(home);
	pw = getpwuid(geteuid());
	if (pw == NULL || pw->pw_dir == NULL || pw->pw_dir[0] != '/')
		return NULL;
	return memory_string(pw->pw_dir);
}

char *
home_state(const char *name)
{
	const char *state = variable_get("XDG_STATE_HOME");
	char *home, *path;

	/* a path that is not absolute is to be ignored (XDG Base Directory) */
	if (state != NULL && state[0] == '/')
		return buffer_format("%s/postrider/%s", state, name);
	home = home_folder();
	if (home == NULL)
		return NULL;
	path = buffer_format("%s/.local/state/postrider/%s", home, name);
	free(home);
	return path;
}
