/* SPDX-License-Identifier: ISC */
/*
 * aliases: from a recipient that was named to those that the smarthost hears
 * of, the same for every mode, and what becomes of the header.
 */
#ifndef DELIVERY_ALIASES_H
#define DELIVERY_ALIASES_H

#include <stdbool.h>

#include "mail/address/address.h"
#include "config/account/account.h"
#include "config/alias/alias.h"

struct envelope;
struct fault;
struct message;
struct notes;

/* The aliases of an account, and the domains that count as this host's. */
struct alias_source {
	const struct account *account;	/* not owned */
	bool off;			/* none is asked for */
	bool gathered;			/* the domains */
	bool loaded;			/* the alias file */
	struct aliases aliases;
	struct local_domains domains;
	struct mailbox shown;		/* what went into a header last */
};

/*
 * Reads nothing yet: each file is read once, when it is first needed. `off`:
 * no alias applies to anybody (-n).
 */
void alias_source_init(struct alias_source *, const struct account *,
    bool off);
void alias_source_free(struct alias_source *);
/*
 * Adds to an envelope those that a recipient stands for: by its alias, else
 * itself; then with the account's qualify_domain. An envelope is filled by
 * this alone, each recipient being given once. Notes get what is no fault.
 * FAULT_CONFIG when the account's alias file will not do, and as
 * alias_expand(); as path_check() when no command can hold one of them.
 */
int aliases_expand(struct alias_source *, const struct mailbox *,
    struct envelope *, struct notes *, struct fault *);
/*
 * Puts into To and Cc the addresses of those aliases that stand for one
 * address, where that tells nothing that is not known; does nothing when no
 * recipient was local. FAULT_DATA when the header becomes too long.
 */
int aliases_rewrite(struct alias_source *, struct message *, struct fault *);

#endif
