/* SPDX-License-Identifier: ISC */
/*
 * secretfile: files and descriptors that hold a secret. What is checked is
 * what was opened, not what a path meant a moment before.
 */
#ifndef CONFIG_PASSWORD_FILE_H
#define CONFIG_PASSWORD_FILE_H

#include <sys/stat.h>

#include <stdint.h>

struct buffer;
struct fault;
struct secret;

#define SECRETFILE_MAX (64 * 1024)	/* octets up to the line end */

struct secretfile {
	const char *path;	/* not owned */
	int fd;
	struct stat st;		/* of the descriptor */
};

/* Opens a regular file or a pipe; -1 and errno when there is none. */
int secretfile_open(struct secretfile *, const char *path);
void secretfile_close(struct secretfile *);
/* Adds all of it; -1 when it cannot be read, or is more than fits. */
int secretfile_read(struct secretfile *, struct buffer *);
/*
 * FAULT_CONFIG unless it belongs to root or to us, and nobody else can get at
 * it; a file of root's may be read by its group.
 */
int secretfile_check(const struct secretfile *, struct fault *);

/*
 * The first line of a file, without its end. A path that is not absolute is
 * below $CREDENTIALS_DIRECTORY, where systemd.exec(5) puts credentials.
 * FAULT_CONFIG when it cannot be read, is not checked well, or holds nothing
 * or a NUL.
 */
int secretfile_line(const char *path, struct secret *, struct fault *);
/*
 * The same of a descriptor that we have inherited and that is closed then;
 * read up to the end of the line, FAULT_TEMPORARY when that takes longer than
 * `ms` milliseconds.
 */
int secretfile_descriptor(int fd, int64_t ms, struct secret *, struct fault *);

#endif
