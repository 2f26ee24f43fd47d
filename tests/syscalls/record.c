/* SPDX-License-Identifier: ISC */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <sys/stat.h>
#include <sys/types.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "record.h"
#include "trace.h"

#ifdef __linux__
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>

#define PATH_SIZE 4096

struct recorder {
	struct watcher watcher;		/* this comes first */
	const char *root;
	FILE *file;
	/* what was there before the call: later nobody can tell */
	char path[2][PATH_SIZE];
	bool existed;
	bool socket;
};

/* ---- Paths. */

/* What the descriptor is open on; false: no path, but maybe a socket. */
static bool
path_of_descriptor(pid_t pid, int fd, char *to)
{
	char name[64];
	ssize_t n;

	if (fd == AT_FDCWD)
		snprintf(name, sizeof(name), "/proc/%ld/cwd", (long)pid);
	else
		snprintf(name, sizeof(name), "/proc/%ld/fd/%d", (long)pid, fd);
	n = readlink(name, to, PATH_SIZE - 1);
	to[n < 0 ? 0 : n] = '\0';
	return to[0] == '/';
}

static void
path_of_name(pid_t pid, int folder, unsigned long name, char *to)
{
	char last[PATH_SIZE];
	size_t n;

	trace_peek_string(pid, name, last, sizeof(last));
	if (last[0] == '/' || !path_of_descriptor(pid, folder, to)) {
		snprintf(to, PATH_SIZE, "%s", last);
		return;
	}
	n = strlen(to);
	snprintf(to + n, PATH_SIZE - n, "/%s", last);
}

/* Below the root: the rest of the path, "." for the root; else NULL. */
static const char *
below(const struct recorder *r, const char *path)
{
	size_t n = strlen(r->root);

	if (strncmp(path, r->root, n) != 0)
		return NULL;
	return path[n] == '\0' ? "." : path[n] == '/' ? path + n + 1 : NULL;
}

/* ---- Calls, in one shape for all their spellings. */

enum act {
	ACT_NONE, ACT_OPEN, ACT_MKDIR, ACT_LINK, ACT_RENAME, ACT_UNLINK,
	ACT_WRITE, ACT_WRITE_PARTS, ACT_SYNC, ACT_SEND, ACT_SEND_PARTS,
	ACT_UNKNOWN
};

/* Which arguments hold folder and name; -1: the present folder. */
static const struct shape {
	long number;
	enum act act;
	int folder[2];
	int name[2];
	int flags;
} shapes[] = {
#ifdef SYS_open
	{ SYS_open, ACT_OPEN, { -1, 0 }, { 0, -1 }, 1 },
	{ SYS_mkdir, ACT_MKDIR, { -1, 0 }, { 0, -1 }, 0 },
	{ SYS_link, ACT_LINK, { -1, -1 }, { 0, 1 }, 0 },
	{ SYS_rename, ACT_RENAME, { -1, -1 }, { 0, 1 }, 0 },
	{ SYS_unlink, ACT_UNLINK, { -1, 0 }, { 0, -1 }, 0 },
	{ SYS_creat, ACT_UNKNOWN, { 0, 0 }, { -1, -1 }, 0 },
	{ SYS_rmdir, ACT_UNKNOWN, { 0, 0 }, { -1, -1 }, 0 },
#endif
#ifdef SYS_renameat
	{ SYS_renameat, ACT_RENAME, { 0, 2 }, { 1, 3 }, 0 },
#endif
	{ SYS_openat, ACT_OPEN, { 0, 0 }, { 1, -1 }, 2 },
	{ SYS_mkdirat, ACT_MKDIR, { 0, 0 }, { 1, -1 }, 0 },
	{ SYS_linkat, ACT_LINK, { 0, 2 }, { 1, 3 }, 0 },
	{ SYS_renameat2, ACT_RENAME, { 0, 2 }, { 1, 3 }, 0 },
	{ SYS_unlinkat, ACT_UNLINK, { 0, 0 }, { 1, -1 }, 0 },
	{ SYS_write, ACT_WRITE, { 0, 0 }, { -1, -1 }, 0 },
	{ SYS_writev, ACT_WRITE_PARTS, { 0, 0 }, { -1, -1 }, 0 },
	{ SYS_fsync, ACT_SYNC, { 0, 0 }, { -1, -1 }, 0 },
	{ SYS_fdatasync, ACT_SYNC, { 0, 0 }, { -1, -1 }, 0 },
	{ SYS_sendto, ACT_SEND, { 0, 0 }, { -1, -1 }, 0 },
	{ SYS_sendmsg, ACT_SEND_PARTS, { 0, 0 }, { -1, -1 }, 0 },
	/* what nobody reads needs no writing here */
	{ SYS_pwrite64, ACT_UNKNOWN, { 0, 0 }, { -1, -1 }, 0 },
	{ SYS_ftruncate, ACT_UNKNOWN, { 0, 0 }, { -1, -1 }, 0 },
};

static const struct shape *
find_shape(const struct call *c)
{
	for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++)
		if (shapes[i].number == c->number)
			return &shapes[i];
	return NULL;
}

static enum verdict
before(struct watcher *w, pid_t pid, struct call *c)
{
	struct recorder *r = (struct recorder *)w;
	const struct shape *s = find_shape(c);
	struct stat st;

	if (s == NULL)
		return TRACE_GO;
	r->path[0][0] = r->path[1][0] = '\0';
	for (int i = 0; i < 2; i++)
		if (s->name[i] != -1)
			path_of_name(pid, s->folder[i] == -1 ? AT_FDCWD :
			    (int)c->argument[s->folder[i]],
			    c->argument[s->name[i]], r->path[i]);
	r->socket = false;
	if (s->name[0] == -1 && !path_of_descriptor(pid, (int)c->argument[0],
	    r->path[0])) {
		r->socket = strncmp(r->path[0], "socket:", 7) == 0;
		r->path[0][0] = '\0';
	}
	r->existed = lstat(r->path[0], &st) == 0;
	return TRACE_GO;
}

/* ---- What is written down. */

static void
add_octets(struct recorder *r, pid_t pid, unsigned long from, size_t n)
{
	unsigned char part[4096];
	size_t len;

	for (; n > 0; n -= len, from += len) {
		len = n < sizeof(part) ? n : sizeof(part);
		trace_peek(pid, from, (char *)part, len);
		for (size_t i = 0; i < len; i++)
			fprintf(r->file, "%02x", part[i]);
	}
}

static void
add_parts(struct recorder *r, pid_t pid, const struct iovec *there, size_t left)
{
	struct iovec v;

	for (; left > 0; there++) {
		trace_peek(pid, (unsigned long)there, (char *)&v, sizeof(v));
		if (v.iov_len > left)
			v.iov_len = left;
		add_octets(r, pid, (unsigned long)v.iov_base, v.iov_len);
		left -= v.iov_len;
	}
}

static void
add_open(struct recorder *r, const char *path, unsigned long flags)
{
	if ((flags & O_CREAT) != 0 && !r->existed)
		fprintf(r->file, "create %s\n", path);
	else if ((flags & O_TRUNC) != 0)
		fprintf(r->file, "truncate %s\n", path);
}

static void
add_two(struct recorder *r, const char *verb, const char *a, const char *b)
{
	if (a == NULL || b == NULL) {
		errno = EXDEV;
		die(verb);
	}
	fprintf(r->file, "%s %s %s\n", verb, a, b);
}

static void
add_data(struct recorder *r, pid_t pid, const struct call *c, enum act act)
{
	size_t n = (size_t)c->result;
	struct msghdr m;

	if (act == ACT_SEND_PARTS) {
		trace_peek(pid, c->argument[1], (char *)&m, sizeof(m));
		add_parts(r, pid, m.msg_iov, n);
	} else if (act == ACT_WRITE_PARTS) {
		add_parts(r, pid, (const struct iovec *)c->argument[1], n);
	} else {
		add_octets(r, pid, c->argument[1], n);
	}
	fprintf(r->file, "\n");
}

static void
after(struct watcher *w, pid_t pid, const struct call *c)
{
	struct recorder *r = (struct recorder *)w;
	const struct shape *s = find_shape(c);
	const char *path = below(r, r->path[0]);
	const char *other = below(r, r->path[1]);

	if (s == NULL || c->result < 0)
		return;
	if (r->socket && s->act != ACT_SYNC) {
		fprintf(r->file, "send ");
		add_data(r, pid, c, s->act);
		return;
	}
	if (path == NULL && other == NULL)
		return;
	if (s->act == ACT_OPEN) {
		add_open(r, path, c->argument[s->flags]);
	} else if (s->act == ACT_LINK || s->act == ACT_RENAME) {
		add_two(r, s->act == ACT_LINK ? "link" : "rename", path,
		    other);
	} else if (s->act == ACT_WRITE || s->act == ACT_WRITE_PARTS) {
		fprintf(r->file, "write %s ", path);
		add_data(r, pid, c, s->act);
	} else if (s->act == ACT_UNKNOWN) {
		errno = ENOSYS;
		die(path);
	} else {
		fprintf(r->file, "%s %s\n", s->act == ACT_MKDIR ? "mkdir" :
		    s->act == ACT_UNLINK ? "unlink" : "sync", path);
	}
}

int
record_run(const char *root, const char *from, const char *file,
    char *const command[])
{
	static struct recorder r;
	int status;

	r.watcher.from = from;
	r.watcher.before = before;
	r.watcher.after = after;
	r.root = root;
	r.file = fopen(file, "w");
	if (r.file == NULL)
		die(file);
	status = trace_run(command, &r.watcher);
	fprintf(r.file, "exit %d\n", status);
	if (fclose(r.file) != 0)
		die(file);
	return status;
}

#else

int
record_run(const char *root, const char *from, const char *file,
    char *const command[])
{
	(void)root;
	(void)from;
	(void)file;
	errno = ENOSYS;
	die(command[0]);
}

#endif
