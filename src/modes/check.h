/* SPDX-License-Identifier: ISC */
/* check: every error in account files, without running anything. */
#ifndef MODES_CHECK_H
#define MODES_CHECK_H

#include <stddef.h>

struct fault;
struct request;

/*
 * Checks the given files, or, if there are none, those that a message would
 * go by, and the alias files that they name. Errors and what is obsolete go to
 * standard error, a summary to standard output. -1 when there was an error: it
 * has been printed, and the fault, FAULT_CONFIG, says how many there were.
 */
int check_config(const struct request *, const char *const *files, size_t n,
    struct fault *);

#endif
