/* SPDX-License-Identifier: ISC */
#include <sys/socket.h>

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sink.h"

void
peer_init(struct peer *p, int fd, int settle_ms)
{
	memset(p, 0, sizeof(*p));
	p->fd = fd;
	p->settle_ms = settle_ms;
	p->in = malloc(PEER_BUFFER);
	p->out = malloc(PEER_REPLIES);
	p->sent = true;		/* the first octets are a flight, too */
	if (p->in == NULL || p->out == NULL)
		_exit(71);
}

static ssize_t
pull(gnutls_transport_ptr_t context, void *to, size_t n)
{
	struct peer *p = context;
	ssize_t got;

	do
		got = recv(p->fd, to, n, 0);
	while (got == -1 && errno == EINTR);
	if (got > 0 && p->sent) {
		p->flights++;
		p->sent = false;
	}
	return got;
}

static ssize_t
push(gnutls_transport_ptr_t context, const void *from, size_t n)
{
	struct peer *p = context;

	p->sent = true;
	return send(p->fd, from, n, MSG_NOSIGNAL);
}

bool
peer_secure(struct peer *p, gnutls_certificate_credentials_t cred,
    gnutls_priority_t priority)
{
	int n;

	if (gnutls_init(&p->tls, GNUTLS_SERVER | GNUTLS_NO_TICKETS) < 0)
		return false;
	gnutls_priority_set(p->tls, priority);
	gnutls_credentials_set(p->tls, GNUTLS_CRD_CERTIFICATE, cred);
	gnutls_transport_set_ptr(p->tls, p);
	gnutls_transport_set_pull_function(p->tls, pull);
	gnutls_transport_set_push_function(p->tls, push);
	do
		n = gnutls_handshake(p->tls);
	while (n < 0 && gnutls_error_is_fatal(n) == 0);
	return n == 0;
}

/* Has the client more to say within the time that a flight takes? */
static bool
more_comes(const struct peer *p)
{
	struct pollfd fd = { p->fd, POLLIN, 0 };

	if (p->tls != NULL && gnutls_record_check_pending(p->tls) > 0)
		return true;
	return p->settle_ms > 0 && poll(&fd, 1, p->settle_ms) > 0;
}

bool
peer_fill(struct peer *p)
{
	ssize_t n;

	if (p->start == p->end) {
		p->start = p->end = 0;
	} else if (p->end == PEER_BUFFER) {
		memmove(p->in, p->in + p->start, p->end - p->start);
		p->end -= p->start;
		p->start = 0;
	}
	if (p->end == PEER_BUFFER)
		return false;
	if (p->pending > 0 && !more_comes(p))
		peer_flush(p);
	do
		n = p->tls == NULL ? pull(p, p->in + p->end,
		    PEER_BUFFER - p->end) : gnutls_record_recv(p->tls,
		    p->in + p->end, PEER_BUFFER - p->end);
	while (p->tls != NULL && n < 0 && gnutls_error_is_fatal((int)n) == 0);
	if (n <= 0)
		return false;
	p->end += (size_t)n;
	return true;
}

void
peer_flush(struct peer *p)
{
	ssize_t n;

	for (size_t done = 0; done < p->pending; done += (size_t)n) {
		n = p->tls == NULL ? push(p, p->out + done,
		    p->pending - done) : gnutls_record_send(p->tls,
		    p->out + done, p->pending - done);
		if (n <= 0)
			break;
	}
	p->pending = 0;
}

void
peer_reply(struct peer *p, const char *text, size_t n)
{
	if (p->pending + n > PEER_REPLIES)
		peer_flush(p);
	memcpy(p->out + p->pending, text, n);
	p->pending += n;
}

void
peer_close(struct peer *p)
{
	peer_flush(p);
	if (p->tls != NULL) {
		gnutls_bye(p->tls, GNUTLS_SHUT_WR);
		gnutls_deinit(p->tls);
	}
	close(p->fd);
	free(p->in);
	free(p->out);
}
