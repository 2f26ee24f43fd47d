/* SPDX-License-Identifier: ISC */
/* pretend: -P, what would be done with a message. */
#ifndef MODES_PRETEND_H
#define MODES_PRETEND_H

struct account;
struct accounts;
struct envelope;
struct header;

/*
 * Prints to standard output: which files were read, which account was chosen
 * and why, its settings and where each of them is set, where its password
 * would come from (it is not fetched), the envelope, and the fields that are
 * added, removed and changed. Passwords are not shown.
 */
void pretend_print(const struct accounts *, const struct account *,
    const struct envelope *, const struct header *);

#endif
