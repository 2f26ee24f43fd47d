/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/idna.h"
#include "base/memory.h"
#include "mail/address/address.h"
#include "mail/envelope.h"
#include "smtp/session.h"
#include "config/account/account.h"
#include "config/account/sender.h"
#include "delivery/policy.h"

static const char *
login_name(void)
{
	const struct passwd *pw = getpwuid(getuid());

	return pw == NULL || pw->pw_name[0] == '\0' ? NULL : pw->pw_name;
}

/* user, who waits for qualify_domain, else user@host, if that means something
 * elsewhere. */
static int
sender_of_host(struct mailbox *box, const struct account *a)
{
	const char *user = login_name();
	char *host = user == NULL ? NULL : a->qualify_domain != NULL ?
	    memory_string("") : session_own_name();

	if (host == NULL)
		return -1;
	box->name = NULL;
	mailbox_set(box, user, strlen(user), host, strlen(host));
	free(host);
	return 0;
}

/* An address that is wrong in the account is not the message's fault. */
static int
sender_of_account(struct mailbox *box, const struct sender_address *sender,
    bool *empty, const char *from, struct fault *f)
{
	const struct mailbox *instead;

	if (address_parse_path(box, empty, from, strlen(from), f) == -1) {
		fault_reclass(f, FAULT_CONFIG);
		fault_hint(f, "write an address such as you@example.org");
		return account_fault_prefix(f, sender->account, OPTION_FROM);
	}
	instead = *empty ? NULL : sender_address_instead(sender, box);
	if (instead != NULL) {
		mailbox_free(box);
		mailbox_copy(box, instead);
	}
	return 0;
}

static int
sender_default(struct mailbox *box, const struct sender_address *sender,
    bool *empty, struct fault *f)
{
	const struct account *a = sender->account;
	char *from = NULL;
	int r;

	*empty = false;
	if (!sender->set && account_sender(a, &from, f) == -1)
		return -1;
	if (from != NULL) {
		r = sender_of_account(box, sender, empty, from, f);
		free(from);
		return r;
	}
	if (sender->box.local != NULL) {
		mailbox_copy(box, &sender->box);
		return 0;
	}
	if (sender_of_host(box, a) == 0)
		return 0;
	fault(f, FAULT_CONFIG, "no sender address: the account has no "
	    "\"from\", and this host has no full name to make one of");
	if (account_is_environment(a))
		return fault_hint(f, "set POSTRIDER_FROM=you@example.org, or "
		    "give -f you@example.org");
	return fault_hint(f, "add \"from you@example.org\" or \"sender "
	    "you@example.org\" to the account, or give -f you@example.org");
}

/*
 * May the reverse-path that was asked for replace the account's own? One that
 * the account names, or has a glob for, is the account's own.
 */
static bool
may_override(const struct envelope *e, const struct account *a)
{
	char *path;
	size_t fit;

	if (a->auto_from == TOGGLE_ON)
		return false;
	if (a->allow_from_override != TOGGLE_OFF)
		return true;
	if (e->path.local == NULL)
		return false;
	path = address_spec(&e->path);
	fit = accountmatch(a, path, a->author);
	free(path);
	return fit == ACCOUNTMATCH_EXACT ||
	    (fit != ACCOUNTMATCH_NONE && fit <= ACCOUNTMATCH_GLOB);
}

/* The null reverse-path, and one that cannot be used, may stay. */
static bool
may_stay(const struct envelope *e, const struct sender_address *sender)
{
	if (!sender->set)
		return e->null_path || e->unusable_path != NULL;
	return e->null_path && e->unusable_path == NULL && !sender->force;
}

static int
complete(struct envelope *e, const struct sender_address *sender,
    struct fault *f)
{
	bool mine = may_override(e, sender->account), empty;
	const struct mailbox *instead;
	struct mailbox box;

	if (mine && may_stay(e, sender))
		return envelope_check_path(e, f);
	if (mine && e->path.local != NULL) {
		instead = sender_address_instead(sender, &e->path);
		if (instead == NULL)
			return 0;
		e->qualified = false;
		envelope_set_path(e, instead);
		return 0;
	}
	e->qualified = false;
	if (sender_default(&box, sender, &empty, f) == -1)
		return -1;
	if (empty) {
		envelope_set_null_path(e);
		return 0;
	}
	envelope_set_path(e, &box);
	mailbox_free(&box);
	return 0;
}

/* One without a domain gets qualify_domain. Did this one? */
static bool
qualify(struct mailbox *box, const struct account *a)
{
	char *local = box->local;

	if (local == NULL || !qualify_wants(a, box))
		return false;
	mailbox_set(box, local, strlen(local), a->qualify_domain,
	    strlen(a->qualify_domain));
	free(local);
	return true;
}

int
sender_complete(struct envelope *e, const struct account *a, struct fault *f)
{
	struct sender_address sender;
	int r;

	r = sender_address_get(&sender, a, f);
	if (e->qualified)
		sender.guess = &e->path;
	if (r == 0)
		r = complete(e, &sender, f);
	sender_address_free(&sender);
	if (r == 0 && qualify(&e->path, a))
		e->qualified = true;
	return r;
}

int
sender_author(struct mailbox *box, const struct envelope *e,
    const struct account *a)
{
	struct sender_address sender;
	bool empty = false;
	int result;

	if (e->path.local != NULL) {
		mailbox_copy(box, &e->path);
		return 0;
	}
	result = sender_address_get(&sender, a, NULL);
	if (result == 0)
		result = sender_default(box, &sender, &empty, NULL);
	sender_address_free(&sender);
	if (result == -1 || empty)
		return -1;
	qualify(box, a);
	return 0;
}

char *
sender_domain(const struct envelope *e, const struct account *a)
{
	struct mailbox box = { .local = NULL };
	char *domain = NULL;

	if (sender_author(&box, e, a) == -1)
		return NULL;
	if (idna_to_ascii(box.domain, &domain) == 0 &&
	    !address_is_fqdn(domain, strlen(domain))) {
		free(domain);
		domain = NULL;
	}
	mailbox_free(&box);
	return domain;
}
