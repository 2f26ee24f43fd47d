/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "base/buffer.h"
#include "base/fault.h"
#include "base/memory.h"
#include "base/text.h"
#include "smtp/sasl/scram.h"
#include "smtp/sasl/token.h"

int
sasl_add_token(struct buffer *b, enum sasl_kind kind,
    const struct sasl_params *p, struct fault *f)
{
	const char *user = p->user == NULL ? "" : p->user;
	const struct secret *token = p->password;

	if (text_has_control(user, strlen(user)))
		return fault(f, FAULT_CONFIG, "the user's name holds a control "
		    "character");
	if (text_has_control(token->bytes, token->len)) {
		fault(f, FAULT_CONFIG, "the token holds a control character");
		return fault_hint(f, "the password must be the bare access "
		    "token");
	}
	if (kind == SASL_OAUTHBEARER) {
		buffer_add_string(b, "n,a=");
		scram_add_name(b, p->authzid != NULL ? p->authzid : user);
		buffer_printf(b, ",\001host=%s\001port=%u\001", p->host,
		    (unsigned)p->port);
	} else {
		buffer_printf(b, "user=%s\001", user);
	}
	buffer_printf(b, "auth=Bearer ");
	buffer_add(b, token->bytes, token->len);
	buffer_add_string(b, "\001\001");
	return b->full ? fault(f, FAULT_CONFIG, "the token is too long") : 0;
}
