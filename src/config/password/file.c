/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/clock.h"
#include "base/fault.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/text.h"
#include "base/variable.h"
#include "base/wait.h"
#include "config/password/password.h"

int
passwordfile_check(const struct file *file, const char *holds, bool home,
    struct notes *notes, struct fault *f)
{
	enum file_exposure exposure = file_exposure(file);
	unsigned mode = file_mode(&file->st);

	if (exposure == FILE_KEPT)
		return 0;
	if (exposure == FILE_EXPOSED_OURS && (home || file->st.st_uid != 0)) {
		fault(f, FAULT_CONFIG, "%s holds %s, and its mode %04o lets "
		    "others in", file->path, holds, mode);
		return fault_hint(f, "run: chmod 600 %s", file->path);
	}
	notes_add(notes, "%s holds %s, and its mode %04o lets others in",
	    file->path, holds, mode);
	return 0;
}

int
passwordfile_check_key(const char *path, struct notes *notes,
    struct fault *f)
{
	struct file file;
	int r;

	/* what is wrong with it otherwise is told by whoever reads it */
	if (file_open(&file, path) == -1)
		return 0;
	r = passwordfile_check(&file, "a private key", false, notes, f);
	file_close(&file);
	return r;
}

/* Takes the password from the first line. */
static int
take_line(const struct buffer *b, struct secret *secret, struct fault *f)
{
	size_t n = text_line(b->data, b->len);

	if (n == 0)
		return fault(f, FAULT_CONFIG, "there is no password in its "
		    "first line");
	if (memchr(b->data, '\0', n) != NULL)
		return fault(f, FAULT_CONFIG, "the password holds a NUL "
		    "character");
	secret_set(secret, b->data, n);
	return 0;
}

static int
take_file(struct file *file, struct secret *secret, struct fault *f)
{
	struct buffer b;
	int r = -1;

	buffer_init(&b, PASSWORDFILE_MAX);
	if (file_read(file, &b) == -1)
		fault(f, FAULT_CONFIG, "password_file %s cannot be read, or is "
		    "larger than %d octets", file->path, PASSWORDFILE_MAX);
	else if (take_line(&b, secret, f) == -1)
		fault_prefix(f, "%s: ", file->path);
	else
		r = 0;
	buffer_wipe(&b);
	return r;
}

static int
read_path(const char *path, struct secret *secret, struct notes *notes,
    struct fault *f)
{
	struct file file;
	const char *why = NULL;
	bool denied = false;
	int r = -1;

	if (file_open(&file, path) == -1) {
		denied = errno == EACCES;
		why = strerror(errno);
	} else if (file_type(&file) != NULL && !S_ISFIFO(file.st.st_mode))
		why = "it is no file";
	if (why != NULL) {
		fault(f, FAULT_CONFIG, "password_file %s cannot be read: %s",
		    path, why);
		if (denied)
			fault_hint(f, "uid %lu has to be able to read it: by "
			    "its group and mode 640, or see Socket activation "
			    "in postrider(1)", (unsigned long)geteuid());
		else
			fault_hint(f, "check the path; the first line of that "
			    "file should be the password");
	} else if (passwordfile_check(&file, "a password", false,
	    notes, f) == 0) {
		r = take_file(&file, secret, f);
	}
	file_close(&file);
	return r;
}

int
passwordfile_read(const char *path, struct secret *secret,
    struct notes *notes, struct fault *f)
{
	const char *folder = variable_get("CREDENTIALS_DIRECTORY");
	char *whole;
	int r;

	if (path[0] == '/')
		return read_path(path, secret, notes, f);
	if (folder == NULL || folder[0] != '/') {
		fault(f, FAULT_CONFIG, "password_file %s is not a whole path, "
		    "and CREDENTIALS_DIRECTORY is not set", path);
		return fault_hint(f, "write the whole path, or ~/..., or let "
		    "systemd pass the credential (LoadCredential=)");
	}
	whole = buffer_format("%s/%s", folder, path);
	r = read_path(whole, secret, notes, f);
	free(whole);
	return r;
}

/*
 * A password that was read from a descriptor, which can be read only once: all
 * sessions of the process share it. Static since descriptors are the process's.
 */
static struct kept {
	int fd;
	struct secret secret;
} *kept;
static size_t kept_count;

/* Finds the descriptor's place, or makes it. */
static struct kept *
kept_of(int fd)
{
	for (size_t i = 0; i < kept_count; i++)
		if (kept[i].fd == fd)
			return &kept[i];
	kept = memory_resize(kept, kept_count + 1, sizeof(*kept));
	kept[kept_count] = (struct kept){ .fd = fd };
	return &kept[kept_count++];
}

/* Reads octet by octet: what follows the line is for others. */
static int
read_line(int fd, int64_t deadline, struct buffer *b, struct fault *f)
{
	struct pollfd p = { fd, POLLIN, 0 };
	char *to = buffer_reserve(b, PASSWORDFILE_MAX);
	ssize_t n;
	int ready;

	while (b->len < PASSWORDFILE_MAX) {
		ready = wait_poll(&p, 1, deadline);
		if (ready == 0)
			return fault(f, FAULT_TEMPORARY, "nothing came in "
			    "time");
		if (ready == -1 && errno == EINTR)
			continue;
		n = read(fd, to + b->len, 1);
		if (n == -1 && (errno == EINTR || errno == EAGAIN))
			continue;
		if (n == -1) {
			fault(f, FAULT_CONFIG, "%s", strerror(errno));
			return fault_hint(f, "the caller must open it for "
			    "reading, as a shell does by %d<FILE", fd);
		}
		if (n == 0 || to[b->len] == '\n')
			return 0;
		buffer_commit(b, 1);
	}
	return fault(f, FAULT_CONFIG, "no line end within %d octets",
	    PASSWORDFILE_MAX);
}

int
passwordfile_descriptor(int fd, int64_t ms, struct secret *secret,
    struct fault *f)
{
	struct kept *k = kept_of(fd);
	struct buffer b;
	int r = 0;

	if (!secret_is_set(&k->secret)) {
		buffer_init(&b, PASSWORDFILE_MAX);
		r = read_line(fd, clock_after(ms), &b, f);
		if (r == 0)
			r = take_line(&b, &k->secret, f);
		close(fd);
		buffer_wipe(&b);
	}
	if (r == -1)
		return fault_prefix(f, "password_fd %d: ", fd);
	secret_copy(secret, &k->secret);
	return 0;
}
