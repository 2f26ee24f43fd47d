/* SPDX-License-Identifier: ISC */
/* outgoing: the message as it goes to the server that a session has found. */
#ifndef DELIVERY_OUTGOING_H
#define DELIVERY_OUTGOING_H

#include "mail/conversion/conversion.h"

struct account;
struct envelope;
struct session;

/*
 * conversion_start() with the terms of an open session, for this envelope and
 * by the account's wish. To be made anew for each session; conversion_end() is
 * due.
 */
int outgoing_fit(struct conversion *, const struct message *,
    const struct session *, const struct envelope *, const struct account *,
    struct fault *);

#endif
