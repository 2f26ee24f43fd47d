/* SPDX-License-Identifier: ISC */
/*
 * route: the way to a server: straight to one of its addresses, through a
 * SOCKS5 proxy, or by a Unix socket.
 */
#ifndef WIRE_ROUTE_H
#define WIRE_ROUTE_H

#include <stdbool.h>
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
	struct buffer *addresses;	/* as struct dial has them */
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

#endif
