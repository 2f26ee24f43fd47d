/* SPDX-License-Identifier: ISC */
/*
 * senderaddress: the account's setting `sender`, and which addresses need not
 * give way to it.
 */
#ifndef CONFIG_ACCOUNT_SENDERADDRESS_H
#define CONFIG_ACCOUNT_SENDERADDRESS_H

#include <stdbool.h>

#include "mail/address/address.h"

struct account;
struct fault;

struct sender_address {
	const struct account *account;
	bool set;		/* there is one: */
	bool force;		/* it takes the place of every other one */
	struct mailbox box;	/* owned; domain as an A-label if possible */
};

/*
 * Patterns are replaced, as in `from` but for %F. To be freed in every case.
 * FAULT_CONFIG, naming where the setting stands, when a pattern has no value
 * or the whole is no address.
 */
int sender_address_get(struct sender_address *, const struct account *,
    struct fault *);
void sender_address_free(struct sender_address *);
/*
 * May this one stay? With `force` only the address itself. Otherwise all with
 * its domain or the account's qualify_domain, and those that the account's
 * `from` names or has a glob for: what is left are bare names, names on this
 * host, and addresses of others.
 */
bool sender_address_is_ours(const struct sender_address *,
    const struct mailbox *);

#endif
