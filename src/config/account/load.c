/* SPDX-License-Identifier: ISC */
/* One account file: whether its owner and mode will do, and those that it
 * includes. */
#include "config.h"

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/fault.h"
#include "base/memory.h"
#include "config/account/account.h"
#include "config/account/grammar.h"
#include "config/account/parse.h"

#define FILE_MAX (64 * 1024 * 1024)	/* octets; far above 20,000 accounts */
#define PATHS_MAX (64 * 1024)		/* octets of a path or a message */
#define INCLUDE_DEPTH_MAX 16	/* nobody nests more; a loop of links does */
#define MODE_OTHERS (S_IRWXG | S_IRWXO)
#define MODE_WRITE (S_IWGRP | S_IWOTH)

/* An account file that is open. */
struct file {
	const char *path;
	enum accountfile_kind kind;
	int fd;			/* -1: could not be opened */
	int error;		/* and why */
	struct stat st;
	const struct file *includer;	/* or NULL */
};

/* A file that is being parsed, and what its accounts go into. */
struct reading {
	struct accounts *accounts;
	const struct file *file;
};

static unsigned
mode_of(const struct stat *st)
{
	return (unsigned)st->st_mode & 07777U;
}

static void
add_user(struct buffer *b, uid_t uid)
{
	const struct passwd *pw = getpwuid(uid);

	if (pw != NULL)
		buffer_printf(b, "%s (uid %lu)", pw->pw_name,
		    (unsigned long)uid);
	else
		buffer_printf(b, "uid %lu", (unsigned long)uid);
}

static void
add_group(struct buffer *b, gid_t gid)
{
	const struct group *gr = getgrgid(gid);

	if (gr != NULL)
		buffer_printf(b, "%s (gid %lu)", gr->gr_name,
		    (unsigned long)gid);
	else
		buffer_printf(b, "gid %lu", (unsigned long)gid);
}

/* What its owner can do so that we may read it. */
static char *
remedy(const char *path, const struct stat *st)
{
	struct buffer b;

	buffer_init(&b, PATHS_MAX);
	if (st == NULL) {
		buffer_printf(&b, "let this user search the folders above %s",
		    path);
	} else if (st->st_uid == geteuid()) {
		buffer_printf(&b, "run: chmod u+r %s", path);
	} else if ((st->st_mode & S_IRGRP) != 0 && st->st_gid != getegid()) {
		buffer_printf(&b, "%s may be read by group ", path);
		add_group(&b, st->st_gid);
		buffer_add_string(&b, "; make this user a member of it");
	} else {
		buffer_printf(&b, "run: setfacl -m u:%lu:r %s",
		    (unsigned long)geteuid(), path);
	}
	return buffer_detach(&b);
}

/* What the system said, whose file it is, and who we are. */
static char *
trouble(const char *why, const struct stat *st)
{
	struct buffer b;

	buffer_init(&b, PATHS_MAX);
	buffer_add_string(&b, why);
	if (st != NULL) {
		buffer_printf(&b, ": mode %04o, owner ", mode_of(st));
		add_user(&b, st->st_uid);
		buffer_add_string(&b, ", group ");
		add_group(&b, st->st_gid);
	}
	buffer_printf(&b, "; we run as uid %lu, gid %lu",
	    (unsigned long)geteuid(), (unsigned long)getegid());
	return buffer_detach(&b);
}

static int
unreadable(struct accounts *accounts, const struct file *file, struct fault *f)
{
	struct account_source *source = accounts_source(accounts, file->path);
	const struct stat *st = NULL;
	struct stat buf;

	if (stat(file->path, &buf) == 0)
		st = &buf;
	source->state = ACCOUNT_SOURCE_UNREADABLE;
	free(source->trouble);
	source->trouble = trouble(strerror(file->error), st);
	if (file->error == EACCES) {
		free(source->remedy);
		source->remedy = remedy(file->path, st);
	}
	if (file->kind != ACCOUNTFILE_NAMED &&
	    file->kind != ACCOUNTFILE_TRUSTED)
		return 0;
	fault(f, FAULT_CONFIG, "account file %s cannot be read: %s",
	    file->path, source->trouble);
	if (source->remedy != NULL)
		fault_hint(f, "%s", source->remedy);
	return -1;
}

static int
missing(const struct file *file, struct fault *f)
{
	if (file->kind != ACCOUNTFILE_NAMED &&
	    file->kind != ACCOUNTFILE_TRUSTED)
		return 0;
	fault(f, FAULT_CONFIG, "account file %s: %s", file->path,
	    strerror(file->error));
	return fault_hint(f, "check the path; without it, the files of "
	    "postrider-accounts(5) are read");
}

static int
untrusted(const struct file *file, const char *what, struct fault *f)
{
	fault(f, FAULT_USAGE, "-C %s: %s", file->path, what);
	return fault_hint(f, "called by a name of sendmail, only root's files "
	    "in root's folders can be named; call postrider itself");
}

static bool
is_roots(const struct stat *st)
{
	return st->st_uid == 0 && (st->st_mode & MODE_WRITE) == 0;
}

/*
 * Opens the file through its folder, so that what is checked is what is read.
 * Not blocking: opening a FIFO without a writer would wait for ever.
 */
static int
open_trusted(struct file *file, struct fault *f)
{
	const char *slash = strrchr(file->path, '/');
	char *folder = slash == NULL ? memory_string(".") :
	    memory_copy(file->path, (size_t)(slash - file->path) + 1);
	int dir = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct stat st;

	file->error = errno;
	free(folder);
	if (dir == -1)
		return 0;
	if (fstat(dir, &st) == -1 || !is_roots(&st)) {
		close(dir);
		return untrusted(file, "its folder is not root's alone", f);
	}
	file->fd = openat(dir, slash == NULL ? file->path : slash + 1,
	    O_RDONLY | O_NONBLOCK | O_NOCTTY | O_NOFOLLOW | O_CLOEXEC);
	file->error = errno;
	close(dir);
	if (file->fd != -1 && (fstat(file->fd, &st) == -1 || !is_roots(&st)))
		return untrusted(file, "it is not root's alone", f);
	return 0;
}

static int
open_file(struct file *file, struct fault *f)
{
	if (file->kind == ACCOUNTFILE_TRUSTED)
		return open_trusted(file, f);
	file->fd = open(file->path,
	    O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	file->error = errno;
	return 0;
}

static int
check_regular(const struct file *file, struct fault *f)
{
	const char *what = S_ISDIR(file->st.st_mode) ? "a folder" :
	    S_ISFIFO(file->st.st_mode) ? "a FIFO" :
	    S_ISCHR(file->st.st_mode) ? "a device" : "not a file";

	if (S_ISREG(file->st.st_mode))
		return 0;
	fault(f, FAULT_CONFIG, "account file %s is %s", file->path, what);
	return fault_hint(f, "an account file is a regular file");
}

/*
 * Reads all of it into memory that is not moved while it grows: what may hold
 * a password is wiped in one place.
 */
static int
read_all(const struct file *file, struct buffer *b, struct fault *f)
{
	char *to;
	ssize_t n;

	if (file->st.st_size > FILE_MAX)
		return fault(f, FAULT_CONFIG, "account file %s is larger than "
		    "%d MiB", file->path, FILE_MAX / (1024 * 1024));
	to = buffer_reserve(b, (size_t)file->st.st_size + 1);
	while (b->len <= (size_t)file->st.st_size) {
		n = read(file->fd, to + b->len,
		    (size_t)file->st.st_size + 1 - b->len);
		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1)
			return fault(f, FAULT_TEMPORARY, "account file %s: %s",
			    file->path, strerror(errno));
		if (n == 0)
			return 0;
		buffer_commit(b, (size_t)n);
	}
	fault(f, FAULT_TEMPORARY, "account file %s grew while it was read",
	    file->path);
	return fault_hint(f, "try again when it has been written");
}

static int
check_password_mode(struct accounts *accounts, const struct file *file,
    struct fault *f)
{
	if (file->kind == ACCOUNTFILE_SYSTEM) {
		if ((file->st.st_mode & S_IROTH) != 0)
			notes_add(&accounts->warnings, "%s holds a password "
			    "and everybody can read it; run: chmod o-r %s",
			    file->path, file->path);
		return 0;
	}
	if ((file->st.st_mode & MODE_OTHERS) == 0)
		return 0;
	fault(f, FAULT_CONFIG, "account file %s holds a password, and its "
	    "mode %04o lets others in", file->path, mode_of(&file->st));
	return fault_hint(f, "run: chmod 600 %s", file->path);
}

/* Whoever writes a passwordeval or eval into the file runs commands as us. */
static int
check_command_owner(const struct file *file, const char *word,
    struct fault *f)
{
	struct buffer b;

	if (file->st.st_uid != 0 && file->st.st_uid != geteuid()) {
		buffer_init(&b, PATHS_MAX);
		add_user(&b, file->st.st_uid);
		fault(f, FAULT_CONFIG, "account file %s holds %s and "
		    "belongs to %s; we run as uid %lu", file->path, word,
		    b.data, (unsigned long)geteuid());
		buffer_free(&b);
		return fault_hint(f, "run: chown %lu %s",
		    (unsigned long)geteuid(), file->path);
	}
	if ((file->st.st_mode & MODE_WRITE) == 0)
		return 0;
	fault(f, FAULT_CONFIG, "account file %s holds %s, and its mode %04o "
	    "lets others write to it", file->path, word, mode_of(&file->st));
	return fault_hint(f, "run: chmod go-w %s", file->path);
}

static int include(void *, struct parser *, const char *,
    const struct option_place *, struct fault *);

static int
trust(void *arg, struct fault *f)
{
	const struct reading *reading = arg;

	return check_command_owner(reading->file, "an eval", f);
}

/* A fault about the whole file, where somebody wants to hear of them all. */
static int
settle(struct accounts *accounts, int r, struct fault *f)
{
	if (r == 0 || accounts->report == NULL)
		return r;
	accounts->report(accounts->report_arg, f);
	fault_clear(f);
	return 0;
}

static int
check_mode(struct accounts *accounts, const struct file *file,
    const struct accountfile_facts *facts, struct fault *f)
{
	if (facts->password && settle(accounts,
	    check_password_mode(accounts, file, f), f) == -1)
		return -1;
	if (!facts->passwordeval && !facts->eval)
		return 0;
	return settle(accounts, check_command_owner(file, facts->eval ?
	    "an eval" : "a passwordeval", f), f);
}

/* `parser`: of the file that includes this one, or NULL. */
static int
read_open(struct accounts *accounts, struct file *file, struct parser *parser,
    struct fault *f)
{
	struct reading reading = { accounts, file };
	struct parser_hooks hooks = { trust, include, &reading };
	const struct parser_hooks *outer;
	struct accountfile_facts facts = { false };
	struct buffer b;
	int r;

	if (fstat(file->fd, &file->st) == -1)
		return fault(f, FAULT_SYSTEM, "account file %s: %s",
		    file->path, strerror(errno));
	if (check_regular(file, f) == -1)
		return -1;
	buffer_init(&b, FILE_MAX + 1);
	r = read_all(file, &b, f);
	if (r == 0 && parser == NULL) {
		r = parser_run(accounts, &hooks, file->path, b.data, b.len,
		    &facts, f);
	} else if (r == 0) {
		outer = parser->hooks;
		parser->hooks = &hooks;
		r = parser_include(parser, file->path, b.data, b.len, &facts);
		parser->hooks = outer;
	}
	buffer_wipe(&b);
	return r == -1 ? -1 : check_mode(accounts, file, &facts, f);
}

/* A file that is being read already, or too many in one another. */
static int
check_loop(const struct file *file, const struct option_place *place,
    struct fault *f)
{
	const struct file *other = file->includer;
	struct stat st;
	int depth = 1;

	if (fstat(file->fd, &st) == -1)
		return option_fault(f, place, "%s: %s", file->path,
		    strerror(errno));
	for (; other != NULL; other = other->includer, depth++)
		if (other->st.st_dev == st.st_dev &&
		    other->st.st_ino == st.st_ino)
			return option_fault(f, place,
			    "%s is included by itself", file->path);
	if (depth > INCLUDE_DEPTH_MAX)
		return option_fault(f, place, "files are included more than "
		    "%d deep", INCLUDE_DEPTH_MAX);
	return 0;
}

static int
include_file(const struct reading *reading, struct parser *parser,
    const char *path, const struct option_place *place, struct fault *f)
{
	struct file file = { .path = path, .kind = reading->file->kind,
	    .fd = -1, .includer = reading->file };
	int r = -1;

	accounts_source(reading->accounts, path);
	if (open_file(&file, f) == -1)
		return -1;
	if (file.fd == -1)
		return option_fault(f, place, "%s cannot be read: %s", path,
		    strerror(file.error));
	if (check_loop(&file, place, f) == 0)
		r = read_open(reading->accounts, &file, parser, f);
	close(file.fd);
	return r;
}

/* Relative to the folder of the file that includes; "~/" is home. */
static char *
include_path(const struct file *file, const char *pattern)
{
	const char *slash = strrchr(file->path, '/');
	char *home = NULL;
	struct buffer b;

	buffer_init(&b, PATHS_MAX);
	if (strncmp(pattern, "~/", 2) == 0 && (home = account_home()) != NULL)
		buffer_printf(&b, "%s%s", home, pattern + 1);
	else if (pattern[0] != '/' && slash != NULL)
		buffer_printf(&b, "%.*s/%s", (int)(slash - file->path),
		    file->path, pattern);
	else
		buffer_add_string(&b, pattern);
	free(home);
	return buffer_detach(&b);
}

/* In the order of their names. A pattern may fit nothing, a name may not. */
static int
include(void *arg, struct parser *parser, const char *pattern,
    const struct option_place *place, struct fault *f)
{
	const struct reading *reading = arg;
	char *path = include_path(reading->file, pattern);
	glob_t found;
	int r = 0, g;

	if (strpbrk(pattern, "?*[") == NULL) {
		r = include_file(reading, parser, path, place, f);
		free(path);
		return r;
	}
	memset(&found, 0, sizeof(found));
	errno = 0;
	g = glob(path, GLOB_ERR, NULL, &found);
	if (g != 0 && g != GLOB_NOMATCH && errno != ENOENT)
		r = option_fault(f, place, "%s: its folder cannot be read",
		    path);
	for (size_t i = 0; g == 0 && r == 0 && i < found.gl_pathc; i++)
		r = settle(reading->accounts, include_file(reading, parser,
		    found.gl_pathv[i], place, f), f);
	globfree(&found);
	free(path);
	return r;
}

int
accountfile_read(struct accounts *accounts, const char *path,
    enum accountfile_kind kind, struct fault *f)
{
	struct file file = { .path = path, .kind = kind, .fd = -1 };
	int r;

	accounts_source(accounts, path);
	if (open_file(&file, f) == -1)
		r = -1;
	else if (file.fd != -1)
		r = read_open(accounts, &file, NULL, f);
	else if (file.error == ENOENT || file.error == ENOTDIR)
		r = missing(&file, f);
	else
		r = unreadable(accounts, &file, f);
	if (file.fd != -1)
		close(file.fd);
	return settle(accounts, r, f);
}
