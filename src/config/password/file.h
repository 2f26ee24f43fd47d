/* SPDX-License-Identifier: ISC */
/* passwordfile: files and descriptors whose first line is a password. */
#ifndef CONFIG_PASSWORD_FILE_H
#define CONFIG_PASSWORD_FILE_H

#include <stdint.h>

struct fault;
struct file;
struct secret;

#define PASSWORDFILE_MAX (64 * 1024)	/* octets of a file or line */

/*
 * FAULT_CONFIG unless the file belongs to root or to us, and nobody else can
 * get at it; a file of root's may be read by its group.
 */
int passwordfile_check(const struct file *, struct fault *);

/*
 * The first line of a regular file or FIFO, without its end. A path that is
 * not absolute is below $CREDENTIALS_DIRECTORY, where systemd.exec(5) puts
 * credentials. FAULT_CONFIG when it cannot be read, fails the check above, or
 * its first line is empty or holds a NUL.
 */
int passwordfile_read(const char *path, struct secret *, struct fault *);
/*
 * The same of a descriptor that we have inherited. It is read up to the end of
 * the line, closed, and the password kept for the process: whoever asks for
 * this descriptor again gets it again. FAULT_TEMPORARY when no line comes
 * within `ms` milliseconds.
 */
int passwordfile_descriptor(int fd, int64_t ms, struct secret *,
    struct fault *);

#endif
