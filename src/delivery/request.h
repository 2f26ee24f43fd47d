/* SPDX-License-Identifier: ISC */
/*
 * request: what the command line asks for, whatever the mode is. It is filled
 * once and const for all that comes later.
 */
#ifndef DELIVERY_REQUEST_H
#define DELIVERY_REQUEST_H

#include <stdbool.h>
#include <stdio.h>

#include "config/account/account.h"

struct probe;

/* Strings are not owned: they live as long as argv. */
struct request {
	const struct account *settings;	/* those of the command line */
	const char *file;		/* -C: account file, or NULL */
	bool file_of_root;		/* that file must be root's own */
	const char *account;		/* -a: name, or NULL */
	const char *full_name;		/* -F: for a From field, or NULL */
	const char *ident;		/* -L: name in the syslog, or NULL */
	bool no_aliases;		/* -n */
	bool eight_bit;			/* -B 8BITMIME */
	bool queue_only;		/* -odq: keep the message without a
					 * try */
	FILE *transcript;		/* -v: gets the dialogue, or NULL */
	void (*note)(const char *text);	/* tells the user what is no fault */
	struct probe *probe;		/* --check: is told of each step, or
					 * NULL */
};

/*
 * Reads the account files into `accounts`, which must be initialised; with
 * --host there are none to read. -1 as accountfile_load(): what was read until
 * then is in `accounts`.
 */
int request_load(const struct request *, struct accounts *, struct fault *);

/*
 * Chooses the account of the request: by its name, else for messages from
 * `sender` (NULL, or without a local part: nobody in particular). It is put
 * into `out`, which must be initialised and which the caller frees before
 * `accounts`. The passwords of all other accounts leave memory, and a
 * temporary failure has this account's tempfail_status from now on. -1 as
 * accounts_choose().
 */
int request_choose(const struct request *, struct accounts *,
    const struct mailbox *sender, struct account *out, struct fault *);

/*
 * Tells the user what was found while files were read, and forgets it. With
 * the `chosen` account (or NULL), if it is that of the environment, also which
 * variables look like settings and are none.
 */
void request_tell(const struct request *, struct accounts *,
    const struct account *chosen);

#endif
