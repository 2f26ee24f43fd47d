/* SPDX-License-Identifier: ISC */
/* lookup: getaddrinfo(3) for stream sockets, within a deadline. */
#ifndef WIRE_LOOKUP_H
#define WIRE_LOOKUP_H

#include <sys/socket.h>

#include <stddef.h>
#include <stdint.h>

#define LOOKUP_MAX 256		/* addresses; those beyond are not tried */

struct address {
	int family;		/* AF_INET or AF_INET6 */
	socklen_t len;		/* octets of `to` that count */
	struct sockaddr_storage to;
};

/*
 * Finds the addresses of a host, with this port, and stores an array of them,
 * which the caller frees, and their number, which is not 0. The order is the
 * resolver's (RFC 6724). The family is AF_INET, AF_INET6 or AF_UNSPEC. Returns
 * 0, or an EAI_ constant of getaddrinfo(3): with EAI_SYSTEM errno is set,
 * to ETIMEDOUT when there was no answer before the deadline.
 *
 * A child asks (see bounded.h). None is needed for the text of an address, nor
 * for "localhost", which is 127.0.0.1 and ::1 in this order without asking
 * (RFC 6761 section 6.3).
 */
int lookup(const char *host, uint16_t port, int family, int64_t deadline,
    struct address **, size_t *count);

#endif
