/* SPDX-License-Identifier: ISC */
/*
 * originator: the fields that say whom a message is from (RFC 5322 section
 * 3.6.2), made to agree with the account's setting `sender`.
 */
#ifndef DELIVERY_ORIGINATOR_H
#define DELIVERY_ORIGINATOR_H

struct account;
struct fault;
struct header;

/*
 * In From, addresses that are not ours give way to that of `sender`; display
 * names and comments stay, and what is no address becomes a display name. One
 * with neither name nor comment gets full_name as its name, or, where that is
 * NULL, the address that gave way: it tells which machine wrote.
 * Sender is dropped where From says it all, else it is treated as From. With
 * sender_reply_to, a From that changes is kept in Reply-To, if there is none
 * and all its addresses can be replied to.
 *
 * Of a message that is sent again the latest Resent- fields change in that
 * way; From and Sender, which are history then, only by `force`. Nothing
 * changes with set_from_header off.
 *
 * FAULT_CONFIG as sender_address_get(), FAULT_DATA when the header becomes too
 * long.
 */
int originator_rewrite(struct header *, const struct account *,
    const char *full_name, struct fault *);

#endif
