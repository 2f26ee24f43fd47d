/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/clock.h"
#include "base/fault.h"
#include "wire/local.h"
#include "wire/route.h"
#include "wire/socks.h"
#include "wire/tls/tls.h"

#define PEER_MAX (64 * 1024)	/* octets of the words for a peer */

static uint16_t
proxy_port(const struct route *r)
{
	return r->proxy_port != 0 ? r->proxy_port : SOCKS_PORT;
}

void
route_add_peer(struct buffer *b, const struct route *r)
{
	if (r->socket != NULL) {
		buffer_add_string(b, r->socket);
		return;
	}
	dial_add_host_port(b, r->host, r->port);
	if (r->proxy_host == NULL)
		return;
	buffer_add_string(b, " by proxy ");
	dial_add_host_port(b, r->proxy_host, proxy_port(r));
}

bool
route_is_local(const struct route *r, int fd)
{
	return (r->socket != NULL || r->proxy_host == NULL) &&
	    dial_peer_is_loopback(fd);
}

/* Settings that are right by themselves and wrong together. */
static int
check(const struct route *r, struct fault *f)
{
	const char *asked = dial_family_name(r->family);
	enum dial_family own = r->source_ip == NULL ? DIAL_ANY :
	    dial_family_of(r->source_ip);
	enum dial_family there = dial_family_of(r->host);

	if (r->family != DIAL_ANY && own != DIAL_ANY && own != r->family) {
		fault(f, FAULT_CONFIG, "source_ip %s is no %s address, and no "
		    "other is to be used", r->source_ip, asked);
		return fault_hint(f, "remove \"source_ip\", or what asks for "
		    "%s alone (\"address_family\", -4, -6)", asked);
	}
	/* a proxy would connect where we would not */
	if (r->proxy_host != NULL && r->family != DIAL_ANY &&
	    there != DIAL_ANY && there != r->family) {
		fault(f, FAULT_CONFIG, "host %s is no %s address, and no "
		    "other is to be used", r->host, asked);
		return fault_hint(f, "set another \"host\", or remove what "
		    "asks for %s alone (\"address_family\", -4, -6)", asked);
	}
	return 0;
}

static int
by_proxy(const struct route *r, const struct dial *straight,
    int64_t deadline, struct fault *f)
{
	struct socks socks = {
		.host = r->host, .port = r->port, .user = r->proxy_user,
		.password = r->proxy_password
	};
	struct dial dial = *straight;
	struct buffer peer;
	char *ascii = NULL;
	int fd = -1;

	buffer_init(&peer, PEER_MAX);
	route_add_peer(&peer, r);
	socks.peer = peer.data;
	dial.prefix = "proxy_";
	dial.port = proxy_port(r);
	if (tls_domain_to_ascii(r->proxy_host, &ascii) == -1) {
		fault(f, FAULT_CONFIG, "proxy_host %s: not a valid host name",
		    r->proxy_host);
	} else if (socks_check(&socks, f) == 0) {
		dial.host = ascii;
		fd = dial_connect(&dial, deadline, f);
		if (fd == -1) {
			buffer_clear(&peer);
			dial_add_host_port(&peer, r->host, r->port);
			buffer_add_string(&peer, " by proxy ");
			fault_prefix(f, "%s", peer.data);
		} else if (socks_connect(fd, &socks, deadline, f) == -1) {
			close(fd);
			fd = -1;
		}
	}
	free(ascii);
	buffer_free(&peer);
	return fd;
}

int
route_connect(const struct route *r, int64_t timeout_ms, struct fault *f)
{
	const struct dial dial = {
		.host = r->host, .port = r->port, .family = r->family,
		.source_ip = r->source_ip, .prefix = ""
	};
	int64_t deadline = clock_after(timeout_ms);

	if (r->socket != NULL)
		return local_connect(r->socket, deadline, f);
	if (check(r, f) == -1)
		return -1;
	return r->proxy_host == NULL ? dial_connect(&dial, deadline, f) :
	    by_proxy(r, &dial, deadline, f);
}
