/* SPDX-License-Identifier: ISC */
/*
 * query: sessions with the smarthost that carry no message, by the account
 * that the request chooses for `sender` (NULL: nobody in particular).
 */
#ifndef MODES_QUERY_H
#define MODES_QUERY_H

#include "smtp/query.h"

struct fault;
struct mailbox;
struct request;

/*
 * Sends ETRN, VRFY or EXPN, and prints the reply to standard output, whether
 * it is a good one or not. -1 as session_open() and query_make().
 */
int query(const struct request *, const struct mailbox *sender, enum query,
    const char *argument, struct fault *);

/*
 * Prints to standard output what the smarthost says about itself, as far as
 * it gets: greeting, TLS parameters, certificate with the settings that would
 * pin it, and capabilities. There is no authentication and no client
 * certificate is shown, so a certificate that is not trusted does not end the
 * session: the fault comes when all has been printed. Other faults are those
 * of session_open().
 */
int serverinfo(const struct request *, const struct mailbox *sender,
    struct fault *);

#endif
