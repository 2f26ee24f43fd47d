/* SPDX-License-Identifier: ISC */
/* query: ETRN, VRFY and EXPN, with the account's TLS and credentials. */
#ifndef MODES_QUERY_H
#define MODES_QUERY_H

#include "smtp/query.h"

struct contact;
struct fault;

/*
 * Asks, and prints the reply to standard output, whether it is a good one or
 * not. -1 as session_open() and query_make().
 */
int query(const struct contact *, enum query, const char *argument,
    struct fault *);

#endif
