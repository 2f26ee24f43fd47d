/* SPDX-License-Identifier: ISC */
/*
 * carrier: the account that a message goes by now, with its aliases and the
 * link to its smarthost, and the accounts that it can be exchanged for.
 */
#ifndef DELIVERY_CARRIER_H
#define DELIVERY_CARRIER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/confine.h"
#include "mail/message/body.h"
#include "config/account/account.h"
#include "delivery/link.h"
#include "delivery/policy.h"

struct request;

/*
 * ---- confinement.c: what the process has to keep of its rights when its link
 * has all it needs. With one account and one message that is the queue's
 * folder, if there is a queue, and the way to the smarthost. Where another
 * account may follow, files can be read and connections made; where its
 * password may come from a command, nothing is given up.
 */
struct rights {
	struct confinement keep;
	char *queue;			/* path of the queue's folder */
	char *log;			/* and of the log file, or of its
					 * folder */
	const char *path[2 + BODY_PLACES];
};

/*
 * Fills the rights, which were zeros or filled before, and returns their
 * `keep`, or NULL where nothing can be given up. `own` is the account that the
 * message is for; `others`: one of the other accounts may follow. `queue` is
 * the path of its queue's folder, or NULL.
 */
const struct confinement *rights_fill(struct rights *,
    const struct account *own, const struct accounts *, bool others,
    const char *queue);
void rights_free(struct rights *);

/* What belongs to one account. */
struct station {
	struct account account;
	struct alias_source aliases;
	struct link link;		/* to its smarthost */
};

struct carrier {
	const struct request *request;	/* not owned */
	struct accounts accounts;
	bool loaded;			/* the account files */
	bool chosen;			/* an account; else `at` has none */
	struct station *at;		/* the present account's */
	struct station *own;		/* that of carrier_choose(): it says
					 * what becomes of a message that
					 * cannot go */
	bool others;			/* they will be served, too, once the
					 * present one is */
	struct rights rights;		/* that this process keeps */
	struct station **station;	/* all that there have been */
	size_t count;
	size_t cap;
};

void carrier_init(struct carrier *, const struct request *);
void carrier_free(struct carrier *);
/* Reads the account files, once. -1 as request_load(); then what was read is
 * still there. */
int carrier_load(struct carrier *, struct fault *);
/*
 * Chooses the account of the request, as request_choose() does. A session that
 * is open stays so where the account is the same one; others are closed.
 */
int carrier_choose(struct carrier *, const struct mailbox *sender,
    struct fault *);
/*
 * The account of that name, which may have been there before: then its session
 * may still be open. `own`: it is the one that the request is about, so the
 * settings of the command line are for it. -1 as accounts_choose().
 */
int carrier_exchange(struct carrier *, const char *name, bool own,
    struct fault *);

#endif
