/* SPDX-License-Identifier: ISC */
/*
 * The server of the benchmark: accepts everything, keeps nothing, and writes
 * for each session a line of what it saw. A process for each client.
 */
#include <sys/socket.h>
#include <sys/wait.h>

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include <gsasl.h>

#include "sink.h"

#define LINE_MAX_OCTETS 8192
#define BACKLOG 128
#define EX_USAGE 64
#define HASH_SEED UINT64_C(14695981039346656037)	/* FNV-1a */
#define HASH_PRIME UINT64_C(1099511628211)

struct settings {
	const char *port_file;
	const char *log;
	const char *cert;
	const char *key;
	const char *password;	/* anybody's */
	const char *refused;	/* recipients that have this in them; or NULL */
	bool implicit;		/* TLS from the first octet */
	bool starttls;
	bool hash;		/* of the message, to compare clients */
	bool chunking;
	int settle_ms;
};

struct session {
	struct peer peer;
	const struct settings *set;
	unsigned recipients;
	unsigned accepted;	/* of them in this transaction */
	unsigned messages;
	uint64_t octets;	/* of messages, as unframed */
	uint64_t hash;
	bool authenticated;
	bool quit_alone;	/* QUIT came in a flight of its own */
	bool done;
};

static gnutls_certificate_credentials_t cred;
static gnutls_priority_t priority;
static Gsasl *library;

__attribute__((format(printf, 2, 3)))
static void
reply(struct session *s, const char *fmt, ...)
{
	char line[LINE_MAX_OCTETS];
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(line, sizeof(line) - 2, fmt, ap);
	va_end(ap);
	if (n < 0 || (size_t)n > sizeof(line) - 2)
		_exit(70);
	line[n] = '\r';
	line[n + 1] = '\n';
	peer_reply(&s->peer, line, (size_t)n + 2);
}

static bool
read_line(struct session *s, char *line)
{
	struct peer *p = &s->peer;
	size_t n;
	char *end;

	while ((end = memchr(p->in + p->start, '\n', p->end - p->start)) ==
	    NULL)
		if (!peer_fill(p))
			return false;
	n = (size_t)(end - (p->in + p->start));
	if (n >= LINE_MAX_OCTETS)
		return false;
	memcpy(line, p->in + p->start, n);
	p->start += n + 1;
	line[n > 0 && line[n - 1] == '\r' ? n - 1 : n] = '\0';
	return true;
}

static void
swallow(struct session *s, const char *p, size_t n)
{
	s->octets += n;
	if (!s->set->hash)
		return;
	for (size_t i = 0; i < n; i++)
		s->hash = (s->hash ^ (unsigned char)p[i]) * HASH_PRIME;
}

static bool
take_chunk(struct session *s, uint64_t left)
{
	struct peer *p = &s->peer;
	size_t n;

	while (left > 0) {
		if (p->start == p->end && !peer_fill(p))
			return false;
		n = p->end - p->start;
		if (n > left)
			n = (size_t)left;
		swallow(s, p->in + p->start, n);
		p->start += n;
		left -= n;
	}
	return true;
}

/*
 * Up to the lone dot. Found by line without a copy: the sink must not be what
 * is measured.
 */
static bool
take_data(struct session *s)
{
	struct peer *p = &s->peer;
	bool begins = true;
	const char *at, *end;
	size_t n;

	for (;;) {
		while (p->end - p->start < 3)
			if (!peer_fill(p))
				return false;
		at = p->in + p->start;
		if (begins && *at == '.') {
			if (memcmp(at, ".\r\n", 3) == 0) {
				p->start += 3;
				return true;
			}
			p->start++;
			at++;
		}
		end = memchr(at, '\n', p->end - p->start);
		n = end == NULL ? p->end - p->start - 2 :
		    (size_t)(end - at) + 1;
		swallow(s, at, n);
		p->start += n;
		begins = end != NULL;
	}
}

/* One exchange of SASL by libgsasl's server side. */
static int
property(Gsasl *g, Gsasl_session *sasl, Gsasl_property what)
{
	const struct settings *set = gsasl_callback_hook_get(g);

	if (what == GSASL_PASSWORD)
		return gsasl_property_set(sasl, what, set->password);
	if (what == GSASL_SCRAM_ITER)
		return gsasl_property_set(sasl, what, "4096");
	return GSASL_NO_CALLBACK;
}

static void
authenticate(struct session *s, char *words)
{
	char line[LINE_MAX_OCTETS];
	char *initial = strchr(words, ' '), *text = NULL;
	Gsasl_session *sasl;
	const char *input;
	int n;

	if (initial != NULL)
		*initial++ = '\0';
	if (gsasl_server_start(library, words, &sasl) != GSASL_OK) {
		reply(s, "504 5.5.4 no such mechanism");
		return;
	}
	input = initial == NULL ? "" : strcmp(initial, "=") == 0 ? "" :
	    initial;
	while ((n = gsasl_step64(sasl, input, &text)) == GSASL_NEEDS_MORE ||
	    (n == GSASL_OK && text != NULL && text[0] != '\0')) {
		reply(s, "334 %s", text == NULL ? "" : text);
		gsasl_free(text);
		text = NULL;
		if (!read_line(s, line))
			_exit(0);
		input = line;
		if (n == GSASL_OK)
			break;
	}
	gsasl_free(text);
	s->authenticated = n == GSASL_OK;
	if (s->authenticated)
		reply(s, "235 2.7.0 ok");
	else
		reply(s, "535 5.7.8 no");
	gsasl_finish(sasl);
}

static void
hello(struct session *s)
{
	reply(s, "250-sink.example.org");
	reply(s, "250-PIPELINING");
	reply(s, "250-SIZE 0");
	reply(s, "250-8BITMIME");
	if (s->set->chunking)
		reply(s, "250-CHUNKING");
	if (s->set->starttls && s->peer.tls == NULL)
		reply(s, "250-STARTTLS");
	else
		reply(s, "250-AUTH PLAIN LOGIN SCRAM-SHA-256");
	reply(s, "250 ENHANCEDSTATUSCODES");
}

static void
starttls(struct session *s)
{
	reply(s, "220 2.0.0 go ahead");
	peer_flush(&s->peer);
	s->peer.start = s->peer.end = 0;
	if (!peer_secure(&s->peer, cred, priority))
		_exit(0);
}

static void
mail(struct session *s)
{
	s->accepted = 0;
	reply(s, "250 2.1.0 ok");
}

static void
rcpt(struct session *s, const char *words)
{
	if (s->set->refused != NULL && strstr(words, s->set->refused) != NULL) {
		reply(s, "550 5.1.1 no such user");
		return;
	}
	s->recipients++;
	s->accepted++;
	reply(s, "250 2.1.5 ok");
}

static bool
data(struct session *s)
{
	if (s->accepted == 0) {
		reply(s, "554 5.5.1 no recipients");
		return true;
	}
	reply(s, "354 go ahead");
	if (!take_data(s))
		return false;
	s->messages++;
	reply(s, "250 2.0.0 taken");
	return true;
}

static bool
bdat(struct session *s, const char *words)
{
	char *end;
	unsigned long long n = strtoull(words, &end, 10);

	if (!take_chunk(s, n))
		return false;
	if (s->accepted == 0) {
		reply(s, "554 5.5.1 no recipients");
		return true;
	}
	s->messages += strcasecmp(end, " LAST") == 0;
	reply(s, "250 2.0.0 taken");
	return true;
}

static bool
command(struct session *s, char *line)
{
	static const size_t verb = 5;

	if (strncasecmp(line, "EHLO ", verb) == 0)
		hello(s);
	else if (strncasecmp(line, "HELO ", verb) == 0)
		reply(s, "250 sink.example.org");
	else if (strcasecmp(line, "STARTTLS") == 0)
		starttls(s);
	else if (strncasecmp(line, "AUTH ", verb) == 0)
		authenticate(s, line + verb);
	else if (strncasecmp(line, "MAIL ", verb) == 0)
		mail(s);
	else if (strncasecmp(line, "RCPT ", verb) == 0)
		rcpt(s, line + verb);
	else if (strcasecmp(line, "DATA") == 0)
		return data(s);
	else if (strncasecmp(line, "BDAT ", verb) == 0)
		return bdat(s, line + verb);
	else if (strcasecmp(line, "RSET") == 0 ||
	    strncasecmp(line, "NOOP", 4) == 0)
		reply(s, "250 2.0.0 ok");
	else if (strcasecmp(line, "QUIT") == 0)
		s->done = true, reply(s, "221 2.0.0 bye");
	else
		reply(s, "500 5.5.1 what?");
	return true;
}

static void
converse(struct session *s)
{
	char line[LINE_MAX_OCTETS];
	unsigned before;

	if (s->set->implicit && !peer_secure(&s->peer, cred, priority))
		return;
	reply(s, "220 sink.example.org ESMTP");
	peer_flush(&s->peer);
	before = s->peer.flights;
	while (!s->done && read_line(s, line)) {
		s->quit_alone = strcasecmp(line, "QUIT") == 0 &&
		    s->peer.flights > before;
		if (!command(s, line))
			return;
		before = s->peer.flights;
	}
}

/* One line: round trips are TCP's, a greeting in clear, and the flights. */
static void
write_line(const struct session *s)
{
	const struct settings *set = s->set;
	char line[256];
	int fd, n;

	n = snprintf(line, sizeof(line), "trips=%u quit=%d recipients=%u "
	    "messages=%u octets=%llu hash=%016llx auth=%d tls=%d\n",
	    1 + !set->implicit + s->peer.flights - s->quit_alone,
	    s->quit_alone, s->recipients, s->messages,
	    (unsigned long long)s->octets, (unsigned long long)s->hash,
	    s->authenticated, s->peer.tls != NULL);
	fd = open(set->log, O_WRONLY | O_CREAT | O_APPEND, 0600);
	if (fd == -1 || write(fd, line, (size_t)n) != n)
		_exit(74);
	close(fd);
}

static void
serve(int fd, const struct settings *set)
{
	struct session s = { .set = set, .hash = HASH_SEED };
	int one = 1;

	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	peer_init(&s.peer, fd, set->settle_ms);
	converse(&s);
	/* before the client hears its end: who waits for it finds the line */
	write_line(&s);
	peer_close(&s.peer);
}

static int
listen_somewhere(const char *port_file)
{
	struct sockaddr_in a = { .sin_family = AF_INET };
	socklen_t len = sizeof(a);
	char name[4096];
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	FILE *f;

	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (fd == -1 || bind(fd, (struct sockaddr *)&a, sizeof(a)) == -1 ||
	    listen(fd, BACKLOG) == -1 ||
	    getsockname(fd, (struct sockaddr *)&a, &len) == -1)
		return -1;
	snprintf(name, sizeof(name), "%s.new", port_file);
	f = fopen(name, "w");
	if (f == NULL || fprintf(f, "%d\n", ntohs(a.sin_port)) < 0 ||
	    fclose(f) != 0 || rename(name, port_file) == -1)
		return -1;
	return fd;
}

static void
prepare(struct settings *set)
{
	if (gsasl_init(&library) != GSASL_OK)
		_exit(70);
	gsasl_callback_set(library, property);
	gsasl_callback_hook_set(library, set);
	gnutls_certificate_allocate_credentials(&cred);
	if (set->cert != NULL && gnutls_certificate_set_x509_key_file(cred,
	    set->cert, set->key, GNUTLS_X509_FMT_PEM) < 0)
		_exit(66);
	gnutls_priority_init(&priority, "NORMAL", NULL);
}

static int
parse(struct settings *set, int argc, char *argv[])
{
	int c;

	while ((c = getopt(argc, argv, "p:l:c:k:w:r:ishnt:")) != -1) {
		switch (c) {
		case 'p': set->port_file = optarg; break;
		case 'l': set->log = optarg; break;
		case 'c': set->cert = optarg; break;
		case 'k': set->key = optarg; break;
		case 'w': set->password = optarg; break;
		case 'r': set->refused = optarg; break;
		case 'i': set->implicit = true; break;
		case 's': set->starttls = true; break;
		case 'h': set->hash = true; break;
		case 'n': set->chunking = false; break;
		case 't': set->settle_ms = (int)strtol(optarg, NULL, 10); break;
		default: return -1;
		}
	}
	return set->port_file == NULL || set->log == NULL ? -1 : 0;
}

int
main(int argc, char *argv[])
{
	struct settings set = { .chunking = true, .password = "secret" };
	int fd, client;

	if (parse(&set, argc, argv) == -1) {
		fprintf(stderr, "usage: sink -p PORT-FILE -l LOG [-c CERT "
		    "-k KEY] [-w PASSWORD] [-r WORD] [-i | -s] [-hn] "
		    "[-t SETTLE-MS]\n");
		return EX_USAGE;
	}
	signal(SIGPIPE, SIG_IGN);
	signal(SIGCHLD, SIG_IGN);	/* no zombies */
	prepare(&set);
	fd = listen_somewhere(set.port_file);
	if (fd == -1) {
		perror("sink");
		return 71;
	}
	for (;;) {
		client = accept(fd, NULL, NULL);
		if (client == -1) {
			if (errno == EINTR || errno == ECONNABORTED)
				continue;
			return 71;
		}
		if (fork() == 0) {
			close(fd);
			serve(client, &set);
			_exit(0);
		}
		close(client);
	}
}
