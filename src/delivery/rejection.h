/* SPDX-License-Identifier: ISC */
/*
 * rejection: the sentence that tells the user who was refused, and what the
 * server said. Each records a fault, whose meaning is delivery/diagnosis'.
 */
#ifndef DELIVERY_REJECTION_H
#define DELIVERY_REJECTION_H

struct transaction;
struct envelope;
struct fault;
struct message;
struct reply;
struct session;

/* MAIL was refused. Always -1. */
int rejection_of_sender(const struct transaction *, struct fault *);
/* No recipient was accepted, the last one refused by this reply. Always -1. */
int rejection_of_all(struct session *, const struct envelope *,
    const struct reply *last, struct fault *);
/* `rejected_recipients abort`: some were refused, so nobody gets it. */
int rejection_of_some(const struct transaction *, struct fault *);
/* The server takes no message as large as this: -1. Else 0. */
int rejection_by_size(const struct session *, const struct message *,
    struct fault *);
/* All or none cannot be had in two transactions: -1. Else 0. */
int rejection_by_count(const struct session *, const struct envelope *,
    struct fault *);

#endif
