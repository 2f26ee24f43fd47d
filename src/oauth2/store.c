/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/file.h>
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/clock.h"
#include "base/fault.h"
#include "base/file.h"
#include "base/home.h"
#include "base/memory.h"
#include "base/text.h"
#include "oauth2/http.h"
#include "oauth2/json.h"
#include "oauth2/material.h"
#include "oauth2/store.h"

#define ADDRESS_MAX 240		/* octets: a name has 255, suffix included */
#define LOCK_MS (2 * (HTTP_SECONDS + 5) * 1000)
#define LOCK_PAUSE_NS (20 * 1000 * 1000)
#define SUFFIX ".json"
#define SUFFIX_NEW ".json.new"
#define SUFFIX_LOCK ".lock"
#define FILE_MODE 0600
#define FOLDER_MODE 0700
#define ROOM_EXTRA 65536	/* octets that new tokens may have more */

char *
store_folder(struct fault *f)
{
	char *folder = home_state("oauth2");

	if (folder != NULL)
		return folder;
	fault(f, FAULT_CONFIG, "this user has no home folder for tokens");
	fault_hint(f, "set XDG_STATE_HOME");
	return NULL;
}

int
store_check_address(const char *address, struct fault *f)
{
	size_t n = strlen(address);

	if (n == 0 || n > ADDRESS_MAX || address[0] == '.' ||
	    address[0] == '-' || strchr(address, '/') != NULL ||
	    text_has_control(address, n) || !text_is_utf8(address, n))
		return fault(f, FAULT_USAGE, "'%s' is not an address",
		    address);
	return 0;
}

int
store_init(struct store *s, const char *address, struct fault *f)
{
	char *folder;

	*s = (struct store){ NULL, NULL, NULL, -1, -1, -1 };
	if (store_check_address(address, f) == -1)
		return -1;
	folder = store_folder(f);
	if (folder == NULL)
		return -1;
	s->address = memory_string(address);
	s->path = buffer_format("%s/%s" SUFFIX, folder, address);
	free(folder);
	return 0;
}

/* The name of one of the files of this address; the caller frees it. */
static char *
name_of(const struct store *s, const char *suffix)
{
	return buffer_format("%s%s", s->address, suffix);
}

static void
drop_new(struct store *s)
{
	char *name;

	if (s->new == -1)
		return;
	close(s->new);
	s->new = -1;
	name = name_of(s, SUFFIX_NEW);
	unlinkat(s->folder, name, 0);
	free(name);
}

void
store_close(struct store *s)
{
	drop_new(s);
	if (s->lock != -1)
		close(s->lock);
	if (s->folder != -1)
		close(s->folder);
	json_free(s->json);
	free(s->address);
	free(s->path);
	*s = (struct store){ NULL, NULL, NULL, -1, -1, -1 };
}

/* ---- Reading. */

/* The file could not be opened. */
static int
missing(const struct store *s, struct fault *f)
{
	if (errno == ELOOP)
		return fault(f, FAULT_CONFIG, "%s: is a symbolic link",
		    s->path);
	if (errno != ENOENT && errno != ENOTDIR)
		return fault(f, FAULT_CONFIG, "%s: %s", s->path,
		    strerror(errno));
	fault(f, FAULT_CONFIG, "%s has not signed in: there is no %s",
	    s->address, s->path);
	return fault_hint(f, "postrider-oauth2 login %s "
	    "--provider=... --client-id=...; see postrider-oauth2(1)",
	    s->address);
}

/* The file through its folder, not by a symbolic link. */
static int
open_file(struct store *s, struct file *file)
{
	struct stat folder;
	char *name;
	int r;

	if (s->folder == -1)
		return file_open_in_folder(file, s->path, &folder);
	name = name_of(s, SUFFIX);
	r = file_open_at(file, s->folder, name, false);
	free(name);
	return r;
}

int
store_read(struct store *s, struct fault *f)
{
	const char *type;
	struct file file;
	struct buffer b;
	int r = -1;

	json_free(s->json);
	s->json = NULL;
	if (open_file(s, &file) == -1)
		return missing(s, f);
	buffer_init(&b, STORE_MAX);
	type = file_type(&file);
	if (type != NULL)
		fault(f, FAULT_CONFIG, "%s: is %s", s->path, type);
	if (type != NULL || material_check(&file, s->path, MATERIAL_SECRET,
	    f) == -1)
		goto out;
	if (file_read(&file, &b) == -1) {
		fault(f, FAULT_CONFIG, "%s: %s", s->path, strerror(errno));
		goto out;
	}
	s->json = json_parse(b.data, b.len);
	if (s->json != NULL)
		r = 0;
	else
		fault(f, FAULT_CONFIG, "%s: not an object of JSON", s->path);
out:
	buffer_wipe(&b);
	file_close(&file);
	return r;
}

/* ---- The folder and the lock. */

static int
make_path(const char *path)
{
	char *copy = memory_string(path), *slash = copy;
	int r = 0;

	while (r == 0 && (slash = strchr(slash + 1, '/')) != NULL) {
		*slash = '\0';
		if (mkdir(copy, FOLDER_MODE) == -1 && errno != EEXIST)
			r = -1;
		*slash = '/';
	}
	free(copy);
	return r;
}

static int
open_folder(struct store *s, struct fault *f)
{
	char *path = store_folder(f);
	struct stat st;
	int r = 0;

	if (path == NULL)
		return -1;
	/* all before the last slash: the file's own name is not made */
	if (make_path(s->path) == 0)
		s->folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (s->folder == -1 || fstat(s->folder, &st) == -1)
		r = fault(f, FAULT_TEMPORARY, "%s: %s", path, strerror(errno));
	else if (file_flaw(&st, s->folder, FILE_OWNER_SELF_OR_ROOT,
	    MATERIAL_OURS) != FILE_FINE) {
		fault(f, FAULT_CONFIG, "%s: others may write to this folder",
		    path);
		r = fault_hint(f, "it has to belong to you and to have the "
		    "mode 0700");
	}
	free(path);
	return r;
}

/* Is the file that is locked the one that others will find? */
static bool
is_current(const struct store *s, const char *name)
{
	struct stat locked, found;

	return fstat(s->lock, &locked) == 0 && fstatat(s->folder, name, &found,
	    AT_SYMLINK_NOFOLLOW) == 0 && locked.st_ino == found.st_ino &&
	    locked.st_dev == found.st_dev;
}

/* One try: 1 when the lock is ours, 0 when it is another's, -1 with errno. */
static int
try_lock(struct store *s, const char *name)
{
	if (s->lock == -1)
		s->lock = openat(s->folder, name, O_RDWR | O_CREAT | O_CLOEXEC |
		    O_NOFOLLOW | O_NONBLOCK, FILE_MODE);
	if (s->lock == -1)
		return -1;
	if (flock(s->lock, LOCK_EX | LOCK_NB) == -1)
		return errno == EWOULDBLOCK || errno == EINTR ? 0 : -1;
	if (is_current(s, name))
		return 1;
	/* whoever had it has removed it */
	close(s->lock);
	s->lock = -1;
	return 0;
}

int
store_lock(struct store *s, struct fault *f)
{
	const struct timespec pause = { 0, LOCK_PAUSE_NS };
	int64_t deadline = clock_after(LOCK_MS);
	char *name;
	int r = 0;

	if (open_folder(s, f) == -1)
		return -1;
	name = name_of(s, SUFFIX_LOCK);
	while ((r = try_lock(s, name)) == 0 && clock_left(deadline) > 0)
		nanosleep(&pause, NULL);
	free(name);
	if (r == 1)
		return 0;
	return fault(f, FAULT_TEMPORARY, "%s: lock: %s", s->path, r == 0 ?
	    "another process holds it" : strerror(errno));
}

/* ---- Replacing. */

static int
unwritten(const struct store *s, struct fault *f)
{
	return fault(f, FAULT_TEMPORARY, "%s: cannot be replaced: %s", s->path,
	    strerror(errno));
}

/* Octets that are written over later: not every system, nor every file system,
 * can give room in another way. */
static int
fill_room(const struct store *s, size_t n)
{
	char *zeros = memory_alloc(n);
	int r = file_write(s->new, zeros, n);

	if (r == 0 && lseek(s->new, 0, SEEK_SET) == -1)
		r = -1;
	free(zeros);
	return r;
}

int
store_reserve(struct store *s, struct fault *f)
{
	char *name = name_of(s, SUFFIX_NEW);
	struct buffer text;
	int error = 0;

	/* what a process that was killed has left */
	if (unlinkat(s->folder, name, 0) == -1 && errno != ENOENT)
		error = errno;
	if (error == 0) {
		s->new = openat(s->folder, name, O_WRONLY | O_CREAT | O_EXCL |
		    O_CLOEXEC | O_NOFOLLOW, FILE_MODE);
		error = s->new == -1 ? errno : 0;
	}
	free(name);
	buffer_init(&text, STORE_MAX);
	if (s->json != NULL)
		json_add_text(&text, s->json);
	if (error == 0 && fill_room(s, text.len + ROOM_EXTRA) == -1)
		error = errno;
	buffer_wipe(&text);
	if (error == 0)
		return 0;
	errno = error;
	unwritten(s, f);
	drop_new(s);
	return -1;
}

int
store_write(struct store *s, struct fault *f)
{
	char *name = name_of(s, SUFFIX), *new = name_of(s, SUFFIX_NEW);
	struct buffer text;
	int r = -1;

	buffer_init(&text, STORE_MAX);
	errno = EFBIG;
	if (json_add_text(&text, s->json) == 0 &&
	    file_write(s->new, text.data, text.len) == 0 &&
	    ftruncate(s->new, (off_t)text.len) == 0 &&
	    file_sync(s->new) == 0)
		r = renameat(s->folder, new, s->folder, name);
	buffer_wipe(&text);
	if (r == 0) {
		/* from here on the new tokens are what is read */
		close(s->new);
		s->new = -1;
		r = file_sync(s->folder);
	}
	if (r == -1)
		unwritten(s, f);
	free(name);
	free(new);
	return r;
}

int
store_remove(struct store *s, struct fault *f)
{
	char *name = name_of(s, SUFFIX), *new = name_of(s, SUFFIX_NEW);
	char *lock = name_of(s, SUFFIX_LOCK);
	int r = 1;

	unlinkat(s->folder, new, 0);
	if (unlinkat(s->folder, name, 0) == -1)
		r = errno == ENOENT ? 0 : -1;
	if (r != -1 && (unlinkat(s->folder, lock, 0) == -1 ||
	    file_sync(s->folder) == -1))
		r = -1;
	if (r == -1)
		fault(f, FAULT_TEMPORARY, "%s: cannot be removed: %s", s->path,
		    strerror(errno));
	free(name);
	free(new);
	free(lock);
	return r;
}
