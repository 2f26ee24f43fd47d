/* SPDX-License-Identifier: ISC */
/*
 * sasl: one exchange (RFC 4422) with one mechanism, by libgsasl. It knows
 * nothing of SMTP, but takes and gives base64, as RFC 4954 carries it.
 */
#ifndef SMTP_SASL_SASL_H
#define SMTP_SASL_SASL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "wire/tls/tls.h"
#include "smtp/sasl/mechanism.h"

struct buffer;
struct fault;
struct secret;
struct sasl;

/*
 * What the server may make us compute (RFC 5802 section 5.1): a second's work.
 * Servers ask for 4096 to some 100,000 iterations of PBKDF2. 2^31 would keep
 * us busy for an hour, out of reach of every deadline.
 */
#define SASL_ITERATIONS_MAX 1000000
/*
 * What it should ask for at least (RFC 5802 section 5.1): with fewer, who
 * hears the exchange guesses the password sooner. Without TLS that is anybody.
 */
#define SASL_ITERATIONS_MIN 4096

struct sasl_params {
	const char *user;		/* NULL: none */
	const struct secret *password;	/* NULL: none */
	const char *authzid;		/* whom to act as; NULL: the user */
	const char *domain;		/* NTLM's, or NULL */
	const char *host;
	uint16_t port;
	bool secure;			/* TLS is running */
	enum tls_binding binding;
	const struct buffer *binding_data;	/* raw; NULL: none */
	bool unbound;	/* we could bind, and are offered nothing to do so:
			 * SCRAM says "y" (see gs2.h) */
};

/* Does the libgsasl that is linked know the mechanism, or do we? */
bool sasl_available(const struct sasl_mechanism *);
/*
 * Begins an exchange, which sasl_free() ends. The params must live as long.
 * -1 with FAULT_CONFIG when user or password is missing, or FAULT_SOFTWARE
 * when libgsasl cannot do it.
 */
int sasl_start(struct sasl **, const struct sasl_mechanism *,
    const struct sasl_params *, struct fault *);
/*
 * One step: takes the server's challenge (base64; NULL for none) and adds our
 * response (base64, possibly empty) to `out`, which the caller wipes. -1 with
 * FAULT_PROTOCOL when the challenge is not acceptable, such as a signature by
 * a server that does not know the password; FAULT_AUTH when our side cannot
 * go on; FAULT_CONFIG when user, password or token cannot be sent.
 */
int sasl_step(struct sasl *, const char *challenge, struct buffer *out,
    struct fault *);
/*
 * Is our side done? With a mutual mechanism it is once the server has proved
 * itself.
 */
bool sasl_complete(const struct sasl *);
/*
 * The server's own words on why it refuses us: for a token JSON (RFC 7628
 * section 3.2.2), the token blanked out; for SCRAM a word (RFC 5802 section 7).
 * NULL when it gave none. The refusal is the reply that follows.
 */
const char *sasl_server_error(const struct sasl *);
/* Does that say that the channel is not what it seems: that the server does
 * offer to bind, or sees another TLS session than we do? */
bool sasl_channel_error(const struct sasl *);
/* How many iterations the server has asked for; 0: it has not. */
unsigned sasl_iterations(const struct sasl *);
/* Wipes the secrets that libgsasl was given as properties. */
void sasl_free(struct sasl *);
/* Adds libgsasl's version: the linked one, and the one compiled with. */
void sasl_library_version(struct buffer *);

#endif
