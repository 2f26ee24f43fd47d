/* SPDX-License-Identifier: ISC */
/* logfault: failures before there is an account or a message to log. */
#ifndef LOG_EARLY_H
#define LOG_EARLY_H

struct fault;

/*
 * Writes the fault to the system log, if log_open() would open that for an
 * account without settings. `ident` (-L) may be NULL.
 */
void logfault(const char *ident, const struct fault *);

#endif
