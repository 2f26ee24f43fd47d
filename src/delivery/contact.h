/* SPDX-License-Identifier: ISC */
/*
 * contact: talking to a smarthost about something other than a message. An
 * account is chosen as for a message; standard input is not read.
 */
#ifndef DELIVERY_CONTACT_H
#define DELIVERY_CONTACT_H

#include <stdbool.h>
#include <stdio.h>

#include "config/account/account.h"

struct fault;
struct mailbox;

/* What the caller asked for. Strings are not owned. */
struct contact {
	const struct account *settings;	/* those of the command line */
	const char *config_file;	/* -C, or NULL */
	bool config_of_root;		/* -C must be root's own file */
	const char *name;		/* -a, or NULL */
	const struct mailbox *sender;	/* -f, or NULL: chooses an account */
	FILE *transcript;		/* -v, or NULL */
	void (*note)(const char *text);	/* for what is no fault */
};

/*
 * Chooses the account, into `out`, which the caller frees before `accounts`;
 * both must be initialised. -1 as accounts_choose().
 */
int contact_choose(const struct contact *, struct accounts *accounts,
    struct account *out, struct fault *);

#endif
