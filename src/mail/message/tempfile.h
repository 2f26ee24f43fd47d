/* SPDX-License-Identifier: ISC */
/* spool: the file that takes a body of BODY_MEMORY_MAX octets or more. */
#ifndef MAIL_MESSAGE_TEMPFILE_H
#define MAIL_MESSAGE_TEMPFILE_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct fault;

/*
 * An empty file without a name, closed on exec, readable by nobody else: in
 * $TMPDIR, or else in /var/tmp, or else in /tmp. Returns its descriptor, -1
 * with FAULT_IO when none of them will do. *dir names where it is; the string
 * is static or the environment's.
 */
int tempfile_open(const char **dir, struct fault *);
/* Appends n octets; dir is for the fault (FAULT_IO). */
int tempfile_write(int fd, const char *dir, const char *, size_t n,
    struct fault *);
/* Reads up to n octets at an offset where there are some: their number, or -1
 * with FAULT_IO. The file position is not moved. */
ssize_t tempfile_read(int fd, char *, size_t n, uint64_t offset,
		      struct fault *);

#endif
