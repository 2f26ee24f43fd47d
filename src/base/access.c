/* SPDX-License-Identifier: ISC */
/* Whose a file is, and who else may read or write it. */
#include "config.h"

#include <sys/stat.h>
#include <sys/statvfs.h>
#ifdef HAVE_SYS_XATTR_H
#include <sys/xattr.h>
#endif

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/file.h"

#define UID_MAP "/proc/self/uid_map"	/* user_namespaces(7) */
#define UID_MAP_MAX 16384		/* octets: 340 lines of three numbers */

/*
 * Is the owner a user outside of our user namespace? Inside nobody has his
 * number, and nobody can give a file to him: it was put there by whoever has
 * made the namespace, as the files of a container's host are.
 */
static bool
is_outside(uid_t uid)
{
	unsigned long first, count;
	struct buffer b;
	bool outside = false;
	char *p, *end;

	if (uid != FILE_NOBODY)
		return false;
	buffer_init(&b, UID_MAP_MAX);
	if (file_load(UID_MAP, &b) == 0 && b.len > 0) {
		outside = true;
		for (p = b.data; outside; p = end) {
			first = strtoul(p, &end, 10);
			if (end == p)
				break;
			(void)strtoul(end, &end, 10);
			count = strtoul(end, &end, 10);
			outside = uid < first || uid - first >= count;
		}
	}
	buffer_free(&b);
	return outside;
}

/* What is in an access control list shows as the bits of the group. */
static bool
has_acl(int fd)
{
#if defined(HAVE_SYS_XATTR_H) && defined(__linux__)
	ssize_t n = fgetxattr(fd, "system.posix_acl_access", NULL, 0);

	return n > 0 || (n == -1 && errno != ENODATA && errno != ENOTSUP);
#else
	(void)fd;
	return true;
#endif
}

/* Is the group the owner's private one: his own by its number and its name, and
 * nobody else's? Many systems give users such groups and the umask 002. */
static bool
is_private_group(const struct stat *st, int fd)
{
	const struct passwd *pw = getpwuid(st->st_uid);
	const struct group *gr = getgrgid(st->st_gid);

	if (pw == NULL || gr == NULL || pw->pw_gid != st->st_gid ||
	    strcmp(pw->pw_name, gr->gr_name) != 0)
		return false;
	for (char **member = gr->gr_mem; *member != NULL; member++)
		if (strcmp(*member, pw->pw_name) != 0)
			return false;
	return !has_acl(fd);
}

enum file_flaw
file_flaw(const struct stat *st, int fd, enum file_owner owner, mode_t refused)
{
	mode_t flaws = st->st_mode & refused;

	if (owner != FILE_OWNER_ANY &&
	    (st->st_uid != 0 || owner == FILE_OWNER_SELF) &&
	    (st->st_uid != geteuid() || owner == FILE_OWNER_ROOT) &&
	    (owner != FILE_OWNER_SELF_OR_ROOT || !is_outside(st->st_uid)))
		return FILE_OTHERS_OWN;
	if ((flaws & S_IRWXG) != 0 && is_private_group(st, fd))
		flaws &= ~(mode_t)S_IRWXG;
	return flaws != 0 ? FILE_OTHERS_MAY : FILE_FINE;
}

enum file_exposure
file_exposure(const struct file *file)
{
	uid_t owner = file->st.st_uid;
	bool ours = owner == geteuid();
	/* a group may have been made so that it can read a file of root's */
	mode_t others = S_IRWXO | (ours && owner != 0 ? S_IRWXG : S_IWGRP);
	struct statvfs system;

	if (file_flaw(&file->st, file->fd, FILE_OWNER_ANY, others) ==
	    FILE_FINE)
		return FILE_KEPT;
	if (ours && fstatvfs(file->fd, &system) == 0 &&
	    (system.f_flag & ST_RDONLY) != 0)
		ours = false;
	return ours ? FILE_EXPOSED_OURS : FILE_EXPOSED;
}

unsigned
file_mode(const struct stat *st)
{
	return (unsigned)st->st_mode & 07777U;
}
