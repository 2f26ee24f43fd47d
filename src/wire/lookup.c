/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/types.h>

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/buffer.h"
#include "base/memory.h"
#include "wire/bounded.h"
#include "wire/lookup.h"

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

/* Adds the addresses that this text stands for; asks nobody. */
static int
add_numeric(const char *text, uint16_t port, int family,
    struct address **found, size_t *count)
{
	const struct question q = { text, port, family, AI_NUMERICHOST };
	struct addrinfo *all;
	int error = ask(&q, &all);

	if (error != 0)
		return error;
	for (const struct addrinfo *a = all; a != NULL; a = a->ai_next) {
		*found = memory_resize(*found, *count + 1, sizeof(**found));
		copy(&(*found)[(*count)++], a);
	}
	freeaddrinfo(all);
	return 0;
}

static bool
is_numeric(const char *host)
{
	const struct question q = { host, 0, AF_UNSPEC, AI_NUMERICHOST };
	struct addrinfo *all;

	if (ask(&q, &all) != 0)
		return false;
	freeaddrinfo(all);
	return true;
}

int
lookup(const char *host, uint16_t port, int family, int64_t deadline,
    struct address **found, size_t *count)
{
	const struct question q = { host, port, family, 0 };
	int error;

	*found = NULL;
	*count = 0;
	if (strcasecmp(host, "localhost") == 0) {
		error = add_numeric("127.0.0.1", port, family, found, count);
		if (add_numeric("::1", port, family, found, count) == 0)
			error = 0;
		return error;
	}
	error = add_numeric(host, port, family, found, count);
	if (error == 0 || is_numeric(host))
		return error;
	return ask_in_child(&q, deadline, found, count);
}
