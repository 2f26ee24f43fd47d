/* SPDX-License-Identifier: ISC */
/*
 * submit: the one trip. Message, account, envelope, session, verdict, in
 * phases that acquire and then let go (DESIGN: the whole message first, the
 * network second; the secret when it is needed and not an hour before).
 */
#ifndef MODES_SUBMIT_H
#define MODES_SUBMIT_H

#include <stdbool.h>
#include <stdio.h>

#include "mail/envelope.h"
#include "config/account/account.h"

struct fault;

/* What the caller asked for. Strings are not owned. */
struct submission {
	struct envelope envelope;	/* reverse-path and recipients given */
	const struct account *settings;	/* those of the command line */
	const char *config_file;	/* -C, or NULL */
	bool config_of_root;		/* -C must be root's own file */
	const char *account;		/* -a, or NULL */
	const char *full_name;		/* -F, or NULL */
	const char *ident;		/* -L, or NULL */
	bool read_recipients;		/* -t */
	bool read_sender;		/* reverse-path from the From field */
	bool pretend;			/* -P: print all, send nothing */
	bool ignore_dots;		/* -i */
	bool no_aliases;		/* -n */
	bool eight_bit;			/* -B 8BITMIME */
	FILE *transcript;		/* -v, or NULL */
	void (*note)(const char *text);	/* for what is no fault */
};

/*
 * Reads standard input and submits it; or, if it is to `pretend`, prints what
 * it would do to standard output. 0 when every recipient was accepted
 * and the message with them. -1: the fault says why; recipients that were
 * refused carry their replies in the envelope. FAULT_RECIPIENT or
 * FAULT_TEMPORARY also when the others got the message.
 */
int submit(struct submission *, struct fault *);

#endif
