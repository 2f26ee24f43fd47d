/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/fault.h"
#include "mail/message/tempfile.h"

#define TEMPFILE_PATH_MAX (64 * 1024)	/* octets; the system says how many */

/* Where there is no O_TMPFILE (an old kernel, NFS): a name for an instant. */
static int
open_named(const char *dir)
{
	struct buffer path;
	int fd = -1, flags, error;

	buffer_init(&path, TEMPFILE_PATH_MAX);
	if (buffer_printf(&path, "%s/postrider.XXXXXX", dir) == -1)
		errno = ENAMETOOLONG;
	else
		fd = mkstemp(path.data);
	error = errno;
	if (fd != -1) {
		unlink(path.data);
		flags = fcntl(fd, F_GETFD);
		if (flags != -1)
			fcntl(fd, F_SETFD, flags | FD_CLOEXEC);
	}
	buffer_free(&path);
	errno = error;
	return fd;
}

static int
open_in(const char *dir)
{
#ifdef O_TMPFILE
	int fd = open(dir, O_TMPFILE | O_EXCL | O_RDWR | O_CLOEXEC, 0600);

	if (fd != -1)
		return fd;
#endif
	return open_named(dir);
}

int
tempfile_open(const char **dir, struct fault *f)
{
	const char *place[3];
	size_t count = 0;
	int fd, error = 0;

	place[0] = getenv("TMPDIR");
	if (place[0] != NULL && place[0][0] != '\0')
		count++;
	place[count++] = "/var/tmp";
	place[count++] = "/tmp";
	for (size_t i = 0; i < count; i++) {
		*dir = place[i];
		if ((fd = open_in(place[i])) != -1)
			return fd;
		if (i == 0)
			error = errno;
	}
	fault(f, FAULT_IO, "no temporary file for a large message: %s: %s",
	    place[0], strerror(error));
	return fault_hint(f, "set TMPDIR to a directory that we may write to");
}

int
tempfile_write(int fd, const char *dir, const char *p, size_t n,
    struct fault *f)
{
	ssize_t w;
	int error;

	while (n > 0) {
		w = write(fd, p, n);
		if (w == -1 && errno == EINTR)
			continue;
		/* nothing written and no error: as good as a full disk */
		if (w <= 0) {
			error = w == 0 ? ENOSPC : errno;
			fault(f, FAULT_IO, "message not taken in: "
			    "temporary file in %s: %s", dir, strerror(error));
			return fault_hint(f, "free some space there, or set "
			    "TMPDIR to a directory that has more");
		}
		p += w;
		n -= (size_t)w;
	}
	return 0;
}

ssize_t
tempfile_read(int fd, char *p, size_t n, uint64_t offset, struct fault *f)
{
	ssize_t r;

	do
		r = pread(fd, p, n, (off_t)offset);
	while (r == -1 && errno == EINTR);
	if (r == -1)
		return fault(f, FAULT_IO, "temporary file of the message: %s",
		    strerror(errno));
	if (r == 0)
		return fault(f, FAULT_IO, "temporary file of the message "
		    "has become shorter");
	return r;
}
