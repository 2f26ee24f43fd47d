/* SPDX-License-Identifier: ISC */
/*
 * auth: AUTH (RFC 4954) with the mechanism that fits best: what the account
 * allows, the server offers, and the connection may carry.
 */
#ifndef SMTP_AUTH_H
#define SMTP_AUTH_H

#include <stdbool.h>

#include "smtp/sasl/sasl.h"

struct capabilities;
struct dialogue;
struct fault;
struct reply;

/* Nothing here is owned; all of it outlives the call. */
struct auth {
	struct dialogue *dialogue;
	const struct capabilities *capabilities;
	const char *setting;	/* "on", or mechanisms in order of preference */
	bool secure;		/* TLS is running, */
	bool verified;		/* and the server is who it should be */
	bool refused_before;	/* these credentials, a while ago: one try */
	bool clear_allowed;	/* a secret may be sent without TLS */
	struct sasl_params credentials;
	/*
	 * Puts another token in the place of the one that was refused, or NULL.
	 * 1: done. 0: there is none. -1 with a fault that counts instead of the
	 * refusal.
	 */
	int (*another_token)(void *context, struct fault *);
	void *context;
	void (*note)(const char *text);	/* or NULL */
	const char **used;		/* gets the last mechanism's name */
};

/*
 * Tries one mechanism after the other until the server accepts one or refuses
 * the credentials. The reply must be initialised; when one of the server's is
 * the reason for -1 it is copied there, else its code is 0. Faults begin with
 * the peer.
 */
int auth_run(const struct auth *, struct reply *refusal, struct fault *);

#endif
