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
	bool set;		/* the account has the setting */
	bool force;		/* it replaces every other address */
	struct mailbox box;	/* owned; domain as an A-label if possible */
};

/*
 * Gets the account's `sender` with the patterns of PATTERN_SENDER expanded. To
 * be freed in every case. FAULT_CONFIG, with the place of the setting, when a
 * pattern has no value or the result is no address.
 */
int sender_address_get(struct sender_address *, const struct account *,
    struct fault *);
void sender_address_free(struct sender_address *);
/*
 * May this address stay, rather than being replaced by `sender`? With `force`
 * only the sender's own address may. Otherwise each may that has the sender's
 * domain or the account's qualify_domain, or that fits the account's `from`;
 * bare names, names on this host and addresses of others are replaced.
 */
bool sender_address_is_ours(const struct sender_address *,
    const struct mailbox *);

#endif
