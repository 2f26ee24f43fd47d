/* SPDX-License-Identifier: ISC */
/* Account files: where they are, and whether their owner and mode will do. */
#include "config.h"

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/fault.h"
#include "base/memory.h"
#include "setup/account.h"
#include "setup/accountfile.h"

#define FILE_MAX (64 * 1024 * 1024)	/* octets; far above 20,000 accounts */
#define PATHS_MAX (64 * 1024)		/* octets of a path or a message */
#define MODE_OTHERS (S_IRWXG | S_IRWXO)
#define MODE_WRITE (S_IWGRP | S_IWOTH)

/* An account file that is open. */
struct file {
	const char *path;
	enum accountfile_kind kind;
	int fd;			/* -1: could not be opened */
	int error;		/* and why */
	struct stat st;
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
	return fault(f, FAULT_CONFIG, "account file %s: %s", file->path,
	    strerror(file->error));
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

/* Whoever writes a passwordeval into the file runs commands as us. */
static int
check_command_owner(const struct file *file, struct fault *f)
{
	struct buffer b;

	if (file->st.st_uid != 0 && file->st.st_uid != geteuid()) {
		buffer_init(&b, PATHS_MAX);
		add_user(&b, file->st.st_uid);
		fault(f, FAULT_CONFIG, "account file %s holds a passwordeval "
		    "and belongs to %s; we run as uid %lu", file->path,
		    b.data, (unsigned long)geteuid());
		buffer_free(&b);
		return fault_hint(f, "run: chown %lu %s",
		    (unsigned long)geteuid(), file->path);
	}
	if ((file->st.st_mode & MODE_WRITE) == 0)
		return 0;
	fault(f, FAULT_CONFIG, "account file %s holds a passwordeval, and its "
	    "mode %04o lets others write to it", file->path,
	    mode_of(&file->st));
	return fault_hint(f, "run: chmod go-w %s", file->path);
}

static int
read_open(struct accounts *accounts, struct file *file, struct fault *f)
{
	struct accountfile_facts facts;
	struct buffer b;
	int r;

	if (fstat(file->fd, &file->st) == -1)
		return fault(f, FAULT_SYSTEM, "account file %s: %s",
		    file->path, strerror(errno));
	if (check_regular(file, f) == -1)
		return -1;
	buffer_init(&b, FILE_MAX + 1);
	r = read_all(file, &b, f);
	if (r == 0)
		r = accountfile_parse(accounts, file->path, b.data, b.len,
		    &facts, f);
	buffer_wipe(&b);
	if (r == 0 && facts.password)
		r = check_password_mode(accounts, file, f);
	if (r == 0 && facts.passwordeval)
		r = check_command_owner(file, f);
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
		r = read_open(accounts, &file, f);
	else if (file.error == ENOENT || file.error == ENOTDIR)
		r = missing(&file, f);
	else
		r = unreadable(accounts, &file, f);
	if (file.fd != -1)
		close(file.fd);
	return r;
}

/* Did the search end at this file? It exists, readable or not. */
static bool
found(struct accounts *accounts, const char *path)
{
	struct stat st;

	return accounts_source(accounts, path)->state ==
	    ACCOUNT_SOURCE_READ || stat(path, &st) == 0;
}

/* folder + name; *stop says whether to look no further. */
static int
try(struct accounts *accounts, const char *folder, const char *name,
    enum accountfile_kind kind, bool *stop, struct fault *f)
{
	struct buffer path;
	int r;

	if (*stop || folder == NULL)
		return 0;
	buffer_init(&path, PATHS_MAX);
	if (buffer_printf(&path, "%s%s", folder, name) == -1) {
		buffer_free(&path);
		return fault(f, FAULT_CONFIG, "the path of the home folder is "
		    "longer than %d octets", PATHS_MAX);
	}
	r = accountfile_read(accounts, path.data, kind, f);
	*stop = found(accounts, path.data);
	buffer_free(&path);
	return r;
}

static int
load_user(struct accounts *accounts, struct fault *f)
{
	const char *xdg = getenv("XDG_CONFIG_HOME");
	char *home = account_home(), *config = NULL;
	struct buffer b;
	bool stop = false;
	int r = -1;

	/* relative ones are invalid: XDG Base Directory Specification */
	if (xdg != NULL && xdg[0] == '/') {
		config = memory_string(xdg);
	} else if (home != NULL) {
		buffer_init(&b, strlen(home) + sizeof("/.config"));
		buffer_printf(&b, "%s/.config", home);
		config = buffer_detach(&b);
	}
	if (try(accounts, config, "/postrider/accounts", ACCOUNTFILE_USER,
	    &stop, f) == 0 &&
	    try(accounts, home, "/.msmtprc", ACCOUNTFILE_USER, &stop, f) == 0 &&
	    try(accounts, config, "/msmtp/config", ACCOUNTFILE_USER, &stop,
	    f) == 0)
		r = 0;
	free(config);
	free(home);
	return r;
}

int
accountfile_load(struct accounts *accounts, const char *file, bool trusted,
    struct fault *f)
{
	bool stop = false;
	int r;

	if (file != NULL)
		r = accountfile_read(accounts, file, trusted ?
		    ACCOUNTFILE_TRUSTED : ACCOUNTFILE_NAMED, f);
	else
		r = load_user(accounts, f);
	if (r == -1)
		return -1;
	if (try(accounts, SYSCONFDIR, "/postrider/accounts",
	    ACCOUNTFILE_SYSTEM, &stop, f) == -1)
		return -1;
	return try(accounts, SYSCONFDIR, "/msmtprc", ACCOUNTFILE_SYSTEM, &stop,
	    f);
}
