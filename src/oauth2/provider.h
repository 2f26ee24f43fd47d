/* SPDX-License-Identifier: ISC */
/* provider: where to sign in, and for what; by name or from a file. */
#ifndef OAUTH2_PROVIDER_H
#define OAUTH2_PROVIDER_H

#include <stdbool.h>

struct fault;

struct provider {
	char *authorization_endpoint;	/* NULL: no code flow */
	char *token_endpoint;
	char *device_endpoint;		/* NULL: no device flow */
	char *scope;			/* NULL: none is asked for */
	char *client_scope;		/* for client credentials, or NULL */
	const char *extra;		/* query of the authorization request */
	bool localhost;			/* the redirect names it so */
};

/*
 * A provider that the program knows, or else a file with lines of a keyword
 * and its value. `tenant` is Microsoft's, NULL: common. FAULT_CONFIG for an
 * unknown name or a file that is wrong, FAULT_USAGE for a tenant that cannot
 * be one. provider_free() frees it in any case.
 */
int provider_find(struct provider *, const char *name, const char *tenant,
    struct fault *);
void provider_free(struct provider *);
/* Is it one of the names? */
bool provider_is_known(const char *name);

#endif
