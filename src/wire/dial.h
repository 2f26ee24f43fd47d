/* SPDX-License-Identifier: ISC */
/* dial: from a host name to a connected socket (RFC 8305 Happy Eyeballs). */
#ifndef WIRE_DIAL_H
#define WIRE_DIAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buffer;
struct fault;

#define DIAL_STAGGER_MS 250		/* RFC 8305 section 5 */
#define DIAL_TIMEOUT_MS (30 * 1000)	/* over all addresses (DESIGN) */

enum dial_family { DIAL_ANY, DIAL_IPV4, DIAL_IPV6 };

/* Whom to connect to. Strings are not owned. */
struct dial {
	const char *host;
	uint16_t port;
	enum dial_family family;	/* no address of another is tried */
	const char *source_ip;	/* to connect from, its family only; or NULL */
	const char *prefix;	/* of "host" and "port" in remedies; not NULL */
	/* keeps the addresses: the name is looked up only while it is empty;
	 * or NULL */
	struct buffer *addresses;
	int64_t *looked_up;	/* gets the clock_now() of that; or NULL */
};

#define DIAL_ADDRESSES_MAX (64 * 1024)	/* octets that such a buffer takes */

/* Is it the text of an IPv4 or IPv6 address (without brackets)? */
bool dial_is_literal(const char *host);

/* The family of such a text, DIAL_ANY for any other. */
enum dial_family dial_family_of(const char *);
/* "IPv4" or "IPv6", for messages. */
const char *dial_family_name(enum dial_family);
/* Adds "host:port", with brackets where RFC 3986 has them. */
void dial_add_host_port(struct buffer *, const char *host, uint16_t port);

/*
 * Connects to one of the host's addresses: the next attempt begins when one
 * failed or DIAL_STAGGER_MS after the last, all until the (absolute) deadline,
 * which bounds looking up the name as well.
 * Returns a socket (close-on-exec, non-blocking, TCP_NODELAY) that the caller
 * owns, or -1: FAULT_HOST when the name does not exist or has no address of
 * the family, FAULT_NO_HOST when it cannot be a name, FAULT_SYSTEM when
 * source_ip cannot be bound, else FAULT_TEMPORARY that names every address
 * tried and what became of it.
 */
int dial_connect(const struct dial *, int64_t deadline, struct fault *);

/* Adds the addresses that were kept, "192.0.2.1, 2001:db8::1". */
void dial_add_addresses(struct buffer *, const struct buffer *kept);
/* Adds the address of this socket's peer. */
void dial_add_peer(struct buffer *, int fd);
/* This host's name as the system has it, for the caller to free; NULL with
 * errno. */
char *dial_own_name(void);
/* Is the peer of this socket on this machine's loopback? */
bool dial_peer_is_loopback(int fd);
/* Has our end an address that the other end can know it by? Not one that is
 * for private use (RFC 1918, RFC 6598, RFC 4193), loopback or link-local. */
bool dial_own_is_global(int fd);
/* Adds the RFC 5321 4.1.3 address literal of our end, such as [192.0.2.1]. */
void dial_add_own_literal(struct buffer *, int fd);

#endif
