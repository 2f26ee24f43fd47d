/* SPDX-License-Identifier: ISC */
/* The client's side of -bs: its commands, in any order that it likes. */
#include "config.h"

#include <sys/stat.h>

#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/text.h"
#include "wire/conn.h"
#include "smtp/server/answer.h"
#include "modes/serve/serve.h"
#include "modes/serve/serving.h"

#define ERRORS_MAX 20		/* in a row: no speaker of SMTP makes them */
#define ANSWERS_MAX 1000	/* owed before the smarthost is asked */
#define GARBAGE_MAX (1024 * 1024)	/* octets of a line that are skipped */

static const char no_end[] = "554 5.5.2 a line that does not end in CRLF";
static const char too_long[] = "500 5.5.2 line too long";

/* What a command does. A NULL `run` has a fixed reply. */
static const struct {
	void (*run)(struct serving *, const struct command *);
	const char *reply;
	bool alone;	/* takes no argument */
	bool error;	/* counts as one */
} actions[COMMAND_UNKNOWN + 1] = {
	[COMMAND_EHLO] = { serving_hello, NULL, false, false },
	[COMMAND_HELO] = { serving_hello, NULL, false, false },
	[COMMAND_MAIL] = { serving_mail, NULL, false, false },
	[COMMAND_RCPT] = { serving_rcpt, NULL, false, false },
	[COMMAND_DATA] = { serving_data, NULL, true, false },
	[COMMAND_BDAT] = { serving_bdat, NULL, false, false },
	[COMMAND_RSET] = { serving_rset, NULL, true, false },
	[COMMAND_QUIT] = { serving_quit, NULL, true, false },
	[COMMAND_NOOP] = { NULL, "250 2.0.0 ok", false, false },
	[COMMAND_VRFY] = { NULL, "252 2.1.5 the smarthost decides, when it "
	    "is asked by RCPT", false, false },
	[COMMAND_EXPN] = { NULL, "502 5.5.1 there are no lists here", false,
	    true },
	[COMMAND_HELP] = { NULL, "214 2.0.0 EHLO HELO MAIL RCPT DATA BDAT "
	    "RSET NOOP VRFY HELP QUIT", false, false },
	[COMMAND_AUTH] = { NULL, "502 5.5.1 no AUTH: whoever can reach this "
	    "may use it", false, true },
	[COMMAND_STARTTLS] = { NULL, "502 5.5.1 no TLS: this does not leave "
	    "the machine", false, true },
	[COMMAND_HTTP] = { serving_http, NULL, false, false },
	[COMMAND_UNKNOWN] = { NULL, "500 5.5.2 no such command", false,
	    true },
};

/* One answer more is owed; those before it are owed still. */
static struct owed_answer *
owe(struct serving *s, enum owed_kind kind)
{
	struct owed_answer *o;

	if (s->owed_count == s->owed_cap) {
		s->owed_cap = s->owed_cap == 0 ? 16 : s->owed_cap * 2;
		s->owed = memory_resize(s->owed, s->owed_cap,
		    sizeof(*s->owed));
	}
	o = &s->owed[s->owed_count++];
	memset(o, 0, sizeof(*o));
	o->kind = kind;
	return o;
}

void
serving_owe_mail(struct serving *s)
{
	owe(s, OWED_MAIL);
}

void
serving_owe_rcpt(struct serving *s, const struct relay_share *share)
{
	owe(s, OWED_RCPT)->share = *share;
}

void
serving_say(struct serving *s, const char *text)
{
	if (s->owed_count > 0) {
		owe(s, OWED_TEXT)->share.refusal = memory_string(text);
		return;
	}
	conn_put(s->conn, text, strlen(text));
	conn_put(s->conn, "\r\n", 2);
}

void
serving_refuse(struct serving *s, const char *text)
{
	serving_say(s, text);
	if (++s->errors < ERRORS_MAX)
		return;
	serving_say(s, "421 4.7.0 too many errors");
	s->done = true;
}

void
serving_put(struct serving *s, const struct buffer *answer)
{
	if (answer->len > 0)
		conn_put(s->conn, answer->data, answer->len);
}

void
serving_settle(struct serving *s)
{
	struct owed_answer *o;
	struct buffer b;

	if (s->owed_count == 0)
		return;
	relay_sync(&s->relay);
	buffer_init(&b, SIZE_MAX / 4);
	for (size_t i = 0; i < s->owed_count; i++) {
		o = &s->owed[i];
		buffer_clear(&b);
		if (o->kind == OWED_MAIL)
			relay_answer_mail(&s->relay, &b);
		else if (o->kind == OWED_RCPT)
			relay_answer_rcpt(&s->relay, &o->share, &b);
		else
			buffer_printf(&b, "%s\r\n", o->share.refusal);
		serving_put(s, &b);
		free(o->share.refusal);
	}
	buffer_free(&b);
	s->owed_count = 0;
}

int
serving_fill(struct serving *s)
{
	struct fault ignored = { FAULT_NONE, NULL, NULL, false };
	int64_t deadline;
	const char *p;
	size_t before;
	int r;

	/* what comes after all, in the middle of a message, is no command */
	if (s->gone)
		return -1;
	/* who is waited for must have heard all that there is to say */
	before = conn_input(s->conn, &p);
	serving_settle(s);
	/* who does not read yet has been listened to meanwhile, and there may
	 * be no room for more */
	if (conn_input(s->conn, &p) > before)
		return 0;
	deadline = s->peer.terminal ? CLOCK_NEVER :
	    clock_after(SERVING_IDLE_MS);
	r = conn_fill(s->conn, deadline, &ignored);
	s->gone = r == -1;
	s->silent = s->gone && clock_left(deadline) == 0;
	fault_clear(&ignored);
	return r;
}

/* Octets of the line without its end; -1: the client has hung up. */
static int
next_line(struct serving *s, const char **line, size_t *len, size_t *whole)
{
	uint64_t skipped = 0;
	const char *lf;
	size_t n;

	for (;;) {
		n = conn_input(s->conn, line);
		lf = n == 0 ? NULL : memchr(*line, '\n', n);
		if (lf != NULL)
			break;
		if (n >= COMMAND_LINE_MAX) {
			skipped += n;
			conn_take(s->conn, n);
			if (skipped > GARBAGE_MAX)
				return -1;
		}
		if (serving_fill(s) == -1)
			return -1;
	}
	*whole = (size_t)(lf - *line) + 1;
	*len = *whole - 1;
	s->cr = *len > 0 && (*line)[*len - 1] == '\r';
	*len -= s->cr;
	s->overlong = skipped > 0 || *whole > COMMAND_LINE_MAX;
	return 0;
}

static void
obey(struct serving *s, const char *line, size_t n)
{
	struct command c;

	if (text_has_control(line, n)) {
		serving_refuse(s, "500 5.5.2 a control character in a "
		    "command");
		return;
	}
	command_read(&c, line, n);
	if (actions[c.verb].alone && c.len > 0) {
		serving_refuse(s, "501 5.5.4 there must be no argument");
	} else if (actions[c.verb].run != NULL) {
		actions[c.verb].run(s, &c);
	} else if (actions[c.verb].error) {
		serving_refuse(s, actions[c.verb].reply);
	} else {
		serving_say(s, actions[c.verb].reply);
	}
}

/*
 * The line is copied, so that what runs may take in more. A bare LF ends the
 * session, not the line: whoever passes on what others say, and lets that
 * through, is being used.
 */
static void
converse(struct serving *s)
{
	const char *line;
	size_t len, whole;
	char *copy;

	while (!s->done) {
		if (next_line(s, &line, &len, &whole) == -1)
			return;
		copy = memory_copy(line, len > COMMAND_LINE_MAX ? 0 : len);
		conn_take(s->conn, whole);
		if (!s->cr && !s->peer.terminal) {
			serving_say(s, no_end);
			s->done = true;
		} else if (s->overlong) {
			serving_refuse(s, too_long);
		} else {
			obey(s, copy, len);
		}
		free(copy);
		if (s->owed_count >= ANSWERS_MAX)
			serving_settle(s);
	}
}

/*
 * inetd, and systemd unless told otherwise, give the socket as standard error,
 * too. What is meant for people must not get into the dialogue.
 */
static void
keep_notes_apart(void)
{
	struct stat out, err;
	int fd;

	if (fstat(STDOUT_FILENO, &out) == -1 ||
	    fstat(STDERR_FILENO, &err) == -1 ||
	    isatty(STDERR_FILENO) == 1 || out.st_dev != err.st_dev ||
	    out.st_ino != err.st_ino || S_ISCHR(err.st_mode))
		return;
	fd = open("/dev/null", O_WRONLY | O_CLOEXEC);
	if (fd == -1)
		return;
	dup2(fd, STDERR_FILENO);
	close(fd);
}

static int
welcome(struct serving *s, struct fault *f)
{
	char *name;

	if (s->peer.kind == PEER_REMOTE) {
		serving_say(s, "554 5.7.1 this is for programs on this "
		    "machine only");
		conn_flush(s->conn);
		return fault(f, FAULT_REFUSED, "-bs: the client is not on "
		    "this machine");
	}
	name = session_own_name();
	s->name = name != NULL ? name : memory_string("localhost");
	conn_put(s->conn, "220 ", 4);
	conn_put(s->conn, s->name, strlen(s->name));
	serving_say(s, " ESMTP postrider");
	return 0;
}

/* How it came to its end, for the log and for whoever started us. */
static int
leave(struct serving *s, struct fault *f)
{
	struct fault why = { FAULT_NONE, NULL, NULL, false };
	int result = 0;

	if (!s->done && s->silent) {
		serving_say(s, "421 4.4.2 nothing was said for too long");
		fault(&why, FAULT_IO, "-bs: the client was silent for too "
		    "long");
	} else if (!s->done && s->relay.begun) {
		fault(&why, FAULT_IO, "-bs: the client hung up in the middle "
		    "of a transaction; no message of it was sent");
	}
	serving_settle(s);
	conn_flush(s->conn);
	conn_leave(s->conn);
	s->relay.leaving = true;
	relay_reset(&s->relay, &why);
	if (why.class != FAULT_NONE)
		result = fault_pass(f, &why, "");
	fault_clear(&why);
	return result;
}

/* Standard input may be a terminal that others use, too. */
static void
restore(int fd, int flags)
{
	if (flags != -1)
		fcntl(fd, F_SETFL, flags);
}

int
serve(const struct request *request, struct fault *f)
{
	int in_flags = fcntl(STDIN_FILENO, F_GETFL);
	int out_flags = fcntl(STDOUT_FILENO, F_GETFL);
	struct serving s;
	int in, out, r;

	keep_notes_apart();
	memset(&s, 0, sizeof(s));
	in = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3);
	out = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
	if (in == -1 || out == -1)
		return fault(f, FAULT_SYSTEM, "-bs: too many open files");
	peer_find(&s.peer, STDIN_FILENO);
	relay_init(&s.relay, request, &s.peer);
	s.conn = conn_new(in, out, "the client", CONN_PROGRESS_MS);
	r = welcome(&s, f);
	if (r == 0) {
		converse(&s);
		r = leave(&s, f);
	}
	relay_free(&s.relay);
	serving_end_message(&s);
	conn_free(s.conn);
	free(s.owed);
	free(s.name);
	free(s.hello);
	restore(STDIN_FILENO, in_flags);
	restore(STDOUT_FILENO, out_flags);
	return r;
}
