/* SPDX-License-Identifier: ISC */
/*
 * -bs in front of a smarthost that fails. The first line of the input is what
 * the smarthost does: a letter for what it offers, then one for each reply; see
 * say(). The rest is what the client sends. Every command of the client must
 * have its reply and no other, whatever happens behind; a message is only
 * accepted when the smarthost has accepted it for each of its recipients. And
 * the smarthost must never hear a line end that is not CRLF, or a NUL.
 */
#include <sys/socket.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/fault.h"
#include "base/text.h"
#include "mail/address/address.h"
#include "smtp/server/command.h"
#include "config/account/account.h"
#include "config/option/option.h"
#include "delivery/request.h"
#include "modes/modes.h"

#define PORT_TEXT 16
#define LINE_MAX_OCTETS (1024 * 1024)
#define TEXT_MAX (16 * 1024 * 1024)	/* octets of all that was accepted */

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static void
require(bool truth)
{
	if (!truth)
		abort();
}

/* ---- The smarthost, a thread of its own. */

enum { /* bits of its first letter */
	OFFERS_PIPELINING = 1, OFFERS_CHUNKING = 2, OFFERS_8BIT = 4,
	SPEAKS_LMTP = 8
};

static struct {
	int listener;
	int stop[2];		/* a pipe: readable when the client has gone */
	const char *script;	/* what is left of it */
	size_t left;
	unsigned offers;
	bool lied;		/* it gave replies that nobody asked for */
	size_t messages;	/* that it has accepted, */
	struct buffer accepted;	/* and for whom: "\n<path>" each */
} host;

struct visit {
	FILE *in;
	int fd;
	bool closed;
	bool mail;		/* a transaction has begun */
	bool failed;		/* a chunk was refused */
	size_t count;		/* recipients: */
	struct buffer recipients;
};

/* Who has gone need not hear it. */
static void
put(struct visit *v, const char *text)
{
	if (!v->closed && write(v->fd, text, strlen(text)) == -1)
		v->closed = true;
}

static void
hang_up(struct visit *v)
{
	shutdown(v->fd, SHUT_RDWR);
	v->closed = true;
}

/*
 * The next reply, which is `honest` unless the script says otherwise. Returns
 * the first digit of what was said, 0 where it was no reply.
 */
static int
say(struct visit *v, const char *honest)
{
	char what = host.left > 0 ? *host.script : 'o';
	const char *text = honest;
	char half[3] = { honest[0], honest[1], '\0' };

	if (host.left > 0) {
		host.script++;
		host.left--;
	}
	switch (what) {
	case '1': text = "421 4.3.2 bye\r\n"; break;
	case '2': text = "250 2.0.0 yes\r\n"; break;
	case '3': text = "354 go\r\n"; break;
	case '4': text = "451 4.3.0 later\r\n"; break;
	case '5': text = "554 5.7.1 no\r\n"; break;
	case 'f': text = "452 4.5.3 too many\r\n"; break;
	case 'm': put(v, "250-first\r\n"); break;
	case 'M': put(v, "550-first\r\n"); break;
	case 'e': text = ""; break;
	case 'g': text = "what?\r\n"; break;
	case 'h': text = half; break;
	case 'n': text = "250\r\n"; break;
	default: break;
	}
	if (what != 'c')
		put(v, text);
	if (what == 's' || what == 'S') {
		put(v, what == 's' ? "250 more\r\n" : "550 more\r\n");
		host.lied = true;
	}
	if (what == 'y')
		put(v, "421 4.4.2 idle\r\n");
	if (memchr("1cehxy", what, 6) != NULL)
		hang_up(v);
	if (what == 'm' && honest[0] != '2')
		return 0;
	return memchr("ceghM", what, 5) != NULL ? 0 : text[0] - '0';
}

/* A line with its CRLF; false at the end of the stream. */
static bool
read_line(struct visit *v, struct buffer *line)
{
	int c;

	buffer_clear(line);
	while (!v->closed && (c = getc(v->in)) != EOF) {
		require(c != '\0');
		require(line->len == 0 ||
		    line->data[line->len - 1] != '\r' || c == '\n');
		buffer_add_char(line, (char)c);
		if (c != '\n')
			continue;
		require(line->len > 1 &&
		    line->data[line->len - 2] == '\r');
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
forget(struct visit *v)
{
	v->mail = v->failed = false;
	v->count = 0;
	buffer_clear(&v->recipients);
}

static void
hello(struct visit *v)
{
	struct buffer b;

	buffer_init(&b, LINE_MAX_OCTETS);
	buffer_add_string(&b, "250-x\r\n");
	if (host.offers & OFFERS_PIPELINING)
		buffer_add_string(&b, "250-PIPELINING\r\n");
	if (host.offers & OFFERS_CHUNKING)
		buffer_add_string(&b, "250-CHUNKING\r\n");
	if (host.offers & OFFERS_8BIT)
		buffer_add_string(&b, "250-8BITMIME\r\n250-SMTPUTF8\r\n"
		    "250-DSN\r\n");
	buffer_add_string(&b, "250 SIZE 100000\r\n");
	say(v, b.data);
	buffer_free(&b);
}

static void
rcpt(struct visit *v, const struct buffer *line)
{
	const char *path = memchr(line->data, '<', line->len);
	size_t n = line->len - (size_t)(path - line->data), end = 0;

	for (size_t i = 0; i < n && path[i] != ' '; i++)
		if (path[i] == '>')
			end = i + 1;
	if (say(v, v->mail ? "250 ok\r\n" : "503 no MAIL\r\n") != 2)
		return;
	buffer_add_char(&v->recipients, '\n');
	buffer_add(&v->recipients, path, end);
	v->count++;
}

/* The message is there; a reply for each recipient by LMTP. */
static void
judge(struct visit *v)
{
	size_t replies = host.offers & SPEAKS_LMTP ? v->count : 1;
	bool taken = replies > 0;

	for (size_t i = 0; i < replies && !v->closed; i++)
		taken &= say(v, "250 ok\r\n") == 2;
	if (taken && !v->failed) {
		host.messages++;
		buffer_add(&host.accepted, v->recipients.data,
		    v->recipients.len);
	}
	forget(v);
}

static void
data(struct visit *v, struct buffer *line)
{
	if (say(v, v->count > 0 ? "354 go\r\n" : "503 nobody\r\n") != 3)
		return;
	while (read_line(v, line))
		if (line->len == 3 && begins(line, ".\r\n")) {
			judge(v);
			return;
		}
}

static void
bdat(struct visit *v, const struct buffer *line)
{
	char *rest;
	unsigned long n = strtoul(line->data + 5, &rest, 10);
	bool last = strstr(rest, "LAST") != NULL;

	while (n > 0 && !v->closed && getc(v->in) != EOF)
		n--;
	if (n > 0)
		return;
	v->failed |= v->count == 0;
	if (last && !v->failed)
		judge(v);
	else if (say(v, v->failed ? "503 no\r\n" : "250 ok\r\n") != 2)
		v->failed = true;
	else if (last)
		host.lied = true;	/* of what it has refused before */
}

static void
converse(int fd)
{
	struct visit v = { .in = fdopen(fd, "r"), .fd = fd };
	struct buffer line;

	buffer_init(&line, LINE_MAX_OCTETS);
	buffer_init(&v.recipients, LINE_MAX_OCTETS);
	say(&v, "220 x\r\n");
	while (read_line(&v, &line)) {
		if (begins(&line, "EHLO ") || begins(&line, "LHLO ")) {
			hello(&v);
		} else if (begins(&line, "MAIL FROM:<")) {
			if (!v.mail)
				v.mail = say(&v, "250 ok\r\n") == 2;
			else
				say(&v, "503 nested\r\n");
		} else if (begins(&line, "RCPT TO:<")) {
			rcpt(&v, &line);
		} else if (begins(&line, "DATA\r\n")) {
			data(&v, &line);
		} else if (begins(&line, "BDAT ")) {
			bdat(&v, &line);
		} else if (begins(&line, "RSET\r\n")) {
			forget(&v);
			say(&v, "250 ok\r\n");
		} else {
			require(begins(&line, "QUIT\r\n") ||
			    begins(&line, "HELO "));
			say(&v, "221 bye\r\n");
		}
	}
	buffer_free(&line);
	buffer_free(&v.recipients);
	fclose(v.in);
}

static void *
run_smarthost(void *unused)
{
	struct pollfd p[2] = { { host.listener, POLLIN, 0 },
	    { host.stop[0], POLLIN, 0 } };
	char c;

	for (;;) {
		poll(p, 2, -1);
		if (p[0].revents != 0)
			converse(accept(host.listener, NULL, NULL));
		else if (p[1].revents != 0)
			break;
	}
	require(read(host.stop[0], &c, 1) == 1);
	return unused;
}

/* ---- The client: what it said, beside what it has heard. */

struct hearing {
	const char *p;		/* what the client sent, */
	size_t n;
	const char *heard;	/* and what it was told */
	size_t left;
	struct buffer told;	/* recipients it believes in: "\n<path>" */
	size_t messages;	/* that it believes so */
};

/* The code of the next reply, of all its lines; 0: there is none. */
static int
next_reply(struct hearing *h)
{
	const char *lf;
	bool last;
	size_t n;
	int code = 0, this;

	while (h->left > 0) {
		lf = memchr(h->heard, '\n', h->left);
		require(lf != NULL);
		n = (size_t)(lf - h->heard) + 1;
		require(n >= 6 && n <= 512 && lf[-1] == '\r' &&
		    (h->heard[3] == ' ' || h->heard[3] == '-') &&
		    !text_has_control(h->heard, n - 2));
		this = (int)text_number(h->heard, 3, 555);
		require(this >= 211 && (code == 0 || code == this));
		code = this;
		last = h->heard[3] == ' ';
		h->heard += n;
		h->left -= n;
		if (last)
			return code;
	}
	require(code == 0);
	return 0;
}

static void
take(struct hearing *h, size_t n)
{
	h->p += n;
	h->n -= n;
}

/* Octets up to the end of a message behind DATA; 0 without one. */
static size_t
message_length(const char *p, size_t n)
{
	bool at_start = true;

	for (size_t i = 0; i + 2 < n; i++) {
		if (at_start && memcmp(p + i, ".\r\n", 3) == 0)
			return i + 3;
		at_start = i > 0 && p[i] == '\n' && p[i - 1] == '\r';
	}
	return 0;
}

/* Every recipient that was told 250 must have it. */
static void
believe(struct hearing *h)
{
	const char *p = h->told.data, *end = p + h->told.len, *next;

	require(host.lied || ++h->messages <= host.messages);
	for (; !host.lied && p < end; p = next) {
		next = memchr(p + 1, '\n', (size_t)(end - p) - 1);
		next = next == NULL ? end : next;
		require(text_find(host.accepted.data, host.accepted.len, p,
		    (size_t)(next - p)) != NULL);
	}
	buffer_clear(&h->told);
}

static void
believe_rcpt(struct hearing *h, const struct command *c)
{
	struct command_rcpt r;
	char *spec;

	require(command_read_rcpt(&r, true, c->argument, c->len) == NULL);
	spec = address_spec(&r.box);
	if (text_is_ascii(spec, strlen(spec)))
		buffer_printf(&h->told, "\n<%s>", spec);
	free(spec);
	command_rcpt_free(&r);
}

/* false: the session has ended here. */
static bool
hear_chunk(struct hearing *h, const struct command *c)
{
	uint64_t octets;
	bool last, known;
	int code;

	known = command_read_bdat(&octets, &last, c->argument, c->len) == 0;
	if (known && octets > h->n)
		return false;
	if (known)
		take(h, (size_t)octets);
	code = next_reply(h);
	require(code != 0);
	if (known && last && code / 100 == 2)
		believe(h);
	return known && code != 421;
}

static bool
hear_data(struct hearing *h, int code)
{
	size_t n;

	if (code != 354)
		return true;
	n = message_length(h->p, h->n);
	if (n == 0)
		return false;
	take(h, n);
	code = next_reply(h);
	require(code != 0);
	if (code / 100 == 2)
		believe(h);
	return true;
}

/* One line of the client's and what belongs to it; false at the end. */
static bool
hear_line(struct hearing *h)
{
	const char *lf = memchr(h->p, '\n', h->n), *line = h->p;
	size_t n = lf == NULL ? h->n : (size_t)(lf - line);
	struct command c;
	int code;

	if (n > 0 && !text_is_alpha(line[0]) && line[0] != '.' &&
	    line[0] != '\r') {
		require(next_reply(h) == 421);
		return false;
	}
	if (lf == NULL)
		return false;
	take(h, n + 1);
	if (n == 0 || line[n - 1] != '\r') {
		code = next_reply(h);
		require(code == 554 || code == 421);
		return false;
	}
	command_read(&c, line, --n);
	if (n + 2 <= COMMAND_LINE_MAX && c.verb == COMMAND_BDAT &&
	    !text_has_control(line, n) &&
	    (h->left < 3 || memcmp(h->heard, "421", 3) != 0))
		return hear_chunk(h, &c);
	code = next_reply(h);
	require(code != 0);
	if (code == 221 || code == 421 || (code == 554 &&
	    c.verb == COMMAND_HTTP))
		return false;
	if (c.verb == COMMAND_MAIL && code / 100 == 2)
		buffer_clear(&h->told);
	if (c.verb == COMMAND_RCPT && code / 100 == 2)
		believe_rcpt(h, &c);
	return c.verb != COMMAND_DATA || hear_data(h, code);
}

static void
check(const char *sent, size_t n, const char *heard, size_t left)
{
	struct hearing h = { sent, n, heard, left, { 0 }, 0 };
	int code;

	buffer_init(&h.told, TEXT_MAX);
	require(next_reply(&h) == 220);
	while (h.n > 0 && hear_line(&h))
		;
	/* too many errors: that is told beside the last one */
	code = next_reply(&h);
	require(code == 0 || code == 421);
	require(h.left == 0);
	buffer_free(&h.told);
}

/* ---- Both. */

static struct account settings;

static void
set(enum option_id id, const char *value)
{
	static const struct option_place here = { NULL,
	    ORIGIN_COMMAND_LINE, 0 };
	struct fault f = { .class = FAULT_NONE };

	require(option_set(&settings, id, value, strlen(value), &here,
	    &f) == 0);
}

static void
start(void)
{
	struct sockaddr_in in = { .sin_family = AF_INET,
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(in);
	char port[PORT_TEXT];

	signal(SIGPIPE, SIG_IGN);
	host.listener = socket(AF_INET, SOCK_STREAM, 0);
	require(bind(host.listener, (struct sockaddr *)&in, len) == 0 &&
	    listen(host.listener, 16) == 0 && getsockname(host.listener,
	    (struct sockaddr *)&in, &len) == 0 && pipe(host.stop) == 0);
	buffer_init(&host.accepted, TEXT_MAX);
	snprintf(port, sizeof(port), "%u", (unsigned)ntohs(in.sin_port));
	account_init(&settings);
	set(OPTION_HOST, "127.0.0.1");
	set(OPTION_PORT, port);
	set(OPTION_TLS, "off");
	set(OPTION_SYSLOG, "off");
	set(OPTION_DOMAIN, "client.example.org");
	set(OPTION_TIMEOUT, "3");
}

static void
ignore_note(const char *text)
{
	require(!text_has_control(text, strlen(text)));
}

static void
try_session(const char *p, size_t n, FILE *in, FILE *out)
{
	const struct request request = { .settings = &settings,
	    .no_aliases = true, .note = ignore_note };
	struct fault f = { .class = FAULT_NONE };
	int stdin_was = dup(0), stdout_was = dup(1);

	require(in != NULL && out != NULL && stdin_was != -1 &&
	    stdout_was != -1);
	fflush(stdout);
	require(fwrite(p, 1, n, in) == n && fflush(in) == 0 &&
	    lseek(fileno(in), 0, SEEK_SET) == 0);
	require(dup2(fileno(in), 0) == 0 && dup2(fileno(out), 1) == 1);
	require((serve(&request, &f) == -1) == (f.class != FAULT_NONE));
	require(dup2(stdin_was, 0) == 0 && dup2(stdout_was, 1) == 1);
	close(stdin_was);
	close(stdout_was);
	fault_clear(&f);
}

static void
check_output(const char *p, size_t n, FILE *out)
{
	struct buffer heard;
	int c;

	buffer_init(&heard, TEXT_MAX);
	rewind(out);
	while ((c = getc(out)) != EOF)
		buffer_add_char(&heard, (char)c);
	require(!heard.full);
	check(p, n, heard.data, heard.len);
	buffer_free(&heard);
}

int
LLVMFuzzerTestOneInput(const uint8_t *input, size_t n)
{
	const char *script = (const char *)input, *p;
	FILE *in = tmpfile(), *out = tmpfile();
	pthread_t smarthost;

	if (host.stop[1] == 0)
		start();
	p = n == 0 ? NULL : memchr(script, '\n', n);
	p = p == NULL ? script + n : p + 1;
	host.lied = false;
	host.messages = 0;
	buffer_clear(&host.accepted);
	host.script = script + (n > 0);
	host.left = n > 0 && p - script > 1 ? (size_t)(p - script) - 2 : 0;
	host.offers = n == 0 ? 0 : input[0];
	set(OPTION_PROTOCOL, host.offers & SPEAKS_LMTP ? "lmtp" : "smtp");
	require(pthread_create(&smarthost, NULL, run_smarthost, NULL) == 0);
	n -= (size_t)(p - script);
	try_session(p, n, in, out);
	require(write(host.stop[1], "", 1) == 1);
	pthread_join(smarthost, NULL);
	check_output(p, n, out);
	fclose(in);
	fclose(out);
	return 0;
}
