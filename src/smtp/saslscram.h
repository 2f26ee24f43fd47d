/* SPDX-License-Identifier: ISC */
/*
 * saslscram: the salted password of SCRAM (RFC 5802 section 3). libgsasl's own
 * PBKDF2 takes longer than all the rest of a small submission; the TLS
 * library's has a quarter of its cost.
 */
#ifndef SMTP_SASLSCRAM_H
#define SMTP_SASLSCRAM_H

#include <gsasl.h>

#include "smtp/sasl.h"

/*
 * What libgsasl asks when it wants the salted password, before it makes it
 * itself: sets that property from the password, salt and iteration count of
 * the session. GSASL_NO_CALLBACK when it cannot, and for any other property:
 * libgsasl then goes on as if nobody had been asked.
 */
int sasl_scram_property(Gsasl_session *, Gsasl_property,
    const struct sasl_mechanism *, const struct secret *password);

#endif
