/* SPDX-License-Identifier: ISC */
/*
 * file: the one opener of files that are read. Opening never waits, not even
 * for the writer of a FIFO, and what is checked is the descriptor: not what the
 * path meant a moment before.
 */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include <sys/stat.h>

#include <stdbool.h>
#include <stddef.h>

struct buffer;

struct file {
	const char *path;	/* as it was given; not owned */
	int fd;			/* -1: not open */
	struct stat st;		/* of the descriptor */
};

/* Opens a file of any type for reading: 0, or -1 with errno. */
int file_open(struct file *, const char *path);
/* The same in the folder of a descriptor, and not by a symbolic link; with
 * `lock` for writing, too: some file systems lock no other. */
int file_open_at(struct file *, int folder, const char *name, bool lock);
/*
 * The same through the file's folder, whose stat(2) goes into *folder, and
 * not by a symbolic link: for a path that only root may have laid. -1 with
 * errno; `mode` of *folder is 0 when the folder could not be opened.
 */
int file_open_in_folder(struct file *, const char *path, struct stat *folder);
/* Leaves errno as it is. */
void file_close(struct file *);

/* "a folder", "a FIFO", "a device" or "not a file"; NULL: a regular file. */
const char *file_type(const struct file *);

/*
 * Adds all of the file to an empty buffer. -1 with errno, EFBIG when it is
 * larger than the buffer's maximum, EAGAIN when it grew while it was read. The
 * octets are never moved in memory, so that buffer_wipe() wipes the only copy
 * of a secret. The writer of a pipe has a minute for all of it.
 */
int file_read(struct file *, struct buffer *);
/* Opens and reads a regular file: as file_read(); errno is 0 when it is no
 * regular file. */
int file_load(const char *path, struct buffer *);

/*
 * The first line of a regular file, without its end and blanks before that;
 * the caller frees it. At most FILE_LINE_MAX octets are read. NULL with errno,
 * which is 0 when there is no line.
 */
#define FILE_LINE_MAX 1024
char *file_first_line(const char *path);

/* Writes all octets: 0, or -1 with errno. */
int file_write(int fd, const char *, size_t);
/* Makes a file or folder durable: 0, or -1 with errno. A file system that
 * cannot sync a folder, and says EINVAL, is no failure. */
int file_sync(int fd);

/* ---- access.c: whose a file is, and who else may read or write it ---- */

/* The owner of a file whose owner has no number here: it is on NFS, or from
 * outside of our user namespace. */
#define FILE_NOBODY 65534

/* SELF is the effective user. */
enum file_owner { FILE_OWNER_ANY, FILE_OWNER_ROOT, FILE_OWNER_SELF,
	FILE_OWNER_SELF_OR_ROOT };
enum file_flaw { FILE_FINE, FILE_OTHERS_OWN, FILE_OTHERS_MAY };
/*
 * Does it belong to one of those, and has its mode none of the `refused` bits?
 * A group that is the owner's private one, of his name and without other
 * members, counts as him, unless there is an access control list; `fd` is of
 * the file or folder, -1: what a list says is unknown. As SELF_OR_ROOT passes
 * also who is outside of our user namespace, such as a container's host.
 */
enum file_flaw file_flaw(const struct stat *, int fd, enum file_owner,
    mode_t refused);
/*
 * May others read, or write, a file that holds a secret? EXPOSED_OURS: it is
 * the effective user's and the file system can be written, so that a chmod(1)
 * mends that. EXPOSED: it does not, as with the secrets of containers. A group
 * may read what belongs to root, or to another user.
 */
enum file_exposure { FILE_KEPT, FILE_EXPOSED, FILE_EXPOSED_OURS };
enum file_exposure file_exposure(const struct file *);
/* Permission bits, as chmod(1) has them. */
unsigned file_mode(const struct stat *);

/* ---- append.c ---- */

/*
 * Opens a file of any type to append to it, and makes it if it is missing. No
 * symbolic link is followed that lies in a folder that others can write,
 * whichever part of the path that is: it could lead to any file that we may
 * write. The descriptor, or -1 with errno, which is ELOOP for such a link, or
 * too many of them.
 */
int file_append(const char *path, mode_t mode);

#endif
