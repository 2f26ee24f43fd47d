/* SPDX-License-Identifier: ISC */
/*
 * letter: a job as one account sends it. It has an envelope and a header of
 * its own, with the senders, aliases and domains that the account gives (RFC
 * 6409 section 8); the body stays the job's.
 */
#ifndef DELIVERY_LETTER_H
#define DELIVERY_LETTER_H

#include <stdbool.h>

#include "mail/conversion/conversion.h"
#include "mail/envelope.h"
#include "mail/message/message.h"
#include "delivery/policy.h"

struct request;
struct session;

struct letter {
	const struct request *request;
	const struct account *account;
	struct alias_source *aliases;	/* not owned */
	struct notes *notes;		/* get what is no fault; not owned */
	struct envelope envelope;	/* as the smarthost hears of it */
	struct message message;		/* with the body of the job's */
	struct conversion conversion;
};

/* The aliases must be the account's; nothing is owned. */
void letter_init(struct letter *, const struct request *,
    const struct account *, struct alias_source *, struct notes *);
void letter_free(struct letter *);
/*
 * Reverse-path and delivery status wishes, from the envelope as given and,
 * where that says nothing, from the account. -1 as sender_complete() and
 * path_check().
 */
int letter_set_sender(struct letter *, const struct envelope *given,
    struct fault *);
/* All recipients as given. -1 as aliases_expand(). */
int letter_add_recipients(struct letter *, const struct envelope *given,
    struct fault *);
/*
 * Composes the header. `given` has the recipients as they were named; they
 * may go into a To field. The message must outlive the letter. FAULT_DATA
 * also for what no conversion can mend: see conversion_check().
 */
int letter_write(struct letter *, const struct message *,
    const struct envelope *given, struct fault *);
/*
 * Fits the letter to the server of an open session, anew for each session;
 * NULL: to one that offers 8BITMIME.
 * eight_bit: 8-bit data may go where 8BITMIME is offered; utf8: SMTPUTF8 will
 * be declared. conversion.message is what goes out then.
 */
int letter_fit(struct letter *, const struct session *, bool eight_bit,
    bool utf8, struct fault *);

#endif
