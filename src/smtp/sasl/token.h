/* SPDX-License-Identifier: ISC */
/* sasltoken: what OAUTHBEARER and XOAUTH2 say; libgsasl 2.2 has neither. */
#ifndef SMTP_SASL_TOKEN_H
#define SMTP_SASL_TOKEN_H

#include "smtp/sasl/sasl.h"

/*
 * Adds the client's first message, not yet in base64: RFC 7628 section 3.1,
 * or what Google calls XOAUTH2. FAULT_CONFIG when user or token hold control
 * characters, which divide the parts of the message.
 */
int sasl_add_token(struct buffer *, enum sasl_kind,
    const struct sasl_params *, struct fault *);

#endif
