/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/fault.h"
#include "base/memory.h"
#include "mail/address.h"
#include "mail/envelope.h"
#include "modes/sender.h"
#include "setup/account.h"
#include "smtp/session.h"

#define WHERE_MAX (64 * 1024)	/* octets of FILE:LINE in a fault */

static const char *
login_name(void)
{
	const struct passwd *pw = getpwuid(getuid());

	return pw == NULL || pw->pw_name[0] == '\0' ? NULL : pw->pw_name;
}

/* user@host, if this host has a name that means something elsewhere. */
static int
sender_of_host(struct mailbox *box)
{
	const char *user = login_name();
	char *host = user == NULL ? NULL : session_own_name();

	if (host == NULL)
		return -1;
	memset(box, 0, sizeof(*box));
	box->local = memory_string(user);
	box->domain = host;
	return 0;
}

/* An address that is wrong in the account is not the message's fault. */
static int
sender_of_account(struct mailbox *box, const struct account *a, bool *empty,
    struct fault *f)
{
	struct fault why = { FAULT_NONE, NULL, NULL, false };
	const char *from = account_sender(a);
	struct buffer where;

	if (address_parse_path(box, empty, from, strlen(from), &why) == 0)
		return 0;
	buffer_init(&where, WHERE_MAX);
	account_add_origin(&where, a, OPTION_FROM);
	fault(f, FAULT_CONFIG, "from '%s' (%s): %s", from, where.data,
	    why.text);
	buffer_free(&where);
	if (why.hint != NULL)
		fault_hint(f, "%s", why.hint);
	fault_clear(&why);
	return -1;
}

static int
sender_default(struct mailbox *box, const struct account *a, bool *empty,
    struct fault *f)
{
	*empty = false;
	if (account_sender(a) != NULL)
		return sender_of_account(box, a, empty, f);
	if (sender_of_host(box) == 0)
		return 0;
	fault(f, FAULT_CONFIG, "no sender address: the account has no "
	    "\"from\", and this host has no full name to make one of");
	return fault_hint(f, "add \"from you@example.org\" to the account, "
	    "or give -f you@example.org");
}

int
sender_complete(struct envelope *e, const struct account *a, struct fault *f)
{
	struct mailbox box;
	bool empty;

	if (e->null_path || e->local != NULL)
		return 0;
	if (sender_default(&box, a, &empty, f) == -1)
		return -1;
	if (empty) {
		e->null_path = true;
		return 0;
	}
	envelope_set_path(e, &box);
	mailbox_free(&box);
	return 0;
}

int
sender_author(struct mailbox *box, const struct envelope *e,
    const struct account *a)
{
	struct fault ignored = { FAULT_NONE, NULL, NULL, false };
	bool empty;
	int result;

	if (!e->null_path && e->local != NULL) {
		memset(box, 0, sizeof(*box));
		box->local = memory_string(e->local);
		box->domain = memory_string(e->domain);
		return 0;
	}
	result = sender_default(box, a, &empty, &ignored);
	fault_clear(&ignored);
	return result == -1 || empty ? -1 : 0;
}
