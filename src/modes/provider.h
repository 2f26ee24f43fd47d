/* SPDX-License-Identifier: ISC */
/*
 * provider: what --configure knows of large providers without asking anybody.
 */
#ifndef MODES_PROVIDER_H
#define MODES_PROVIDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PROVIDER_DATE "November 2026"	/* when the table was looked up */

struct provider {
	const char *name;	/* as people know it */
	const char *domains;	/* of its own addresses, with blanks between */
	const char *exchangers;	/* what the names of the mail exchangers of
				 * its customers end with, likewise */
	const char *host;	/* "*" in it stands for one label */
	uint16_t port;		/* 465: TLS from the first octet */
	const char *user;	/* the login; "": the local part; NULL: the
				 * address. What begins with "#" is for the
				 * user to fill in */
	const char *token;	/* arguments of postrider-oauth2, which gets a
				 * token in place of a password; or NULL */
	const char *advice;	/* lines: how credentials are had */
};

/* Whose a domain of addresses, a mail exchanger or a submission server is;
 * NULL: nobody's that we know. They are case-insensitive. */
const struct provider *provider_of_domain(const char *);
const struct provider *provider_of_exchanger(const char *);
const struct provider *provider_of_host(const char *);

/* Is the host the domain, which has m octets, or below it? */
bool provider_is_within(const char *host, const char *domain, size_t m);

#endif
