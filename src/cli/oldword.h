/* SPDX-License-Identifier: ISC */
/*
 * oldword: the names that sendmail 8 has for -O. Nearly all are about its
 * daemon, its queue and its files: they make no difference here.
 */
#ifndef CLI_OLDWORD_H
#define CLI_OLDWORD_H

#include <stdbool.h>
#include <stddef.h>

/* Is it one of them, in any case, such as "LogLevel" or "Timeout.initial"? */
bool oldword_is_known(const char *, size_t);
/* The one that was probably meant, NULL when none is near. */
const char *oldword_nearest(const char *, size_t);

#endif
