/* SPDX-License-Identifier: ISC */
/* password: where the password of an account comes from. */
#ifndef CONFIG_PASSWORD_PASSWORD_H
#define CONFIG_PASSWORD_PASSWORD_H

#include <stdbool.h>

struct account;
struct buffer;
struct fault;
struct secret;

/*
 * The account's `password`, else the first line of its `password_file`, of
 * its `password_fd`, or of what its `passwordeval` prints; the first of these
 * that is set counts, and what goes wrong with it is a fault. Without any of
 * them the keyring, the netrc files and the terminal are asked for host and
 * user. The caller clears the secret. 1: somebody typed it. 0: it was found
 * elsewhere. -1: FAULT_CONFIG when there is none; FAULT_COMMAND when the
 * command fails (its status and standard error are quoted), prints nothing, a
 * NUL or more than CHILD_OUTPUT_MAX octets in a line; FAULT_TEMPORARY when it
 * takes longer than passwordeval_timeout.
 */
int account_password(const struct account *, struct secret *, struct fault *);

/*
 * Adds in words where account_password() would look: the setting with its
 * origin or, without one, the places in their order. Nothing is read.
 */
void account_add_password_source(struct buffer *, const struct account *);

/* Does a setting of the account say where its password comes from? */
bool account_has_password(const struct account *);

#endif
