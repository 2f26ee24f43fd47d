/* SPDX-License-Identifier: ISC */
/* token: the access token of an address, renewed when it is time. */
#ifndef OAUTH2_TOKEN_H
#define OAUTH2_TOKEN_H

#include <stdbool.h>
#include <stdio.h>

struct fault;
struct json;

/*
 * Prints the token of the address and a newline; with `as_json` an object in
 * the form of a token endpoint's answer. It is renewed first when fewer than
 * 600 seconds are left (or the file's refresh_window, if that is longer), its
 * lifetime is unknown or more than a day, or the environment says that it was
 * refused. Nothing is printed before what came is on the disk.
 */
int token_print(const char *address, bool as_json, FILE *, struct fault *);
/* Seconds that a stored token has left: 0 when that is over or unknown. */
long token_left(const struct json *);

#endif
