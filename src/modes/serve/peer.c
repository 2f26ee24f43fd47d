/* SPDX-License-Identifier: ISC */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE	/* struct ucred, where there is one */
#endif
#include "config.h"

#include <sys/socket.h>
#include <sys/stat.h>

#include <string.h>
#include <unistd.h>

#include "base/buffer.h"
#include "wire/dial.h"
#include "modes/serve/serving.h"

static void
ask_kernel(struct peer *p, int fd)
{
#if defined(HAVE_STRUCT_UCRED) && defined(SO_PEERCRED)
	struct ucred cred;
	socklen_t len = sizeof(cred);

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &cred, &len) == -1 ||
	    len != sizeof(cred))
		return;
	p->uid = cred.uid;
	p->pid = cred.pid;
	p->known = true;
#elif defined(HAVE_GETPEEREID)
	gid_t gid;

	p->known = getpeereid(fd, &p->uid, &gid) == 0;
#else
	(void)p;
	(void)fd;
#endif
}

void
peer_find(struct peer *p, int fd)
{
	struct sockaddr_storage s;
	socklen_t len = sizeof(s);
	struct stat st;

	memset(p, 0, sizeof(*p));
	memset(&s, 0, sizeof(s));
	p->kind = PEER_PROCESS;
	p->terminal = isatty(fd) == 1;
	if (fstat(fd, &st) == -1 || !S_ISSOCK(st.st_mode))
		return;
	p->kind = PEER_REMOTE;
	/* A socket without a peer is one that listens, or its peer is gone. */
	if (getpeername(fd, (struct sockaddr *)&s, &len) == -1)
		return;
	if (s.ss_family == AF_UNIX) {
		p->kind = PEER_LOCAL;
		ask_kernel(p, fd);
	} else if (dial_peer_is_loopback(fd)) {
		p->kind = PEER_LOOPBACK;
	}
}

bool
peer_is_foreign(const struct peer *p)
{
	if (p->kind == PEER_PROCESS)
		return false;
	return !p->known || (p->uid != getuid() && p->uid != 0);
}

void
peer_add_comment(struct buffer *b, const struct peer *p)
{
	if (p->kind == PEER_LOOPBACK)
		buffer_add_string(b, "loopback");
	else if (p->kind == PEER_PROCESS || p->known)
		buffer_printf(b, "uid %lu", (unsigned long)
		    (p->kind == PEER_PROCESS ? getuid() : p->uid));
	else
		buffer_add_string(b, "local");
}
