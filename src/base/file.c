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
#include "base/file.h"
#include "base/memory.h"
#include "base/text.h"
#include "base/wait.h"

#define OPEN_FLAGS (O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)
#define PIPE_MS (60 * 1000)	/* the time that passwordeval has by default */
#define UNSIZED_MAX 4096	/* octets of a file of /proc: its size is 0 */

/* The descriptor has been opened, or has not: then errno says why. */
static int
opened(struct file *file, const char *path, int fd)
{
	file->path = path;
	file->fd = fd;
	if (fd == -1)
		return -1;
	if (fstat(fd, &file->st) == 0)
		return 0;
	file_close(file);
	return -1;
}

int
file_open(struct file *file, const char *path)
{
	return opened(file, path, open(path, OPEN_FLAGS));
}

int
file_open_at(struct file *file, int folder, const char *name, bool lock)
{
	int flags = O_NONBLOCK | O_NOCTTY | O_CLOEXEC | O_NOFOLLOW;

	return opened(file, name, openat(folder, name, flags | (lock ? O_RDWR :
	    O_RDONLY)));
}

int
file_open_in_folder(struct file *file, const char *path, struct stat *folder)
{
	const char *slash = strrchr(path, '/');
	char *name = slash == NULL ? memory_string(".") :
	    memory_copy(path, (size_t)(slash - path) + 1);
	struct file dir;
	int r = -1;

	memset(folder, 0, sizeof(*folder));
	file->fd = -1;
	if (opened(&dir, name, open(name, OPEN_FLAGS | O_DIRECTORY)) == 0) {
		*folder = dir.st;
		r = file_open_at(file, dir.fd, slash == NULL ? path :
		    slash + 1, false);
		file->path = path;
	}
	file_close(&dir);
	free(name);
	return r;
}

void
file_close(struct file *file)
{
	int error = errno;

	if (file->fd != -1)
		close(file->fd);
	file->fd = -1;
	errno = error;
}

const char *
file_type(const struct file *file)
{
	mode_t mode = file->st.st_mode;

	return S_ISREG(mode) ? NULL : S_ISDIR(mode) ? "a folder" :
	    S_ISFIFO(mode) ? "a FIFO" : S_ISCHR(mode) ? "a device" :
	    "not a file";
}

static int
wait_readable(int fd, int64_t deadline)
{
	struct pollfd p = { fd, POLLIN, 0 };

	if (wait_poll(&p, 1, deadline) != 0)
		return 0;
	errno = ETIMEDOUT;
	return -1;
}

/* One read(2) that waits for the writer of a pipe, until the deadline. */
static ssize_t
read_some(int fd, char *to, size_t n, int64_t deadline)
{
	ssize_t got;

	for (;;) {
		got = read(fd, to, n);
		if (got != -1 || (errno != EINTR && errno != EAGAIN))
			return got;
		if (errno == EAGAIN && wait_readable(fd, deadline) == -1)
			return -1;
	}
}

int
file_read(struct file *file, struct buffer *b)
{
	int64_t deadline = clock_after(PIPE_MS);
	size_t size = b->max, room;
	bool sized = S_ISREG(file->st.st_mode);
	ssize_t n = 1;
	char *to;

	if (sized && (uintmax_t)file->st.st_size > b->max) {
		errno = EFBIG;
		return -1;
	}
	/* one octet more than there should be tells whether it has grown */
	if (sized && file->st.st_size > 0)
		size = (size_t)file->st.st_size + 1;
	else if (sized && size > UNSIZED_MAX)
		size = UNSIZED_MAX;
	/* one that nobody has opened for writing yet would read as empty */
	if (S_ISFIFO(file->st.st_mode) &&
	    wait_readable(file->fd, deadline) == -1)
		return -1;
	room = size > b->max ? b->max : size;
	to = buffer_reserve(b, room);
	while (room > 0 && n > 0) {
		n = read_some(file->fd, to, room, deadline);
		if (n == -1)
			return -1;
		buffer_commit(b, (size_t)n);
		to += n;
		room -= (size_t)n;
	}
	if (room > 0 || (sized && b->len == (size_t)file->st.st_size))
		return 0;
	errno = b->len < b->max ? EAGAIN : EFBIG;
	return -1;
}

int
file_load(const char *path, struct buffer *b)
{
	struct file file;
	int r = -1;

	if (file_open(&file, path) == -1)
		return -1;
	errno = 0;
	if (file_type(&file) == NULL)
		r = file_read(&file, b);
	file_close(&file);
	return r;
}

char *
file_first_line(const char *path)
{
	char line[FILE_LINE_MAX];
	struct file file;
	ssize_t got = 0;
	size_t n;

	if (file_open(&file, path) == -1)
		return NULL;
	errno = 0;
	if (file_type(&file) == NULL)
		got = read_some(file.fd, line, sizeof(line), 0);
	file_close(&file);
	n = got <= 0 ? 0 : text_trimmed(line, text_line(line, (size_t)got));
	return n == 0 ? NULL : memory_copy(line, n);
}

int
file_write(int fd, const char *p, size_t n)
{
	ssize_t done;

	while (n > 0) {
		done = write(fd, p, n);
		if (done == -1 && errno != EINTR)
			return -1;
		if (done == 0) {
			errno = ENOSPC;
			return -1;
		}
		if (done > 0) {
			p += done;
			n -= (size_t)done;
		}
	}
	return 0;
}

int
file_sync(int fd)
{
	struct stat st;
	int r;

	do
		r = fsync(fd);
	while (r == -1 && errno == EINTR);
	if (r == -1 && errno == EINVAL && fstat(fd, &st) == 0 &&
	    S_ISDIR(st.st_mode))
		return 0;
	return r;
}
