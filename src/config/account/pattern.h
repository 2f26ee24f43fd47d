/* SPDX-License-Identifier: ISC */
/*
 * pattern: %U and its like in values of settings. The value of a pattern is not
 * expanded again, so that it cannot bring in another pattern.
 *
 *	%U	the user's name	%H	the host's name
 *	%C	the host's name as the resolver has it
 *	%M	the first line of MAILNAME, a file of the system
 *	%F	the address in the message's From field
 *	%%	%
 */
#ifndef CONFIG_ACCOUNT_PATTERN_H
#define CONFIG_ACCOUNT_PATTERN_H

#include <stdbool.h>

#include "config/account/account.h"

/* The letters that a setting knows. */
#define PATTERN_FROM "UHCMF%"
#define PATTERN_DOMAIN "HCM%"
#define PATTERN_SENDER "UHCM%"
#define PATTERN_NAME "UHM%"
#define PATTERN_QUEUE "UH%"

/*
 * The value with its patterns of `letters` replaced, for the caller to free.
 * With `glob` the value is a pattern of fnmatch(3), in which what replaces ours
 * is escaped. `author` is the value of %F, or NULL.
 * NULL with a fault that begins with the pattern: FAULT_CONFIG when it has no
 * value here, FAULT_DATA for %F without an author, FAULT_SYSTEM when the system
 * does not tell its name.
 */
char *pattern_expand(const char *value, const char *letters,
    const char *author, bool glob, struct fault *);
/*
 * The value of a setting, or a part of it, with the patterns that the setting
 * knows replaced; none are in what the command line gave. The caller frees it.
 * NULL with a fault as above.
 */
char *pattern_expand_setting(const struct account *, enum option_id,
    const char *value, const char *author, bool glob, struct fault *);

#endif
