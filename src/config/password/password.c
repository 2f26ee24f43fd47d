/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/fault.h"
#include "base/memory.h"
#include "config/account/account.h"
#include "config/password/child.h"
#include "config/password/password.h"
#include "config/password/source.h"

#define MESSAGE_MAX (64 * 1024)	/* octets of a fault's text */

static int
evaluate(const struct account *account, struct secret *secret,
    struct fault *f)
{
	const char *name = account->name;
	struct buffer where;

	if (child_first_line(account->passwordeval,
	    account->passwordeval_timeout, "no password", secret, f) == 0)
		return 0;
	buffer_init(&where, MESSAGE_MAX);
	account_add_origin(&where, account, OPTION_PASSWORDEVAL);
	fault_prefix(f, "passwordeval%s%s%s (%s)", name == NULL ? "" :
	    " of account '", name == NULL ? "" : name, name == NULL ? "" : "'",
	    where.data);
	buffer_free(&where);
	if (f->class == FAULT_TEMPORARY)
		return fault_hint(f, "a command that waits for somebody is "
		    "given more time by passwordeval_timeout");
	return fault_hint(f, "run the command in a shell: its first line of "
	    "output should be the password");
}

bool
account_has_password(const struct account *account)
{
	return secret_is_set(&account->password) ||
	    account->password_file != NULL || account->password_fd != 0 ||
	    account->passwordeval != NULL;
}

void
account_add_password_source(struct buffer *b, const struct account *account)
{
	enum option_id id = secret_is_set(&account->password) ?
	    OPTION_PASSWORD : account->password_file != NULL ?
	    OPTION_PASSWORD_FILE : account->password_fd != 0 ?
	    OPTION_PASSWORD_FD : OPTION_PASSWORDEVAL;

	if (account_has_password(account)) {
		buffer_printf(b, "%s  [", option_row(id)->keyword);
		account_add_origin(b, account, id);
		buffer_add_char(b, ']');
		return;
	}
	buffer_printf(b, "%sthe netrc files, then the terminal",
	    keyring_can_ask(account) ? "the keyring, then " : "");
}

#define TYPED 2		/* found by asking somebody */

/* Looks where no setting says where to look: 1 when found, 0, or -1. */
static int
search(const struct account *account, struct secret *secret, struct fault *f)
{
	int r;

	if (account_host(account) == NULL || account->user == NULL)
		return 0;
	r = keyring_password(account, secret, f);
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
		secret_set(secret, account->password.bytes,
		    account->password.len);
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
