/* SPDX-License-Identifier: ISC */
/* tempfile: the file that holds a body of BODY_MEMORY_MAX octets or more. */
#ifndef MAIL_MESSAGE_TEMPFILE_H
#define MAIL_MESSAGE_TEMPFILE_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct fault;

/*
 * Opens an empty file that has no name, is closed on exec, and can be read by
 * nobody else: in $TMPDIR, or else in /var/tmp, or else in /tmp. Returns its
 * descriptor, or -1 with FAULT_IO when it can be made in none of them. *dir is
 * the folder; the string is static or the environment's.
 */
int tempfile_open(const char **dir, struct fault *);
/* Appends n octets. -1 with FAULT_IO, which names `dir`. */
int tempfile_write(int fd, const char *dir, const char *, size_t n,
    struct fault *);
/* Reads up to n octets, and at least one, at an offset below the file's size.
 * Returns their number, or -1 with FAULT_IO. The file position stays. */
ssize_t tempfile_read(int fd, char *, size_t n, uint64_t offset,
    struct fault *);

#endif
