/* SPDX-License-Identifier: ISC */
#include <sys/stat.h>

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/fault.h"
#include "base/file.h"
#include "base/text.h"
#include "oauth2/material.h"

#define OTHERS_BITS 077
#define ROOTS_BITS 027	/* the group may read a file of root's */

static int
check(const struct file *file, const char *path, bool secret, struct fault *f)
{
	mode_t refused = file->st.st_uid == 0 && geteuid() != 0 ? ROOTS_BITS :
	    OTHERS_BITS;

	if (!S_ISREG(file->st.st_mode) && !S_ISFIFO(file->st.st_mode))
		return fault(f, FAULT_CONFIG, "%s: is %s", path,
		    file_type(file));
	if (!secret)
		return 0;
	switch (file_flaw(&file->st, file->fd, FILE_OWNER_SELF_OR_ROOT,
	    refused)) {
	case FILE_OTHERS_OWN:
		return fault(f, FAULT_CONFIG, "%s: belongs to another user",
		    path);
	case FILE_OTHERS_MAY:
		fault(f, FAULT_CONFIG, "%s: holds a secret, and others may "
		    "read or write it (mode %04o)", path,
		    file_mode(&file->st));
		return fault_hint(f, "chmod 600 %s", path);
	case FILE_FINE:
		break;
	}
	return 0;
}

int
material_read(struct buffer *b, const char *path, bool secret,
    struct fault *f)
{
	struct file file;
	int r;

	if (file_open(&file, path) == -1)
		return fault(f, FAULT_CONFIG, "%s: %s", path,
		    strerror(errno));
	r = check(&file, path, secret, f);
	if (r == 0 && file_read(&file, b) == -1)
		r = fault(f, FAULT_CONFIG, "%s: %s", path, strerror(errno));
	if (r == 0 && b->len == 0)
		r = fault(f, FAULT_CONFIG, "%s: is empty", path);
	file_close(&file);
	return r;
}

int
material_line(struct buffer *b, const char *path, struct fault *f)
{
	if (material_read(b, path, true, f) == -1)
		return -1;
	b->len = text_line(b->data, b->len);
	b->data[b->len] = '\0';
	if (b->len == 0 || text_has_control(b->data, b->len))
		return fault(f, FAULT_CONFIG, "%s: the first line is empty or "
		    "has control characters", path);
	return 0;
}
