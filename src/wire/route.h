/* SPDX-License-Identifier: ISC */
/*
 * route: the way to a server: straight to one of its addresses, through a
 * SOCKS5 proxy, or by a Unix socket.
 */
#ifndef WIRE_ROUTE_H
#define WIRE_ROUTE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "wire/dial.h"

struct buffer;
struct fault;
struct secret;

/* Strings are not owned. NULL is unset throughout. */
struct route {
	const char *host;	/* A-labels or a literal to connect */
	uint16_t port;
	const char *socket;	/* a path: nothing else here counts then */
	const char *source_ip;	/* literal; only its family is tried */
	enum dial_family family;
	const char *proxy_host;	/* in any script */
	uint16_t proxy_port;	/* 0: SOCKS_PORT */
	const char *proxy_user;
	const struct secret *proxy_password;
	struct buffer *addresses;	/* these as struct dial has them */
	void (*watch)(void *context, enum dial_event, const char *text);
	void *context;
};

/*
 * Connects within timeout_ms, the proxy's part included. Returns a socket
 * (close-on-exec, non-blocking) that the caller owns, or -1: as dial_connect()
 * and socks_connect(), FAULT_TEMPORARY for a Unix socket that takes no
 * connections, or FAULT_CONFIG when its path is too long, or the settings
 * contradict each other. The fault begins as route_add_peer() has it, or with
 * the name of the setting that is wrong.
 */
int route_connect(const struct route *, int64_t timeout_ms, struct fault *);
/* The port of its proxy. */
uint16_t route_proxy_port(const struct route *);
/* Adds "host:port", with the proxy if there is one, or the socket's path. */
void route_add_peer(struct buffer *, const struct route *);
/*
 * Does what is said to this connected socket stay on this machine? A proxy
 * is of this machine at best; whom it talks to is another matter.
 */
bool route_is_local(const struct route *, int fd);

/*
 * ---- socks.c: the client's part of SOCKS5 (RFC 1928) with user and password
 * (RFC 1929). The proxy resolves names: none is looked up here.
 */

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
