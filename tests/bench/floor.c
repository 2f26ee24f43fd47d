/* SPDX-License-Identifier: ISC */
/*
 * floor PORT CA-FILE|- [RECIPIENT...] < FILE
 *
 * What the machine, the TLS library and the sink can do: sends standard input
 * as the body of a message as it is, in records of 16 KiB under TLS ("-": in
 * clear), by a dialogue that looks at no reply. With recipients it sends, once
 * authenticated, all that is left to say in one flight, and only counts the
 * replies. Not a client; a limit to compare with.
 */
#include <sys/socket.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <gnutls/gnutls.h>

#define RECORD 16384
#define MESSAGE_MAX (1024 * 1024)	/* to several recipients */
#define PLAIN "AGFsaWNlAHNlY3JldA=="	/* alice, secret */
#define EX_USAGE 64
#define EX_OSERR 71
#define EX_IOERR 74

static gnutls_session_t tls;
static int fd;

static void
start_tls(const char *ca)
{
	gnutls_certificate_credentials_t cred;
	int n;

	gnutls_certificate_allocate_credentials(&cred);
	gnutls_certificate_set_x509_trust_file(cred, ca, GNUTLS_X509_FMT_PEM);
	gnutls_init(&tls, GNUTLS_CLIENT);
	gnutls_set_default_priority(tls);
	gnutls_credentials_set(tls, GNUTLS_CRD_CERTIFICATE, cred);
	gnutls_server_name_set(tls, GNUTLS_NAME_DNS, "localhost", 9);
	gnutls_session_set_verify_cert(tls, "localhost", 0);
	gnutls_transport_set_int(tls, fd);
	do
		n = gnutls_handshake(tls);
	while (n < 0 && gnutls_error_is_fatal(n) == 0);
	if (n < 0)
		exit(EX_IOERR);
}

static void
put(const char *p, size_t n)
{
	ssize_t sent;

	for (; n > 0; p += sent, n -= (size_t)sent) {
		sent = tls == NULL ? send(fd, p, n, 0) :
		    gnutls_record_send(tls, p, n);
		if (sent <= 0)
			exit(EX_IOERR);
	}
}

/* Says something, and waits until the other side has said anything. */
static void
say(const char *line)
{
	char reply[RECORD];
	ssize_t n;

	put(line, strlen(line));
	n = tls == NULL ? recv(fd, reply, sizeof(reply), 0) :
	    gnutls_record_recv(tls, reply, sizeof(reply));
	if (n <= 0)
		exit(EX_IOERR);
}

/* As many octets of standard input as there are, up to the limit. */
static size_t
take(char *p, size_t limit)
{
	ssize_t part;
	size_t n;

	for (n = 0; n < limit && (part = read(STDIN_FILENO, p + n,
	    limit - n)) > 0; n += (size_t)part)
		;
	return n;
}

static void
send_to_one(void)
{
	static char record[RECORD];
	size_t n;

	say("MAIL FROM:<alice@example.org>\r\n");
	say("RCPT TO:<user1@example.net>\r\n");
	say("DATA\r\n");
	while ((n = take(record, RECORD)) > 0)
		put(record, n);
	say("\r\n.\r\nQUIT\r\n");
}

/* What the sink has yet to say fits the buffers of the socket. */
static void
send_to_many(char *const recipient[], size_t count)
{
	static char message[MESSAGE_MAX], reply[RECORD];
	size_t octets = take(message, MESSAGE_MAX), flight_octets;
	size_t owed = count + 2;	/* MAIL and BDAT */
	char *flight;
	FILE *f = open_memstream(&flight, &flight_octets);
	ssize_t n;

	if (f == NULL)
		exit(EX_OSERR);
	fputs("MAIL FROM:<alice@example.org>\r\n", f);
	for (size_t i = 0; i < count; i++)
		fprintf(f, "RCPT TO:<%s>\r\n", recipient[i]);
	fprintf(f, "BDAT %zu LAST\r\n", octets);
	fwrite(message, 1, octets, f);
	fputs("QUIT\r\n", f);
	if (fclose(f) != 0)
		exit(EX_OSERR);
	say("AUTH PLAIN " PLAIN "\r\n");
	put(flight, flight_octets);
	while (owed > 0) {
		n = tls == NULL ? recv(fd, reply, sizeof(reply), 0) :
		    gnutls_record_recv(tls, reply, sizeof(reply));
		if (n <= 0)
			exit(EX_IOERR);
		for (ssize_t i = 0; i < n && owed > 0; i++)
			owed -= reply[i] == '\n';
	}
	free(flight);
}

int
main(int argc, char *argv[])
{
	struct sockaddr_in a = { .sin_family = AF_INET };
	int one = 1;

	if (argc < 3) {
		fprintf(stderr,
		    "usage: floor PORT CA-FILE|- [RECIPIENT...] < FILE\n");
		return EX_USAGE;
	}
	fd = socket(AF_INET, SOCK_STREAM, 0);
	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	a.sin_port = htons((uint16_t)strtol(argv[1], NULL, 10));
	if (connect(fd, (struct sockaddr *)&a, sizeof(a)) == -1)
		return EX_OSERR;
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	if (strcmp(argv[2], "-") != 0)
		start_tls(argv[2]);
	say("");
	say("EHLO floor.example.org\r\n");
	if (argc > 3)
		send_to_many(argv + 3, (size_t)(argc - 3));
	else
		send_to_one();
	if (tls != NULL)
		gnutls_bye(tls, GNUTLS_SHUT_WR);
	return 0;
}
