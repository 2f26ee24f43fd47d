/* SPDX-License-Identifier: ISC */
/*
 * content: the message of a transaction, by DATA (RFC 5321 section 4.1.1.4) or
 * by BDAT (RFC 3030), and the replies to it.
 */
#ifndef SMTP_CONTENT_H
#define SMTP_CONTENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mail/message/bodyscan.h"

struct fault;
struct message;
struct transaction;

/* What is told of a message whose end was sent and not answered. */
#define CONTENT_UNSURE "the whole message was sent, but its reply is lost: " \
    "it may have been delivered"

/* DATA; its reply comes with the next sync. */
int content_data(struct transaction *, struct fault *);
/*
 * The message behind a 354, for all that are RECIPIENT_ACCEPTED; there must be
 * one. quit: QUIT rides along. With LMTP each recipient has a reply of its
 * own, and becomes DELIVERED, DEFERRED or REFUSED by it.
 * 0: transaction_final() is the reply. -1: no reply came, and the fault says
 * so; if the connection broke between the end of data and its reply, the
 * transaction is `unsure`, and the fault says that the message may have been
 * delivered. FAULT_IO if the temporary file failed. After -1 the session must
 * be closed, which then breaks off without QUIT.
 */
int content_send_data(struct transaction *, const struct message *, bool quit,
    struct fault *);

/* A chunk ends with the line that makes it as large as this, or larger; the
 * first one has the header besides. */
#define CHUNK_OCTETS BODY_STEP

struct chunk_plan {
	bool safe;		/* may go by BDAT */
	uint64_t *octets;	/* of each chunk, the last included */
	size_t count;
};

/*
 * How a message would go by BDAT, and whether it may. One with a line that a
 * broken server could run, were a chunk refused and not read (see verbline.h),
 * goes by DATA; so does one with lines so long that such a server would cut
 * them, and find a line in the middle of one. A chunk always begins where a
 * line does, so that no other place of a line can be made one. The plan is to
 * be freed with chunk_free().
 */
void chunk_plan(struct chunk_plan *, const struct message *);
void chunk_free(struct chunk_plan *);
/*
 * Sends the message as content_send_data() does, but by BDAT. The number of
 * chunks whose replies have not come is bounded, and behind a chunk that was
 * refused no other is sent. The replies to the envelope may come with those to
 * the chunks. A server that answers BDAT with 500 to 504 gets DATA from the
 * next transaction on.
 */
int content_send_chunks(struct transaction *, const struct message *,
    const struct chunk_plan *, bool quit, struct fault *);
/*
 * Ends the data at once: DATA was answered 354 although no recipient is left
 * (RFC 2920 section 3.1).
 */
void content_end_unwanted(struct transaction *);
/*
 * If the end of data was sent, the transaction is `unsure` from now on, and
 * the fault says that the message may have been delivered.
 */
void content_add_unsure(struct transaction *, struct fault *);

#endif
