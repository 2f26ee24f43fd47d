/* SPDX-License-Identifier: ISC */
/*
 * Account files: where they are, whether their owner and mode will do, which
 * others they include, and which commands they run.
 */
#include "config.h"

#include <sys/stat.h>

#include <errno.h>
#include <glob.h>
#include <grp.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/fault.h"
#include "base/file.h"
#include "base/home.h"
#include "base/memory.h"
#include "base/variable.h"
#include "config/account/account.h"
#include "config/account/accountfile.h"
#include "config/password/password.h"

#define FILE_MAX (64 * 1024 * 1024)	/* octets; far above 20,000 accounts */
#define EVAL_SECONDS 60	/* as passwordeval_timeout: to type a passphrase */
#define INCLUDE_DEPTH_MAX 16	/* more is a loop of symbolic links */
#define NOUN "account file"
#define MODE_WRITE (S_IWGRP | S_IWOTH)

/* An account file that is being read, and what its accounts go into. */
struct account_file {
	struct accounts *accounts;
	struct file file;
	enum accountfile_kind kind;
	const struct account_file *includer;	/* or NULL */
};

/* A path where an account file may be; none when `folder` is NULL. */
struct candidate {
	const char *folder;
	const char *name;
};

/* Whose file it is, and what can be done so that we may read it. */
static void
explain_mode(struct fault *why, const char *path, const struct stat *st,
    bool denied)
{
	const struct group *gr = getgrgid(st->st_gid);
	unsigned long gid = (unsigned long)st->st_gid;
	char *user = owner_words(st->st_uid), *group = gr == NULL ?
	    buffer_format("gid %lu", gid) :
	    buffer_format("%s (gid %lu)", gr->gr_name, gid);

	fault_add(why, ": mode %04o, owner %s, group %s", file_mode(st), user,
	    group);
	if (denied && st->st_uid == geteuid())
		fault_hint(why, "run: chmod u+r %s", path);
	else if (denied && (st->st_mode & S_IRGRP) != 0 &&
	    st->st_gid != getegid())
		fault_hint(why, "%s may be read by group %s; make this user a "
		    "member of it", path, group);
	else if (denied && st->st_uid == 0)
		fault_hint(why, "only its owner can let uid %lu read it, as "
		    "by: setfacl -m u:%lu:r %s", (unsigned long)geteuid(),
		    (unsigned long)geteuid(), path);
	else if (denied)
		/* with a password in it, what others may read is refused */
		fault_hint(why, "give uid %lu an account file of its own; this "
		    "one is its owner's", (unsigned long)geteuid());
	free(user);
	free(group);
}

/* Was it named by -C, so that it has to be there? */
static bool
is_named(enum accountfile_kind kind)
{
	return kind == ACCOUNTFILE_NAMED || kind == ACCOUNTFILE_TRUSTED;
}

static int
unreadable(struct accounts *accounts, const char *path,
    enum accountfile_kind kind, int error, struct fault *f)
{
	struct account_source *source = accounts_source(accounts, path);
	struct fault *why = &source->why;
	struct stat st;

	source->state = ACCOUNT_SOURCE_UNREADABLE;
	fault_clear(why);
	fault(why, FAULT_CONFIG, "%s", strerror(error));
	if (stat(path, &st) == 0)
		explain_mode(why, path, &st, error == EACCES);
	else if (error == EACCES)
		fault_hint(why, "let this user search the folders above %s",
		    path);
	fault_add(why, "; we run as uid %lu, gid %lu",
	    (unsigned long)geteuid(), (unsigned long)getegid());
	if (!is_named(kind))
		return 0;
	fault_pass(f, why, "");
	return fault_prefix(f, "account file %s cannot be read: ", path);
}

static int
missing(const char *path, enum accountfile_kind kind, int error,
    struct fault *f)
{
	if (!is_named(kind))
		return 0;
	fault(f, FAULT_CONFIG, "account file %s: %s", path, strerror(error));
	return fault_hint(f, "check the path; without it, the files of "
	    "postrider-accounts(5) are read");
}

static int
untrusted(const char *path, const char *what, struct fault *f)
{
	fault(f, FAULT_USAGE, "-C %s: %s", path, what);
	return fault_hint(f, "called by a name of sendmail, only root's files "
	    "in root's folders can be named; call postrider itself");
}

static bool
is_roots(const struct stat *st, int fd)
{
	return file_flaw(st, fd, FILE_OWNER_ROOT, MODE_WRITE) == FILE_FINE;
}

/*
 * Opens the file; *error is errno, and 0 when it is open. A fault only where a
 * caller who is not trusted has named a file that is not root's alone.
 */
static int
open_file(struct account_file *file, const char *path, int *error,
    struct fault *f)
{
	struct stat folder;
	int r;

	if (file->kind != ACCOUNTFILE_TRUSTED) {
		*error = file_open(&file->file, path) == -1 ? errno : 0;
		return 0;
	}
	r = file_open_in_folder(&file->file, path, &folder);
	*error = r == -1 ? errno : 0;
	if (folder.st_mode != 0 && !is_roots(&folder, -1))
		return untrusted(path, "its folder is not root's alone", f);
	if (r == 0 && !is_roots(&file->file.st, file->file.fd))
		return untrusted(path, "it is not root's alone", f);
	return 0;
}

static int
read_all(struct account_file *file, struct buffer *b, struct fault *f)
{
	const char *path = file->file.path, *type = file_type(&file->file);

	if (S_ISFIFO(file->file.st.st_mode) && file->kind == ACCOUNTFILE_NAMED)
		file->accounts->once = true;
	else if (type != NULL) {
		fault(f, FAULT_CONFIG, "account file %s is %s", path, type);
		return fault_hint(f, "an account file is a regular file");
	}
	if (file_read(&file->file, b) == 0)
		return 0;
	if (errno == EFBIG)
		return fault(f, FAULT_CONFIG, "account file %s is larger than "
		    "%d MiB", path, FILE_MAX / (1024 * 1024));
	if (errno != EAGAIN)
		return fault(f, FAULT_TEMPORARY, "account file %s: %s", path,
		    strerror(errno));
	fault(f, FAULT_TEMPORARY, "account file %s grew while it was read",
	    path);
	return fault_hint(f, "try again when it has been written");
}

/* What the system's file says goes for each that is root's. */
static int
check_password_mode(const struct account_file *file, struct fault *f)
{
	enum file_exposure exposure = file_exposure(&file->file);
	bool system = file->kind == ACCOUNTFILE_SYSTEM ||
	    (file->kind != ACCOUNTFILE_USER && file->file.st.st_uid == 0);
	const char *path = file->file.path;

	if (exposure == FILE_KEPT ||
	    (system && (file->file.st.st_mode & S_IROTH) == 0))
		return 0;
	if (exposure == FILE_EXPOSED_OURS && !system) {
		fault(f, FAULT_CONFIG, "account file %s holds a password, and "
		    "its mode %04o lets others in", path,
		    file_mode(&file->file.st));
		return fault_hint(f, "run: chmod 600 %s", path);
	}
	notes_add(&file->accounts->warnings, "%s holds a password, and its "
	    "mode %04o lets others in%s%s", path, file_mode(&file->file.st),
	    exposure == FILE_EXPOSED_OURS ? "; run: chmod o-rwx " : "",
	    exposure == FILE_EXPOSED_OURS ? path : "");
	return 0;
}

static int include(void *, struct parser *, const char *,
    const struct option_place *, struct fault *);

/* Runs a command of the file that is being read, if it can be trusted. */
static int
eval(void *arg, const char *command, const struct option_place *place,
    struct secret *line, struct fault *f)
{
	const struct account_file *from = arg;

	if (owner_check(&from->file, NOUN, "an eval", f) == -1)
		return -1;
	if (child_first_line(CHILD_SHELL(command), EVAL_SECONDS, "nothing",
	    line, f) == 0)
		return 0;
	fault_prefix(f, "%s:%u:%u: eval", place->file, place->line,
	    place->column);
	return fault_hint(f, "run the command in a shell: its first line of "
	    "output should be a setting and its value");
}

static int
check_mode(const struct account_file *file,
    const struct accountfile_facts *facts, struct fault *f)
{
	const struct accounts *accounts = file->accounts;

	if (facts->password && accounts_report(accounts,
	    check_password_mode(file, f), f) == -1)
		return -1;
	if (facts->command == NULL)
		return 0;
	return accounts_report(accounts, owner_check(&file->file, NOUN,
	    facts->command, f), f);
}

/* `parser` is that of the file that includes this one, or NULL. */
static int
read_open(struct account_file *file, struct parser *parser, struct fault *f)
{
	struct parser_hooks hooks = { eval, include, file };
	struct accountfile_facts facts = { false, NULL };
	struct buffer b;
	int r;

	if (file->kind == ACCOUNTFILE_USER &&
	    owner_check(&file->file, NOUN, NULL, f) == -1)
		return -1;
	buffer_init(&b, FILE_MAX);
	r = read_all(file, &b, f);
	if (r == 0 && parser == NULL)
		r = accountfile_parse(file->accounts, &hooks,
		    file->file.path, b.data, b.len, &facts, f);
	else if (r == 0)
		r = parser_include(parser, &hooks, file->file.path, b.data,
		    b.len, &facts);
	buffer_wipe(&b);
	return r == -1 ? -1 : check_mode(file, &facts, f);
}

/* Refuses a file that includes itself by way of others, and a nesting that is
 * too deep. */
static int
check_loop(const struct account_file *file, const struct option_place *place,
    struct fault *f)
{
	const struct account_file *other = file->includer;
	const struct stat *st = &file->file.st;
	int depth = 1;

	for (; other != NULL; other = other->includer, depth++)
		if (other->file.st.st_dev == st->st_dev &&
		    other->file.st.st_ino == st->st_ino)
			return option_fault(f, place,
			    "%s is included by itself", file->file.path);
	if (depth > INCLUDE_DEPTH_MAX)
		return option_fault(f, place, "files are included more than "
		    "%d deep", INCLUDE_DEPTH_MAX);
	return 0;
}

/* As its includer, or as one that HOME leads to. */
static int
include_file(const struct account_file *from, bool home,
    struct parser *parser, const char *path, const struct option_place *place,
    struct fault *f)
{
	struct account_file file = { .accounts = from->accounts,
	    .file.fd = -1, .includer = from, .kind = home &&
	    from->kind != ACCOUNTFILE_TRUSTED ? ACCOUNTFILE_USER : from->kind };
	int r = -1, error;

	accounts_source(from->accounts, path);
	if (open_file(&file, path, &error, f) == 0) {
		if (error != 0) {
			option_fault(f, place, "%s cannot be read: %s", path,
			    strerror(error));
			r = fault_hint(f, "check the path; only a pattern, "
			    "such as accounts.d/*, may stand for no file");
		} else if (check_loop(&file, place, f) == 0)
			r = read_open(&file, parser, f);
	}
	file_close(&file.file);
	return r;
}

/* Relative to the folder of the file that includes; "~/" is home. NULL when
 * there is none. */
static char *
include_path(const char *includer, const char *pattern)
{
	const char *slash = strrchr(includer, '/');

	if (pattern[0] == '/' || pattern[0] == '~' || slash == NULL)
		return account_path(pattern);
	return buffer_format("%.*s/%s", (int)(slash - includer), includer,
	    pattern);
}

/* Includes the files that fit the pattern in the order of their names. There
 * need be none, but a name without wildcards must be that of a file. */
static int
include(void *arg, struct parser *parser, const char *pattern,
    const struct option_place *place, struct fault *f)
{
	const struct account_file *from = arg;
	char *path = include_path(from->file.path, pattern);
	bool home = pattern[0] == '~';
	glob_t matches;
	int r = 0, g;

	if (path == NULL)
		return option_fault(f, place, "%s: this user has no home "
		    "folder", pattern);
	if (strpbrk(pattern, "?*[") == NULL) {
		r = include_file(from, home, parser, path, place, f);
		free(path);
		return r;
	}
	memset(&matches, 0, sizeof(matches));
	errno = 0;
	g = glob(path, GLOB_ERR, NULL, &matches);
	if (g != 0 && g != GLOB_NOMATCH && errno != ENOENT)
		r = option_fault(f, place, "%s: its folder cannot be read",
		    path);
	for (size_t i = 0; g == 0 && r == 0 && i < matches.gl_pathc; i++)
		r = accounts_report(from->accounts, include_file(from, home,
		    parser, matches.gl_pathv[i], place, f), f);
	globfree(&matches);
	free(path);
	return r;
}

static int
read_file(struct accounts *accounts, const char *path,
    enum accountfile_kind kind, struct fault *f)
{
	struct account_file file = { .accounts = accounts, .file.fd = -1,
	    .kind = kind };
	int r, error;

	accounts_source(accounts, path);
	r = open_file(&file, path, &error, f);
	if (r == 0 && error == 0)
		r = read_open(&file, NULL, f);
	else if (r == 0 && (error == ENOENT || error == ENOTDIR))
		r = missing(path, kind, error, f);
	else if (r == 0)
		r = unreadable(accounts, path, kind, error, f);
	file_close(&file.file);
	return accounts_report(accounts, r, f);
}

int
accountfile_read(struct accounts *accounts, const char *path,
    enum accountfile_kind kind, struct fault *f)
{
	int r = read_file(accounts, path, kind, f);

	fallback_report(accounts, true);
	return r;
}

/* Reads the first file that exists, readable or not. */
static int
read_first(struct accounts *accounts, const struct candidate *c, size_t n,
    enum accountfile_kind kind, struct fault *f)
{
	bool found = false;
	struct stat st;
	char *path;
	int r = 0;

	for (size_t i = 0; r == 0 && !found && i < n; i++) {
		if (c[i].folder == NULL)
			continue;
		path = buffer_format("%s%s", c[i].folder, c[i].name);
		r = read_file(accounts, path, kind, f);
		found = accounts_source(accounts, path)->state ==
		    ACCOUNT_SOURCE_READ || stat(path, &st) == 0;
		free(path);
	}
	return r;
}

static int
load_user(struct accounts *accounts, struct fault *f)
{
	const char *xdg = variable_get("XDG_CONFIG_HOME");
	char *home, *config;
	int r;

	if (variable_set_id())
		return 0;
	home = home_folder();
	/* the XDG Base Directory Specification calls relative ones invalid */
	config = xdg != NULL && xdg[0] == '/' ? memory_string(xdg) :
	    home != NULL ? buffer_format("%s/.config", home) : NULL;
	r = read_first(accounts, (const struct candidate[]){
	    { config, "/postrider/accounts" }, { home, "/.msmtprc" },
	    { config, "/msmtp/config" } }, 3, ACCOUNTFILE_USER, f);
	free(config);
	free(home);
	return r;
}

static int
load(struct accounts *accounts, const char *file, bool trusted,
    struct fault *f)
{
	static const struct candidate systems[] = {
		{ SYSCONFDIR, "/postrider/accounts" },
		{ SYSCONFDIR, "/msmtprc" }
	};
	int r;

	if (file != NULL)
		r = read_file(accounts, file, trusted ?
		    ACCOUNTFILE_TRUSTED : ACCOUNTFILE_NAMED, f);
	else
		r = load_user(accounts, f);
	return r == -1 ? -1 : read_first(accounts, systems,
	    sizeof(systems) / sizeof(systems[0]), ACCOUNTFILE_SYSTEM, f);
}

int
accountfile_load(struct accounts *accounts, const char *file, bool trusted,
    struct fault *f)
{
	int r;

	accounts->loaded = true;
	free(accounts->named_file);
	accounts->named_file = memory_string(file);
	accounts->trusted = trusted;
	r = load(accounts, file, trusted, f);
	fallback_report(accounts, false);
	return r;
}
