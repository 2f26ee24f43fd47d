/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/socket.h>

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/clock.h"
#include "base/fault.h"
#include "base/memory.h"
#include "base/text.h"
#include "base/wait.h"
#include "wire/dial.h"

#define DIAL_TEXT_MAX 8192	/* octets of "addresses tried" in a fault */
#define ADDRESS_TEXT_MAX 256	/* octets of an IPv6 address and its zone */
#define HOST_SIZE 256	/* octets: a domain has at most 255 (RFC 1035); not
			 * every system has POSIX's HOST_NAME_MAX */
#define PORT_SMTP 25
#define LOOKUP_MAX 256		/* addresses; those beyond are not tried */

struct address {
	int family;		/* AF_INET or AF_INET6 */
	socklen_t len;		/* octets of `to` that count */
	struct sockaddr_storage to;
};

struct attempt {
	const struct address *to;
	int fd;		/* -1: not begun, or over */
};

struct race {
	const struct dial *dial;
	struct attempt *attempt;
	size_t count;
	size_t begun;
	int64_t next;		/* when the next may begin */
	int64_t deadline;
	int winner;		/* a connected socket, or -1 */
	const struct address *source;	/* to bind to, or NULL */
	int source_error;	/* why that failed, or 0 */
	struct buffer tried;	/* "address: what happened, ..." */
	bool forbidden;		/* one of them by this machine itself */
	bool swallowed;		/* one of them by the network: no answer */
};

bool
dial_is_literal(const char *host)
{
	return dial_family_of(host) != DIAL_ANY;
}

enum dial_family
dial_family_of(const char *text)
{
	unsigned char address[sizeof(struct in6_addr)];

	if (inet_pton(AF_INET, text, address) == 1)
		return DIAL_IPV4;
	return inet_pton(AF_INET6, text, address) == 1 ? DIAL_IPV6 : DIAL_ANY;
}

const char *
dial_family_name(enum dial_family family)
{
	return family == DIAL_IPV4 ? "IPv4" : "IPv6";
}

void
dial_add_host_port(struct buffer *b, const char *host, uint16_t port)
{
	buffer_printf(b, strchr(host, ':') == NULL ? "%s:%u" : "[%s]:%u",
	    host, (unsigned)port);
}

/* A question to the resolver. */
struct question {
	const char *host;
	uint16_t port;
	int family;
	int flags;		/* AI_NUMERICHOST or 0 */
};

/* What a child writes first; the addresses follow. */
struct result {
	int error;		/* of getaddrinfo() */
	int system;		/* errno, with EAI_SYSTEM */
};

static int
ask(const struct question *q, struct addrinfo **all)
{
	struct addrinfo hints;
	char service[8];

	memset(&hints, 0, sizeof(hints));
	hints.ai_family = q->family;
	hints.ai_socktype = SOCK_STREAM;
	hints.ai_protocol = IPPROTO_TCP;
	hints.ai_flags = AI_NUMERICSERV | q->flags;
	snprintf(service, sizeof(service), "%u", (unsigned)q->port);
	return getaddrinfo(q->host, service, &hints, all);
}

static void
copy(struct address *to, const struct addrinfo *from)
{
	memset(to, 0, sizeof(*to));
	to->family = from->ai_family;
	to->len = from->ai_addrlen;
	memcpy(&to->to, from->ai_addr, from->ai_addrlen);
}

/* In the child. */
static void
ask_and_write(int fd, const void *context)
{
	struct addrinfo *all = NULL;
	struct result r;
	struct address one;
	int n = 0;

	r.error = ask(context, &all);
	r.system = errno;
	bounded_write(fd, &r, sizeof(r));
	if (r.error != 0)
		return;
	for (const struct addrinfo *a = all; a != NULL && n < LOOKUP_MAX;
	    a = a->ai_next, n++) {
		copy(&one, a);
		bounded_write(fd, &one, sizeof(one));
	}
}

static int
ask_in_child(const struct question *q, int64_t deadline,
    struct address **found, size_t *count)
{
	struct result r = { 0, 0 };
	struct buffer b;
	int error;

	buffer_init(&b, sizeof(r) + LOOKUP_MAX * sizeof(**found));
	error = bounded_run(ask_and_write, q, &b, deadline);
	if (b.len >= sizeof(r)) {
		memcpy(&r, b.data, sizeof(r));
		buffer_consume(&b, sizeof(r));
		*count = b.len / sizeof(**found);
	}
	if (error == 0 && r.error == 0 && *count == 0)
		error = ECHILD;		/* it broke down */
	if (error != 0) {
		r.error = EAI_SYSTEM;
		r.system = error;
	}
	if (r.error == 0) {
		*found = memory_array(*count, sizeof(**found));
		memcpy(*found, b.data, *count * sizeof(**found));
	}
	buffer_free(&b);
	errno = r.system;
	return r.error;
}

/* Adds what this text stands for, of the family; asks nobody. */
static int
add_numeric(const char *text, uint16_t port, int family,
    struct address **found, size_t *count)
{
	const struct question q = { text, port, AF_UNSPEC, AI_NUMERICHOST };
	struct addrinfo *all;
	int error = ask(&q, &all);

	if (error != 0)
		return error;
	for (const struct addrinfo *a = all; a != NULL; a = a->ai_next) {
		if (family != AF_UNSPEC && a->ai_family != family)
			continue;
		*found = memory_resize(*found, *count + 1, sizeof(**found));
		copy(&(*found)[(*count)++], a);
	}
	freeaddrinfo(all);
	return 0;
}

/*
 * Finds the addresses of a host, with this port, and stores an array of them,
 * which the caller frees, and their number, which is not 0. The order is the
 * resolver's (RFC 6724). Returns 0, or an EAI_ constant of getaddrinfo(3): with
 * EAI_SYSTEM errno is set, to ETIMEDOUT when there was no answer before the
 * deadline.
 *
 * A child asks (see bounded.h). None is needed for the text of an address, nor
 * for "localhost", which is 127.0.0.1 and ::1 in this order without asking
 * (RFC 6761 section 6.3).
 */
static int
look_up(const char *host, uint16_t port, enum dial_family which,
    int64_t deadline, struct address **found, size_t *count)
{
	int family = which == DIAL_IPV4 ? AF_INET : which == DIAL_IPV6 ?
	    AF_INET6 : AF_UNSPEC;
	const struct question q = { host, port, family, 0 };

	*found = NULL;
	*count = 0;
	if (text_same_word(host, strlen(host), "localhost")) {
		add_numeric("127.0.0.1", port, family, found, count);
		add_numeric("::1", port, family, found, count);
	} else if (add_numeric(host, port, family, found, count) != 0) {
		return ask_in_child(&q, deadline, found, count);
	}
	return *count > 0 ? 0 : EAI_NONAME;
}

/* The next address of the family, or of another, from `at` on; n: none. */
static size_t
next_of(const struct address *all, size_t n, size_t at, int family, bool same)
{
	while (at < n && (all[at].family == family) != same)
		at++;
	return at;
}

/* The families alternate, the resolver's first choice first (RFC 8305 4). */
static void
race_order(struct race *r, const struct address *all, size_t n)
{
	int family = n == 0 ? AF_UNSPEC : all[0].family;
	size_t a = 0, b = 0;
	bool first = true;

	for (; r->count < n; first = !first) {
		a = next_of(all, n, a, family, true);
		b = next_of(all, n, b, family, false);
		r->attempt[r->count++].to = (first && a < n) || b == n ?
		    &all[a++] : &all[b++];
	}
}

static const struct sockaddr *
to_sockaddr(const struct address *a)
{
	return (const struct sockaddr *)&a->to;
}

static void
add_numeric_name(struct buffer *b, const struct sockaddr *a, socklen_t len)
{
	char name[ADDRESS_TEXT_MAX];

	buffer_add_string(b, getnameinfo(a, len, name, sizeof(name), NULL, 0,
	    NI_NUMERICHOST) == 0 ? name : "an address");
}

/* Tells of an attempt, and why it has failed if it has. */
static void
watch_attempt(const struct dial *d, const struct attempt *a, const char *why)
{
	struct buffer address, b;

	if (d->watch == NULL)
		return;
	buffer_init(&address, DIAL_TEXT_MAX);
	buffer_init(&b, DIAL_TEXT_MAX);
	add_numeric_name(&address, to_sockaddr(a->to), a->to->len);
	dial_add_host_port(&b, address.data, d->port);
	if (why != NULL)
		buffer_printf(&b, ": %s", why);
	d->watch(d->context, why == NULL ? DIAL_TRIED : DIAL_LOST, b.data);
	buffer_free(&address);
	buffer_free(&b);
}

static void
watch_name(const struct dial *d, const struct address *all, size_t n)
{
	struct buffer b;

	if (d->watch == NULL)
		return;
	buffer_init(&b, DIAL_ADDRESSES_MAX);
	buffer_printf(&b, "%s:", d->host);
	for (size_t i = 0; i < n; i++) {
		buffer_add_string(&b, i == 0 ? " " : ", ");
		add_numeric_name(&b, to_sockaddr(&all[i]), all[i].len);
	}
	d->watch(d->context, DIAL_FOUND, b.data);
	buffer_free(&b);
}

static void
race_note(struct race *r, const struct attempt *a, const char *what)
{
	watch_attempt(r->dial, a, what);
	if (r->tried.len > 0)
		buffer_add_string(&r->tried, ", ");
	add_numeric_name(&r->tried, to_sockaddr(a->to), a->to->len);
	buffer_printf(&r->tried, ": %s", what);
}

static void
race_won(struct race *r, struct attempt *a)
{
	int on = 1;

	r->winner = a->fd;
	a->fd = -1;
	setsockopt(r->winner, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
}

static void
race_lost(struct race *r, struct attempt *a, int error)
{
	race_note(r, a, strerror(error));
	r->forbidden |= error == EACCES;
	r->swallowed |= error == ETIMEDOUT || error == EHOSTUNREACH;
	if (a->fd != -1)
		close(a->fd);
	a->fd = -1;
	r->next = clock_now();	/* no reason to wait for the next one */
}

static void
race_begin(struct race *r)
{
	struct attempt *a = &r->attempt[r->begun++];

	watch_attempt(r->dial, a, NULL);
	r->next = clock_after(DIAL_STAGGER_MS);
	a->fd = socket(a->to->family, SOCK_STREAM, IPPROTO_TCP);
	if (a->fd == -1) {
		race_lost(r, a, errno);
		return;
	}
	fcntl(a->fd, F_SETFD, FD_CLOEXEC);
	wait_nonblocking(a->fd);
	if (r->source != NULL && bind(a->fd, to_sockaddr(r->source),
	    r->source->len) == -1) {
		r->source_error = errno;
		race_lost(r, a, errno);
		return;
	}
	if (connect(a->fd, to_sockaddr(a->to), a->to->len) == 0)
		race_won(r, a);
	else if (errno != EINPROGRESS && errno != EINTR)
		race_lost(r, a, errno);
}

static void
race_settle(struct race *r, struct attempt *a)
{
	int error = 0;
	socklen_t len = sizeof(error);
	char first;

	if (getsockopt(a->fd, SOL_SOCKET, SO_ERROR, &error, &len) == -1)
		error = errno;
	/* a server that has said why it does not want us, and is gone */
	if (error == ECONNRESET && recv(a->fd, &first, 1, MSG_PEEK) == 1)
		error = 0;
	if (error == 0)
		race_won(r, a);
	else
		race_lost(r, a, error);
}

/* Waits until an attempt has an outcome or the next one may begin. */
static bool
race_wait(struct race *r)
{
	struct pollfd *p = memory_array(r->begun, sizeof(*p));
	int64_t until = r->deadline;
	size_t open = 0;
	int n;

	for (size_t i = 0; i < r->begun; i++) {
		p[i].fd = r->attempt[i].fd;
		p[i].events = POLLOUT;
		if (p[i].fd != -1)
			open++;
	}
	if (r->begun < r->count && r->next < until)
		until = r->next;
	if (open == 0) {
		free(p);
		return r->begun < r->count && clock_left(r->deadline) > 0;
	}
	n = wait_poll(p, (nfds_t)r->begun, until);
	for (size_t i = 0; n > 0 && i < r->begun && r->winner == -1; i++)
		if (p[i].fd != -1 && p[i].revents != 0)
			race_settle(r, &r->attempt[i]);
	free(p);
	return clock_left(r->deadline) > 0 && wait_signal() == NULL;
}

static void
race_run(struct race *r)
{
	while (r->winner == -1) {
		if (r->begun < r->count && clock_left(r->next) == 0)
			race_begin(r);
		else if (!race_wait(r))
			break;
	}
	for (size_t i = 0; i < r->begun; i++) {
		if (r->attempt[i].fd == -1)
			continue;
		if (r->winner == -1) {
			race_note(r, &r->attempt[i], "no answer in time");
			r->swallowed = true;
		}
		close(r->attempt[i].fd);
	}
}

/* The name is there, but its addresses are of the other family. */
static int
no_such_address(const struct dial *d, enum dial_family family,
    struct fault *f)
{
	const char *name = dial_family_name(family);

	fault(f, FAULT_HOST, "%s: this host has no %s address", d->host,
	    name);
	if (d->family == DIAL_ANY)
		return fault_hint(f, "source_ip %s can reach no other; set "
		    "another one, or another \"%shost\"", d->source_ip,
		    d->prefix);
	return fault_hint(f, "remove what asks for %s alone "
	    "(\"address_family\", -4, -6), or set another \"%shost\"", name,
	    d->prefix);
}

/*
 * Could the name be there another day? Labels have 1 to 63 octets, 255 in all
 * (RFC 1035 section 2.3.4); one in UTF-8 is the resolver's to judge.
 */
static bool
may_be_host(const char *host)
{
	size_t label;

	for (const char *p = host; *p != '\0'; p += label + (p[label] == '.')) {
		label = strcspn(p, ".");
		if (label == 0 || label > 63)
			return false;
		for (size_t i = 0; i < label; i++)
			if (!text_is_alpha(p[i]) && !text_is_digit(p[i]) &&
			    p[i] != '-' && p[i] != '_' &&
			    (unsigned char)p[i] < 128)
				return false;
	}
	return *host != '\0' && strlen(host) <= 255;
}

/* What an earlier question has found. */
static bool
recall(const struct dial *d, struct address **all, size_t *count)
{
	const struct buffer *b = d->addresses;

	if (b == NULL || b->len == 0)
		return false;
	*count = b->len / sizeof(**all);
	*all = memory_array(*count, sizeof(**all));
	memcpy(*all, b->data, b->len);
	return true;
}

static int
resolve(const struct dial *d, enum dial_family family, int64_t deadline,
    struct address **all, size_t *count, struct fault *f)
{
	int error, kept;

	if (recall(d, all, count))
		return 0;
	error = look_up(d->host, d->port, family, deadline, all, count);
	kept = errno;
	if (error == 0) {
		if (d->addresses != NULL)
			buffer_add(d->addresses, *all, *count * sizeof(**all));
		return 0;
	}
	if (family != DIAL_ANY && error != EAI_AGAIN && error != EAI_SYSTEM &&
	    look_up(d->host, d->port, DIAL_ANY, deadline, all, count) == 0) {
		free(*all);
		*all = NULL;
		no_such_address(d, family, f);
		return -1;
	}
	if (error == EAI_NONAME) {
		fault(f, may_be_host(d->host) ? FAULT_HOST : FAULT_NO_HOST,
		    "%s: no such host name", d->host);
		return fault_hint(f, "check the spelling of \"%shost %s\"",
		    d->prefix, d->host);
	}
	fault(f, FAULT_TEMPORARY, "%s: the name could not be resolved: %s",
	    d->host, error != EAI_SYSTEM ? gai_strerror(error) :
	    kept == ETIMEDOUT ? "no answer in time" : strerror(kept));
	return fault_hint(f, "check this machine's network and DNS");
}

static int
race_failed(const struct race *r, const struct dial *d, struct fault *f)
{
	struct buffer peer;

	buffer_init(&peer, DIAL_TEXT_MAX);
	dial_add_host_port(&peer, d->host, d->port);
	if (r->source_error != 0) {
		fault(f, FAULT_SYSTEM, "%s: cannot connect from source_ip %s: "
		    "%s", peer.data, d->source_ip,
		    strerror(r->source_error));
		fault_hint(f, "\"source_ip\" has to be an address of this "
		    "machine; set another one, or remove it");
	} else {
		fault(f, FAULT_TEMPORARY, "%s: cannot connect (%s)",
		    peer.data, r->tried.len == 0 ? "no time left" :
		    r->tried.data);
		if (r->forbidden)
			fault_hint(f, "something on this machine forbids the "
			    "connection: SELinux (setsebool -P "
			    "httpd_can_sendmail on, or "
			    "httpd_can_network_connect), AppArmor, or a "
			    "sandbox");
		else if (r->swallowed && d->port == PORT_SMTP)
			fault_hint(f, "many networks and providers block port "
			    "25: set \"port 587\", or \"port 465\", where "
			    "the smarthost takes mail of its users");
		else
			fault_hint(f, "check \"%shost\" and \"%sport\", and "
			    "that no firewall is in the way", d->prefix,
			    d->prefix);
	}
	buffer_free(&peer);
	return -1;
}

int
dial_connect(const struct dial *d, int64_t deadline, struct fault *f)
{
	enum dial_family family = d->source_ip == NULL ? d->family :
	    dial_family_of(d->source_ip);
	struct address *all, *source = NULL;
	struct race r;
	size_t n, sources;

	if (resolve(d, family, deadline, &all, &n, f) == -1)
		return -1;
	watch_name(d, all, n);
	memset(&r, 0, sizeof(r));
	r.dial = d;
	r.winner = -1;
	r.deadline = deadline;
	buffer_init(&r.tried, DIAL_TEXT_MAX);
	if (d->source_ip != NULL && look_up(d->source_ip, 0, DIAL_ANY,
	    deadline, &source, &sources) == 0)
		r.source = source;
	r.attempt = memory_array(n, sizeof(*r.attempt));
	for (size_t i = 0; i < n; i++)
		r.attempt[i].fd = -1;
	race_order(&r, all, n);
	r.next = clock_now();
	race_run(&r);
	if (r.winner == -1)
		race_failed(&r, d, f);
	free(all);
	free(source);
	free(r.attempt);
	buffer_free(&r.tried);
	return r.winner;
}

bool
dial_peer_is_loopback(int fd)
{
	struct sockaddr_storage s = { 0 };
	socklen_t len = sizeof(s);
	const struct sockaddr_in *v4 = (const struct sockaddr_in *)&s;
	const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)&s;

	if (getpeername(fd, (struct sockaddr *)&s, &len) == -1)
		return false;
	if (s.ss_family == AF_UNIX)
		return true;
	if (s.ss_family == AF_INET)
		return ntohl(v4->sin_addr.s_addr) >> 24 == 127;
	return s.ss_family == AF_INET6 &&
	    (IN6_IS_ADDR_LOOPBACK(&v6->sin6_addr) ||
	    (IN6_IS_ADDR_V4MAPPED(&v6->sin6_addr) &&
	    v6->sin6_addr.s6_addr[12] == 127));
}

void
dial_add_peer(struct buffer *b, int fd)
{
	struct sockaddr_storage s = { 0 };
	socklen_t len = sizeof(s);

	if (getpeername(fd, (struct sockaddr *)&s, &len) == 0 &&
	    s.ss_family != AF_UNIX)
		add_numeric_name(b, (struct sockaddr *)&s, len);
}

char *
dial_own_name(void)
{
	char host[HOST_SIZE];

	if (gethostname(host, sizeof(host)) == -1)
		return NULL;
	host[sizeof(host) - 1] = '\0';
	return memory_string(host);
}

static bool
is_global_v4(uint32_t a)
{
	static const struct {
		uint32_t net;
		unsigned bits;
	} others[] = { /* RFC 6890 section 2.2.2, as far as hosts have them */
		{ 0x00000000, 8 }, { 0x0a000000, 8 }, { 0x64400000, 10 },
		{ 0x7f000000, 8 }, { 0xa9fe0000, 16 }, { 0xac100000, 12 },
		{ 0xc0000000, 24 }, { 0xc0a80000, 16 }, { 0xc6120000, 15 },
		{ 0xe0000000, 3 },
	};

	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if ((a ^ others[i].net) >> (32 - others[i].bits) == 0)
			return false;
	return true;
}

bool
dial_own_is_global(int fd)
{
	struct sockaddr_storage s = { 0 };
	socklen_t len = sizeof(s);
	const struct sockaddr_in *v4 = (const struct sockaddr_in *)&s;
	const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)&s;
	uint32_t mapped;

	if (getsockname(fd, (struct sockaddr *)&s, &len) == -1)
		return false;
	if (s.ss_family == AF_INET)
		return is_global_v4(ntohl(v4->sin_addr.s_addr));
	if (s.ss_family != AF_INET6)
		return false;
	if (IN6_IS_ADDR_V4MAPPED(&v6->sin6_addr)) {
		memcpy(&mapped, v6->sin6_addr.s6_addr + 12, sizeof(mapped));
		return is_global_v4(ntohl(mapped));
	}
	/* RFC 4291 section 2.4: global unicast as it is assigned, 2000::/3 */
	return v6->sin6_addr.s6_addr[0] >> 5 == 1;
}

void
dial_add_own_literal(struct buffer *b, int fd)
{
	struct sockaddr_storage s = { 0 };
	socklen_t len = sizeof(s);
	char text[INET6_ADDRSTRLEN];
	const struct sockaddr_in *v4 = (const struct sockaddr_in *)&s;
	const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)&s;

	if (getsockname(fd, (struct sockaddr *)&s, &len) == -1)
		s.ss_family = AF_UNSPEC;
	if (s.ss_family == AF_INET && inet_ntop(AF_INET, &v4->sin_addr, text,
	    sizeof(text)) != NULL)
		buffer_printf(b, "[%s]", text);
	else if (s.ss_family == AF_INET6 && inet_ntop(AF_INET6,
	    &v6->sin6_addr, text, sizeof(text)) != NULL)
		buffer_printf(b, "[IPv6:%s]", text);
	else
		buffer_add_string(b, "[127.0.0.1]");
}
