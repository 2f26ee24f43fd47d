/* SPDX-License-Identifier: ISC */
/*
 * notes: sentences for the user that are no faults. They are gathered where
 * they arise; the caller decides whether and where to print them.
 */
#ifndef CONFIG_ACCOUNT_NOTES_H
#define CONFIG_ACCOUNT_NOTES_H

#include <stddef.h>

struct notes {
	char **text;	/* printable, without final stop or newline */
	size_t count;
};

/* Adds a note; it is made printable. A struct of zeros is an empty one. */
void notes_add(struct notes *, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
void notes_free(struct notes *);

#endif
