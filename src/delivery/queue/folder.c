/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/file.h>
#include <sys/stat.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/fault.h"
#include "base/file.h"
#include "base/home.h"
#include "base/memory.h"
#include "base/random.h"
#include "base/variable.h"
#include "config/account/account.h"
#include "config/account/sender.h"
#include "delivery/queue/folder.h"

#define PATH_OCTETS_MAX (64 * 1024)	/* more is no path of any system */
#define NEW ".new"		/* behind a name: it is not in its place yet */
#define RANDOM_BITS 20			/* of an id: five hexadecimal digits */
#define FOLDER_FLAGS (O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
#define OTHERS_WRITE (S_IWGRP | S_IWOTH)

static const char *const places[QUEUE_PLACES] = {
	[QUEUE_MSG] = "msg", [QUEUE_DEAD] = "dead", [QUEUE_STATE] = "state",
	[QUEUE_TMP] = "tmp", [QUEUE_ACCOUNT] = "account",
};

/* ---- Where it is. */

/* The first folder of $STATE_DIRECTORY, which systemd separates by colons. */
static int
add_state_directory(struct buffer *b)
{
	const char *s = variable_get("STATE_DIRECTORY");
	size_t n = s == NULL ? 0 : strcspn(s, ":");

	if (n == 0 || s[0] != '/')
		return -1;
	buffer_printf(b, "%.*s/queue", (int)n, s);
	return 0;
}

static char *
settle_path(const struct account *a, struct fault *f)
{
	char *value = pattern_expand_setting(a, OPTION_QUEUE_DIRECTORY,
	    a->queue_directory, NULL, false, f);
	char *path = value == NULL ? NULL : account_path(value);

	if (value != NULL && path == NULL)
		fault(f, FAULT_CONFIG, "'%s': this user has no home folder",
		    value);
	else if (path != NULL && path[0] != '/')
		fault(f, FAULT_CONFIG, "'%s' is not a whole path", path);
	if (path == NULL || path[0] != '/')
		fault_hint(f, "write one that begins with /");
	free(value);
	if (path != NULL && path[0] == '/')
		return path;
	free(path);
	account_fault_prefix(f, a, OPTION_QUEUE_DIRECTORY);
	return NULL;
}

char *
queue_folder_path(const struct account *a, struct fault *f)
{
	struct buffer b;
	char *users;

	if (a != NULL && a->queue_directory != NULL)
		return settle_path(a, f);
	buffer_init(&b, PATH_OCTETS_MAX);
	if (add_state_directory(&b) == 0)
		return buffer_detach(&b);
	if (geteuid() == 0)
		return memory_string(LOCALSTATEDIR "/spool/postrider");
	users = home_state("queue");
	if (users == NULL) {
		fault(f, FAULT_CONFIG, "the queue has no folder: this user "
		    "has no home folder");
		fault_hint(f, "set \"queue_directory\"");
	}
	return users;
}

/* ---- Opening. */

/* Makes the name durable that a path ends with. */
static int
sync_name(const char *path)
{
	const char *slash = strrchr(path, '/');
	char *above = memory_copy(path, slash == path ? 1 :
	    (size_t)(slash - path));
	int fd = open(above, O_RDONLY | O_DIRECTORY | O_CLOEXEC), r;

	free(above);
	/* who may only write there cannot sync it */
	if (fd == -1)
		return errno == EACCES ? 0 : -1;
	r = file_sync(fd);
	close(fd);
	return r;
}

/*
 * Makes the folder, and those above it that are missing. Those that are there
 * may have been made a moment ago, by somebody who was killed before he had
 * synced what is above them; places are made behind that.
 */
static int
make_path(const char *path)
{
	char *copy = memory_string(path), *slash;
	int r = 0;

	for (slash = copy + 1; r == 0 && slash != NULL;) {
		slash = strchr(slash, '/');
		if (slash != NULL)
			*slash = '\0';
		if (mkdir(copy, S_IRWXU) == 0)
			r = sync_name(copy);
		else if (errno == EEXIST)
			sync_name(copy);
		else if (errno != EROFS && errno != EACCES)
			r = -1;
		if (slash != NULL)
			*slash++ = '/';
	}
	free(copy);
	return r;
}

#define OWN_FOLDER "set \"queue_directory\" to a folder of this user's"

/* `what` is said of it; NULL: what errno says. */
static int
refuse(struct fault *f, const char *path, const char *place,
    const char *what)
{
	bool denied = what == NULL && errno == EACCES;
	const char *error = what == NULL ? strerror(errno) : what;

	fault(f, FAULT_IO, "the queue's folder %s%s%s%s%s", path,
	    place == NULL ? "" : "/", place == NULL ? "" : place,
	    what == NULL ? ": " : " ", error);
	return denied ? fault_hint(f, OWN_FOLDER) : -1;
}

/* Is it ours, and ours alone to write? */
static int
check_folder(int fd, const char *path, const char *place, struct fault *f)
{
	enum file_flaw flaw;
	struct stat st;
	char owner[80];

	if (fstat(fd, &st) == -1)
		return refuse(f, path, place, NULL);
	flaw = file_flaw(&st, fd, FILE_OWNER_SELF, OTHERS_WRITE);
	if (flaw == FILE_OTHERS_OWN) {
		snprintf(owner, sizeof(owner), "belongs to uid %lu, and this "
		    "is uid %lu", (unsigned long)st.st_uid,
		    (unsigned long)geteuid());
		refuse(f, path, place, owner);
		return fault_hint(f, OWN_FOLDER);
	}
	if (flaw == FILE_FINE)
		return 0;
	refuse(f, path, place, "can be written by others");
	return fault_hint(f, "run: chmod go-w %s%s%s", path,
	    place == NULL ? "" : "/", place == NULL ? "" : place);
}

static int
open_place(struct queue_folder *q, int top, enum queue_place place, bool make,
    struct fault *f)
{
	const char *name = places[place];

	if (make && mkdirat(top, name, S_IRWXU) == -1 && errno != EEXIST)
		return refuse(f, q->path, name, NULL);
	q->fd[place] = openat(top, name, FOLDER_FLAGS);
	if (q->fd[place] == -1)
		return !make && errno == ENOENT ? 0 : refuse(f, q->path, name,
		    errno == ELOOP || errno == ENOTDIR ? "is no folder" : NULL);
	return check_folder(q->fd[place], q->path, name, f);
}

static int
open_places(struct queue_folder *q, int top, bool make, struct fault *f)
{
	if (check_folder(top, q->path, NULL, f) == -1)
		return -1;
	for (int i = 0; i < QUEUE_PLACES; i++)
		if (open_place(q, top, (enum queue_place)i, make, f) == -1)
			return -1;
	if (make && file_sync(top) == -1)
		return refuse(f, q->path, NULL, NULL);
	/* one without places has never held a message */
	return q->fd[QUEUE_MSG] != -1 && q->fd[QUEUE_STATE] != -1;
}

/* Why open(2) with FOLDER_FLAGS has failed, as errno has it. */
static const char *
open_error(const char *path)
{
	int error = errno;
	struct stat st;

	if (error == ENOENT)
		return "is not there, and cannot be made";
	if (error != ELOOP && error != ENOTDIR)
		return NULL;
	return lstat(path, &st) == 0 && S_ISLNK(st.st_mode) ?
	    "is a symbolic link" : "is no folder";
}

/* Is there a place in it? Then the path is durable. */
static bool
has_places(const char *path)
{
	char *place = buffer_format("%s/%s", path, places[0]);
	struct stat st;
	bool has = stat(place, &st) == 0;

	free(place);
	return has;
}

int
queue_folder_open(struct queue_folder *q, const char *path, bool make,
    struct fault *f)
{
	size_t n = strlen(path);
	int top, r;

	while (n > 1 && path[n - 1] == '/')
		n--;
	q->path = memory_copy(path, n);
	for (int i = 0; i < QUEUE_PLACES; i++)
		q->fd[i] = -1;
	if (make && !has_places(q->path) && make_path(q->path) == -1)
		r = refuse(f, q->path, NULL, open_error(q->path));
	else if ((top = open(q->path, FOLDER_FLAGS)) == -1)
		r = !make && errno == ENOENT ? 0 : refuse(f, q->path, NULL,
		    open_error(q->path));
	else {
		r = open_places(q, top, make, f);
		close(top);
	}
	if (r != 1)
		queue_folder_close(q);
	return r;
}

int
queue_folder_open_of(struct queue_folder *q, const struct account *a,
    bool make, struct fault *f)
{
	char *path = queue_folder_path(a, f);
	int r = path == NULL ? -1 : queue_folder_open(q, path, make, f);

	free(path);
	return r;
}

void
queue_folder_close(struct queue_folder *q)
{
	for (int i = 0; i < QUEUE_PLACES; i++) {
		if (q->path != NULL && q->fd[i] != -1)
			close(q->fd[i]);
		q->fd[i] = -1;
	}
	free(q->path);
	q->path = NULL;
}

/* ---- What is in it. */

static bool
begins_with_id(const char *s)
{
	return strspn(s, "0123456789ABCDEF") >= QUEUE_ID_LEN;
}

static int
compare(const void *a, const void *b)
{
	return strcmp(a, b);
}

/* All files of one place whose names are ids and this behind them: the ids. */
static int
list(const struct queue_folder *q, enum queue_place place,
    const char *suffix, struct queue_names *names, struct fault *f)
{
	struct dirent *entry;
	DIR *dir = NULL;
	size_t cap = 0;
	int fd, r = 0;

	memset(names, 0, sizeof(*names));
	if (q->fd[place] == -1)
		return 0;
	fd = openat(q->fd[place], ".", FOLDER_FLAGS);
	if (fd == -1 || (dir = fdopendir(fd)) == NULL) {
		if (fd != -1)
			close(fd);
		return refuse(f, q->path, places[place], NULL);
	}
	while ((errno = 0, entry = readdir(dir)) != NULL) {
		if (!begins_with_id(entry->d_name) ||
		    strcmp(entry->d_name + QUEUE_ID_LEN, suffix) != 0)
			continue;
		names->name = memory_grow(names->name, names->count, &cap,
		    sizeof(*names->name));
		memcpy(names->name[names->count], entry->d_name, QUEUE_ID_LEN);
		names->name[names->count++][QUEUE_ID_LEN] = '\0';
	}
	if (errno != 0)
		r = refuse(f, q->path, places[place], NULL);
	closedir(dir);
	if (names->count > 0)
		qsort(names->name, names->count, sizeof(*names->name),
		    compare);
	return r;
}

int
queue_folder_list(const struct queue_folder *q, enum queue_place place,
    struct queue_names *names, struct fault *f)
{
	return list(q, place, "", names, f);
}

int
queue_folder_sync(const struct queue_folder *q, enum queue_place place,
    struct fault *f)
{
	if (file_sync(q->fd[place]) == 0)
		return 0;
	return refuse(f, q->path, places[place], NULL);
}

/* A new file of that name, in place of one that a crash may have left. */
static int
write_new(int dir, const char *name, const struct buffer *b)
{
	int fd, r, error;

	if (unlinkat(dir, name, 0) == -1 && errno != ENOENT)
		return -1;
	fd = openat(dir, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC |
	    O_NOFOLLOW, S_IRUSR | S_IWUSR);
	if (fd == -1)
		return -1;
	r = file_write(fd, b->data, b->len);
	if (r == 0)
		r = file_sync(fd);
	error = errno;
	if (close(fd) == -1 && r == 0) {
		r = -1;
		error = errno;
	}
	errno = error;
	return r;
}

int
queue_folder_replace(const struct queue_folder *q, enum queue_place place,
    const char *name, const struct buffer *b, struct fault *f)
{
	int dir = q->fd[place], r = 0;
	char *new = buffer_format("%s" NEW, name);

	if (write_new(dir, new, b) == -1 ||
	    renameat(dir, new, dir, name) == -1 || file_sync(dir) == -1) {
		r = fault(f, FAULT_IO, "%s/%s/%s cannot be written: %s",
		    q->path, places[place], name, strerror(errno));
		unlinkat(dir, new, 0);
	}
	free(new);
	return r;
}

/* ---- What a crash has left. */

/* A message that nobody writes any more: the lock went with its writer. */
static void
sweep_tmp(const struct queue_folder *q, const char *name)
{
	struct file file;

	if (file_open_at(&file, q->fd[QUEUE_TMP], name, true) == -1)
		return;
	if (flock(file.fd, LOCK_EX | LOCK_NB) == 0)
		unlinkat(q->fd[QUEUE_TMP], name, 0);
	file_close(&file);
}

static bool
is_there(const struct queue_folder *q, enum queue_place place,
    const char *name)
{
	struct stat st;

	return fstatat(q->fd[place], name, &st, AT_SYMLINK_NOFOLLOW) == 0 ||
	    errno != ENOENT;
}

/*
 * States whose message is gone. A state is written first, while its message is
 * in tmp, and is removed last: so tmp is looked at first.
 */
static void
sweep_states(const struct queue_folder *q, const char *suffix)
{
	char file[QUEUE_ID_LEN + sizeof(NEW)];
	struct queue_names names;

	list(q, QUEUE_STATE, suffix, &names, NULL);
	for (size_t i = 0; i < names.count; i++) {
		/* it may go from dead to msg while we look */
		if (is_there(q, QUEUE_TMP, names.name[i]) ||
		    is_there(q, QUEUE_MSG, names.name[i]) ||
		    is_there(q, QUEUE_DEAD, names.name[i]) ||
		    is_there(q, QUEUE_MSG, names.name[i]))
			continue;
		snprintf(file, sizeof(file), "%s%s", names.name[i], suffix);
		unlinkat(q->fd[QUEUE_STATE], file, 0);
	}
	free(names.name);
}

void
queue_folder_sweep(const struct queue_folder *q)
{
	struct queue_names names;

	queue_folder_list(q, QUEUE_TMP, &names, NULL);
	for (size_t i = 0; i < names.count; i++)
		sweep_tmp(q, names.name[i]);
	free(names.name);
	sweep_states(q, "");
	sweep_states(q, NEW);
}

/* ---- Ids. */

int
queue_id_make(char id[QUEUE_ID_LEN + 1], struct fault *f)
{
	struct timespec now;
	uint32_t random;
	uint64_t ms;

	if (random_bytes(&random, sizeof(random)) == -1)
		return fault(f, FAULT_SYSTEM, "the system has no random "
		    "numbers for an id");
	clock_gettime(CLOCK_REALTIME, &now);
	ms = (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
	snprintf(id, QUEUE_ID_LEN + 1, "%011llX%05lX",
	    (unsigned long long)(ms & 0xfffffffffff),
	    (unsigned long)(random & ((1U << RANDOM_BITS) - 1)));
	return 0;
}

bool
queue_is_id(const char *s)
{
	return strlen(s) == QUEUE_ID_LEN && begins_with_id(s);
}
