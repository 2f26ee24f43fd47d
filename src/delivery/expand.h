/* SPDX-License-Identifier: ISC */
/*
 * expand: from a recipient that was named to those that the smarthost hears
 * of, the same for every mode.
 */
#ifndef DELIVERY_EXPAND_H
#define DELIVERY_EXPAND_H

struct alias_source;
struct envelope;
struct fault;
struct mailbox;
struct notes;

/*
 * Adds to an envelope those that this recipient stands for: by its alias, else
 * itself; then with the account's qualify_domain. -1 as aliases_expand(), and
 * as path_check() when no command can hold one of them.
 */
int expand_recipient(struct alias_source *, const struct mailbox *,
    struct envelope *, struct notes *, struct fault *);

#endif
