/* SPDX-License-Identifier: ISC */
/* aliases: what aliases do to a message, and newaliases. */
#ifndef DELIVERY_ALIASES_H
#define DELIVERY_ALIASES_H

#include <stdbool.h>

#include "mail/address/address.h"
#include "config/account/account.h"
#include "config/account/localdomain.h"
#include "config/alias/alias.h"

struct envelope;
struct fault;
struct message;
struct notes;
struct request;

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
 * 1: the recipient is local, and there are aliases; 0: it stands for itself;
 * -1: FAULT_CONFIG, the account's alias file will not do. Notes get what is no
 * fault.
 */
int aliases_apply_to(struct alias_source *, const struct mailbox *,
    struct notes *, struct fault *);
/* A new message begins: the recipients of the last one are forgotten. */
void aliases_begin_message(struct alias_source *);
/*
 * Adds to an envelope what such a recipient stands for. FAULT_CONFIG as
 * alias_expand().
 */
int aliases_expand(struct alias_source *, const struct mailbox *,
    struct envelope *, struct fault *);
/*
 * Puts into To and Cc the addresses of those aliases that stand for one
 * address, where that tells nothing that is not known; does nothing when no
 * recipient was local. FAULT_DATA when the header becomes too long.
 */
int aliases_rewrite(struct alias_source *, struct message *, struct fault *);

/*
 * newaliases: there is no data base to build, so the alias files of all
 * accounts are checked, or the one of the settings of the command line; the
 * system's where an account names none, or there is no account. Every error
 * goes to `report`, the number of aliases of each file to standard output.
 * FAULT_CONFIG when there were errors.
 */
int aliases_check(const struct request *, void (*report)(const char *text),
    struct fault *);
/*
 * The same for the files that these accounts name, the system's left out: the
 * number of errors.
 */
size_t aliases_check_named(const struct accounts *,
    void (*report)(const char *text));

#endif
