/* SPDX-License-Identifier: ISC */
/*
 * variable: the one reader of the environment. In a process whose rights are
 * not those of its caller (set-id, file capabilities, AT_SECURE) the caller's
 * environment is not believed: there is none.
 */
#ifndef BASE_VARIABLE_H
#define BASE_VARIABLE_H

#include <stdbool.h>

/* Has the process rights that its caller lacks? */
bool variable_set_id(void);
/*
 * To be called first of all: libraries and children read the environment, too.
 * A set-id process is left with a PATH of the system's. SSLKEYLOGFILE, to which
 * GnuTLS would write what decrypts the connection, goes in every process.
 */
void variable_prepare(void);
/* The value, which the next change of the environment may move; NULL when it
 * is missing or empty. */
const char *variable_get(const char *name);
/* All of them, as "NAME=value", ended by NULL. */
char *const *variable_all(void);

#endif
