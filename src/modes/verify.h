/* SPDX-License-Identifier: ISC */
/*
 * verify: -bv and -bt, which recipients an address stands for. There is no
 * network and no message.
 */
#ifndef MODES_VERIFY_H
#define MODES_VERIFY_H

#include <stddef.h>

struct envelope;
struct fault;
struct mailbox;
struct request;

/*
 * -bv: prints the account, the reverse-path and the recipients that a message
 * with this envelope would be sent with; the envelope has them afterwards.
 * FAULT_RECIPIENT when one is still a name without a domain, which only a mail
 * server on this host could deliver to; other faults are those of submit().
 */
int verify_recipients(const struct request *, struct envelope *,
    struct fault *);
/*
 * -bt: prints the account for messages from `sender` (NULL: nobody in
 * particular); then for each word, or each line of standard input if there
 * are none, its local part and domain, whether that is this host's, the
 * recipients that it comes to, and which account a message from it would go
 * by. FAULT_DATA when one is no address; the others are printed all the same.
 */
int verify_words(const struct request *, const struct mailbox *sender,
    const char *const *words, size_t n, struct fault *);

#endif
