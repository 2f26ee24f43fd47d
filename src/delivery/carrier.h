/* SPDX-License-Identifier: ISC */
/*
 * carrier: the account that a message goes by now, with its aliases and the
 * link to its smarthost, and the accounts that it can be exchanged for.
 */
#ifndef DELIVERY_CARRIER_H
#define DELIVERY_CARRIER_H

#include <stdbool.h>
#include <stddef.h>

#include "config/account/account.h"
#include "delivery/aliases.h"
#include "delivery/confinement.h"
#include "delivery/link.h"

struct fault;
struct mailbox;
struct request;

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
	struct rest rest;		/* of the rights of this process */
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
