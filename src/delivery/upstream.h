/* SPDX-License-Identifier: ISC */
/*
 * upstream: what an account says of the session with its smarthost, in the
 * words of the session.
 */
#ifndef DELIVERY_UPSTREAM_H
#define DELIVERY_UPSTREAM_H

#include <stdbool.h>

struct account;
struct fault;
struct secret;
struct session_params;

/*
 * Fills all but transcript, note and verdict, which are left NULL. The account
 * and the password must outlive the params.
 */
void upstream_fill(struct session_params *, const struct account *,
    const struct secret *password);
/* Only `tls` and `port`: what the account says, or what fits the port. */
void upstream_choose_tls(struct session_params *, const struct account *);
/* Does the account's session need a secret? */
bool upstream_wants_secret(const struct account *);
/*
 * Fetches the secret that the account's session needs, if it needs one; the
 * caller clears it. -1 as account_password().
 */
int upstream_secret(struct secret *, const struct account *, struct fault *);

#endif
