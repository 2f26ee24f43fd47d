/* SPDX-License-Identifier: ISC */
/* What is pure about the way to a server, and sockets that nobody accepts. */
#include <sys/socket.h>
#include <sys/un.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/fault.h"
#include "wire/route.h"
#include "tests/tap.h"

#define TEXT_MAX 4096	/* octets of what a test compares */
#define PATIENCE_MS 200	/* for a server that never accepts */
#define CLIENTS_MAX 64	/* more than fit into the shortest backlog */

static const struct {
	const char *label;
	unsigned char head[SOCKS_REPLY_HEAD];
	size_t n;
	size_t size;
} replies[] = {
	{ "an IPv4 address", { 5, 0, 0, 1, 127 }, 5, 10 },
	{ "an IPv6 address", { 5, 0, 0, 4, 0 }, 5, 22 },
	{ "a name", { 5, 0, 0, 3, 16 }, 5, 23 },
	{ "an empty name", { 5, 0, 0, 3, 0 }, 5, 7 },
	{ "the longest name", { 5, 0, 0, 3, 255 }, 5, SOCKS_REPLY_MAX },
	{ "what is reserved does not matter", { 5, 0, 9, 1, 0 }, 5, 10 },
	{ "another type", { 5, 0, 0, 2, 0 }, 5, 0 },
	{ "type 0", { 5, 0, 0, 0, 0 }, 5, 0 },
	{ "another version", { 4, 0, 0, 1, 0 }, 5, 0 },
	{ "too little to know", { 5, 0, 0, 1, 0 }, 4, 0 },
};

static const struct {
	struct route route;
	const char *peer;
} peers[] = {
	{ { .host = "mail.example.org", .port = 25 }, "mail.example.org:25" },
	{ { .host = "2001:db8::1", .port = 465 }, "[2001:db8::1]:465" },
	{ { .host = "mail.example.org", .port = 25,
	    .proxy_host = "::1" }, "mail.example.org:25 by proxy [::1]:1080" },
	{ { .host = "mail.example.org", .port = 25,
	    .proxy_host = "proxy.example.org", .proxy_port = 9050 },
	    "mail.example.org:25 by proxy proxy.example.org:9050" },
	{ { .host = "mail.example.org", .port = 25, .socket = "/run/mail",
	    .proxy_host = "proxy.example.org" }, "/run/mail" },
};

static void
test_pure(void)
{
	struct buffer b;

	for (size_t i = 0; i < sizeof(replies) / sizeof(replies[0]); i++)
		tap_ok(socks_reply_size(replies[i].head, replies[i].n) ==
		    replies[i].size, "a reply with %s", replies[i].label);
	for (size_t i = 0; i < sizeof(peers) / sizeof(peers[0]); i++) {
		buffer_init(&b, TEXT_MAX);
		route_add_peer(&b, &peers[i].route);
		tap_string("peer", b.data, peers[i].peer);
		buffer_free(&b);
	}
	tap_ok(dial_family_of("192.0.2.1") == DIAL_IPV4 &&
	    dial_family_of("::1") == DIAL_IPV6 &&
	    dial_family_of("localhost") == DIAL_ANY &&
	    dial_family_of("192.0.2") == DIAL_ANY &&
	    dial_family_of("[::1]") == DIAL_ANY &&
	    dial_family_of("") == DIAL_ANY, "families of literals");
}

/* A server that does not accept: its backlog is full at some time. */
static void
test_backlog(void)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	char folder[] = "/tmp/postrider-route-XXXXXX";
	struct fault f = { .class = FAULT_NONE };
	struct route route = { .host = NULL };
	int fd[CLIENTS_MAX], server = socket(AF_UNIX, SOCK_STREAM, 0);
	struct buffer path;
	size_t n = 0;

	if (mkdtemp(folder) == NULL)
		tap_ok(false, "a folder: %s", strerror(errno));
	buffer_init(&path, sizeof(a.sun_path) - 1);
	buffer_printf(&path, "%s/s", folder);
	route.socket = path.data;
	memcpy(a.sun_path, path.data, path.len);
	if (bind(server, (struct sockaddr *)&a, sizeof(a)) == -1 ||
	    listen(server, 0) == -1)
		tap_ok(false, "a server: %s", strerror(errno));
	while (n < CLIENTS_MAX &&
	    (fd[n] = route_connect(&route, PATIENCE_MS, &f)) != -1)
		n++;
	tap_ok(n > 0 && (fcntl(fd[0], F_GETFL) & O_NONBLOCK) != 0 &&
	    (fcntl(fd[0], F_GETFD) & FD_CLOEXEC) != 0,
	    "a Unix socket does not block, and ends with us");
	/* some systems say at once that they will not */
	tap_ok(n == CLIENTS_MAX || (f.class == FAULT_TEMPORARY &&
	    strncmp(f.text, path.data, path.len) == 0 && f.hint != NULL),
	    "a server that is behind: %s", f.text == NULL ? "" : f.text);
	fault_clear(&f);
	while (n > 0)
		close(fd[--n]);
	close(server);
	unlink(path.data);
	rmdir(folder);
	buffer_free(&path);
}

int
main(void)
{
	test_pure();
	test_backlog();
	return tap_done();
}
