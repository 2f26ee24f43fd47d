/* SPDX-License-Identifier: ISC */
/* logfault: failures that come before there is anything else to log. */
#ifndef LOG_EARLY_H
#define LOG_EARLY_H

struct fault;

/*
 * Writes it to the system log where a message without an account would be
 * logged; see log_open(). `ident` (-L) may be NULL.
 */
void logfault(const char *ident, const struct fault *);

#endif
