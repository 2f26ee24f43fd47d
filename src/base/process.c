/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/resource.h>
#ifdef HAVE_SYS_PRCTL_H
#include <sys/prctl.h>
#endif

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/wait.h"
#include "base/variable.h"

/*
 * Where standard input, output or error is closed, the next socket would get
 * its number, and our messages would be written into it. /dev/null takes its
 * place, opened so that reading standard input and writing the others fail as
 * they would have failed.
 */
static void
fill_descriptors(void)
{
	for (int fd = 0; fd <= 2; fd++)
		if (fcntl(fd, F_GETFD) == -1 && errno == EBADF &&
		    open("/dev/null", fd == 0 ? O_WRONLY : O_RDWR) != fd)
			_exit(fault_exit_status(FAULT_SYSTEM));
}

/* There will be secrets in memory: no core file, and no debugger. */
static void
guard_memory(void)
{
	static const struct rlimit none = { 0, 0 };

	setrlimit(RLIMIT_CORE, &none);
#if defined(HAVE_PRCTL) && defined(PR_SET_DUMPABLE) && !defined(SANITIZE)
	prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
#endif
}

/* A write that fails is an error to handle: it must not end the program. */
static void
ignore_signals(void)
{
	struct sigaction sa;

	memset(&sa, 0, sizeof(sa));
	sa.sa_handler = SIG_IGN;
	sigaction(SIGPIPE, &sa, NULL);
	sigaction(SIGXFSZ, &sa, NULL);
}

void
process_prepare(void)
{
	variable_prepare();
	fill_descriptors();
	guard_memory();
	ignore_signals();
}
