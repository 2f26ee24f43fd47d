/* SPDX-License-Identifier: ISC */
/* assertion: is a signed JWT (RFC 7523) what it should be? */
#ifndef TOKENSERVER_ASSERTION_H
#define TOKENSERVER_ASSERTION_H

#include <stdbool.h>

/*
 * Is it signed by the key of the certificate in this file, for that audience
 * and issuer, and not expired? Its header and claims, decoded, go to standard
 * error.
 */
bool assertion_is_good(const char *token, const char *certificate,
    const char *audience, const char *issuer);

#endif
