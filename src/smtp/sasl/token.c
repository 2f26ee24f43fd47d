/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "base/base64.h"
#include "base/buffer.h"
#include "base/fault.h"
#include "base/memory.h"
#include "base/text.h"
#include "smtp/sasl/token.h"

#define CHALLENGE_MAX (64 * 1024)	/* octets; as long as a reply */
#define ERROR_MAX 1024		/* octets of a server's JSON that are shown */

/* RFC 5801 section 4: "=" and "," in a saslname are escaped. */
static void
add_saslname(struct buffer *b, const char *name)
{
	for (; *name != '\0'; name++) {
		if (*name == ',')
			buffer_add_string(b, "=2C");
		else if (*name == '=')
			buffer_add_string(b, "=3D");
		else
			buffer_add_char(b, *name);
	}
}

int
token_add_message(struct buffer *b, enum sasl_token kind,
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
		add_saslname(b, p->authzid != NULL ? p->authzid : user);
		buffer_printf(b, ",\001host=%s\001port=%u\001", p->host,
		    (unsigned)p->port);
	} else {
		buffer_printf(b, "user=%s\001", user);
	}
	buffer_add_string(b, "auth=Bearer ");
	buffer_add(b, token->bytes, token->len);
	buffer_add_string(b, "\001\001");
	return b->full ? fault(f, FAULT_CONFIG, "the token is too long") : 0;
}

char *
token_error(const char *challenge, const struct secret *token)
{
	char *error = NULL;
	struct buffer text;

	buffer_init(&text, CHALLENGE_MAX);
	if (base64_decode(&text, challenge, strlen(challenge)) == 0 &&
	    text.len > 0) {
		error = memory_copy(text.data, text.len);
		for (char *p = error; token->len > 0 &&
		    (p = strstr(p, token->bytes)) != NULL; p += token->len)
			memset(p, '*', token->len);
		/* only now: a token that is cut in two is not found */
		if (text.len > ERROR_MAX)
			error[ERROR_MAX] = '\0';
	}
	buffer_wipe(&text);
	return error;
}
