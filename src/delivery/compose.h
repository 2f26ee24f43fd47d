/* SPDX-License-Identifier: ISC */
/*
 * compose: what an account makes of a message's header (RFC 6409 section 8):
 * senders and domains that it gives, fields that are missing, those that it
 * replaces, those that nobody may see.
 */
#ifndef DELIVERY_COMPOSE_H
#define DELIVERY_COMPOSE_H

struct account;
struct envelope;
struct fault;
struct header;

/*
 * Completes the header for this envelope, whose reverse-path and recipients
 * are known. full_name (-F) may be NULL. -1 as complete_header(),
 * originator_rewrite() and qualify_header().
 */
int compose_header(struct header *, const struct envelope *,
    const struct account *, const char *full_name, struct fault *);

#endif
