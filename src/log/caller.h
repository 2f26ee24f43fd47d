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
 * The parent's name is that of its program: never its arguments, which may
 * hold what nobody else should see. Where the system does not show it, and
 * once the parent has ended, there is none.
 */
void caller_get(struct caller *);
void caller_free(struct caller *);

/* Could somebody be sitting in front of us: have we a terminal at all? */
bool caller_has_terminal(void);

#endif
