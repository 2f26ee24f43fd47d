/* SPDX-License-Identifier: ISC */
/* material: files with keys, certificates and secrets that the user names. */
#ifndef OAUTH2_MATERIAL_H
#define OAUTH2_MATERIAL_H

#include <sys/stat.h>

struct buffer;
struct fault;
struct file;

#define MATERIAL_MAX (64 * 1024)	/* octets of such a file */

/* What others may not do with a file: read and write it, or write it. */
#define MATERIAL_SECRET 077
#define MATERIAL_OURS 022

/* FAULT_CONFIG when the file belongs to neither us nor root, or has one of
 * these bits; a file of root's may be readable by a group. */
int material_check(const struct file *, const char *path, mode_t others,
    struct fault *);
/*
 * Adds a file or FIFO to an empty buffer. FAULT_CONFIG when it cannot be read,
 * is empty, or fails that check.
 */
int material_read(struct buffer *, const char *path, mode_t others,
    struct fault *);
/* The same of the first line of a secret, without the line's end. */
int material_line(struct buffer *, const char *path, struct fault *);

#endif
