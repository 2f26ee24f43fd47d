/* SPDX-License-Identifier: ISC */
/*
 * confine: gives up, for good, what the process will not need any more, so that
 * a fault in what reads a server's words leads nowhere. It is a second line of
 * defence: where the system cannot do it, nothing is said and all works as
 * well.
 *
 * Linux: PR_SET_NO_NEW_PRIVS; Landlock for files, TCP, signals and abstract
 * sockets, as far as the kernel's version of it goes; a seccomp filter that
 * refuses (EPERM) what no part of us calls and what attacks on the kernel and
 * on other processes begin with. A list of what is allowed would have to know
 * what each version of each library calls. OpenBSD: pledge(2) and unveil(2).
 * FreeBSD: capability mode, where no path is needed.
 *
 * What is open stays open, and can be read and written as before.
 */
#ifndef BASE_CONFINE_H
#define BASE_CONFINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buffer;

/* What is kept. Nothing is owned. */
struct confinement {
	bool read;		/* files may be read, names looked up, and
				 * connections made */
	uint16_t port;		/* connections to this TCP port, not 0, may be
				 * made in any case */
	/* folders, with all below them, and files that may be read and
	 * written; what is missing, or NULL, is passed over */
	const char *const *path;
	size_t paths;
};

/* May be called again, and only takes away what is left. */
void confine(const struct confinement *);
/* Adds in words what this system has for it; nothing where it has nothing. */
void confine_describe(struct buffer *);

#endif
