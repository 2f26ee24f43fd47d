/* SPDX-License-Identifier: ISC */
/*
 * personality: what the name that the program is called by changes. Callers
 * of "sendmail" pass arguments that they do not trust themselves.
 */
#ifndef CLI_PERSONALITY_H
#define CLI_PERSONALITY_H

#include <stdbool.h>

enum personality {
	PERSONALITY_POSTRIDER,	/* any name but these */
	PERSONALITY_SENDMAIL,	/* sendmail, send-mail, or no name at all */
	PERSONALITY_MAILQ,
	PERSONALITY_NEWALIASES,
	PERSONALITY_RUNQ
};

/* By the last part of argv[0]; NULL is allowed. */
enum personality personality_of(const char *argv0);
/*
 * May the command line decide which files are read, where mail goes and what
 * is run? Only when called by our own name.
 */
bool personality_is_trusted(enum personality);

#endif
