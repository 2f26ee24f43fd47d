/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/fault.h"
#include "base/memory.h"
#include "config/account/account.h"
#include "config/password/child.h"
#include "config/password/file.h"
#include "config/password/keyring.h"
#include "config/password/netrc.h"
#include "config/password/password.h"
#include "config/password/terminal.h"

#define MESSAGE_MAX (64 * 1024)	/* octets of a fault's text */

static void
add_name(struct buffer *b, const struct account *account)
{
	buffer_add_string(b, "passwordeval");
	if (account->name != NULL)
		buffer_printf(b, " of account '%s'", account->name);
	buffer_add_string(b, " (");
	account_add_origin(b, account, OPTION_PASSWORDEVAL);
	buffer_add_string(b, ")");
}

static int
failed(const struct account *account, const struct child *child,
    const char *what, struct fault *f)
{
	struct buffer b;

	buffer_init(&b, MESSAGE_MAX);
	add_name(&b, account);
	if (child->timed_out) {
		buffer_printf(&b, " did not end within %lld s",
		    (long long)account->passwordeval_timeout);
	} else if (what != NULL) {
		buffer_printf(&b, " %s", what);
	} else {
		buffer_add_string(&b, " failed with ");
		child_add_status(&b, child);
	}
	child_add_error(&b, child);
	fault(f, child->timed_out ? FAULT_TEMPORARY : FAULT_CONFIG, "%s",
	    b.data);
	buffer_free(&b);
	if (child->timed_out)
		return fault_hint(f, "a command that waits for somebody is "
		    "given more time by passwordeval_timeout");
	return fault_hint(f, "run the command in a shell: its first line of "
	    "output should be the password");
}

static int
first_line(const struct account *account, const struct child *child,
    struct secret *secret, struct fault *f)
{
	const struct buffer *out = &child->out;
	const char *eol = out->len == 0 ? NULL :
	    memchr(out->data, '\n', out->len);
	size_t n = eol == NULL ? out->len : (size_t)(eol - out->data);

	if (eol == NULL && out->full)
		return failed(account, child, "printed no end of line", f);
	if (n > 0 && out->data[n - 1] == '\r')
		n--;
	if (n == 0)
		return failed(account, child, "printed no password", f);
	if (memchr(out->data, '\0', n) != NULL)
		return failed(account, child, "printed a NUL character", f);
	secret_set(secret, out->data, n);
	return 0;
}

static int
evaluate(const struct account *account, struct secret *secret,
    struct fault *f)
{
	struct child child;
	int r = -1;

	child_init(&child);
	if (child_run(&child, account->passwordeval,
	    account->passwordeval_timeout * 1000, f) == 0) {
		if (child.timed_out || child.status != 0)
			r = failed(account, &child, NULL, f);
		else
			r = first_line(account, &child, secret, f);
	}
	child_free(&child);
	return r;
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

/* What the account does not say itself: 1 when found, else 0, or -1. */
static int
search(const struct account *account, struct secret *secret, struct fault *f)
{
	int r;

	if (account_host(account) == NULL || account->user == NULL)
		return 0;
	r = keyring_password(account, secret, f);
	if (r == 0)
		r = netrc_password(account, secret, f);
	return r == 0 ? terminal_password(account, secret, f) : r;
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
		return secretfile_line(account->password_file, secret, f);
	if (account->password_fd != 0)
		return secretfile_descriptor((int)account->password_fd,
		    account->passwordeval_timeout * 1000, secret, f);
	if (account->passwordeval != NULL)
		return evaluate(account, secret, f);
	r = search(account, secret, f);
	if (r != 0)
		return r == 1 ? 0 : -1;
	fault(f, FAULT_CONFIG, "account '%s' authenticates as '%s' but has no "
	    "password", account->name == NULL ? "(command line)" :
	    account->name, account->user == NULL ? "" : account->user);
	return fault_hint(f, "add a line 'passwordeval COMMAND', "
	    "'password_file FILE' or 'password TEXT'; neither the keyring nor "
	    "a netrc file has one, and there is no terminal to ask on");
}
