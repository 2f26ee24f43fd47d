/* SPDX-License-Identifier: ISC */
/*
 * expand: from the recipients that were named to those that the smarthost
 * hears of, the same for every mode.
 */
#ifndef DELIVERY_EXPAND_H
#define DELIVERY_EXPAND_H

#include <stdbool.h>

struct account;
struct envelope;
struct fault;
struct message;
struct notes;

/*
 * Aliases (not with no_aliases), then the account's qualify_domain; -1 as
 * aliases_apply(), and as path_check() when one is left that no command can
 * hold. The header of the message, if that is not NULL, follows the aliases.
 */
int expand_recipients(struct envelope *, struct message *, bool no_aliases,
    const struct account *, struct notes *, struct fault *);

#endif
