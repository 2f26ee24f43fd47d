/* SPDX-License-Identifier: ISC */
/*
 * refusal: a transaction that comes to nothing, told to the user: who was
 * refused, what the server said, and the remedy. Each records a fault.
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
int refusal_of_sender(const struct transaction *, struct fault *);
/*
 * No recipient was accepted, the last one refused by this reply:
 * FAULT_TEMPORARY if any refusal is, as it is worth another try; else
 * FAULT_RECIPIENT. Always -1.
 */
int refusal_of_all(const struct session *, const struct envelope *,
    const struct reply *last, struct fault *);
/* `rejected_recipients abort`: some were refused, so nobody gets it. */
int refusal_of_some(const struct transaction *, struct fault *);
/* The server takes no message as large as this: -1. Else 0. */
int refusal_by_size(const struct session *, const struct message *,
    struct fault *);
/* All or none cannot be had in two transactions: -1. Else 0. */
int refusal_by_count(const struct session *, const struct envelope *,
    struct fault *);

#endif
