/* SPDX-License-Identifier: ISC */
/* material: files with keys, certificates and secrets that the user names. */
#ifndef OAUTH2_MATERIAL_H
#define OAUTH2_MATERIAL_H

#include <stdbool.h>

struct buffer;
struct fault;

#define MATERIAL_MAX (64 * 1024)	/* octets of such a file */

/*
 * Adds a file or FIFO to an empty buffer. FAULT_CONFIG when it cannot be read
 * or is empty, and for a secret when it belongs to neither us nor root, or
 * others may read it; a file of root's may be readable by a group.
 */
int material_read(struct buffer *, const char *path, bool secret,
    struct fault *);
/* The same of its first line, without the line's end. */
int material_line(struct buffer *, const char *path, struct fault *);

#endif
