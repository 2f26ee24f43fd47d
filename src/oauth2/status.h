/* SPDX-License-Identifier: ISC */
/* status: which addresses have signed in, and the end of that. */
#ifndef OAUTH2_STATUS_H
#define OAUTH2_STATUS_H

#include <stdio.h>

struct fault;

/*
 * Prints a line about an address, or about each one in the folder when it is
 * NULL, sorted. No network is used, and no token printed. The first store that
 * cannot be read is the fault, after the others have been printed; FAULT_CONFIG
 * for an address that has not signed in.
 */
int status_print(const char *address, FILE *to, struct fault *);
/* Forgets all about an address; says on standard error if there is nothing. */
int status_forget(const char *address, struct fault *);

#endif
