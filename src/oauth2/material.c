/* SPDX-License-Identifier: ISC */
#include <sys/stat.h>

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/fault.h"
#include "base/file.h"
#include "base/text.h"
#include "oauth2/material.h"

#define PATH_OCTETS_MAX 4096

int
material_check(const struct file *file, const char *path, mode_t others,
    struct fault *f)
{
	/* the group may read a file of root's */
	mode_t refused = file->st.st_uid == 0 && geteuid() != 0 ?
	    others & ~(mode_t)S_IRGRP : others;
	bool secret = (others & S_IROTH) != 0;
	struct buffer word;

	switch (file_flaw(&file->st, file->fd, FILE_OWNER_SELF_OR_ROOT,
	    refused)) {
	case FILE_OTHERS_OWN:
		return fault(f, FAULT_CONFIG, "%s: belongs to another user",
		    path);
	case FILE_OTHERS_MAY:
		break;
	case FILE_FINE:
	default:
		return 0;
	}
	fault(f, FAULT_CONFIG, "%s: %s (mode %04o)", path, secret ? "holds "
	    "a secret, and others may read or write it" : "others may write "
	    "it", file_mode(&file->st));
	buffer_init(&word, PATH_OCTETS_MAX);
	text_add_sh_word(&word, path);
	fault_hint(f, "chmod %s %s", secret ? "600" : "go-w",
	    word.data == NULL ? "" : word.data);
	buffer_free(&word);
	return -1;
}

int
material_read(struct buffer *b, const char *path, mode_t others,
    struct fault *f)
{
	struct file file;
	int r = 0;

	if (file_open(&file, path) == -1)
		return fault(f, FAULT_CONFIG, "%s: %s", path,
		    strerror(errno));
	if (!S_ISREG(file.st.st_mode) && !S_ISFIFO(file.st.st_mode))
		r = fault(f, FAULT_CONFIG, "%s: is %s", path,
		    file_type(&file));
	else
		r = material_check(&file, path, others, f);
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
	if (material_read(b, path, MATERIAL_SECRET, f) == -1)
		return -1;
	b->len = text_line(b->data, b->len);
	b->data[b->len] = '\0';
	if (b->len == 0 || text_has_control(b->data, b->len))
		return fault(f, FAULT_CONFIG, "%s: the first line is empty or "
		    "has control characters", path);
	return 0;
}
