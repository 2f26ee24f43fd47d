/* SPDX-License-Identifier: ISC */
/*
 * socks: the client's part of SOCKS5 (RFC 1928) with user and password
 * (RFC 1929). The proxy resolves names: none is looked up here.
 */
#ifndef WIRE_SOCKS_H
#define WIRE_SOCKS_H

#include <stddef.h>
#include <stdint.h>

struct fault;
struct secret;

#define SOCKS_PORT 1080		/* RFC 1928 section 3 */
#define SOCKS_FIELD_MAX 255	/* octets: a length is one octet */
#define SOCKS_REPLY_HEAD 5	/* octets that tell how long a reply is */
#define SOCKS_REPLY_MAX (7 + SOCKS_FIELD_MAX)

/* What the proxy shall do. Nothing is owned. */
struct socks {
	const char *host;	/* to connect to: a name, or an IP address */
	uint16_t port;
	const char *user;	/* for the proxy; NULL: none */
	const struct secret *password;	/* with a user */
	const char *peer;	/* both hosts in words; begins every fault */
};

/*
 * FAULT_CONFIG when it cannot be said in SOCKS5: a host, user or password
 * that is too long, or one of the latter two without the other.
 */
int socks_check(const struct socks *, struct fault *);
/*
 * Asks the proxy, on a connected non-blocking socket, for the connection, and
 * waits for it until the (absolute) deadline. Not an octet behind the reply is
 * read. -1 with a fault that says what the proxy said and what to do:
 * FAULT_AUTH when it is not content with who we are, FAULT_REFUSED when it
 * does not want to or cannot do such a thing, FAULT_PROTOCOL when this is no
 * SOCKS5 proxy, else FAULT_TEMPORARY. No fault shows the password.
 */
int socks_connect(int fd, const struct socks *, int64_t deadline,
    struct fault *);

/*
 * How long a reply is that begins with these n octets, at least
 * SOCKS_REPLY_HEAD: RFC 1928 section 6. 0: it is none.
 */
size_t socks_reply_size(const unsigned char *, size_t n);

#endif
