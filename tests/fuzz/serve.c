/* SPDX-License-Identifier: ISC */
/*
 * -bs as a whole: the input is what a client sends. Behind it a smarthost
 * that takes everything, in a process of its own, which aborts us when it
 * hears what must never reach it: a line end that is not CRLF, a NUL, or a
 * message when it has seen no recipient. The parsers are tried on the input
 * as well: cutting it up must not matter, and what they take is clean.
 */
#include <sys/socket.h>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/fault.h"
#include "base/text.h"
#include "smtp/server/command.h"
#include "config/account/account.h"
#include "config/option/option.h"
#include "delivery/request.h"
#include "modes/modes.h"

#define PORT_TEXT 16
#define LINE_MAX_OCTETS (256 * 1024)	/* of the smarthost's */

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static struct account settings;

static void
require(bool truth)
{
	if (!truth)
		abort();
}

/* ---- the smarthost */

static pid_t fuzzed;

static void
must(bool truth)
{
	if (truth)
		return;
	kill(fuzzed, SIGABRT);
	_exit(1);
}

static void
say(int fd, const char *text)
{
	/* who has gone need not hear it */
	if (write(fd, text, strlen(text)) == -1)
		return;
}

/* A line with its CRLF; false at the end of the stream. */
static bool
read_line(FILE *in, struct buffer *line)
{
	int c;

	buffer_clear(line);
	while ((c = getc(in)) != EOF) {
		must(c != '\0');
		must(line->len == 0 || line->data[line->len - 1] != '\r' ||
		    c == '\n');
		buffer_add_char(line, (char)c);
		if (c != '\n')
			continue;
		must(line->len > 1 && line->data[line->len - 2] == '\r');
		return true;
	}
	return false;
}

static bool
begins(const struct buffer *line, const char *word)
{
	return line->len >= strlen(word) &&
	    memcmp(line->data, word, strlen(word)) == 0;
}

static void
converse(int fd)
{
	FILE *in = fdopen(fd, "r");
	bool mail = false, rcpt = false;
	struct buffer line;

	buffer_init(&line, LINE_MAX_OCTETS);
	say(fd, "220 x\r\n");
	while (read_line(in, &line)) {
		if (begins(&line, "EHLO ")) {
			say(fd, "250-x\r\n250-PIPELINING\r\n250-SMTPUTF8\r\n"
			    "250-8BITMIME\r\n250-DSN\r\n250 SIZE 100000\r\n");
		} else if (begins(&line, "MAIL FROM:<")) {
			must(!mail);
			mail = true;
			say(fd, "250 ok\r\n");
		} else if (begins(&line, "RCPT TO:<")) {
			must(mail);
			rcpt = true;
			say(fd, line.len % 5 == 0 ? "550 no\r\n" :
			    "250 ok\r\n");
		} else if (begins(&line, "DATA\r\n")) {
			must(rcpt);
			say(fd, "354 go\r\n");
			while (read_line(in, &line) && !begins(&line, ".\r\n"))
				;
			mail = rcpt = false;
			say(fd, "250 ok\r\n");
		} else if (begins(&line, "RSET\r\n")) {
			mail = rcpt = false;
			say(fd, "250 ok\r\n");
		} else {
			must(begins(&line, "QUIT\r\n"));
			break;
		}
	}
	buffer_free(&line);
	fclose(in);
}

/* Until whoever holds the other end of the pipe is gone. */
static _Noreturn void
run_smarthost(int listener, int alive)
{
	struct pollfd p[2] = { { listener, POLLIN, 0 }, { alive, POLLIN, 0 } };

	signal(SIGPIPE, SIG_IGN);
	while (poll(p, 2, -1) > 0 && p[1].revents == 0)
		if (p[0].revents != 0)
			converse(accept(listener, NULL, NULL));
	_exit(0);
}

static void
set(enum option_id id, const char *value)
{
	static const struct option_place here = { NULL,
	    ORIGIN_COMMAND_LINE, 0 };
	struct fault f = { FAULT_NONE, NULL, NULL, false };

	require(option_set(&settings, id, value, strlen(value), &here,
	    &f) == 0);
}

static void
start(void)
{
	struct sockaddr_in in = { .sin_family = AF_INET,
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int listener = socket(AF_INET, SOCK_STREAM, 0), alive[2];
	socklen_t len = sizeof(in);
	char port[PORT_TEXT];
	pid_t pid;

	signal(SIGPIPE, SIG_IGN);
	require(bind(listener, (struct sockaddr *)&in, len) == 0 &&
	    listen(listener, 16) == 0 && getsockname(listener,
	    (struct sockaddr *)&in, &len) == 0 && pipe(alive) == 0);
	fuzzed = getpid();
	pid = fork();
	require(pid != -1);
	if (pid == 0) {
		close(alive[1]);
		run_smarthost(listener, alive[0]);
	}
	close(alive[0]);
	close(listener);
	snprintf(port, sizeof(port), "%u", (unsigned)ntohs(in.sin_port));
	account_init(&settings);
	set(OPTION_HOST, "127.0.0.1");
	set(OPTION_PORT, port);
	set(OPTION_TLS, "off");
	set(OPTION_SYSLOG, "off");
	set(OPTION_DOMAIN, "client.example.org");
}

/* ---- the client */

static void
ignore_note(const char *text)
{
	require(!text_has_control(text, strlen(text)));
}

/* Every reply has its form, whatever they are to. */
static void
check_replies(FILE *out)
{
	struct buffer line;
	int c;

	buffer_init(&line, LINE_MAX_OCTETS);
	rewind(out);
	while ((c = getc(out)) != EOF) {
		buffer_add_char(&line, (char)c);
		if (c != '\n')
			continue;
		require(line.len >= 6 && line.len <= 512 &&
		    line.data[line.len - 2] == '\r' &&
		    line.data[0] >= '2' && line.data[0] <= '5' &&
		    (line.data[3] == ' ' || line.data[3] == '-') &&
		    !text_has_control(line.data, line.len - 2));
		buffer_clear(&line);
	}
	require(line.len == 0);
	buffer_free(&line);
}

static void
try_session(const uint8_t *data, size_t n)
{
	const struct request request = { .settings = &settings,
	    .no_aliases = true, .note = ignore_note };
	struct fault f = { FAULT_NONE, NULL, NULL, false };
	FILE *in = tmpfile(), *out = tmpfile();
	int stdin_was = dup(0), stdout_was = dup(1);

	require(in != NULL && out != NULL && stdin_was != -1 &&
	    stdout_was != -1);
	fflush(stdout);
	require(fwrite(data, 1, n, in) == n && fflush(in) == 0 &&
	    lseek(fileno(in), 0, SEEK_SET) == 0);
	require(dup2(fileno(in), 0) == 0 && dup2(fileno(out), 1) == 1);
	require((serve(&request, &f) == -1) == (f.class != FAULT_NONE));
	require(dup2(stdin_was, 0) == 0 && dup2(stdout_was, 1) == 1);
	close(stdin_was);
	close(stdout_was);
	check_replies(out);
	fclose(in);
	fclose(out);
	fault_clear(&f);
}

static void
try_unstuff(const char *p, size_t n, size_t cut, struct buffer *message,
    size_t *end)
{
	size_t at = 0, have = 0, used, len;
	struct unstuff u;

	unstuff_start(&u, n % 2 == 1);
	while (!u.ended && have < n) {
		have = have + cut > n ? n : have + cut;
		while (!u.ended && (used = unstuff_next(&u, p + at, have - at,
		    &len)) > 0) {
			require(used <= have - at && len <= used);
			at += used;
			buffer_add(message, p + at - len, len);
		}
	}
	*end = at;
}

static void
try_parsers(const char *p, size_t n)
{
	struct buffer whole, parts;
	struct command_mail m;
	struct command_rcpt c;
	size_t end, other;
	uint64_t octets;
	bool last;

	buffer_init(&whole, n + 1);
	buffer_init(&parts, n + 1);
	try_unstuff(p, n, n + 1, &whole, &end);
	try_unstuff(p, n, 1, &parts, &other);
	require(end == other && whole.len == parts.len && (whole.len == 0 ||
	    memcmp(whole.data, parts.data, whole.len) == 0));
	buffer_free(&whole);
	buffer_free(&parts);
	if (command_read_mail(&m, p, n) == NULL)
		require(m.null_path == (m.path.local == NULL) &&
		    (m.envid == NULL ||
		    !text_has_control(m.envid, strlen(m.envid))));
	command_mail_free(&m);
	if (command_read_rcpt(&c, true, p, n) == NULL)
		require(c.box.local != NULL &&
		    !text_has_control(c.box.local, strlen(c.box.local)));
	command_rcpt_free(&c);
	command_read_bdat(&octets, &last, p, n);
	command_is_name(p, n);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	if (fuzzed == 0)
		start();
	try_parsers((const char *)data, n);
	try_session(data, n);
	return 0;
}
