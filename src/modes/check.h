/* SPDX-License-Identifier: ISC */
/* check: --check-config and newaliases, every error in files. No command is
 * run. */
#ifndef MODES_CHECK_H
#define MODES_CHECK_H

#include <stddef.h>

struct fault;
struct request;

/*
 * Checks these n files, or if n is 0 those that a message would go by, and the
 * alias files that they name. Errors and notes on what is obsolete go to
 * standard error, a summary to standard output. -1 when there was an error: it
 * has been printed, and the fault, FAULT_CONFIG, says how many there were.
 */
int check_config(const struct request *, const char *const *files, size_t n,
    struct fault *);

/*
 * newaliases: there is no data base to build, so the alias files of all
 * accounts are checked, or the one of the settings of the command line; the
 * system's where an account names none, or there is no account. Every error
 * goes to `report`, the number of aliases of each file to standard output.
 * FAULT_CONFIG when there were errors.
 */
int check_aliases(const struct request *, void (*report)(const char *text),
    struct fault *);

#endif
