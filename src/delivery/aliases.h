/* SPDX-License-Identifier: ISC */
/* aliases: what aliases do to a message, and newaliases. */
#ifndef DELIVERY_ALIASES_H
#define DELIVERY_ALIASES_H

#include <stdbool.h>

#include "config/account/account.h"

struct envelope;
struct fault;
struct message;
struct notes;

/*
 * Puts those that local recipients stand for in their place, in the envelope
 * and, where that tells nothing that is not known, in the header. Reads no
 * file unless a recipient is local. FAULT_CONFIG when the account's alias
 * file, or what a recipient leads to, will not do; FAULT_DATA when the header
 * becomes too long.
 */
int aliases_apply(struct envelope *, struct message *, const struct account *,
    struct notes *, struct fault *);

/*
 * newaliases: there is no data base to build, so the alias files of all
 * accounts are checked, or the one of the settings of the command line; the
 * system's where an account names none, or there is no account. Every error
 * goes to `report`, the number of aliases of each file to standard output.
 * FAULT_CONFIG when there were errors.
 */
struct alias_check {
	const struct account *settings;	/* those of the command line */
	const char *config_file;	/* -C, or NULL */
	bool config_of_root;		/* -C must be root's own file */
	void (*report)(const char *text);
};
int aliases_check(const struct alias_check *, struct fault *);
/*
 * The same for the files that these accounts name, the system's left out: the
 * number of errors.
 */
size_t aliases_check_named(const struct accounts *,
    void (*report)(const char *text));

#endif
