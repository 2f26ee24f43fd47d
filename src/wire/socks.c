/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/memory.h"
#include "base/wait.h"
#include "wire/route.h"

/* RFC 1928 and RFC 1929. */
#define VERSION 5
#define LOGIN_VERSION 1
#define METHOD_NONE 0
#define METHOD_LOGIN 2
#define METHOD_UNACCEPTABLE 0xff
#define COMMAND_CONNECT 1
#define ADDRESS_IPV4 1
#define ADDRESS_NAME 3
#define ADDRESS_IPV6 4
#define REQUEST_HEAD 4		/* version, command, reserved, type */
#define PORT_SIZE 2

/* Some conversation with a proxy. */
struct talk {
	int fd;
	const struct socks *socks;
	int64_t deadline;
	const char *stage;	/* when something goes wrong: "in the ..." */
	struct fault *fault;
};

/* RFC 1928 section 6. Unknown is temporary, as everywhere. */
static const struct {
	enum fault_class class;
	const char *text;
	const char *hint;
} replies[] = {
	[1] = { FAULT_TEMPORARY, "general failure", "its own log may tell "
	    "more" },
	[2] = { FAULT_REFUSED, "not allowed by its rules", "the proxy's "
	    "administrator has to allow this host and port, or use another "
	    "\"port\"" },
	[3] = { FAULT_TEMPORARY, "network unreachable", "check the network "
	    "of the proxy" },
	[4] = { FAULT_TEMPORARY, "host unreachable", "check the spelling of "
	    "\"host\", whose name the proxy resolves, and its network" },
	[5] = { FAULT_TEMPORARY, "connection refused", "check \"host\" and "
	    "\"port\"" },
	[6] = { FAULT_TEMPORARY, "time to live expired", "check the network "
	    "of the proxy" },
	[7] = { FAULT_REFUSED, "command not supported", "a proxy that can "
	    "CONNECT is needed: check \"proxy_host\" and \"proxy_port\"" },
	[8] = { FAULT_REFUSED, "address type not supported", "set \"host\" "
	    "to another form: a name, an IPv4 or an IPv6 address" },
};

static int
no_socks(const struct talk *t, const char *what, unsigned octet)
{
	fault(t->fault, FAULT_PROTOCOL, "%s: the proxy does not speak SOCKS5: "
	    "%s 0x%02x %s", t->socks->peer, what, octet, t->stage);
	return fault_hint(t->fault, "check \"proxy_host\" and \"proxy_port\"; "
	    "an HTTP or SOCKS4 proxy is of no use here");
}

static int
broken(const struct talk *t, const char *why)
{
	fault(t->fault, FAULT_TEMPORARY, "%s: the connection to the proxy was "
	    "lost %s: %s", t->socks->peer, t->stage, why);
	return fault_hint(t->fault, "check that \"proxy_host\" and "
	    "\"proxy_port\" are those of a SOCKS5 proxy, and its log");
}

static int
await(const struct talk *t, short events)
{
	struct pollfd p = { .fd = t->fd, .events = events };

	if (wait_poll(&p, 1, t->deadline) > 0)
		return 0;
	fault(t->fault, FAULT_TEMPORARY, "%s: no answer in time from the "
	    "proxy %s", t->socks->peer, t->stage);
	return fault_hint(t->fault, "check that \"proxy_host\" and "
	    "\"proxy_port\" are those of a SOCKS5 proxy; \"timeout\" gives it "
	    "more time");
}

/*
 * Sends (POLLOUT) or receives (POLLIN) just so many octets: what follows an
 * answer belongs to another protocol.
 */
static int
move(const struct talk *t, short direction, unsigned char *p, size_t n)
{
	bool out = direction == POLLOUT;
	ssize_t part;

	for (; n > 0; p += part, n -= (size_t)part) {
		part = out ? write(t->fd, p, n) : read(t->fd, p, n);
		if (part > 0)
			continue;
		if (part == 0)
			return broken(t, "it closed");
		/* it may have said why before it went */
		if (out && (errno == EPIPE || errno == ECONNRESET))
			return 0;
		if (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR)
			return broken(t, strerror(errno));
		if (await(t, direction) == -1)
			return -1;
		part = 0;
	}
	return 0;
}

static int
too_long(const struct socks *s, const char *what, struct fault *f)
{
	fault(f, FAULT_CONFIG, "%s: %s is longer than SOCKS5 can say: %d "
	    "octets", s->peer, what, SOCKS_FIELD_MAX);
	return fault_hint(f, "it needs to be shorter, or \"proxy_host\" to go");
}

int
socks_check(const struct socks *s, struct fault *f)
{
	bool password = s->password != NULL && secret_is_set(s->password);

	if (strlen(s->host) > SOCKS_FIELD_MAX)
		return too_long(s, "the name of the host", f);
	if (s->user == NULL && password) {
		fault(f, FAULT_CONFIG, "%s: there is a proxy_password, but no "
		    "proxy_user", s->peer);
		return fault_hint(f, "add the line 'proxy_user NAME'");
	}
	if (s->user == NULL)
		return 0;
	if (!password) {
		fault(f, FAULT_CONFIG, "%s: there is a proxy_user, but no "
		    "proxy_password", s->peer);
		return fault_hint(f, "add the line 'proxy_password TEXT'");
	}
	if (strlen(s->user) > SOCKS_FIELD_MAX)
		return too_long(s, "proxy_user", f);
	if (s->password->len > SOCKS_FIELD_MAX)
		return too_long(s, "proxy_password", f);
	return 0;
}

/* RFC 1929 section 2. */
static int
log_in(struct talk *t)
{
	unsigned char request[3 + 2 * SOCKS_FIELD_MAX], answer[2];
	const struct socks *s = t->socks;
	size_t user = strlen(s->user), password = s->password->len;
	int r;

	t->stage = "in answer to proxy_user";
	request[0] = LOGIN_VERSION;
	request[1] = (unsigned char)user;
	memcpy(request + 2, s->user, user);
	request[2 + user] = (unsigned char)password;
	memcpy(request + 3 + user, s->password->bytes, password);
	r = move(t, POLLOUT, request, 3 + user + password);
	memory_wipe(request, sizeof(request));
	/* the version in the answer is anything in practice; see TOLERANCE */
	if (r == -1 || move(t, POLLIN, answer, sizeof(answer)) == -1)
		return -1;
	if (answer[1] == 0)
		return 0;
	fault(t->fault, FAULT_AUTH, "%s: the proxy refused user and "
	    "password (status %u)", s->peer, answer[1]);
	return fault_hint(t->fault, "check \"proxy_user\" and "
	    "\"proxy_password\"");
}

static int
unacceptable(const struct talk *t, unsigned method)
{
	const struct socks *s = t->socks;

	if (method != METHOD_UNACCEPTABLE && method != METHOD_LOGIN)
		return no_socks(t, "it chose method", method);
	if (s->user == NULL) {
		fault(t->fault, FAULT_AUTH, "%s: the proxy does not serve "
		    "without authentication", s->peer);
		return fault_hint(t->fault, "set \"proxy_user\" and "
		    "\"proxy_password\"");
	}
	fault(t->fault, FAULT_AUTH, "%s: the proxy takes neither user and "
	    "password nor nobody", s->peer);
	return fault_hint(t->fault, "it may want GSSAPI, which is not to be "
	    "had here, or not serve this address");
}

/* RFC 1928 section 3. A proxy that asks for no password is shown none. */
static int
introduce(struct talk *t)
{
	bool known = t->socks->user != NULL;
	unsigned char request[4] = {
		VERSION, known ? 2 : 1, METHOD_NONE, METHOD_LOGIN
	};
	unsigned char answer[2];

	t->stage = "in answer to the greeting";
	if (move(t, POLLOUT, request, known ? 4 : 3) == -1 ||
	    move(t, POLLIN, answer, 1) == -1)
		return -1;
	if (answer[0] != VERSION)
		return no_socks(t, "it says", answer[0]);
	if (move(t, POLLIN, answer + 1, 1) == -1)
		return -1;
	if (answer[1] == METHOD_NONE)
		return 0;
	if (answer[1] == METHOD_LOGIN && known)
		return log_in(t);
	return unacceptable(t, answer[1]);
}

size_t
socks_reply_size(const unsigned char *p, size_t n)
{
	const size_t rest = REQUEST_HEAD + PORT_SIZE;

	if (n < SOCKS_REPLY_HEAD || p[0] != VERSION)
		return 0;
	switch (p[3]) {
	case ADDRESS_IPV4:
		return rest + sizeof(struct in_addr);
	case ADDRESS_IPV6:
		return rest + sizeof(struct in6_addr);
	case ADDRESS_NAME:
		return rest + 1 + p[4];
	default:
		return 0;
	}
}

static int
refused(const struct talk *t, unsigned code)
{
	const char *peer = t->socks->peer;

	if (code >= sizeof(replies) / sizeof(replies[0])) {
		fault(t->fault, FAULT_TEMPORARY, "%s: the proxy did not "
		    "connect: unassigned reply %u", peer, code);
		return fault_hint(t->fault, "its own log may tell more");
	}
	fault(t->fault, replies[code].class, "%s: the proxy did not connect: "
	    "%s (reply %u)", peer, replies[code].text, code);
	return fault_hint(t->fault, "%s", replies[code].hint);
}

/*
 * RFC 1928 section 6. A refusal counts from its second octet on: proxies
 * that refuse may leave out the rest.
 */
static int
hear_reply(const struct talk *t)
{
	unsigned char reply[SOCKS_REPLY_MAX];
	size_t n;

	if (move(t, POLLIN, reply, 1) == -1)
		return -1;
	if (reply[0] != VERSION)
		return no_socks(t, "it says", reply[0]);
	if (move(t, POLLIN, reply + 1, 1) == -1)
		return -1;
	if (reply[1] != 0)
		return refused(t, reply[1]);
	if (move(t, POLLIN, reply + 2, SOCKS_REPLY_HEAD - 2) == -1)
		return -1;
	n = socks_reply_size(reply, SOCKS_REPLY_HEAD);
	if (n == 0)
		return no_socks(t, "address type", reply[3]);
	return move(t, POLLIN, reply + SOCKS_REPLY_HEAD, n - SOCKS_REPLY_HEAD);
}

/* RFC 1928 section 5: the type of address, and the address. */
static size_t
put_address(unsigned char *to, const char *host, size_t n)
{
	to[0] = ADDRESS_IPV4;
	if (inet_pton(AF_INET, host, to + 1) == 1)
		return 1 + sizeof(struct in_addr);
	to[0] = ADDRESS_IPV6;
	if (inet_pton(AF_INET6, host, to + 1) == 1)
		return 1 + sizeof(struct in6_addr);
	to[0] = ADDRESS_NAME;
	to[1] = (unsigned char)n;
	memcpy(to + 2, host, n);
	return 2 + n;
}

int
socks_connect(int fd, const struct socks *s, int64_t deadline,
    struct fault *f)
{
	struct talk t = { fd, s, deadline, "", f };
	unsigned char request[REQUEST_HEAD + 1 + SOCKS_FIELD_MAX +
	    PORT_SIZE] = { VERSION, COMMAND_CONNECT, 0 };
	size_t n = REQUEST_HEAD - 1;

	if (socks_check(s, f) == -1 || introduce(&t) == -1)
		return -1;
	t.stage = "in answer to the request";
	n += put_address(request + n, s->host, strlen(s->host));
	request[n++] = (unsigned char)(s->port >> 8);
	request[n++] = (unsigned char)(s->port & 0xff);
	return move(&t, POLLOUT, request, n) == -1 ? -1 : hear_reply(&t);
}
