/* SPDX-License-Identifier: ISC */
/*
 * sasl: one mechanism's exchange, ours or libgsasl's. Knows nothing of SMTP:
 * takes and gives base64, as RFC 4954 carries it.
 */
#ifndef SMTP_SASL_SASL_H
#define SMTP_SASL_SASL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "wire/tls/tls.h"

struct buffer;
struct fault;
struct secret;
struct sasl;

/* Who speaks it. */
enum sasl_kind {
	SASL_LIBRARY,
	SASL_PLAIN,		/* RFC 4616 */
	SASL_LOGIN,		/* name and password, asked for one by one */
	SASL_SCRAM,
	SASL_OAUTHBEARER,	/* RFC 7628: the password is a bearer token */
	SASL_XOAUTH2		/* the same, as Google has it */
};

/* For who does not show that he knows the password. */
#define SASL_IMPOSTOR_HINT "a server that does not know the password, or a " \
    "broken one, does this; nothing was sent"

struct sasl_mechanism {
	const char *name;	/* upper case, as IANA has it */
	bool client_first;	/* an initial response makes sense */
	bool clear;		/* sends the secret itself: needs encryption */
	bool binding;		/* -PLUS: needs TLS channel binding data */
	bool password;		/* needs user and password */
	bool automatic;		/* may be chosen by "auth on" */
	bool plain_wire;	/* ... also when there is no TLS */
	bool authzid;		/* can carry another name to act as */
	bool mutual;		/* success without the server's proof is none */
	enum sasl_kind kind;
};

/* The mechanisms that we speak, best first; ends with a NULL name. */
extern const struct sasl_mechanism sasl_mechanisms[];

/*
 * The i-th mechanism to try for a setting: "on", which is all of them, or
 * names separated by blanks. NULL behind the last.
 */
const struct sasl_mechanism *sasl_choice(const char *setting, size_t i);
/* Does any of those need user and password? */
bool sasl_needs_password(const char *setting);
/* Is it ours, or does the library know it? */
bool sasl_available(const struct sasl_mechanism *);
/* Is the password a bearer token? */
bool sasl_takes_token(const struct sasl_mechanism *);

struct sasl_params {
	const char *user;		/* NULL: none */
	const struct secret *password;	/* NULL: none */
	const char *authzid;		/* whom to act as; NULL: the user */
	const char *realm;		/* NTLM's domain, or NULL */
	const char *host;
	uint16_t port;
	enum tls_binding binding;
	const struct buffer *binding_data;	/* raw; NULL: none */
};

/* The params must live as long as the sasl. FAULT_SOFTWARE if it cannot be. */
int sasl_start(struct sasl **, const struct sasl_mechanism *,
    const struct sasl_params *, struct fault *);
/*
 * One step: the server's challenge (base64; NULL for none) in, our response
 * (base64, possibly empty) added to `out`. Fails with FAULT_AUTH when our
 * side cannot go on, and FAULT_PROTOCOL when the challenge is no good, such
 * as a server signature that is not of someone who knows the password.
 */
int sasl_step(struct sasl *, const char *challenge, struct buffer *out,
    struct fault *);
/* Our side is satisfied: what the mechanism promises has been shown. */
bool sasl_complete(const struct sasl *);
/*
 * Why the server refused our token, in its own words (RFC 7628 section 3.2.2
 * has it as JSON), the token blanked out; NULL when it did not say.
 */
const char *sasl_server_error(const struct sasl *);
void sasl_free(struct sasl *);
/* Adds the library's versions: at compile time, and found. */
void sasl_library_version(struct buffer *);

#endif
