/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/fault.h"
#include "base/memory.h"
#include "base/text.h"
#include "base/variable.h"
#include "wire/tls/tls.h"
#include "config/account/account.h"
#include "config/password/password.h"

/* The one that was installed with this one, not another in PATH. */
#define OAUTH2_PROGRAM BINDIR "/postrider-oauth2"
#define PROGRAM "secret-tool"
#define COMMAND_MAX (64 * 1024)	/* octets; host and user are in it thrice */
#define TYPED 2		/* found by asking somebody */

/* The token of somebody who has signed in. */
static int
run_oauth2(const struct account *account, struct secret *secret,
    struct fault *f)
{
	const char *const argv[] = { OAUTH2_PROGRAM, "token", "--",
	    account->oauth2, NULL };

	if (account_check_program(account, f) == -1)
		return fault_prefix(f, ": ");
	return child_first_line(argv, account->passwordeval_timeout,
	    "no token", secret, f);
}

static int
evaluate(const struct account *account, struct secret *secret,
    struct fault *f)
{
	const char *name = account->name;
	enum option_id id = account_password_setting(account);
	char *where;

	if ((id == OPTION_OAUTH2 ? run_oauth2(account, secret, f) :
	    child_first_line(CHILD_SHELL(account->passwordeval),
	    account->passwordeval_timeout, "no password", secret, f)) == 0)
		return 0;
	where = account_origin(account, id);
	fault_prefix(f, "%s%s%s%s (%s)", option_row(id)->keyword,
	    name == NULL ? "" : " of account '", name == NULL ? "" : name,
	    name == NULL ? "" : "'", where);
	free(where);
	if (id == OPTION_OAUTH2)
		return -1;	/* the program has said what helps */
	if (f->class == FAULT_TEMPORARY)
		return fault_hint(f, "a command that waits for somebody is "
		    "given more time by passwordeval_timeout");
	if (f->class == FAULT_AUTH)
		return fault_hint(f, "the command says that its credentials "
		    "are no good any more: sign in again with it");
	return fault_hint(f, "run the command in a shell: its first line of "
	    "output should be the password");
}

/* Is it in a folder of PATH? To start a shell for nothing costs a
 * millisecond. */
static bool
is_installed(void)
{
	const char *path = variable_get("PATH");
	bool found = false;
	char *program;
	size_t n;

	while (!found && path != NULL && *path != '\0') {
		n = strcspn(path, ":");
		program = buffer_format("%.*s/" PROGRAM, (int)n, path);
		found = n > 0 && access(program, X_OK) == 0;
		free(program);
		path += n + (path[n] == ':');
	}
	return found;
}

/* Is there a program to ask, a session bus, and a user to ask for? */
static bool
can_ask_keyring(const struct account *account)
{
	return (variable_get("DBUS_SESSION_BUS_ADDRESS") != NULL ||
	    variable_get("XDG_RUNTIME_DIR") != NULL) && account->user != NULL &&
	    is_installed();
}

static void
add_lookup(struct buffer *b, const struct account *account,
    const char *host_attribute, const char *others)
{
	buffer_printf(b, "%s" PROGRAM " lookup %s ",
	    b->len == 0 ? "" : " || ", host_attribute);
	text_add_sh_word(b, account_host(account));
	buffer_printf(b, " %s user ", others);
	text_add_sh_word(b, account->user);
}

/*
 * Asks the desktop's Secret Service for the account's host and user: 1 when it
 * has a password, else 0. msmtp stores the second and the third set of
 * attributes. FAULT_TEMPORARY when the answer takes too long, since somebody
 * may have to unlock the keyring.
 */
static int
ask_keyring(const struct account *account, struct secret *secret,
    struct fault *f)
{
	int64_t seconds = account->passwordeval_timeout;
	struct fault why = { .class = FAULT_NONE };
	struct buffer command;
	int r = 0;

	if (!can_ask_keyring(account))
		return 0;
	buffer_init(&command, COMMAND_MAX);
	add_lookup(&command, account, "host", "application postrider");
	add_lookup(&command, account, "host", "service smtp");
	add_lookup(&command, account, "server", "protocol smtp");
	if (!command.full && child_first_line(CHILD_SHELL(command.data),
	    seconds, "nothing", secret, &why) == 0)
		r = 1;
	buffer_free(&command);
	if (why.class == FAULT_TEMPORARY) {
		fault(f, FAULT_TEMPORARY, "the keyring did not answer within "
		    "%lld s", (long long)seconds);
		r = fault_hint(f, "is it locked? passwordeval_timeout gives "
		    "it more time");
	} else if (why.class == FAULT_SYSTEM) {
		r = fault_pass(f, &why, "the keyring");
	}
	fault_clear(&why);
	return r;
}

int
account_check_program(const struct account *account, struct fault *f)
{
	if (account->oauth2 == NULL || access(OAUTH2_PROGRAM, X_OK) == 0)
		return 0;
	fault(f, FAULT_COMMAND, OAUTH2_PROGRAM ": %s", strerror(errno));
	return fault_hint(f, "install postrider-oauth2, which is built where "
	    "libcurl and json-c are, or set passwordeval to another program "
	    "that prints a token");
}

bool
account_runs_command(const struct account *account)
{
	enum option_id from = account_password_setting(account);

	return from == OPTION_PASSWORDEVAL || from == OPTION_OAUTH2 ||
	    (from == OPTION_COUNT && can_ask_keyring(account));
}

char *
account_password_source(const struct account *account)
{
	enum option_id id = account_password_setting(account);
	char *origin, *source;

	if (id == OPTION_COUNT)
		return buffer_format("%sthe netrc files, then the terminal",
		    can_ask_keyring(account) ? "the keyring, then " : "");
	origin = account_origin(account, id);
	source = buffer_format("%s  [%s]", option_row(id)->keyword, origin);
	free(origin);
	return source;
}

/* Looks where no setting says where to look: 1 when found, TYPED, 0, or -1. */
static int
search(const struct account *account, struct secret *secret,
    struct notes *notes, struct fault *f)
{
	int r;

	if (account_host(account) == NULL || account->user == NULL)
		return 0;
	r = ask_keyring(account, secret, f);
	if (r == 0)
		r = netrc_password(account, secret, notes, f);
	if (r != 0)
		return r;
	r = terminal_password(account, secret, f);
	return r == 1 ? TYPED : r;
}

int
account_password(const struct account *account, struct secret *secret,
    struct notes *notes, struct fault *f)
{
	int r;

	switch (account_password_setting(account)) {
	case OPTION_PASSWORD:
		secret_copy(secret, &account->password);
		return 0;
	case OPTION_PASSWORD_FILE:
		return passwordfile_read(account->password_file, secret,
		    notes, f);
	case OPTION_PASSWORD_FD:
		return passwordfile_descriptor((int)account->password_fd,
		    account->passwordeval_timeout * 1000, secret, f);
	case OPTION_PASSWORDEVAL:
	case OPTION_OAUTH2:
		return evaluate(account, secret, f);
	default:
		break;
	}
	r = search(account, secret, notes, f);
	if (r != 0)
		return r == -1 ? -1 : r == TYPED;
	fault(f, FAULT_CONFIG, "account '%s' authenticates as '%s' but has no "
	    "password", account->name == NULL ? "(command line)" :
	    account->name, account->user == NULL ? "" : account->user);
	return fault_hint(f, "%s; neither the keyring nor a netrc file has "
	    "one, and there is no terminal to ask on", account->name ==
	    NULL ? "give --password-file=FILE or --passwordeval=COMMAND" :
	    account_is_environment(account) ?
	    "set POSTRIDER_PASSWORD_FILE, or POSTRIDER_PASSWORD" :
	    "add a line 'passwordeval COMMAND', 'password_file FILE' or "
	    "'password TEXT'");
}

int
account_another_token(const struct account *account, struct secret *secret,
    struct fault *f)
{
	enum option_id id = account_password_setting(account);
	char digest[TLS_SHA256_HEX_SIZE], now[TLS_SHA256_HEX_SIZE];
	int r;

	if (id != OPTION_PASSWORDEVAL && id != OPTION_OAUTH2)
		return 0;
	tls_sha256_hex(secret->bytes, secret->len, digest);
	setenv("POSTRIDER_TOKEN", "refused", 1);
	setenv("POSTRIDER_TOKEN_SHA256", digest, 1);
	r = evaluate(account, secret, f);
	unsetenv("POSTRIDER_TOKEN");
	unsetenv("POSTRIDER_TOKEN_SHA256");
	if (r == -1)
		return -1;
	/* the server knows that one already */
	tls_sha256_hex(secret->bytes, secret->len, now);
	return strcmp(digest, now) != 0;
}
