/* SPDX-License-Identifier: ISC */
/*
 * fitness: whether an account can send, as far as that is seen without a
 * network. No command is run.
 */
#ifndef MODES_FITNESS_H
#define MODES_FITNESS_H

struct account;
struct accounts;
struct fault;

/*
 * Looks at one account of the set: `report` gets each cause why it cannot send,
 * the warnings of the set what it may miss. Of an account that others are built
 * on, and of one that a command completes, nothing is said to be missing.
 */
void fitness_of(struct accounts *, const struct account *,
    void (*report)(void *arg, const struct fault *), void *arg);

#endif
