/* SPDX-License-Identifier: ISC */
/*
 * transaction: one envelope and one message over an open session (RFC 5321
 * section 3.3). Here the envelope meets the wire.
 */
#ifndef DELIVERY_SUBMISSION_H
#define DELIVERY_SUBMISSION_H

#include <stdbool.h>

struct envelope;
struct fault;
struct message;
struct session;

/*
 * Submits. 0: every recipient is settled, and the server has taken
 * responsibility for the message (a 2yz to the end of data was read) for
 * those recipients that are RECIPIENT_DELIVERED; others carry the reply that
 * refused them. -1: for nobody, and the fault says why; if the connection
 * broke between the end of data and its reply, that the message may have
 * been delivered all the same. eight_bit: BODY=8BITMIME was asked for even
 * if there is no 8-bit data.
 */
int submission_run(struct session *, struct envelope *,
    const struct message *, bool eight_bit, struct fault *);

#endif
