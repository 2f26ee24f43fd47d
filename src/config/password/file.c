/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/clock.h"
#include "base/fault.h"
#include "base/memory.h"
#include "config/password/file.h"

#define PATH_SIZE_MAX (64 * 1024)	/* octets of a path */
#define NAME_MAX_SIZE 64		/* octets of "password_fd N" */
#define PIPE_MS (60 * 1000)		/* as passwordeval has by default */

int
secretfile_open(struct secretfile *file, const char *path)
{
	file->path = path;
	/* not blocking: a FIFO without a writer would wait for ever */
	file->fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (file->fd == -1)
		return -1;
	if (fstat(file->fd, &file->st) == 0 &&
	    (S_ISREG(file->st.st_mode) || S_ISFIFO(file->st.st_mode)))
		return 0;
	close(file->fd);
	file->fd = -1;
	errno = EINVAL;
	return -1;
}

void
secretfile_close(struct secretfile *file)
{
	if (file->fd != -1)
		close(file->fd);
	file->fd = -1;
}

int
secretfile_read(struct secretfile *file, struct buffer *b)
{
	/* all at once: nothing is left behind where the buffer was smaller */
	char *to = buffer_reserve(b, b->max - b->len);
	size_t room = b->max - b->len;
	struct pollfd p = { file->fd, POLLIN, 0 };
	ssize_t n;

	do {
		n = read(file->fd, to, room);
		/* a pipe whose writer has not come to writing */
		if (n == -1 && errno == EAGAIN && poll(&p, 1, PIPE_MS) == 0)
			return -1;
		if (n == -1 && errno != EINTR && errno != EAGAIN)
			return -1;
		if (n > 0) {
			buffer_commit(b, (size_t)n);
			to += n;
			room -= (size_t)n;
		}
	} while (n != 0 && room > 0);
	return room > 0 ? 0 : -1;
}

int
secretfile_check(const struct secretfile *file, struct fault *f)
{
	mode_t mode = file->st.st_mode, refused = S_IRWXO | S_IWGRP;

	if (file->st.st_uid != 0 && file->st.st_uid != geteuid()) {
		fault(f, FAULT_CONFIG, "%s holds a password and belongs to uid "
		    "%lu; we run as uid %lu", file->path,
		    (unsigned long)file->st.st_uid, (unsigned long)geteuid());
		return fault_hint(f, "it must belong to this user, or to root");
	}
	if (file->st.st_uid != 0)
		refused |= S_IRWXG;
	if ((mode & refused) == 0)
		return 0;
	fault(f, FAULT_CONFIG, "%s holds a password, and its mode %04o lets "
	    "others in", file->path, (unsigned)mode & 07777U);
	if (file->st.st_uid != 0)
		return fault_hint(f, "run: chmod 600 %s", file->path);
	return fault_hint(f, "run: chmod 600 %s, or 640 if its group shall "
	    "read it, too", file->path);
}

/* What stands before the first line end; FAULT_CONFIG names `what`. */
static int
take_line(const struct buffer *b, const char *what, struct secret *secret,
    struct fault *f)
{
	const char *eol = b->len == 0 ? NULL : memchr(b->data, '\n', b->len);
	size_t n = eol == NULL ? b->len : (size_t)(eol - b->data);

	if (n > 0 && b->data[n - 1] == '\r')
		n--;
	if (n == 0)
		return fault(f, FAULT_CONFIG, "%s: there is no password in its "
		    "first line", what);
	if (memchr(b->data, '\0', n) != NULL)
		return fault(f, FAULT_CONFIG, "%s: the password holds a NUL "
		    "character", what);
	secret_set(secret, b->data, n);
	return 0;
}

static int
read_path(const char *path, struct secret *secret, struct fault *f)
{
	struct secretfile file;
	struct buffer b;
	int r = -1;

	if (secretfile_open(&file, path) == -1) {
		fault(f, FAULT_CONFIG, "password_file %s cannot be read: %s",
		    path, errno == EINVAL ? "it is no file" : strerror(errno));
		return fault_hint(f, "its first line should be the password");
	}
	buffer_init(&b, SECRETFILE_MAX);
	if (secretfile_check(&file, f) == 0 &&
	    secretfile_read(&file, &b) == -1)
		fault(f, FAULT_CONFIG, "password_file %s cannot be read, or is "
		    "larger than %d octets", path, SECRETFILE_MAX);
	else if (f->class == FAULT_NONE)
		r = take_line(&b, path, secret, f);
	buffer_wipe(&b);
	secretfile_close(&file);
	return r;
}

int
secretfile_line(const char *path, struct secret *secret, struct fault *f)
{
	const char *folder = getenv("CREDENTIALS_DIRECTORY");
	struct buffer b;
	int r;

	if (path[0] == '/')
		return read_path(path, secret, f);
	if (folder == NULL || folder[0] != '/') {
		fault(f, FAULT_CONFIG, "password_file %s is not a whole path, "
		    "and CREDENTIALS_DIRECTORY is not set", path);
		return fault_hint(f, "write the whole path, or ~/..., or let "
		    "systemd pass the credential (LoadCredential=)");
	}
	buffer_init(&b, PATH_SIZE_MAX);
	if (buffer_printf(&b, "%s/%s", folder, path) == -1)
		r = fault(f, FAULT_CONFIG, "password_file: too long");
	else
		r = read_path(b.data, secret, f);
	buffer_free(&b);
	return r;
}

/* Octet by octet, as far as the line goes: the rest is not ours. */
static int
read_line(int fd, int64_t deadline, struct buffer *b, struct fault *f)
{
	struct pollfd p = { fd, POLLIN, 0 };
	char *to = buffer_reserve(b, SECRETFILE_MAX);
	ssize_t n;
	int ready;

	while (b->len < SECRETFILE_MAX) {
		ready = poll(&p, 1, clock_left(deadline));
		if (ready == 0)
			return fault(f, FAULT_TEMPORARY, "password_fd %d: "
			    "nothing came in time", fd);
		if (ready == -1 && errno == EINTR)
			continue;
		n = read(fd, to + b->len, 1);
		if (n == -1 && (errno == EINTR || errno == EAGAIN))
			continue;
		if (n == -1) {
			fault(f, FAULT_CONFIG, "password_fd %d: %s", fd,
			    strerror(errno));
			return fault_hint(f, "the caller must open it for "
			    "reading, as a shell does by %d<FILE", fd);
		}
		if (n == 0 || to[b->len] == '\n')
			return 0;
		buffer_commit(b, 1);
	}
	return fault(f, FAULT_CONFIG, "password_fd %d: no line end within %d "
	    "octets", fd, SECRETFILE_MAX);
}

int
secretfile_descriptor(int fd, int64_t ms, struct secret *secret,
    struct fault *f)
{
	struct buffer b, what;
	int r;

	buffer_init(&b, SECRETFILE_MAX);
	buffer_init(&what, NAME_MAX_SIZE);
	buffer_printf(&what, "password_fd %d", fd);
	r = read_line(fd, clock_after(ms), &b, f);
	if (r == 0)
		r = take_line(&b, what.data, secret, f);
	close(fd);
	buffer_free(&what);
	buffer_wipe(&b);
	return r;
}
