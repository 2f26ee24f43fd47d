/* SPDX-License-Identifier: ISC */
/* sender: the reverse-path of a message, where none was given. */
#ifndef DELIVERY_SENDER_H
#define DELIVERY_SENDER_H

struct account;
struct envelope;
struct fault;
struct mailbox;

/*
 * Completes the reverse-path of an envelope that has none, or one that the
 * account does not allow (allow_from_override, auto_from) or replaces
 * (`sender`), what can be none included: the account's `sender`, else its
 * `from`, else user@qualify_domain, else user@FQDN where the host has a valid
 * name, else FAULT_CONFIG with the line to add. One without a domain gets
 * qualify_domain. FAULT_DATA for what can be none and is not replaced.
 */
int sender_complete(struct envelope *, const struct account *,
    struct fault *);
/*
 * The author for a From field of ours: the reverse-path, and for a null one
 * what sender_complete() would have taken. 0 and a mailbox that the caller
 * frees, or -1 when there is none.
 */
int sender_author(struct mailbox *, const struct envelope *,
    const struct account *);
/* The domain of that as an A-label, for the caller to free; NULL where it is
 * none that means something elsewhere. The envelope may be empty. */
char *sender_domain(const struct envelope *, const struct account *);

#endif
