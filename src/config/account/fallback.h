/* SPDX-License-Identifier: ISC */
/*
 * fallback: whether the accounts exist that a `fallback` names, so that a slip
 * of the pen is told at once and not on the day of the failure.
 *
 * An account may not name itself. One that has its `fallback` from `defaults`
 * may be among those that this names; it is none of its own fallbacks.
 */
#ifndef CONFIG_ACCOUNT_FALLBACK_H
#define CONFIG_ACCOUNT_FALLBACK_H

#include <stdbool.h>

struct account;
struct accounts;
struct fault;

/*
 * While files are checked (see struct accounts): reports, with file, line and
 * column, each name in the `fallback` of an account that is no account's, or
 * is its own. `alone`: one file was read without the others, one of which may
 * define the account, so that only a note is added to the warnings.
 */
void fallback_report(struct accounts *, bool alone);
/*
 * Looks at the names of an account that was chosen, settings of the command
 * line included: FAULT_CONFIG for the first that is wrong in that way.
 */
int fallback_check(const struct accounts *, const struct account *,
    struct fault *);

#endif
