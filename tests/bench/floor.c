/* SPDX-License-Identifier: ISC */
/*
 * floor PORT CA-FILE|- < FILE
 *
 * What the machine and the TLS library can do: reads standard input and sends
 * it to a sink that listens for no protocol (-r), in records of 16 KiB under
 * TLS ("-": in clear). Not a client; a limit to compare with.
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

int
main(int argc, char *argv[])
{
	struct sockaddr_in a = { .sin_family = AF_INET };
	static char record[RECORD];
	ssize_t n, part, sent;
	int one = 1;

	if (argc != 3) {
		fprintf(stderr, "usage: floor PORT CA-FILE|- < FILE\n");
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
	for (;;) {
		for (n = 0; n < RECORD && (part = read(STDIN_FILENO,
		    record + n, (size_t)(RECORD - n))) > 0; n += part)
			;
		if (n == 0)
			break;
		for (ssize_t done = 0; done < n; done += sent) {
			sent = tls == NULL ? send(fd, record + done,
			    (size_t)(n - done), 0) : gnutls_record_send(tls,
			    record + done, (size_t)(n - done));
			if (sent <= 0)
				return EX_IOERR;
		}
	}
	if (tls != NULL)
		gnutls_bye(tls, GNUTLS_SHUT_WR);
	shutdown(fd, SHUT_WR);
	/* the other end has taken all of it when it closes */
	while (recv(fd, record, RECORD, 0) > 0)
		;
	return 0;
}
