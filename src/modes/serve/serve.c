/* SPDX-License-Identifier: ISC */
/* A session of -bs from its greeting to its end: what each command does. */
#include "config.h"

#include <sys/stat.h>

#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/text.h"
#include "base/wait.h"
#include "wire/conn.h"
#include "modes/modes.h"
#include "modes/serve/serving.h"

#define OWED_MAX 1000		/* replies, before the smarthost is asked */
#define EHLO_REPLY_MAX 4096	/* octets */
#define SKIPPED_MAX (1024 * 1024)	/* octets of a line too long */
/*
 * Commands for one message, but for recipients that are accepted, and chunks:
 * they have limits of their own. Postfix allows 100 commands that bring no mail
 * (smtpd_junk_command_limit), which is few for a client that probes.
 */
#define COMMANDS_MAX 1000
#define SESSION_MS (3600 * 1000)	/* of somebody whom we do not know */

/*
 * Extensions that the smarthost must have, too. While there is no session with
 * it, the client is offered all of them.
 */
static const struct {
	enum capability capability;
	const char *word;
} extensions[] = {
	{ CAP_8BITMIME, "8BITMIME" }, { CAP_SMTPUTF8, "SMTPUTF8" },
	{ CAP_DSN, "DSN" },
};

/* Ends the transaction, if there is one (RFC 5321 section 4.1.1.5). */
static void
reset(struct serving *s)
{
	serving_settle(s);
	relay_reset(&s->relay, s->taking ? &s->broken : NULL);
	serving_end_message(s);
	s->chunk_refused = false;
}

static void
say_extensions(struct serving *s)
{
	uint64_t limit = relay_limit(&s->relay);
	struct buffer b;

	buffer_init(&b, EHLO_REPLY_MAX);
	buffer_printf(&b, "250-%s\r\n250-PIPELINING\r\n250-SIZE", s->name);
	if (limit > 0)
		buffer_printf(&b, " %" PRIu64, limit);
	for (size_t i = 0; i < sizeof(extensions) / sizeof(extensions[0]);
	    i++)
		if (relay_offers(&s->relay, extensions[i].capability))
			buffer_printf(&b, "\r\n250-%s", extensions[i].word);
	buffer_add_string(&b, "\r\n250-CHUNKING\r\n"
	    "250-XQUALIFIED\r\n250-ENHANCEDSTATUSCODES\r\n250 HELP\r\n");
	serving_put(s, &b);
}

static void
on_hello(struct serving *s, const struct command *c)
{
	if (c->len == 0) {
		serving_refuse(s, "501 5.5.4 a name must follow");
		return;
	}
	reset(s);
	free(s->hello);
	s->hello = memory_copy(c->argument, c->len);
	s->relay.esmtp = c->verb == COMMAND_EHLO;
	if (s->relay.esmtp) {
		say_extensions(s);
	} else {
		conn_put(s->conn, "250 ", 4);
		serving_say(s, s->name);
	}
}

static void
on_mail(struct serving *s, const struct command *c)
{
	struct command_mail mail;
	const char *refusal;

	if (s->hello == NULL) {
		serving_refuse(s, "503 5.5.1 EHLO comes first");
		return;
	}
	if (s->relay.begun) {
		serving_settle(s);
		if (relay_is_open(&s->relay)) {
			serving_refuse(s, "503 5.5.1 there is a transaction "
			    "already");
			return;
		}
		relay_reset(&s->relay, NULL);
	}
	refusal = command_read_mail(&mail, c->argument, c->len);
	if (refusal != NULL) {
		serving_refuse(s, refusal);
	} else {
		s->errors = 0;
		relay_mail(&s->relay, &mail);
		serving_owe_mail(s);
	}
	command_mail_free(&mail);
}

static void
on_rcpt(struct serving *s, const struct command *c)
{
	struct command_rcpt rcpt;
	struct relay_share share;
	const char *refusal;

	if (!s->relay.begun) {
		serving_refuse(s, "503 5.5.1 MAIL comes first");
		return;
	}
	if (s->taking) {
		serving_refuse(s, "503 5.5.1 BDAT has begun");
		return;
	}
	refusal = command_read_rcpt(&rcpt, s->relay.given.smtputf8, c->argument,
	    c->len);
	if (refusal != NULL) {
		serving_refuse(s, refusal);
	} else {
		relay_rcpt(&s->relay, &rcpt, &share);
		serving_owe_rcpt(s, &share);
	}
	command_rcpt_free(&rcpt);
}

static void
on_rset(struct serving *s, const struct command *c)
{
	(void)c;
	reset(s);
	serving_say(s, "250 2.0.0 ok");
}

static void
on_quit(struct serving *s, const struct command *c)
{
	(void)c;
	serving_settle(s);
	serving_say(s, "221 2.0.0 bye");
	s->done = true;
}

/*
 * A browser speaks, perhaps made to by somebody else's page. The rest of its
 * request must not be read as commands.
 */
static void
on_http(struct serving *s, const struct command *c)
{
	(void)c;
	serving_settle(s);
	serving_say(s, "554 5.5.1 this is not a web server");
	s->done = true;
}

static const struct {
	void (*run)(struct serving *, const struct command *);
	const char *reply;	/* where run is NULL */
	bool alone;		/* the command has no argument */
	bool error;		/* the client should not have sent it */
} actions[COMMAND_UNKNOWN + 1] = {
	[COMMAND_EHLO] = { on_hello, NULL, false, false },
	[COMMAND_HELO] = { on_hello, NULL, false, false },
	[COMMAND_MAIL] = { on_mail, NULL, false, false },
	[COMMAND_RCPT] = { on_rcpt, NULL, false, false },
	[COMMAND_DATA] = { serving_data, NULL, true, false },
	[COMMAND_BDAT] = { serving_bdat, NULL, false, false },
	[COMMAND_RSET] = { on_rset, NULL, true, false },
	[COMMAND_QUIT] = { on_quit, NULL, true, false },
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
	[COMMAND_TURN] = { NULL, "502 5.5.1 no TURN: there is no mail for "
	    "clients here", false, true },
	[COMMAND_HTTP] = { on_http, NULL, false, false },
	[COMMAND_UNKNOWN] = { NULL, "500 5.5.2 no such command", false,
	    true },
};

/*
 * Can these octets not begin a command, nor be an empty line or a lone dot?
 * Then somebody speaks another protocol, and somebody else may have written
 * what follows: a web page can choose a line within the TLS handshake of the
 * browser that it sends here.
 */
static bool
is_foreign(const char *s, size_t n)
{
	size_t at = n > 0 && s[0] == '.';

	if (n == 0 || text_is_alpha(s[0]))
		return false;
	at += at < n && s[at] == '\r';
	return at < n && s[at] != '\n';
}

/*
 * Waits for a line, whose len octets are without its end and whose `whole`
 * octets are with it. Both are cut short where the line is too long. -1: there
 * will be none; the client has hung up, or is told to.
 */
static int
next_line(struct serving *s, const char **line, size_t *len, size_t *whole)
{
	uint64_t skipped = 0;
	const char *lf;
	size_t n;

	for (;;) {
		n = conn_input(s->conn, line);
		if (skipped == 0 && is_foreign(*line, n)) {
			serving_say(s, "421 4.7.0 this is not SMTP");
			s->done = true;
			return -1;
		}
		lf = n == 0 ? NULL : memchr(*line, '\n', n);
		if (lf != NULL)
			break;
		if (n >= COMMAND_LINE_MAX) {
			skipped += n;
			conn_take(s->conn, n);
			if (skipped > SKIPPED_MAX)
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
run_command(struct serving *s, const char *line, size_t n)
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
 * The line is copied, because a command may read more input. A line that ends
 * in LF alone ends the session: a program that passes on what others wrote,
 * and lets a bare LF through, is being made to send somebody else's commands.
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
		/* it may be less, once the smarthost has accepted some */
		if (++s->commands > COMMANDS_MAX)
			serving_settle(s);
		if (s->commands > COMMANDS_MAX) {
			serving_say(s, "421 4.7.0 too many commands for one "
			    "message");
			s->done = true;
		} else if (!s->cr && !s->peer.terminal) {
			serving_say(s, "554 5.5.2 a line that does not "
			    "end in CRLF");
			s->done = true;
		} else if (s->overlong) {
			serving_refuse(s, "500 5.5.2 line too long");
		} else {
			run_command(s, copy, len);
		}
		free(copy);
		if (s->owed_count >= OWED_MAX)
			serving_settle(s);
	}
}

/*
 * Under inetd, and under systemd unless told otherwise, standard error is the
 * client's socket. Messages for people go nowhere then.
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

/*
 * The session has ended. -1 when the client did not end it properly, which the
 * log has then, too.
 */
static int
leave(struct serving *s, struct fault *f)
{
	struct fault why = { .class = FAULT_NONE };
	int result = 0;

	if (!s->done && wait_signal() != NULL) {
		serving_say(s, "421 4.3.2 this service is shutting down");
		if (s->relay.begun)
			fault(&why, FAULT_TEMPORARY, "-bs: ended by %s",
			    wait_signal());
	} else if (!s->done && s->silent) {
		serving_say(s, s->late ? "421 4.4.2 this session has lasted "
		    "for an hour" : "421 4.4.2 nothing was said for too long");
		fault(&why, FAULT_IO, s->late ? "-bs: the client's session "
		    "has lasted for an hour" : "-bs: the client was silent "
		    "for too long");
	} else if (!s->done && s->relay.begun) {
		fault(&why, FAULT_IO, "-bs: the client hung up in the middle "
		    "of a transaction; no message of it was sent");
	}
	serving_settle(s);
	conn_flush(s->conn);
	conn_leave(s->conn);
	s->relay.leaving = true;
	relay_reset(&s->relay, why.class == FAULT_NONE && s->taking ?
	    &s->broken : &why);
	if (why.class != FAULT_NONE)
		result = fault_pass(f, &why, "");
	fault_clear(&why);
	return result;
}

/* A terminal or pipe that others share must not stay non-blocking. */
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
	/* From here on standard output is for people, too: `logfile -' must
	 * not write into the dialogue. */
	if (in == -1 || out == -1 ||
	    dup2(STDERR_FILENO, STDOUT_FILENO) == -1)
		return fault(f, FAULT_SYSTEM, "-bs: too many open files");
	wait_catch_signals();
	peer_find(&s.peer, STDIN_FILENO);
	s.end = s.peer.kind == PEER_PROCESS ? CLOCK_NEVER :
	    clock_after(SESSION_MS);
	relay_init(&s.relay, request, &s.peer);
	s.conn = conn_new(in, out, "the client", CONN_PROGRESS_MS);
	r = welcome(&s, f);
	if (r == 0) {
		converse(&s);
		r = leave(&s, f);
	}
	relay_free(&s.relay);
	serving_end_message(&s);
	restore(in, in_flags);
	restore(out, out_flags);
	conn_free(s.conn);
	free(s.owed);
	free(s.name);
	free(s.hello);
	return r;
}
