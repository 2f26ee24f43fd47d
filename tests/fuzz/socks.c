/* SPDX-License-Identifier: ISC */
/*
 * What a SOCKS5 proxy says. What must hold for any bytes: there is a verdict
 * without waiting once the proxy has closed, a connection is one only when the
 * proxy said so, no octet behind its reply is taken, and no fault shows the
 * password.
 */
#include <sys/socket.h>

#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fault.h"
#include "base/memory.h"
#include "base/text.h"
#include "wire/route.h"

#define INPUT_MAX 4096	/* octets; any socket holds them */
#define LONG_MS 60000	/* that it takes this long is a bug */
#define PASSWORD "hunter2"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void
must(int condition)
{
	if (!condition)
		abort();
}

/* Where SMTP begins, by a reading of the RFCs of its own. */
static size_t
reply_end(const uint8_t *p, size_t n, int known)
{
	size_t at = 2, size;

	if (n < 2 || p[0] != 5)
		return 0;
	if (p[1] == 2 && known) {
		if (n < 4 || p[3] != 0)
			return 0;
		at = 4;
	} else if (p[1] != 0) {
		return 0;
	}
	if (n < at + 5 || p[at] != 5 || p[at + 1] != 0)
		return 0;
	size = p[at + 3] == 1 ? 10 : p[at + 3] == 4 ? 22 :
	    p[at + 3] == 3 ? 7U + p[at + 4] : 0;
	return size == 0 || n < at + size ? 0 : at + size;
}

static void
converse(const uint8_t *data, size_t n, int known)
{
	struct fault f = { .class = FAULT_NONE };
	struct secret password = { NULL, 0 };
	struct socks s = {
		.host = "mail.example.org", .port = 25, .peer = "peer",
		.user = known ? "you" : NULL, .password = &password
	};
	size_t end = reply_end(data, n, known);
	char rest[INPUT_MAX];
	int fd[2];

	must(socketpair(AF_UNIX, SOCK_STREAM, 0, fd) == 0);
	must(fcntl(fd[0], F_SETFL, O_NONBLOCK) == 0);
	must(n == 0 || write(fd[1], data, n) == (ssize_t)n);
	shutdown(fd[1], SHUT_WR);
	if (known)
		secret_set(&password, PASSWORD, strlen(PASSWORD));
	if (socks_connect(fd[0], &s, clock_after(LONG_MS), &f) == 0) {
		must(end > 0 && f.class == FAULT_NONE);
		must(recv(fd[0], rest, sizeof(rest), 0) ==
		    (ssize_t)(n - end));
	} else {
		must(end == 0 && f.class != FAULT_NONE && f.hint != NULL);
		must(strstr(f.text, PASSWORD) == NULL);
		must(!text_has_control(f.text, strlen(f.text)));
	}
	close(fd[0]);
	close(fd[1]);
	secret_clear(&password);
	fault_clear(&f);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	if (n > INPUT_MAX)
		n = INPUT_MAX;
	converse(data, n, 0);
	converse(data, n, 1);
	return 0;
}
