/* SPDX-License-Identifier: ISC */
/* device: signing in with a code that is typed in elsewhere (RFC 8628). */
#ifndef OAUTH2_DEVICE_H
#define OAUTH2_DEVICE_H

#include <stdio.h>

struct fault;
struct provider;
struct store;

/*
 * Prints the address to visit and the code to type there, asks for the tokens
 * until the person has signed in or the code expires, and keeps them in the
 * store.
 */
int device_sign_in(struct store *, const struct provider *, FILE *to,
    struct fault *);

#endif
