/* SPDX-License-Identifier: ISC */
#include "platform.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "guard.h"
#include "peer.h"
#include "record.h"
#include "text.h"

/* Four TLS records (RFC 8446 section 5.1); more than any command line. */
#define WINDOW 65536

struct peer {
	int fd;
	gnutls_session_t tls;
	int pace;
	bool prompt;        /* acknowledge at once */
	bool replied;       /* sent something since data came last */
	unsigned long turns;
	bool limited;       /* no more than this passes, either way: */
	unsigned long long octets;
	const char *ending; /* NULL: the connection lives */
	size_t start, end;
	char window[WINDOW];
};

/* Not for Unix sockets, whose clients have no name. */
static void
peer_record_address(int fd)
{
	struct sockaddr_storage address = { 0 };
	socklen_t len = sizeof(address);
	char name[NI_MAXHOST];

	if (getpeername(fd, (struct sockaddr *)&address, &len) == 0 &&
	    (address.ss_family == AF_INET || address.ss_family == AF_INET6) &&
	    getnameinfo((struct sockaddr *)&address, len, name, sizeof(name),
	    NULL, 0, NI_NUMERICHOST) == 0)
		record_event("from %s", name);
}

struct peer *
peer_new(int fd)
{
	struct peer *peer = text_alloc(sizeof(*peer));
	const int on = 1;
	const int flags = fcntl(fd, F_GETFL);

	peer->fd = fd;
	peer->tls = NULL;
	peer->pace = -1;
	peer->prompt = false;
	peer->replied = false;
	peer->turns = 0;
	peer->limited = false;
	peer->octets = 0;
	peer->ending = NULL;
	peer->start = peer->end = 0;
	if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0)
		die(EXIT_TROUBLE, "connection: %s", strerror(errno));
	/* A Unix socket has no such option, and no such problem. */
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	peer_record_address(fd);
	return peer;
}

void
peer_close(struct peer *peer, enum closing how)
{
	static const struct linger none = { 1, 0 };

	if (peer->tls != NULL) {
		if (how == CLOSING_NOTIFY && peer->ending == NULL)
			gnutls_bye(peer->tls, GNUTLS_SHUT_WR);
		gnutls_deinit(peer->tls);
	}
	if (how == CLOSING_RESET)
		setsockopt(peer->fd, SOL_SOCKET, SO_LINGER, &none,
		    sizeof(none));
	close(peer->fd);
	record_event("turns %lu", peer->turns);
	free(peer);
}

int
peer_secure(struct peer *peer, const struct security *security,
    const char **why)
{
	char name[256];
	size_t len = sizeof(name);
	unsigned type;
	int error = 0;

	peer->tls = security_handshake(security, peer->fd, &error);
	if (peer->tls == NULL) {
		*why = gnutls_strerror(error);
		record_event("tls failed: %s", *why);
		return -1;
	}
	record_event("tls %s",
	    gnutls_protocol_get_name(gnutls_protocol_get_version(peer->tls)));
	if (gnutls_server_name_get(peer->tls, name, &len, &type, 0) == 0)
		record_event("sni %s", name);
	return 0;
}

gnutls_session_t
peer_tls(const struct peer *peer)
{
	return peer->tls;
}

static long long
peer_clock(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (long long)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void
peer_end(struct peer *peer, const char *how)
{
	peer->ending = how;
	record_event("client %s", how);
}

void
peer_set_limit(struct peer *peer, unsigned long long octets)
{
	peer->limited = true;
	peer->octets = octets;
}

/* How many of these octets may pass; when it is none, that was the end. */
static size_t
peer_allow(struct peer *peer, size_t n)
{
	if (peer->limited && n > peer->octets)
		n = (size_t)peer->octets;
	if (n == 0 && peer->ending == NULL)
		peer_end(peer, "was cut off");
	return n;
}

bool
peer_was_cut(const struct peer *peer)
{
	return peer->limited && peer->octets == 0;
}

void
peer_set_prompt(struct peer *peer)
{
	peer->prompt = true;
}

/*
 * A client under Nagle's algorithm (RFC 896) holds its next small write back
 * until the last one is acknowledged, which we may put off for 40 ms. Linux
 * forgets this option again and again.
 */
static void
peer_acknowledge(const struct peer *peer)
{
#ifdef TCP_QUICKACK
	const int on = 1;

	if (peer->prompt)
		setsockopt(peer->fd, IPPROTO_TCP, TCP_QUICKACK, &on,
		    sizeof(on));
#else
	(void)peer;
#endif
}

/* Returns octets read, or 0 when there are none yet or the peer ended. */
static size_t
peer_read_tls(struct peer *peer, char *to, size_t room)
{
	ssize_t n = gnutls_record_recv(peer->tls, to, room);

	if (n > 0)
		return (size_t)n;
	if (n == 0)
		peer_end(peer, "closed with close_notify");
	else if (n == GNUTLS_E_PREMATURE_TERMINATION)
		peer_end(peer, "closed without close_notify");
	else if (n == GNUTLS_E_FATAL_ALERT_RECEIVED)
		peer_end(peer, gnutls_alert_get_name(
		    gnutls_alert_get(peer->tls)));
	else if (gnutls_error_is_fatal((int)n))
		peer_end(peer, gnutls_strerror((int)n));
	return 0;
}

static size_t
peer_read_clear(struct peer *peer, char *to, size_t room)
{
	ssize_t n = recv(peer->fd, to, room, 0);

	if (n > 0)
		return (size_t)n;
	if (n == 0)
		peer_end(peer, "closed");
	else if (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR)
		peer_end(peer, "reset the connection");
	return 0;
}

enum arrival
peer_fill(struct peer *peer, int ms)
{
	const long long end = peer_clock() + ms;

	if (peer->start > 0 && peer->end == WINDOW) {
		memmove(peer->window, peer->window + peer->start,
		    peer->end - peer->start);
		peer->end -= peer->start;
		peer->start = 0;
	}
	while (peer->ending == NULL && !guard_stopped) {
		struct pollfd ready = { peer->fd, POLLIN, 0 };
		char *to = peer->window + peer->end;
		const size_t room = peer_allow(peer, WINDOW - peer->end);
		size_t n;
		long long left;

		if (room == 0)
			break;
		n = peer->tls != NULL ? peer_read_tls(peer, to, room)
				      : peer_read_clear(peer, to, room);
		if (n > 0) {
			peer->end += n;
			peer->octets -= peer->limited ? n : 0;
			if (peer->replied)
				peer->turns++;
			peer->replied = false;
			return ARRIVAL_DATA;
		}
		if (peer->ending != NULL)
			break;
		left = ms < 0 ? -1 : end - peer_clock();
		if (ms >= 0 && left <= 0)
			return ARRIVAL_NONE;
		peer_acknowledge(peer);
		poll(&ready, 1, (int)left);
	}
	if (peer->ending == NULL)
		peer_end(peer, "was left: we were stopped");
	return ARRIVAL_END;
}

enum arrival
peer_glance(struct peer *peer, int ms)
{
	return peer->end > peer->start ? ARRIVAL_DATA : peer_fill(peer, ms);
}

const char *
peer_window(const struct peer *peer, size_t *len)
{
	*len = peer->end - peer->start;
	return peer->window + peer->start;
}

void
peer_take(struct peer *peer, size_t n)
{
	peer->start += n;
	if (peer->start == peer->end)
		peer->start = peer->end = 0;
}

/* The first line in the window, or what makes that impossible already. */
static struct line
peer_scan(const struct peer *peer)
{
	const char *text = peer->window + peer->start;
	const size_t held = peer->end - peer->start;
	const char *lf = memchr(text, '\n', held);
	const size_t len = lf == NULL ? held : (size_t)(lf - text);
	const char *cr = memchr(text, '\r', len);
	struct line line = { LINE_NONE, text, len };

	if (memchr(text, '\0', len) != NULL)
		line.state = LINE_NUL;
	else if (cr != NULL && cr != text + len - 1)
		line.state = LINE_BARE_CR;
	else if (lf != NULL && cr == NULL)
		line.state = LINE_BARE_LF;
	else if (lf != NULL)
		line.state = LINE_WHOLE;
	else if (held == WINDOW)
		line.state = LINE_LONG;
	if (line.state == LINE_WHOLE)
		line.len = len - 1;
	return line;
}

struct line
peer_line(struct peer *peer, int ms)
{
	const long long end = peer_clock() + ms;

	for (;;) {
		struct line line = peer_scan(peer);
		long long left = ms < 0 ? -1 : end - peer_clock();

		if (line.state != LINE_NONE)
			return line;
		switch (peer_fill(peer, left < 0 && ms >= 0 ? 0 : (int)left)) {
		case ARRIVAL_NONE:
			return line;
		case ARRIVAL_END:
			line.state = line.len > 0 ? LINE_CUT : LINE_END;
			return line;
		case ARRIVAL_DATA:
			break;
		}
	}
}

void
peer_take_line(struct peer *peer, const struct line *line)
{
	record_received(line->text, line->len + 2);
	peer_take(peer, line->len + 2);
}

void
peer_drain(struct peer *peer)
{
	size_t len;

	do {
		peer_window(peer, &len);
		peer_take(peer, len);
	} while (peer_fill(peer, -1) == ARRIVAL_DATA);
}

void
peer_await_close(struct peer *peer)
{
	struct pollfd ready = { peer->fd, POLLRDHUP, 0 };

	while (peer->ending == NULL && !guard_stopped) {
		poll(&ready, 1, -1);
		if (ready.revents & (POLLRDHUP | POLLHUP | POLLERR | POLLNVAL))
			peer_end(peer, "closed unheard");
	}
}

void
peer_set_pace(struct peer *peer, int ms)
{
	peer->pace = ms;
}

/* Returns octets written, 0 when it must wait, -1 when the peer is gone. */
static ssize_t
peer_write_some(struct peer *peer, const char *data, size_t len)
{
	ssize_t n;

	if (peer->tls != NULL) {
		n = gnutls_record_send(peer->tls, data, len);
		if (n < 0)
			return gnutls_error_is_fatal((int)n) ? -1 : 0;
		return n;
	}
	n = send(peer->fd, data, len, MSG_NOSIGNAL);
	if (n < 0)
		return errno == EAGAIN || errno == EWOULDBLOCK ||
		    errno == EINTR ? 0 : -1;
	return n;
}

static int
peer_write(struct peer *peer, const char *data, size_t len)
{
	while (len > 0) {
		struct pollfd ready = { peer->fd, POLLOUT, 0 };
		const size_t part = peer_allow(peer, len);
		ssize_t n;

		if (part == 0)
			return -1;
		n = peer_write_some(peer, data, part);
		if (n < 0 || guard_stopped)
			return -1;
		peer->octets -= peer->limited ? (size_t)n : 0;
		if (n == 0)
			poll(&ready, 1, -1);
		data += n;
		len -= (size_t)n;
	}
	return 0;
}

static void
peer_pause(int ms)
{
	struct timespec pause = { ms / 1000, ms % 1000 * 1000000L };

	nanosleep(&pause, NULL);
}

int
peer_send(struct peer *peer, const char *data, size_t len)
{
	record_sent(data, len);
	peer->replied = true;
	if (peer->pace < 0)
		return peer_write(peer, data, len);
	for (size_t i = 0; i < len; i++) {
		if (peer_write(peer, data + i, 1) != 0)
			return -1;
		if (peer->pace > 0)
			peer_pause(peer->pace);
	}
	return 0;
}

void
peer_flood(struct peer *peer, const char *data, size_t len, size_t max,
    bool reads)
{
	size_t sent = 0, held = 0, from = 0;

	record_event("flood begins");
	peer->replied = true;
	while (sent < max && peer->ending == NULL && !guard_stopped) {
		const short in = reads ? POLLIN : POLLRDHUP;
		struct pollfd ready = { peer->fd, (short)(in | POLLOUT), 0 };
		ssize_t n = peer_write_some(peer, data + from, len - from);

		if (n < 0) {
			peer_end(peer, "closed during the flood");
			break;
		}
		sent += (size_t)n;
		from = (from + (size_t)n) % len;
		if (n == 0)
			poll(&ready, 1, -1);
		if (reads && peer_fill(peer, 0) == ARRIVAL_DATA) {
			peer_window(peer, &held);
			peer_take(peer, held);
		} else if (ready.revents & (POLLRDHUP | POLLHUP)) {
			peer_end(peer, "closed during the flood");
		}
	}
	record_event("flood ends after %zu octets", sent);
}

void
peer_hollow(struct peer *peer)
{
	struct pollfd ready = { peer->fd, POLLOUT, 0 };
	ssize_t n = 0;

	record_event("hollow records begin");
	while (n >= 0 && !guard_stopped) {
		n = gnutls_record_send2(peer->tls, "", 0, 1, 0);
		if (n == GNUTLS_E_AGAIN)
			poll(&ready, 1, -1);
		if (n < 0 && gnutls_error_is_fatal((int)n) == 0)
			n = 0;
	}
	peer_end(peer, "closed");
}

const char *
line_flaw(enum line_state state)
{
	static const char *const flaws[] = {
		[LINE_WHOLE] = "a line",
		[LINE_NONE] = "nothing",
		[LINE_END] = "the end of the connection",
		[LINE_CUT] = "the end of the connection within a line",
		[LINE_BARE_LF] = "a LF without CR",
		[LINE_BARE_CR] = "a CR without LF",
		[LINE_NUL] = "a NUL",
		[LINE_LONG] = "a line of more than 64 KiB",
	};

	return flaws[state];
}

const char *
peer_ending(const struct peer *peer)
{
	return peer->ending != NULL ? peer->ending : "is there";
}
