/* SPDX-License-Identifier: ISC */
/* Where account files are looked for. */
#include "config.h"

#include <sys/stat.h>

#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/fault.h"
#include "base/memory.h"
#include "config/account/account.h"
#include "config/account/grammar.h"

#define PATHS_MAX (64 * 1024)		/* octets of a path */

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

	accounts->loaded = true;
	free(accounts->named_file);
	accounts->named_file = memory_string(file);
	accounts->trusted = trusted;
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
