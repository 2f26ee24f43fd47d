/* SPDX-License-Identifier: ISC */
/*
 * mechanism: the list of SASL mechanisms, what each of them needs, and which
 * of them a setting of `auth' stands for.
 */
#ifndef SMTP_SASL_MECHANISM_H
#define SMTP_SASL_MECHANISM_H

#include <stdbool.h>
#include <stddef.h>

#include "wire/tls/tls.h"

/* A bearer token in the place of the password. */
enum sasl_token {
	SASL_NO_TOKEN,
	SASL_OAUTHBEARER,	/* RFC 7628 */
	SASL_XOAUTH2		/* the same, as Google has it */
};

struct sasl_mechanism {
	const char *name;	/* upper case, as IANA has it */
	bool client_first;	/* the client can send an initial response */
	bool clear;		/* sends the secret itself: needs encryption */
	bool binding;		/* -PLUS: needs TLS channel binding data */
	bool password;		/* needs user and password */
	bool automatic;		/* may be chosen by "auth on" */
	bool plain_wire;	/* ... also when there is no TLS */
	bool authzid;		/* can carry another name to act as */
	bool mutual;		/* the server must prove itself, too */
	bool binary;		/* its challenges may hold zero octets */
	bool user_acts;		/* the user's name is the one to act as */
	bool domain;		/* takes the setting ntlmdomain */
	bool tickets;		/* which its library looks for in an exchange */
	unsigned deaf;		/* so many first challenges are not read */
	enum tls_hash scram;	/* SCRAM's hash; TLS_NO_HASH for the others */
	enum sasl_token token;
};

/*
 * The one list: X(NAME, what it needs), best first. To add a mechanism that
 * libgsasl speaks, add its row.
 *
 * LOGIN stands behind PLAIN: the same secret, one round trip more. DIGEST-MD5,
 * CRAM-MD5 and NTLM do not send the password, but whoever hears them can guess
 * it offline: they come last, and are never chosen where there is no TLS. What
 * needs no password, or a token in its place, is used on request only.
 *
 * What LOGIN's challenges say depends on the server's language, and some
 * servers fill NTLM's first challenge, which must be empty, with words.
 */
#define SASL_MECHANISMS(X) \
	X("SCRAM-SHA-256-PLUS", .scram = TLS_SHA256, .client_first = true, \
	    .binding = true, .password = true, .automatic = true, \
	    .authzid = true, .mutual = true) \
	X("SCRAM-SHA-1-PLUS", .scram = TLS_SHA1, .client_first = true, \
	    .binding = true, .password = true, .automatic = true, \
	    .authzid = true, .mutual = true) \
	X("SCRAM-SHA-256", .scram = TLS_SHA256, .client_first = true, \
	    .password = true, .automatic = true, .plain_wire = true, \
	    .authzid = true, .mutual = true) \
	X("SCRAM-SHA-1", .scram = TLS_SHA1, .client_first = true, \
	    .password = true, .automatic = true, .plain_wire = true, \
	    .authzid = true, .mutual = true) \
	X("PLAIN", .client_first = true, .clear = true, .password = true, \
	    .automatic = true, .authzid = true) \
	X("LOGIN", .deaf = 2, .clear = true, .password = true, \
	    .automatic = true) \
	X("DIGEST-MD5", .password = true, .automatic = true, \
	    .authzid = true, .mutual = true) \
	X("CRAM-MD5", .password = true, .automatic = true) \
	X("NTLM", .deaf = 1, .binary = true, .domain = true, \
	    .password = true, .automatic = true) \
	X("GSSAPI", .binary = true, .client_first = true, .authzid = true, \
	    .mutual = true, .tickets = true) \
	X("EXTERNAL", .client_first = true, .authzid = true, \
	    .user_acts = true) \
	X("OAUTHBEARER", .token = SASL_OAUTHBEARER, .client_first = true, \
	    .clear = true, .password = true, .authzid = true) \
	X("XOAUTH2", .token = SASL_XOAUTH2, .client_first = true, \
	    .clear = true, .password = true)

/* The same as an array, which ends with a NULL name. */
extern const struct sasl_mechanism sasl_mechanisms[];

/*
 * The i-th mechanism to try for a setting: "on", which is all of them, or
 * names separated by blanks. NULL behind the last.
 */
const struct sasl_mechanism *sasl_choice(const char *setting, size_t i);
/* Does any of those need user and password? */
bool sasl_needs_password(const char *setting);
/* May one of those ask for more in an exchange: for another token, or for a
 * ticket? */
bool sasl_asks_more(const char *setting);
/* Does each of them take a token in the place of a password? */
bool sasl_is_token(const char *setting);

#endif
