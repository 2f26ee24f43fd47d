/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>

#include "base/base64.h"
#include "base/buffer.h"
#include "base/fault.h"
#include "base/memory.h"
#include "base/random.h"
#include "base/text.h"
#include "smtp/sasl/library.h"
#include "smtp/sasl/scramstep.h"

#define NONCE_OCTETS 18		/* of randomness; a multiple of 3 */
#define TEXT_MAX (64 * 1024)	/* octets of a message; replies are shorter */

static bool
is_sha256(const struct sasl_mechanism *m)
{
	return strncmp(m->name, "SCRAM-SHA-256", 13) == 0;
}

/* SASLprep, which leaves alone what is printable ASCII. The caller frees. */
static int
prepare(const char *text, const struct sasl_mechanism *m, char **out,
    struct fault *f)
{
	size_t n = strlen(text);

	if (!text_is_ascii(text, n) || text_has_control(text, n))
		return sasl_library_prepare(text, m->name, out, f);
	*out = memory_copy(text, n);
	return 0;
}

static int
begin(struct scram *s, const struct sasl_mechanism *m,
    const struct sasl_params *p, struct buffer *message, struct fault *f)
{
	unsigned char octets[NONCE_OCTETS];
	struct scram_names names = { .authzid = p->authzid };
	struct buffer nonce;
	char *user;

	if (random_bytes(octets, sizeof(octets)) == -1)
		return fault(f, FAULT_SYSTEM, "the system has no random "
		    "numbers");
	if (prepare(p->user == NULL ? "" : p->user, m, &user, f) == -1)
		return -1;
	/* RFC 5802 section 7: a saslname has an octet at least */
	if (user[0] == '\0') {
		free(user);
		return fault(f, FAULT_AUTH, "%s: nothing is left of the "
		    "user's name in the form that it takes (RFC 4013)",
		    m->name);
	}
	buffer_init(&nonce, TEXT_MAX);
	base64_add(&nonce, octets, sizeof(octets));
	names.user = user;
	names.nonce = nonce.data;
	if (m->binding) {
		names.binding = p->binding == TLS_BINDING_EXPORTER ?
		    "tls-exporter" : "tls-unique";
		names.binding_data = p->binding_data;
	}
	scram_first(s, is_sha256(m), &names, message);
	buffer_free(&nonce);
	free(user);
	return 0;
}

static int
excessive(const struct sasl_mechanism *m, struct fault *f)
{
	fault(f, FAULT_PROTOCOL, "%s: the server asks for more than %d "
	    "iterations", m->name, SCRAM_ITERATIONS_MAX);
	return fault_hint(f, "this would take too long; set \"auth\" to "
	    "another mechanism");
}

static int
answer(struct scram *s, const struct sasl_mechanism *m,
    const struct sasl_params *p, const struct buffer *first,
    struct buffer *message, struct fault *f)
{
	enum scram_result result;
	char *password;

	if (prepare(p->password->bytes, m, &password, f) == -1)
		return -1;
	result = scram_final(s, password, first->data, first->len, message);
	memory_wipe(password, strlen(password));
	free(password);
	switch (result) {
	case SCRAM_DONE:
		return 0;
	case SCRAM_EXCESSIVE:
		return excessive(m, f);
	case SCRAM_UNABLE:
		return fault(f, FAULT_SOFTWARE, "%s: the TLS library cannot "
		    "do this", m->name);
	case SCRAM_MALFORMED:
		break;
	}
	return fault(f, FAULT_PROTOCOL, "%s: the server's challenge does not "
	    "answer what we said", m->name);
}

int
sasl_scram_step(struct scram *s, unsigned step,
    const struct sasl_mechanism *m, const struct sasl_params *p,
    const char *challenge, struct buffer *out, struct fault *f)
{
	struct buffer heard, message;
	int r = 0;

	buffer_init(&heard, TEXT_MAX);
	buffer_init(&message, TEXT_MAX);
	if (step > 0 && base64_decode(&heard, challenge,
	    strlen(challenge)) == -1)
		r = fault(f, FAULT_PROTOCOL, "%s: the server's challenge is "
		    "not base64", m->name);
	else if (step == 0)
		r = begin(s, m, p, &message, f);
	else if (step == 1)
		r = answer(s, m, p, &heard, &message, f);
	else if (!scram_verify(s, heard.data, heard.len))
		r = fault(f, FAULT_PROTOCOL, "%s: the server's answer does not "
		    "verify", m->name);
	if (r == -1 && step == 2)
		fault_hint(f, SASL_IMPOSTOR_HINT);
	if (r == 0 && (message.full || base64_add(out, message.data,
	    message.len) == -1))
		r = fault(f, FAULT_CONFIG, "%s: the user's name is too long",
		    m->name);
	buffer_free(&heard);
	buffer_wipe(&message);
	return r;
}
