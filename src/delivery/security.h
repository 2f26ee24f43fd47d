/* SPDX-License-Identifier: ISC */
/* security: what an account says about TLS, in the words of wire/tls. */
#ifndef DELIVERY_SECURITY_H
#define DELIVERY_SECURITY_H

struct account;
struct tls_params;

/* The strings stay the account's. `host` only if it is overridden. */
void security_fill(struct tls_params *, const struct account *);

#endif
