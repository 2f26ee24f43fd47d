/* SPDX-License-Identifier: ISC */
/*
 * qualify: addresses without a domain get the account's qualify_domain (RFC
 * 6409 section 6.3 lets a submission server do that). "localhost" is no domain
 * that anybody else could have meant, and counts as none.
 */
#ifndef DELIVERY_QUALIFY_H
#define DELIVERY_QUALIFY_H

#include <stdbool.h>

struct account;
struct fault;
struct header;
struct mailbox;

/* Has the account a domain for this address, which has none? */
bool qualify_wants(const struct account *, const struct mailbox *);
/*
 * The fields with addresses; of a message that is sent again only the latest
 * block of Resent- fields. FAULT_DATA when the header becomes too long.
 */
int qualify_header(struct header *, const struct account *, struct fault *);

#endif
