/* SPDX-License-Identifier: ISC */
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
#include "config/password/child.h"
#include "config/password/password.h"

#define PROGRAM "secret-tool"
#define COMMAND_MAX (64 * 1024)	/* octets; host and user are in it thrice */
#define TYPED 2		/* found by asking somebody */

static int
evaluate(const struct account *account, struct secret *secret,
    struct fault *f)
{
	const char *name = account->name;
	char *where;

	if (child_first_line(account->passwordeval,
	    account->passwordeval_timeout, "no password", secret, f) == 0)
		return 0;
	where = account_origin(account, OPTION_PASSWORDEVAL);
	fault_prefix(f, "passwordeval%s%s%s (%s)", name == NULL ? "" :
	    " of account '", name == NULL ? "" : name, name == NULL ? "" : "'",
	    where);
	free(where);
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
	if (!command.full && child_first_line(command.data, seconds, "nothing",
	    secret, &why) == 0)
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

bool
account_has_password(const struct account *account)
{
	return secret_is_set(&account->password) ||
	    account->password_file != NULL || account->password_fd != 0 ||
	    account->passwordeval != NULL;
}

char *
account_password_source(const struct account *account)
{
	enum option_id id = secret_is_set(&account->password) ?
	    OPTION_PASSWORD : account->password_file != NULL ?
	    OPTION_PASSWORD_FILE : account->password_fd != 0 ?
	    OPTION_PASSWORD_FD : OPTION_PASSWORDEVAL;
	char *origin, *source;

	if (!account_has_password(account))
		return buffer_format("%sthe netrc files, then the terminal",
		    can_ask_keyring(account) ? "the keyring, then " : "");
	origin = account_origin(account, id);
	source = buffer_format("%s  [%s]", option_row(id)->keyword, origin);
	free(origin);
	return source;
}

/* Looks where no setting says where to look: 1 when found, TYPED, 0, or -1. */
static int
search(const struct account *account, struct secret *secret, struct fault *f)
{
	int r;

	if (account_host(account) == NULL || account->user == NULL)
		return 0;
	r = ask_keyring(account, secret, f);
	if (r == 0)
		r = netrc_password(account, secret, f);
	if (r != 0)
		return r;
	r = terminal_password(account, secret, f);
	return r == 1 ? TYPED : r;
}

int
account_password(const struct account *account, struct secret *secret,
    struct fault *f)
{
	int r;

	if (secret_is_set(&account->password)) {
		secret_copy(secret, &account->password);
		return 0;
	}
	if (account->password_file != NULL)
		return passwordfile_read(account->password_file, secret, f);
	if (account->password_fd != 0)
		return passwordfile_descriptor((int)account->password_fd,
		    account->passwordeval_timeout * 1000, secret, f);
	if (account->passwordeval != NULL)
		return evaluate(account, secret, f);
	r = search(account, secret, f);
	if (r != 0)
		return r == -1 ? -1 : r == TYPED;
	fault(f, FAULT_CONFIG, "account '%s' authenticates as '%s' but has no "
	    "password", account->name == NULL ? "(command line)" :
	    account->name, account->user == NULL ? "" : account->user);
	return fault_hint(f, "add a line 'passwordeval COMMAND', "
	    "'password_file FILE' or 'password TEXT'; neither the keyring nor "
	    "a netrc file has one, and there is no terminal to ask on");
}

int
account_another_token(const struct account *account, struct secret *secret,
    struct fault *f)
{
	char digest[TLS_SHA256_HEX_SIZE], now[TLS_SHA256_HEX_SIZE];
	int r;

	if (secret_is_set(&account->password) ||
	    account->password_file != NULL || account->password_fd != 0 ||
	    account->passwordeval == NULL)
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
