/* SPDX-License-Identifier: ISC */
/* sink: what its two files share; see tests/bench/README. */
#ifndef BENCH_SINK_H
#define BENCH_SINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <gnutls/gnutls.h>

#define PEER_BUFFER (256 * 1024)	/* octets read ahead */
#define PEER_REPLIES (128 * 1024)	/* octets of replies not sent yet */

/* One client, in clear or under TLS. */
struct peer {
	int fd;
	gnutls_session_t tls;	/* NULL: in clear */
	int settle_ms;		/* wait so long for the rest of a flight */
	char *in;		/* PEER_BUFFER octets */
	size_t start;
	size_t end;
	char *out;		/* PEER_REPLIES octets */
	size_t pending;
	bool sent;		/* something, since the client last spoke */
	bool closed;
	unsigned flights;	/* times that the client spoke after a wait */
};

void peer_init(struct peer *, int fd, int settle_ms);
/* A handshake as server. False if it fails. */
bool peer_secure(struct peer *, gnutls_certificate_credentials_t,
    gnutls_priority_t);
/* At least one octet at in + start; sends what is pending before it waits. */
bool peer_fill(struct peer *);
void peer_reply(struct peer *, const char *text, size_t);
void peer_flush(struct peer *);
void peer_close(struct peer *);

#endif
