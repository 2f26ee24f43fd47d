/* SPDX-License-Identifier: ISC */
/*
 * code: signing in by a browser: authorization code (RFC 6749 section 4.1) with
 * PKCE (RFC 7636) and a redirect to loopback (RFC 8252).
 */
#ifndef OAUTH2_CODE_H
#define OAUTH2_CODE_H

#include <stdbool.h>
#include <stdio.h>

struct fault;
struct provider;
struct store;

#define CODE_SECONDS 300	/* for the person to sign in */

/*
 * Prints the address to visit, waits for the redirect, and keeps the tokens in
 * the store, which has all else that shall be in it.
 */
int code_sign_in(struct store *, const struct provider *, bool open,
    FILE *to, struct fault *);

#endif
