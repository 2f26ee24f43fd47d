/* SPDX-License-Identifier: ISC */
/*
 * What a server says to a whole submission: link, session, AUTH, transactions.
 * The first line of an input says how we go about it: a digit is the number of
 * recipients, l is LMTP, p and c are PIPELINING and CHUNKING off, a is
 * `rejected_recipients abort', b a large message, v one with a line that is a
 * command; what stands behind a blank is the setting of `auth'. Each other line
 * is one of the server's, whose replies come as commands are heard; a line that
 * begins with + comes at once, one with ! closes the connection.
 *
 * What must hold for any bytes: success means that everybody has the message,
 * and that the server has said a 2yz behind its end; nothing shows the
 * password, unless the server knows it by itself (tests/fuzz/sasl.c has more of
 * that); and commands are lines.
 */
#include <sys/socket.h>
#include <sys/un.h>

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
#include "base/memory.h"
#include "base/text.h"
#include "mail/address/address.h"
#include "mail/envelope.h"
#include "mail/message/message.h"
#include "config/account/account.h"
#include "config/option/option.h"
#include "delivery/link.h"
#include "delivery/outcome.h"
#include "delivery/request.h"
#include "delivery/submission.h"

#define PATIENCE_MS 20	/* the server's, with a client that says nothing */
#define BIG 40000	/* octets; more than travel with their envelope */
#define PASSWORD "hunter-two"	/* no end of an escape like \xbc */

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static char path[108];		/* as long as a socket's may be */
static int listener = -1;

struct server {
	const char *p;		/* what it has not said yet */
	size_t n;
	int stop;		/* readable: the client has come to its end */
	/* the client's words */
	char line[64];		/* the beginning of the present one */
	size_t len;
	bool cr;
	unsigned long long chunk;	/* octets of it to come */
	bool last;		/* it is the last one */
	bool data;		/* within a message */
	bool ended;		/* a message has ended, some time */
	unsigned heard;		/* commands and messages to be answered */
	bool asked_data;	/* the last command was DATA */
	bool taken;		/* 2yz was said behind that */
	bool hasty;		/* it has answered to what it had not heard */
	bool knows;		/* the password */
};

static void
must(bool truth)
{
	if (!truth)
		abort();
}

/* ---- The server. */

static void
hear_line(struct server *s)
{
	s->heard++;
	s->line[s->len < sizeof(s->line) ? s->len : sizeof(s->line) - 1] =
	    '\0';
	if (s->data) {
		s->heard -= strcmp(s->line, ".") != 0;
		s->ended |= strcmp(s->line, ".") == 0;
		s->data = strcmp(s->line, ".") != 0;
	} else if (strncmp(s->line, "BDAT ", 5) == 0) {
		s->chunk = strtoull(s->line + 5, NULL, 10);
		s->last = strstr(s->line, " LAST") != NULL;
		/* it is answered behind its octets */
		s->heard -= s->chunk > 0;
	}
	s->asked_data = strcmp(s->line, "DATA") == 0;
	s->len = 0;
}

static void
hear(struct server *s, const char *p, size_t n)
{
	for (; n > 0; p++, n--) {
		if (s->chunk > 0) {
			s->chunk--;
			s->ended |= s->chunk == 0 && s->last;
			s->heard += s->chunk == 0;
			continue;
		}
		must(*p != '\0' && s->cr == (*p == '\n'));
		s->cr = *p == '\r';
		if (*p == '\n')
			hear_line(s);
		else if (!s->cr && s->len++ < sizeof(s->line))
			s->line[s->len - 1] = *p;
	}
}

/* Says a line; false when it closes. */
static bool
say(struct server *s, int fd, bool *more)
{
	size_t len = text_line(s->p, s->n), skip = len > 0 && s->p[0] == '+';
	const char *p = s->p + skip;

	if (len > 0 && s->p[0] == '!')
		*more = false;
	else if (send(fd, p, len - skip, MSG_NOSIGNAL) == -1 ||
	    send(fd, "\r\n", 2, MSG_NOSIGNAL) == -1)
		*more = false;
	else
		*more = len - skip > 3 && p[3] == '-';
	s->taken |= s->ended && len > skip && *p == '2';
	/* DATA is the last of its group */
	if (s->asked_data && s->heard <= 1) {
		s->data |= len > skip && *p == '3';
		s->asked_data = *more;
	}
	skip = s->p[0] == '!';
	len += len < s->n && s->p[len] == '\r';
	len += len < s->n && s->p[len] == '\n';
	s->p += len;
	s->n -= len;
	return skip == 0;
}

/* A reply, and what comes along with it. */
static bool
answer(struct server *s, int fd)
{
	bool more = true;

	while (s->n > 0 && (more || s->p[0] == '+'))
		if (!say(s, fd, &more))
			return false;
	return s->n > 0 || !more;
}

static void
converse(struct server *s, int fd)
{
	struct pollfd p = { fd, POLLIN, 0 };
	char octets[4096];
	ssize_t got;

	s->len = s->heard = 0;
	s->chunk = 0;
	s->cr = s->data = s->last = s->asked_data = false;
	while (s->n > 0 && answer(s, fd)) {
		s->heard -= s->heard > 0;
		while (s->heard == 0) {
			/* who is waited for in vain is answered, too */
			if (poll(&p, 1, PATIENCE_MS) == 0) {
				s->hasty = true;
				break;
			}
			got = read(fd, octets, sizeof(octets));
			if (got <= 0)
				return;
			hear(s, octets, (size_t)got);
		}
	}
	/* it has heard what was still said */
	shutdown(fd, SHUT_WR);
	while ((got = read(fd, octets, sizeof(octets))) > 0)
		hear(s, octets, (size_t)got);
}

static void *
serve(void *context)
{
	struct server *s = context;
	struct pollfd p[2] = {
		{ listener, POLLIN, 0 }, { s->stop, POLLIN, 0 }
	};
	int fd;

	while (poll(p, 2, -1) > 0 && p[0].revents != 0) {
		fd = accept(listener, NULL, NULL);
		must(fd != -1);
		converse(s, fd);
		close(fd);
	}
	return NULL;
}

/* ---- The client. */

static void
remove_socket(void)
{
	unlink(path);
}

static void
start(void)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };

	snprintf(path, sizeof(path), "/tmp/fuzz-session.%ld", (long)getpid());
	memcpy(to.sun_path, path, sizeof(path));
	unlink(path);
	listener = socket(AF_UNIX, SOCK_STREAM, 0);
	must(listener != -1 && bind(listener, (struct sockaddr *)&to,
	    sizeof(to)) == 0 && listen(listener, 16) == 0);
	signal(SIGPIPE, SIG_IGN);
	atexit(remove_socket);
}

static void
ignore_note(const char *text)
{
	must(!text_has_control(text, strlen(text)));
}

static void
set(struct account *a, enum option_id id, const char *value)
{
	static const struct option_place here = { NULL,
	    ORIGIN_COMMAND_LINE, 0 };
	struct fault f = { .class = FAULT_NONE };

	/* one that is wrong is left as it is */
	option_set(a, id, value, strlen(value), &here, &f);
	fault_clear(&f);
}

static void
choose(struct account *a, const char *how)
{
	const char *auth = strchr(how, ' ');
	size_t n = auth == NULL ? strlen(how) : (size_t)(auth - how);

	account_init(a);
	set(a, OPTION_SOCKET, path);
	set(a, OPTION_TLS, "off");
	set(a, OPTION_DOMAIN, "client.example.org");
	set(a, OPTION_TIMEOUT, "2");
	set(a, OPTION_USER, "alice");
	set(a, OPTION_PASSWORD, PASSWORD);
	/* without GSSAPI, which looks around on the machine for a ticket */
	if (auth != NULL && strchr(auth, 'g') == NULL &&
	    strchr(auth, 'G') == NULL)
		set(a, OPTION_AUTH, auth + 1);
	else if (auth != NULL)
		set(a, OPTION_AUTH, "login");
	if (memchr(how, 'l', n) != NULL)
		set(a, OPTION_PROTOCOL, "lmtp");
	if (memchr(how, 'p', n) != NULL)
		set(a, OPTION_PIPELINING, "off");
	if (memchr(how, 'c', n) != NULL)
		set(a, OPTION_CHUNKING, "off");
	if (memchr(how, 'a', n) != NULL)
		set(a, OPTION_REJECTED_RECIPIENTS, "abort");
}

/* The file is closed behind the message. */
static FILE *
write_message(struct message *m, const char *how)
{
	struct fault f = { .class = FAULT_NONE };
	FILE *file = tmpfile();

	must(file != NULL);
	fputs("From: alice@example.org\nSubject: x\n\n.a line\n", file);
	for (size_t i = 0; strchr(how, 'b') != NULL && i < BIG / 50; i++)
		fprintf(file, "%050zu\n", i);
	if (strchr(how, 'v') != NULL)
		fputs("QUIT\n", file);
	must(fflush(file) == 0 && lseek(fileno(file), 0, SEEK_SET) == 0);
	message_init(m);
	must(message_read(m, fileno(file), MESSAGE_DOT_TEXT, &f) == 0);
	return file;
}

static void
write_envelope(struct envelope *e, const char *how)
{
	char alice[] = "alice", org[] = "example.org", local[] = "bob0";
	struct mailbox box = { NULL, alice, org };
	size_t n = 1;

	for (; *how != '\0' && *how != ' '; how++)
		if (*how >= '1' && *how <= '9')
			n = (size_t)(*how - '0');
	envelope_init(e);
	envelope_set_path(e, &box);
	box.local = local;
	for (size_t i = 0; i < n; i++, local[3]++)
		envelope_add(e, &box);
}

static void
judge(const struct server *s, int r, const struct outcome *o,
    const struct envelope *e, const struct fault *f)
{
	size_t n = envelope_in_state(e, RECIPIENT_DELIVERED);

	must((r == 0) == (f->class == FAULT_NONE));
	must(r == -1 || (n == e->count && o->delivered == n && !o->unsure));
	must(n == 0 || s->taken || s->hasty);
	must(s->knows || f->text == NULL ||
	    strstr(f->text, PASSWORD) == NULL);
	must(s->knows || f->hint == NULL ||
	    strstr(f->hint, PASSWORD) == NULL);
	for (size_t i = 0; i < e->count; i++)
		must(e->recipient[i].reply == NULL ||
		    !text_has_control(e->recipient[i].reply,
		    strlen(e->recipient[i].reply)));
}

static int
submit(struct link *l, struct envelope *e, struct outcome *o,
    const struct message *m, struct fault *f)
{
	struct submission s;
	int r = link_open(l, o, f);

	if (r == 0) {
		submission_init(&s, l, e, o, false);
		r = submission_run(&s, m, false, f);
		submission_free(&s);
	}
	link_free(l);
	return r;
}

static void
try_server(struct server *s, const char *how, FILE *transcript, int stop)
{
	struct fault f = { .class = FAULT_NONE };
	const struct request request = { .note = ignore_note,
	    .transcript = transcript };
	struct account a;
	struct envelope e;
	struct message m;
	struct outcome o;
	struct link l;
	pthread_t thread;
	FILE *file;
	int r;

	choose(&a, how);
	file = write_message(&m, how);
	write_envelope(&e, how);
	outcome_init(&o);
	must(pthread_create(&thread, NULL, serve, s) == 0);
	link_init(&l, &request, &a);
	r = submit(&l, &e, &o, &m, &f);
	must(write(stop, "", 1) == 1);
	pthread_join(thread, NULL);
	judge(s, r, &o, &e, &f);
	outcome_free(&o);
	envelope_free(&e);
	message_free(&m);
	fclose(file);
	account_free(&a);
	fault_clear(&f);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct server s = { .p = (const char *)data, .n = n };
	size_t len = text_line(s.p, n), shown_len = 0;
	char *how = memory_copy(data, len), *shown = NULL;
	FILE *transcript = open_memstream(&shown, &shown_len);
	int stop[2];

	if (listener == -1)
		start();
	must(transcript != NULL && pipe(stop) == 0);
	s.stop = stop[0];
	s.knows = text_find(s.p, n, PASSWORD, strlen(PASSWORD)) != NULL;
	len += len < n && s.p[len] == '\r';
	len += len < n && s.p[len] == '\n';
	s.p += len;
	s.n -= len;
	try_server(&s, how, transcript, stop[1]);
	fclose(transcript);
	must(s.knows || text_find(shown, shown_len, PASSWORD,
	    strlen(PASSWORD)) == NULL);
	close(stop[0]);
	close(stop[1]);
	free(shown);
	free(how);
	return 0;
}
