/* SPDX-License-Identifier: ISC */
/*
 * address_spec: the parts of one element of an address list: route, local
 * part, domain and display name. Private to address.c.
 */
#ifndef MAIL_ADDRESS_SPEC_H
#define MAIL_ADDRESS_SPEC_H

#include "mail/address/scan.h"

/*
 * Takes an obsolete route, "@a,@b:" (RFC 5322 section 4.4), off a span that
 * begins with one. FAULT_DATA when it turns out to have another form.
 */
int spec_skip_route(const struct scan *, struct span *);
/*
 * addr-spec, or a bare name (domain stays empty): adds the local part without
 * quotes and escapes, and the domain. FAULT_DATA when the span is neither.
 */
int spec_read(const struct scan *, struct span, struct buffer *local,
    struct buffer *domain);
/* The display name that a span holds, owned by the caller; NULL for none. */
char *spec_name(const struct scan *, struct span);

#endif
