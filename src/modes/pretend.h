/* SPDX-License-Identifier: ISC */
/* pretend: what would be done with a message. */
#ifndef MODES_PRETEND_H
#define MODES_PRETEND_H

struct account;
struct accounts;
struct envelope;
struct header;

/*
 * Prints to standard output: which files were read, which account was chosen
 * and why, its settings with where each is from, where its secret would come
 * from (nobody is asked for it), the envelope, and the fields
 * that are added and removed. Passwords are not shown.
 */
void pretend_print(const struct accounts *, const struct account *,
    const struct envelope *, const struct header *);

#endif
