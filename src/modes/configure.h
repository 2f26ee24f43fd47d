/* SPDX-License-Identifier: ISC */
/* configure: an account for an address, as its domain announces it. */
#ifndef MODES_CONFIGURE_H
#define MODES_CONFIGURE_H

struct fault;
struct request;

/*
 * Asks the DNS for the submission servers of the address's domain (RFC 6186;
 * those with TLS from the first octet before others: RFC 8314 section 5.1) and
 * prints an account to standard output. FAULT_DATA when that is no address
 * with a domain, FAULT_HOST when nothing is announced, FAULT_TEMPORARY when
 * the DNS does not answer.
 */
int configure(const struct request *, const char *address, struct fault *);

#endif
