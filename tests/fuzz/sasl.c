/* SPDX-License-Identifier: ISC */
/*
 * What a server says to AUTH, against libgsasl. The first line of an input is
 * the setting of `auth', behind a "!" where nothing with -PLUS is offered, each
 * other one a reply, which comes when a command has been heard. "334 =" begins
 * a challenge that is not in base64 yet, and in it "$" stands for the nonce
 * that SCRAM's client has sent.
 *
 * What must hold for any bytes: authentication succeeds only by 2yz, and with
 * a mutual mechanism not at all, since nobody here knows the password; neither
 * fault nor transcript shows it; and a refusal is the last reply.
 */
#include <sys/socket.h>

#include <poll.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/base64.h"
#include "base/buffer.h"
#include "base/memory.h"
#include "base/text.h"
#include "wire/conn.h"
#include "smtp/session.h"
#include "smtp/dialogue.h"

#define OUT_MAX (1024 * 1024)
#define DIGITS_MAX 3	/* more iterations only take longer */
#define TIMEOUT_MS 1000
#define PASSWORD "hunter-two"	/* no end of an escape like \xbc */
#define OFFERED " SCRAM-SHA-256 SCRAM-SHA-1 PLAIN LOGIN DIGEST-MD5 CRAM-MD5 " \
    "NTLM EXTERNAL OAUTHBEARER XOAUTH2 "
#define BINDING "0123456789abcdef0123456789abcdef"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

struct server {
	const char *p;		/* what it has not said yet */
	size_t n;
	bool asked;		/* a command has come, and its reply is due */
	char digit;		/* the first of the last reply */
	struct buffer heard;	/* the commands */
	struct buffer line;	/* a reply, as far as it was not taken yet */
};

static void
must(bool truth)
{
	if (!truth)
		abort();
}

static void
add_nonce(struct buffer *b, const struct buffer *heard)
{
	const char *at = text_find(heard->data, heard->len, "AUTH SCRAM", 10);
	struct buffer first;
	size_t n;

	if (at == NULL || (at = strchr(at + 5, ' ')) == NULL)
		return;
	n = strcspn(++at, "\r\n");
	buffer_init(&first, OUT_MAX);
	must(base64_decode(&first, at, n) == 0);
	at = text_find(first.data, first.len, ",r=", 3);
	must(at != NULL);
	buffer_add_string(b, at + 3);
	buffer_free(&first);
}

/* Adds a challenge in base64, but for one whose answer takes long. */
static void
add_challenge(struct server *s, const char *p, size_t n)
{
	struct buffer plain;
	size_t digits = 0;
	bool slow = false;

	buffer_init(&plain, OUT_MAX);
	for (size_t i = 0; i < n; i++) {
		digits = text_is_digit(p[i]) ? digits + 1 : 0;
		slow |= digits > DIGITS_MAX;
		if (p[i] == '$')
			add_nonce(&plain, &s->heard);
		else
			buffer_add_char(&plain, p[i]);
	}
	if (!slow)
		base64_add(&s->line, plain.data, plain.len);
	buffer_free(&plain);
}

/* Takes the next line of the input for a reply. */
static void
next_line(struct server *s)
{
	size_t len = text_line(s->p, s->n);

	if (len >= 5 && memcmp(s->p, "334 =", 5) == 0) {
		buffer_add_string(&s->line, "334 ");
		add_challenge(s, s->p + 5, len - 5);
	} else {
		buffer_add(&s->line, s->p, len);
	}
	buffer_add_string(&s->line, "\r\n");
	/* another line of the same reply may follow */
	s->asked = len > 3 && s->p[3] == '-';
	s->digit = len > 0 ? s->p[0] : '\0';
	len += len < s->n && s->p[len] == '\r';
	len += len < s->n && s->p[len] == '\n';
	s->p += len;
	s->n -= len;
}

static ssize_t
say(void *context, void *to, size_t n, short *events, struct fault *f)
{
	struct server *s = context;

	(void)f;
	*events = 0;
	if (s->line.len == 0 && s->asked && s->n > 0)
		next_line(s);
	if (s->line.len == 0 && !s->asked) {
		*events = POLLIN;
		return -1;
	}
	if (n > s->line.len)
		n = s->line.len;
	if (n > 0)
		memcpy(to, s->line.data, n);
	buffer_consume(&s->line, n);
	return (ssize_t)n;
}

static ssize_t
hear(void *context, const void *p, size_t n, short *events, struct fault *f)
{
	struct server *s = context;

	(void)f;
	*events = 0;
	buffer_add(&s->heard, p, n);
	s->asked = true;
	return (ssize_t)n;
}

static void
shut(void *context)
{
	(void)context;
}

/* The mechanism of the last AUTH, or NULL. */
static const struct sasl_mechanism *
last_mechanism(const struct buffer *heard)
{
	const char *at = heard->data, *name = NULL;
	char word[64] = "";
	size_t n;

	for (; at != NULL && (at = strstr(at, "AUTH ")) != NULL; at += 5)
		if (at == heard->data || at[-1] == '\n')
			name = at + 5;
	n = name == NULL ? 0 : strcspn(name, " \r");
	must(n < sizeof(word));
	if (n > 0)
		memcpy(word, name, n);
	return n == 0 ? NULL : sasl_choice(word, 0);
}

static void
judge(const struct server *s, int r, const struct reply *refusal,
    const struct fault *f)
{
	const struct sasl_mechanism *m = last_mechanism(&s->heard);

	must((r == 0) == (f->class == FAULT_NONE));
	must(r == -1 || (s->digit == '2' && m != NULL && !m->mutual));
	must(r == -1 || refusal->code == 0);
	must(refusal->code == 0 || reply_digit(refusal) == s->digit - '0');
	must(f->text == NULL || strstr(f->text, PASSWORD) == NULL);
	must(f->hint == NULL || strstr(f->hint, PASSWORD) == NULL);
}

static void
converse(struct server *s, const char *setting, int fd, FILE *transcript)
{
	const struct wire wire = { s, say, hear, shut };
	/* without GSSAPI, which looks around on the machine for a ticket */
	char plus[] = " SCRAM-SHA-256-PLUS SCRAM-SHA-1-PLUS" OFFERED,
	    offered[] = OFFERED, binding[] = BINDING;
	const char *used = NULL;
	bool unbound = setting[0] == '!';
	struct capabilities c = { .mechanisms = unbound ? offered : plus };
	struct buffer data = { binding, strlen(binding), 0, 0, false };
	struct fault f = { .class = FAULT_NONE };
	struct secret password = { NULL, 0 };
	struct dialogue d;
	const struct auth a = {
		.dialogue = &d, .capabilities = &c,
		.setting = setting + unbound, .used = &used,
		.secure = true, .credentials = {
			.user = "alice", .password = &password,
			.domain = "EXAMPLE", .host = "mail.example.org",
			.port = 587, .binding = TLS_BINDING_EXPORTER,
			.binding_data = &data
		}
	};
	struct conn *conn = conn_new(fd, fd, "peer", TIMEOUT_MS);
	struct reply refusal;

	c.has[CAP_AUTH] = true;
	secret_set(&password, PASSWORD, strlen(PASSWORD));
	conn_rewire(conn, &wire);
	dialogue_init(&d, conn, transcript);
	d.timeout_ms = TIMEOUT_MS;
	d.password = &password;
	reply_init(&refusal);
	judge(s, auth_run(&a, &refusal, &f), &refusal, &f);
	reply_free(&refusal);
	dialogue_free(&d);
	conn_free(conn);
	fault_clear(&f);
	secret_clear(&password);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct server s = { .p = (const char *)data, .n = n };
	size_t len = text_line(s.p, n), shown_len = 0;
	char *setting = memory_copy(data, len), *shown = NULL;
	FILE *transcript = open_memstream(&shown, &shown_len);
	int fd[2];

	must(transcript != NULL);
	must(socketpair(AF_UNIX, SOCK_STREAM, 0, fd) == 0);
	buffer_init(&s.heard, OUT_MAX);
	buffer_init(&s.line, OUT_MAX);
	len += len < n && s.p[len] == '\r';
	len += len < n && s.p[len] == '\n';
	s.p += len;
	s.n -= len;
	converse(&s, setting, fd[0], transcript);
	fclose(transcript);
	must(text_find(shown, shown_len, PASSWORD, strlen(PASSWORD)) == NULL);
	close(fd[1]);
	free(shown);
	free(setting);
	buffer_free(&s.heard);
	buffer_free(&s.line);
	return 0;
}
