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

/* What happens, as it does, with a line about it. */
enum dial_event {
	DIAL_FOUND,	/* the name, "example.org: 192.0.2.1, 2001:db8::1" */
	DIAL_TRIED,	/* an attempt begins, "192.0.2.1:25" */
	DIAL_LOST	/* one has failed, "192.0.2.1:25: Connection refused" */
};

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
	void (*watch)(void *context, enum dial_event, const char *text);
	void *context;		/* of watch, which may be NULL */
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

/*
 * ---- bounded.c: calls of the C library that may block for minutes, with a
 * deadline.
 *
 * getaddrinfo(3) and res_query(3) know no deadline: with three name servers
 * that do not answer they return after a minute or so. Such a call is made by a
 * forked child, which writes its answer into a pipe. When the deadline has
 * passed the child is killed, whatever it is waiting for.
 *
 * Why not getaddrinfo_a(3): only glibc has it, it starts a thread (and a
 * process with threads can neither fork nor be sandboxed with ease), and a
 * request that has begun cannot be cancelled: the process would end with the
 * thread inside of NSS. A child needs nothing but POSIX, and crashes of NSS
 * modules stay within it.
 */

/*
 * Runs in the child. It hands over its answer with bounded_write(), and must
 * neither use base/memory, whose functions may end the process and log, nor
 * stdio.
 */
typedef void bounded_call(int fd, const void *context);

/*
 * Adds to `answer` what the call writes until it returns. Standard input,
 * output and error of the child are /dev/null. Returns 0, or an errno value:
 * ETIMEDOUT when the deadline or a signal (base/wait) came first, EMSGSIZE when
 * `answer` is full. `answer` may be incomplete then, and also after 0, where
 * the child broke down. The child is gone in any case.
 */
int bounded_run(bounded_call *call, const void *context, struct buffer *answer,
    int64_t deadline);
/* For a bounded_call: writes n octets, or ends the child. */
void bounded_write(int fd, const void *p, size_t n);

/*
 * ---- srv.c: SRV records (RFC 2782), which tell where a domain has a service,
 * and MX records (RFC 5321 section 5.1), by the system's resolver library.
 */

enum srv_type {
	SRV_SRV,
	SRV_MX		/* as a service with weight 0 on port 25 */
};

struct srv {
	uint16_t priority;	/* the lowest is to be tried first */
	uint16_t weight;	/* among equals: the share of clients */
	uint16_t port;		/* never 0 */
	char *target;		/* a host name of letters, digits, "-", "_" */
};

struct srv_list {
	struct srv *record;
	size_t count;
	size_t unusable;	/* records without a host name or port */
	bool denied;		/* a target of ".": there is no such service */
};

/* A struct of zeros is an empty list. */
void srv_list_free(struct srv_list *);

/*
 * Adds the records of that type in the answer section of the DNS message at p
 * (RFC 1035 section 4), sorted: by priority, then by weight, the greatest
 * first, then by name. The RFC's draw by weight is for those who ask each time;
 * who asks once takes what the operator gives most to. -1 when the message is
 * malformed or the system's library cannot parse it; the list then holds what
 * came before. Every octet of the message may be a stranger's.
 */
int srv_parse(struct srv_list *, enum srv_type, const unsigned char *p,
    size_t n);

/*
 * Asks for the records of a name, such as "_submissions._tcp.example.org", in
 * A-labels, until the deadline. 0 also when there are none. FAULT_TEMPORARY
 * when there is no answer, or a malformed one; FAULT_SOFTWARE when the system
 * has no resolver library that can parse answers.
 */
int srv_query(struct srv_list *, enum srv_type, const char *name,
    int64_t deadline, struct fault *);

#endif
