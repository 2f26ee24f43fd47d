/* SPDX-License-Identifier: ISC */
/* Opening a file to append to it, part of its path by part. */
#include "config.h"

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/file.h"
#include "base/memory.h"

#define LINKS_MAX 40		/* as many as Linux follows */
#define TARGET_MAX 4096		/* octets of a link's target; PATH_MAX there */
#define FOLDER_FLAGS (O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
/* without O_NONBLOCK a FIFO would hold us until somebody reads it */
#define FILE_FLAGS (O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK | \
    O_NOCTTY)
#if !HAVE_DECL_O_PATH
#define O_PATH O_RDONLY
#endif

/* What is left of a path, and the folder that it begins in. */
struct walk {
	int folder;
	char *path;		/* owned */
	const char *at;		/* in path: the next part */
	int links;		/* that were followed */
};

/* Descriptors: what these lead to is no path, and nobody but the kernel makes
 * links there. */
static bool
is_descriptor(const char *path)
{
	return strncmp(path, "/proc/", 6) == 0 ||
	    strncmp(path, "/dev/fd/", 8) == 0 ||
	    strcmp(path, "/dev/stdout") == 0 ||
	    strcmp(path, "/dev/stderr") == 0;
}

/* Goes on in a folder; one that we may only search has no list to read. */
static int
enter(struct walk *w, const char *name)
{
	int at = w->folder == -1 ? AT_FDCWD : w->folder;
	int folder = openat(at, name, O_RDONLY | FOLDER_FLAGS);

	if (folder == -1 && errno == EACCES)
		folder = openat(at, name, O_PATH | FOLDER_FLAGS);
	if (folder == -1)
		return -1;
	if (w->folder != -1)
		close(w->folder);
	w->folder = folder;
	return 0;
}

static int
begin(struct walk *w, char *path)
{
	free(w->path);
	w->path = path;
	w->at = path;
	if (path[0] == '/')
		return enter(w, "/");
	return w->folder != -1 ? 0 : enter(w, ".");
}

static bool
is_others(int folder)
{
	struct stat st;

	return fstat(folder, &st) == -1 || file_flaw(&st, folder,
	    FILE_OWNER_SELF_OR_ROOT, S_IWGRP | S_IWOTH) != FILE_FINE;
}

/* Puts the target of a link in its place: 1, 0 if it is none, or -1. */
static int
follow(struct walk *w, const char *name, const char *rest)
{
	char target[TARGET_MAX];
	ssize_t n = readlinkat(w->folder, name, target, sizeof(target));

	if (n == -1)
		return errno == EINVAL || errno == ENOENT ? 0 : -1;
	if ((size_t)n == sizeof(target)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	if (is_others(w->folder) || ++w->links > LINKS_MAX) {
		errno = ELOOP;
		return -1;
	}
	return begin(w, buffer_format("%.*s%s%s", (int)n, target,
	    rest[0] == '\0' ? "" : "/", rest)) == -1 ? -1 : 1;
}

/* Takes the next part: 1, or 0 when the file is open as *fd, or -1. */
static int
step(struct walk *w, mode_t mode, int *fd)
{
	const char *rest;
	char *name;
	size_t n;
	int r;

	if (w->at == w->path && is_descriptor(w->path)) {
		*fd = open(w->at, FILE_FLAGS, mode);
		return *fd == -1 ? -1 : 0;
	}
	w->at += strspn(w->at, "/");
	n = strcspn(w->at, "/");
	rest = w->at + n;
	if (n == 0) {
		errno = EISDIR;
		return -1;
	}
	name = memory_copy(w->at, n);
	r = follow(w, name, rest + strspn(rest, "/"));
	if (r == 0 && rest[0] == '\0') {
		*fd = openat(w->folder, name, FILE_FLAGS | O_NOFOLLOW, mode);
		r = *fd == -1 ? -1 : 0;
	} else if (r == 0) {
		w->at = rest;
		r = enter(w, name) == -1 ? -1 : 1;
	}
	free(name);
	return r;
}

int
file_append(const char *path, mode_t mode)
{
	struct walk w = { .folder = -1 };
	int fd = -1, error, r = begin(&w, memory_string(path));

	if (r == 0)
		do
			r = step(&w, mode, &fd);
		while (r == 1);
	error = errno;
	if (w.folder != -1)
		close(w.folder);
	free(w.path);
	errno = error;
	return fd;
}
