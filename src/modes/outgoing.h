/* SPDX-License-Identifier: ISC */
/* outgoing: the message as it goes to the server that a session has found. */
#ifndef MODES_OUTGOING_H
#define MODES_OUTGOING_H

#include "mail/hygiene.h"

struct account;
struct envelope;
struct session;

/*
 * hygiene_start() with the terms of an open session, for this envelope and by
 * the account's wish. To be made anew for each session; hygiene_end() is due.
 */
int outgoing_fit(struct hygiene *, const struct message *,
    const struct session *, const struct envelope *, const struct account *,
    struct fault *);

#endif
