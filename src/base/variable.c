/* SPDX-License-Identifier: ISC */
#include "config.h"

#ifdef HAVE_SYS_AUXV_H
#include <sys/auxv.h>
#endif

#include <stdlib.h>
#include <unistd.h>

#include "base/variable.h"

#define SYSTEM_PATH "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin"

extern char **environ;

bool
variable_set_id(void)
{
#ifdef HAVE_ISSETUGID
	if (issetugid() != 0)
		return true;
#endif
#if defined(HAVE_GETAUXVAL) && defined(AT_SECURE)
	if (getauxval(AT_SECURE) != 0)
		return true;
#endif
	return getuid() != geteuid() || getgid() != getegid();
}

void
variable_prepare(void)
{
	static char *none[] = { NULL };

	unsetenv("SSLKEYLOGFILE");
	if (!variable_set_id())
		return;
	environ = none;
	setenv("PATH", SYSTEM_PATH, 1);
}

const char *
variable_get(const char *name)
{
	const char *value = getenv(name);

	return value == NULL || value[0] == '\0' ? NULL : value;
}

char *const *
variable_all(void)
{
	static char *none[] = { NULL };

	return environ == NULL ? none : environ;
}
