/* SPDX-License-Identifier: ISC */
/*
 * nameserver FILE: answers from that file, over UDP and TCP, on port 53 of
 * 127.0.0.1, which it brings up first: it is run in a network namespace of its
 * own. Ends when its standard input does.
 *
 * Each line is a name and what is said of it:
 *	NAME srv PRIORITY WEIGHT PORT TARGET	a record; may stand repeatedly
 *	NAME mx PREFERENCE EXCHANGER		likewise
 *	NAME a ADDRESS				an IPv4 address; may repeat
 *	NAME rcode NUMBER			no record, this code
 *	NAME hex OCTETS				these behind the header, which
 *						announces one answer
 *	NAME silent				no answer
 * Names that are in no line do not exist. What is longer than 512 octets is
 * cut off over UDP, and marked so (RFC 1035 section 4.2.1).
 */
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#define MESSAGE_SIZE 65535
#define UDP_MAX 512
#define HEADER 12
#define LINE_SIZE 1024
#define NXDOMAIN 3
#define TRUNCATED 0x02
#define TYPE_A 1
#define TYPE_MX 15
#define TYPE_SRV 33

struct message {
	unsigned char p[MESSAGE_SIZE];
	size_t n;
};

static void
die(const char *what)
{
	perror(what);
	exit(1);
}

static void
add(struct message *m, const void *p, size_t n)
{
	if (n > sizeof(m->p) - m->n) {
		fprintf(stderr, "nameserver: an answer is too long\n");
		exit(1);
	}
	memcpy(m->p + m->n, p, n);
	m->n += n;
}

static void
add_number(struct message *m, unsigned value)
{
	const unsigned char two[] = { (unsigned char)(value >> 8),
	    (unsigned char)value };

	add(m, two, 2);
}

static void
add_name(struct message *m, const char *name)
{
	unsigned char len;
	size_t n;

	for (; *name != '\0' && strcmp(name, ".") != 0;
	    name += n + (name[n] == '.')) {
		n = strcspn(name, ".");
		len = (unsigned char)n;
		add(m, &len, 1);
		add(m, name, n);
	}
	add(m, "", 1);
}

/* The name asked for, as text; the octets of the question behind it. */
static size_t
read_question(const unsigned char *p, size_t n, char name[LINE_SIZE])
{
	size_t at = HEADER, len = 0;

	while (at < n && p[at] != 0 && at + p[at] < n && len + 66 < LINE_SIZE) {
		if (len > 0)
			name[len++] = '.';
		memcpy(name + len, p + at + 1, p[at]);
		len += p[at];
		at += (size_t)p[at] + 1;
	}
	name[len] = '\0';
	return at + 5 - HEADER;
}

/* Up to the TTL, and counts it. */
static void
begin_record(struct message *m, unsigned type)
{
	add_number(m, 0xc000 | HEADER);	/* the name of the question */
	add_number(m, type);
	add_number(m, 1);
	add_number(m, 0);
	add_number(m, 60);
	if (++m->p[7] == 0)
		m->p[6]++;
}

/* A name, behind three numbers (priority, weight, port) or one. */
static void
add_record(struct message *m, unsigned type, const char *rest)
{
	int numbers = type == TYPE_SRV ? 3 : 1;
	char target[LINE_SIZE], *end;
	const char *at = rest;
	unsigned number[3];
	size_t size_at;

	for (int i = 0; i < numbers; i++) {
		number[i] = (unsigned)strtoul(at, &end, 10);
		if (end == at)
			die(rest);
		at = end;
	}
	if (sscanf(at, "%1023s", target) != 1)
		die(rest);
	begin_record(m, type);
	size_at = m->n;
	add_number(m, 0);
	for (int i = 0; i < numbers; i++)
		add_number(m, number[i]);
	add_name(m, target);
	m->p[size_at] = (unsigned char)((m->n - size_at - 2) >> 8);
	m->p[size_at + 1] = (unsigned char)(m->n - size_at - 2);
}

static void
add_address(struct message *m, const char *rest)
{
	struct in_addr a;
	char text[INET_ADDRSTRLEN];

	if (sscanf(rest, "%15s", text) != 1 ||
	    inet_pton(AF_INET, text, &a) != 1)
		die(rest);
	begin_record(m, TYPE_A);
	add_number(m, sizeof(a));
	add(m, &a, sizeof(a));
}

static void
add_hex(struct message *m, const char *rest)
{
	unsigned char octet;
	char digits[3];

	m->p[7] = 1;
	for (; sscanf(rest, "%2[0-9A-Fa-f]", digits) == 1; rest += 2) {
		octet = (unsigned char)strtoul(digits, NULL, 16);
		add(m, &octet, 1);
	}
}

/* False: nothing is to be said. */
static bool
answer(struct message *m, const char *file, const unsigned char *query,
    size_t n)
{
	char line[LINE_SIZE], name[LINE_SIZE], asked[LINE_SIZE];
	char verb[LINE_SIZE];
	size_t question = read_question(query, n, asked);
	unsigned type = query[HEADER + question - 3];
	bool found = false, silent = false;
	FILE *in = fopen(file, "r");
	int rest;

	if (in == NULL)
		die(file);
	m->n = 0;
	add(m, query, HEADER);
	memset(m->p + 6, 0, 6);
	m->p[2] = 0x85;		/* an answer, with authority */
	m->p[3] = 0x80;
	add(m, query + HEADER, question);
	while (fgets(line, sizeof(line), in) != NULL) {
		if (sscanf(line, "%1023s %1023s %n", name, verb, &rest) < 2 ||
		    strcasecmp(name, asked) != 0)
			continue;
		found = true;
		if (strcmp(verb, "srv") == 0 && type == TYPE_SRV)
			add_record(m, type, line + rest);
		else if (strcmp(verb, "mx") == 0 && type == TYPE_MX)
			add_record(m, type, line + rest);
		else if (strcmp(verb, "a") == 0 && type == TYPE_A)
			add_address(m, line + rest);
		else if (strcmp(verb, "hex") == 0)
			add_hex(m, line + rest);
		else if (strcmp(verb, "rcode") == 0)
			m->p[3] |= (unsigned char)strtoul(line + rest, NULL,
			    10);
		silent = silent || strcmp(verb, "silent") == 0;
	}
	fclose(in);
	if (!found)
		m->p[3] |= NXDOMAIN;
	return !silent;
}

static void
serve_udp(int s, const char *file)
{
	static struct message m;
	unsigned char query[UDP_MAX];
	struct sockaddr_in from;
	socklen_t len = sizeof(from);
	ssize_t n = recvfrom(s, query, sizeof(query), 0,
	    (struct sockaddr *)&from, &len);

	if (n < HEADER + 5 || !answer(&m, file, query, (size_t)n))
		return;
	if (m.n > UDP_MAX) {
		m.p[2] |= TRUNCATED;
		m.n = UDP_MAX;
	}
	printf("udp %zu\n", m.n);
	sendto(s, m.p, m.n, 0, (struct sockaddr *)&from, len);
}

static void
serve_tcp(int s, const char *file)
{
	static struct message m;
	unsigned char query[UDP_MAX], size[2];
	int c = accept(s, NULL, NULL);
	size_t n;

	if (c == -1)
		return;
	if (recv(c, size, 2, MSG_WAITALL) == 2) {
		n = (size_t)size[0] << 8 | size[1];
		if (n >= HEADER + 5 && n <= sizeof(query) &&
		    recv(c, query, n, MSG_WAITALL) == (ssize_t)n &&
		    answer(&m, file, query, n)) {
			printf("tcp %zu\n", m.n);
			size[0] = (unsigned char)(m.n >> 8);
			size[1] = (unsigned char)m.n;
			send(c, size, 2, 0);
			send(c, m.p, m.n, 0);
		}
	}
	close(c);
}

static void
bring_up(void)
{
	struct ifreq r;
	int s = socket(AF_INET, SOCK_DGRAM, 0);

	memset(&r, 0, sizeof(r));
	memcpy(r.ifr_name, "lo", 3);
	if (ioctl(s, SIOCGIFFLAGS, &r) == -1)
		die("lo");
	r.ifr_flags |= IFF_UP;
	if (ioctl(s, SIOCSIFFLAGS, &r) == -1)
		die("lo");
	close(s);
}

static int
open_socket(int type)
{
	struct sockaddr_in a;
	int s = socket(AF_INET, type, 0), on = 1;

	memset(&a, 0, sizeof(a));
	a.sin_family = AF_INET;
	a.sin_port = htons(53);
	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (s == -1 || bind(s, (struct sockaddr *)&a, sizeof(a)) == -1)
		die("port 53");
	return s;
}

int
main(int argc, char *argv[])
{
	struct pollfd p[3] = { { 0, POLLIN, 0 }, { -1, POLLIN, 0 },
	    { -1, POLLIN, 0 } };

	if (argc != 2) {
		fprintf(stderr, "usage: nameserver FILE\n");
		return 2;
	}
	bring_up();
	p[1].fd = open_socket(SOCK_DGRAM);
	p[2].fd = open_socket(SOCK_STREAM);
	if (listen(p[2].fd, 8) == -1)
		die("listen");
	setvbuf(stdout, NULL, _IOLBF, 0);
	printf("ready\n");
	for (;;) {
		if (poll(p, 3, -1) == -1)
			die("poll");
		if (p[0].revents != 0)
			return 0;
		if (p[1].revents != 0)
			serve_udp(p[1].fd, argv[1]);
		if (p[2].revents != 0)
			serve_tcp(p[2].fd, argv[1]);
	}
}
