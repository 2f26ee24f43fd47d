/* SPDX-License-Identifier: ISC */
/*
 * aliasexpand: from recipients to those that they stand for. Every entry is
 * resolved once, whatever leads to it: the cost is that of the entries
 * reached, not of the ways to them.
 */
#ifndef CONFIG_ALIAS_EXPAND_H
#define CONFIG_ALIAS_EXPAND_H

#include <stdbool.h>

struct alias_entry;
struct aliases;
struct envelope;
struct fault;
struct local_domains;
struct mailbox;
struct notes;

/*
 * Begins an expansion: what earlier ones came to is added once more by this
 * one. The first one has begun.
 */
void alias_begin_expansion(struct aliases *);
/* The same, and forgets the recipients of alias_replacement(). */
void alias_begin_message(struct aliases *);
/*
 * Adds what a recipient stands for to the envelope, but for what this expansion
 * has come to before, the address itself when no
 * alias fits it. FAULT_CONFIG beginning "FILE:LINE" when it leads to a
 * command, a file, a list that is not to be included or cannot be read, to
 * what is no address, or round in a circle; an entry that names itself keeps
 * that name.
 */
int alias_expand(struct aliases *, const struct local_domains *,
    const struct mailbox *, struct envelope *, struct fault *);
/*
 * The address that may take the place of this one in a header, or NULL: it is
 * a recipient by the name of its alias, which comes to one address only, and
 * not by "default" or an included list. Nobody learns who is on a list.
 */
const struct mailbox *alias_replacement(const struct aliases *,
    const struct local_domains *, const struct mailbox *);
/* Resolves all entries, and notes whatever would be a fault if it was reached;
 * commands, files and lists are none. */
void alias_check(struct aliases *, const struct local_domains *,
    struct notes *errors);

#endif
