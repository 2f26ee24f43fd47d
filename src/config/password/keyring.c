/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/fault.h"
#include "base/memory.h"
#include "base/text.h"
#include "config/account/account.h"
#include "config/password/child.h"
#include "config/password/source.h"

#define PROGRAM "secret-tool"
#define COMMAND_MAX (64 * 1024)	/* octets; host and user are in it thrice */

/* Is it in a folder of PATH? To start a shell for nothing costs a
 * millisecond. */
static bool
is_installed(void)
{
	const char *path = getenv("PATH");
	struct buffer b;
	bool found = false;
	size_t n;

	buffer_init(&b, COMMAND_MAX);
	while (!found && path != NULL && *path != '\0') {
		n = strcspn(path, ":");
		buffer_clear(&b);
		found = n > 0 && buffer_printf(&b, "%.*s/" PROGRAM, (int)n,
		    path) == 0 && access(b.data, X_OK) == 0;
		path += n + (path[n] == ':');
	}
	buffer_free(&b);
	return found;
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

static int
take(const struct account *account, const struct child *child,
    struct secret *secret, struct fault *f)
{
	const struct buffer *out = &child->out;
	size_t n = text_line(out->data, out->len);

	if (child->timed_out) {
		fault(f, FAULT_TEMPORARY, "the keyring did not answer within "
		    "%lld s", (long long)account->passwordeval_timeout);
		return fault_hint(f, "is it locked? passwordeval_timeout gives "
		    "it more time");
	}
	if (child->status != 0 || n == 0 ||
	    memchr(out->data, '\0', n) != NULL)
		return 0;
	secret_set(secret, out->data, n);
	return 1;
}

bool
keyring_can_ask(const struct account *account)
{
	return (getenv("DBUS_SESSION_BUS_ADDRESS") != NULL ||
	    getenv("XDG_RUNTIME_DIR") != NULL) && account->user != NULL &&
	    is_installed();
}

int
keyring_password(const struct account *account, struct secret *secret,
    struct fault *f)
{
	struct buffer command;
	struct child child;
	int r = 0;

	if (!keyring_can_ask(account))
		return 0;
	buffer_init(&command, COMMAND_MAX);
	add_lookup(&command, account, "host", "application postrider");
	add_lookup(&command, account, "host", "service smtp");
	add_lookup(&command, account, "server", "protocol smtp");
	child_init(&child);
	if (!command.full)
		r = child_run(&child, command.data,
		    account->passwordeval_timeout * 1000, f) == -1 ? -1 :
		    take(account, &child, secret, f);
	child_free(&child);
	buffer_free(&command);
	return r;
}
