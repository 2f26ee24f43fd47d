/* SPDX-License-Identifier: ISC */
/*
 * diagnosis: what a failure means. One table maps an outcome to the exit
 * status, to whether another try may do better, and where, and to the remedy.
 * To add a rule is to add a row.
 */
#ifndef DELIVERY_DIAGNOSIS_H
#define DELIVERY_DIAGNOSIS_H

#include <stdbool.h>

#include "delivery/outcome.h"

struct envelope;
struct fault;
struct header;

/*
 * Gives the fault of an outcome the class that the table has for it, and the
 * remedy unless one is recorded already. A fault that no reply made keeps its
 * class. FAULT_NONE stays what it is, and is RETRY_NEVER. The outcome's retry
 * is what is returned.
 */
enum retry diagnosis_settle(struct outcome *, struct fault *);
/*
 * Does what was settled say that the message can never go? A setting or a file
 * that is wrong does not: a message that waits can go once it is mended.
 */
bool diagnosis_is_final(const struct outcome *, const struct fault *);
/*
 * Some servers refuse for good what a day cures: recipients that were refused
 * so become RECIPIENT_DEFERRED.
 */
void diagnosis_settle_recipients(struct envelope *);
/*
 * For a transaction that has failed: gives the fault a hint that names the
 * address that was refused, and the setting or option that it comes from.
 * Servers refuse the reverse-path in the reply to RCPT, or From in the reply
 * to the message; what the reply says is all there is to know it by. The
 * header is the one that was sent.
 */
void diagnosis_find_address(const struct outcome *, const struct envelope *,
    const struct header *, struct fault *);

#endif
