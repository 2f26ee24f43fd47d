/* SPDX-License-Identifier: ISC */
/* token: what OAUTHBEARER and XOAUTH2 say; libgsasl 2.2 has neither. */
#ifndef SMTP_SASL_TOKEN_H
#define SMTP_SASL_TOKEN_H

#include "smtp/sasl/sasl.h"

/*
 * Adds the client's first message, not yet in base64: RFC 7628 section 3.1,
 * or what Google calls XOAUTH2. FAULT_CONFIG when user or token hold control
 * characters, which divide the parts of the message.
 */
int token_add_message(struct buffer *, enum sasl_token,
    const struct sasl_params *, struct fault *);
/*
 * The server's reason in a challenge (base64 of JSON, RFC 7628 section 3.2.2),
 * with the token blanked out, as a string that the caller frees; NULL when
 * there is none.
 */
char *token_error(const char *challenge, const struct secret *token);

#endif
