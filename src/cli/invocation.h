/* SPDX-License-Identifier: ISC */
/*
 * invocation: the name that the program is called by. Callers of "sendmail"
 * pass arguments that they have not chosen themselves and cannot trust.
 */
#ifndef CLI_INVOCATION_H
#define CLI_INVOCATION_H

#include <stdbool.h>

enum invocation {
	INVOCATION_POSTRIDER,	/* any name but these */
	INVOCATION_SENDMAIL,	/* sendmail, send-mail, or no name at all */
	INVOCATION_MAILQ,
	INVOCATION_NEWALIASES,
	INVOCATION_RUNQ
};

/* By the last part of argv[0]; NULL is allowed. */
enum invocation invocation_of(const char *argv0);
/*
 * May the command line decide which files are read, where mail goes and what
 * is run? Only when called by our own name.
 */
bool invocation_is_trusted(enum invocation);

#endif
