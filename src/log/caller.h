/* SPDX-License-Identifier: ISC */
/* caller: who runs us, for the log. */
#ifndef LOG_CALLER_H
#define LOG_CALLER_H

#include <stdbool.h>

struct caller {
	bool known;
	long uid;	/* the real user */
	char *parent;	/* its program's short name, unescaped, or NULL */
};

/*
 * The parent's name is that of its program, without arguments, which may hold
 * secrets. There is none when the system does not show it. Once the parent has
 * ended, the name is that of the process that has taken us over.
 */
void caller_get(struct caller *);
void caller_free(struct caller *);

/* Have we a controlling terminal, in front of which a user may sit? */
bool caller_has_terminal(void);

#endif
