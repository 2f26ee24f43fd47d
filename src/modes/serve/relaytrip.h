/* SPDX-License-Identifier: ISC */
/* relaytrip: the parts of relay that others need not see. */
#ifndef MODES_SERVE_RELAYTRIP_H
#define MODES_SERVE_RELAYTRIP_H

struct buffer;
struct fault;
struct message;
struct relay;

/* Adds a fault as an answer, in the words that this peer may know. */
void relay_answer_fault(const struct relay *, const struct fault *,
    struct buffer *);
/* MAIL and RCPT once more, for those that were accepted. -1 as
 * transaction_sync() */
int relay_again(struct relay *, struct fault *);
/* Leaves the smarthost, if we are there. */
void relay_leave(struct relay *);
/* Writes the log's line; the message is NULL where there was none. */
void relay_log(struct relay *, const struct message *, const struct fault *);
/* Forgets the transaction; the session stays. */
void relay_forget(struct relay *);

#endif
