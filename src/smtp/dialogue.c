/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/text.h"
#include "wire/conn.h"
#include "smtp/dialogue.h"

#define COMMAND_MAX (1024 * 1024)	/* octets; far above any real one */
/*
 * Milliseconds for QUIT's reply: it was sent along with what was answered, so
 * only a server that is slow to say good-bye makes us wait for that long.
 */
#define FAREWELL_MS 1000
#define SHOWN_MAX 200	/* octets of garbage worth showing */
#define HIDDEN_MIN 4	/* octets; shorter ones would blank out any text */

/* Seconds to wait for each reply: RFC 5321 section 4.5.3.2. */
static const struct {
	const char *name;
	int timeout;
	bool last_in_group;	/* RFC 2920 section 3.1 */
	bool secret;
} verbs[VERB_COUNT] = {
	[VERB_GREETING] = { "greeting", 300, true, false },
	[VERB_EHLO] = { "EHLO", 300, true, false },
	[VERB_HELO] = { "HELO", 300, true, false },
	[VERB_STARTTLS] = { "STARTTLS", 120, true, false },
	[VERB_AUTH] = { "AUTH", 300, true, true },
	[VERB_RESPONSE] = { "(SASL response)", 300, true, true },
	[VERB_MAIL] = { "MAIL", 300, false, false },
	[VERB_RCPT] = { "RCPT", 300, false, false },
	[VERB_DATA] = { "DATA", 120, true, false },
	[VERB_MESSAGE] = { "end of data", 600, true, false },
	[VERB_BDAT] = { "BDAT", 600, false, false },
	[VERB_RSET] = { "RSET", 300, false, false },
	[VERB_QUIT] = { "QUIT", 300, true, false },
	/* of these the RFC says nothing: as long as the others */
	[VERB_ETRN] = { "ETRN", 300, true, false },
	[VERB_VRFY] = { "VRFY", 300, true, false },
	[VERB_EXPN] = { "EXPN", 300, true, false },
};

void
dialogue_init(struct dialogue *d, struct conn *conn, FILE *transcript)
{
	memset(d, 0, sizeof(*d));
	d->conn = conn;
	d->transcript = transcript;
	d->since = transcript == NULL ? 0 : clock_now();
	buffer_init(&d->last_secret, COMMAND_MAX);
	buffer_init(&d->line, COMMAND_MAX);
	reply_init(&d->reply);
}

void
dialogue_free(struct dialogue *d)
{
	buffer_wipe(&d->line);
	buffer_wipe(&d->last_secret);
	reply_free(&d->reply);
	fault_clear(&d->trouble);
	free(d->owed);
}

/* Writes a line of the transcript: who it is ("C:", "S:", "--"), and what, made
 * printable. */
static void
show_line(struct dialogue *d, const char *who, const char *p, size_t n)
{
	char *shown;

	if (d->transcript == NULL)
		return;
	progress_hide(&d->progress);
	shown = text_printable(p, n);
	fprintf(d->transcript, "%s %s\n", who, shown);
	free(shown);
}

/*
 * Shows of AUTH (`auth`) its mechanism, and of a response nothing. What is not
 * shown is remembered, for hide().
 */
static void
show_secret(struct dialogue *d, const char *p, size_t n, bool auth)
{
	size_t shown = 0, words = 2;

	while (auth && shown < n && (p[shown] != ' ' || words-- > 1))
		shown++;
	if (!auth)
		show_line(d, "C:", "(credentials hidden)", 20);
	else if (d->transcript != NULL)
		fprintf(d->transcript, "C: %.*s (credentials hidden)\n",
		    (int)shown, p);
	shown += auth && shown < n;
	buffer_wipe(&d->last_secret);
	buffer_add(&d->last_secret, p + shown, n - shown);
}

/* Shows the lines of a reply, but no challenge of a secret exchange. */
static void
show_reply(struct dialogue *d, const struct reply *r, bool secret)
{
	bool hidden = secret && reply_digit(r) == 3;
	const char *line;
	struct buffer b;
	size_t at = 0, n;

	if (d->transcript == NULL)
		return;
	buffer_init(&b, REPLY_MAX * 2);
	while (reply_line(r, &at, &line, &n)) {
		buffer_clear(&b);
		buffer_printf(&b, "%03d%c", r->code,
		    reply_is_last(r, at) ? ' ' : '-');
		if (hidden)
			buffer_add_string(&b, "(challenge hidden)");
		else
			buffer_add(&b, line, n);
		show_line(d, "S:", b.data, b.len);
	}
	buffer_free(&b);
}

static void
blank_out(struct buffer *text, const char *secret, size_t n)
{
	const char *p = text->data, *end;

	if (n < HIDDEN_MIN || n > text->len)
		return;
	end = p + text->len;
	while ((p = text_find(p, (size_t)(end - p), secret, n)) != NULL) {
		memset(text->data + (p - text->data), '*', n);
		p += n;
	}
}

/*
 * Blanks out the password and the last credentials in a text of the server's,
 * which may echo them.
 */
static void
hide(const struct dialogue *d, struct buffer *text)
{
	if (d->password != NULL && secret_is_set(d->password))
		blank_out(text, d->password->bytes, d->password->len);
	blank_out(text, d->last_secret.data, d->last_secret.len);
}

__attribute__((format(printf, 2, 0)))
static void
remark(struct dialogue *d, const char *fmt, va_list ap, int64_t ms)
{
	struct buffer b;

	buffer_init(&b, COMMAND_MAX);
	buffer_vprintf(&b, fmt, ap);
	if (ms >= 0)
		buffer_printf(&b, " (%" PRId64 " ms)", ms);
	show_line(d, "--", b.data, b.len);
	buffer_free(&b);
}

void
dialogue_remark(struct dialogue *d, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	remark(d, fmt, ap, -1);
	va_end(ap);
}

void
dialogue_remark_time(struct dialogue *d, const char *fmt, ...)
{
	int64_t before = d->since;
	va_list ap;

	if (d->transcript == NULL)
		return;
	d->since = clock_now();
	va_start(ap, fmt);
	remark(d, fmt, ap, d->since - before);
	va_end(ap);
}

/*
 * The server's octets, where they are not the reply that should be there. In
 * answer to credentials they are not told: what echoes these may send them in
 * parts, and faults end up in mails and logs.
 */
static int
heard_fault(const struct dialogue *d, struct fault *f, const char *what)
{
	const char *p;
	size_t n = conn_input(d->conn, &p);
	struct buffer b;

	if (d->hush)
		return fault(f, FAULT_PROTOCOL, "%s: %s (not shown, because "
		    "it may hold credentials)", conn_peer(d->conn), what);
	buffer_init(&b, CONN_INPUT_MAX);
	buffer_add(&b, p, n);
	hide(d, &b);
	fault(f, FAULT_PROTOCOL, "%s: %s: \"%.*s\"", conn_peer(d->conn), what,
	    (int)(n > SHOWN_MAX ? SHOWN_MAX : n), n == 0 ? "" : b.data);
	buffer_free(&b);
	return -1;
}

static void
owed_push(struct dialogue *d, const struct owed *o)
{
	/* what has been settled makes room once it is half of the array */
	if (d->owed_first > d->owed_cap / 2) {
		memmove(d->owed, d->owed + d->owed_first,
		    d->owed_count * sizeof(*d->owed));
		d->owed_first = 0;
	}
	d->owed = memory_grow(d->owed, d->owed_first + d->owed_count,
	    &d->owed_cap, sizeof(*d->owed));
	d->owed[d->owed_first + d->owed_count++] = *o;
}

/*
 * Replies that are read further are left as they are: a password may well be
 * part of a capability's name or of a challenge (RFC 4954 section 6), which is
 * not shown anyway.
 */
static bool
may_echo(const struct reply *r, enum verb verb)
{
	return !(verbs[verb].secret && r->code == 334) &&
	    verb != VERB_GREETING && verb != VERB_EHLO && verb != VERB_HELO;
}

/*
 * Can this reply be the one to what is owed first? Not if that has not left
 * yet, but for a 421, or the refusal of a message that is on its way.
 */
static bool
is_possible(const struct dialogue *d, const struct owed *o,
    const struct reply *r)
{
	bool content = o->verb == VERB_BDAT || o->verb == VERB_MESSAGE;

	return conn_sent(d->conn) >= o->position || r->code == 421 ||
	    (content && reply_digit(r) >= 4);
}

static int
too_early(const struct dialogue *d, struct fault *f)
{
	fault(f, FAULT_PROTOCOL, "%s: the server's replies are out of step: "
	    "it answers to what was not yet sent; nothing was submitted",
	    conn_peer(d->conn));
	return fault_hint(f, "this is a broken server, or somebody on the way "
	    "who adds to what it says");
}

/* d->reply answers the oldest debt. -1 after a 421: nothing more will come. */
static int
settle(struct dialogue *d, struct fault *f)
{
	struct owed o = d->owed[d->owed_first++];
	struct buffer b;

	if (--d->owed_count == 0)
		d->owed_first = 0;
	if (may_echo(&d->reply, o.verb))
		hide(d, &d->reply.text);
	show_reply(d, &d->reply, verbs[o.verb].secret);
	if (!is_possible(d, &o, &d->reply))
		return too_early(d, f);
	if (o.handler != NULL)
		o.handler(o.context, &d->reply);
	if (d->reply.code != 421)
		return 0;
	d->closing = true;
	buffer_init(&b, REPLY_MAX * 2);
	reply_add_text(&d->reply, &b);
	fault(f, FAULT_TEMPORARY, "%s: the server is closing the connection: "
	    "%s", conn_peer(d->conn), b.data);
	buffer_free(&b);
	return fault_hint(f, "try again later");
}

void
dialogue_absorb(struct dialogue *d)
{
	const char *p;
	size_t n, used;

	while (d->owed_count > 0 && d->trouble.class == FAULT_NONE) {
		n = conn_input(d->conn, &p);
		if (n == 0 || reply_parse(&d->reply, p, n, &used) != 1)
			return;
		conn_take(d->conn, used);
		settle(d, &d->trouble);
	}
}

int
dialogue_check(struct dialogue *d, struct fault *f)
{
	const char *p;

	if (!conn_peek(d->conn))
		return 0;
	dialogue_absorb(d);
	if (d->trouble.class != FAULT_NONE)
		return fault_pass(f, &d->trouble, "");
	if (d->owed_count > 0 || conn_input(d->conn, &p) == 0 || *p == '4' ||
	    *p == '5')
		return 0;
	return too_early(d, f);
}

static void
flush(struct dialogue *d)
{
	while (!conn_flush_some(d->conn))
		dialogue_absorb(d);
}

void
dialogue_put(struct dialogue *d, const char *p, size_t n)
{
	size_t room, part;

	for (; n > 0; p += part, n -= part, d->put += part) {
		if (conn_room(d->conn) == 0)
			flush(d);
		room = conn_room(d->conn);
		if (room == CONN_OUTPUT_SIZE && n >= room) {
			/* whole windows need no copy */
			part = n - n % room;
			conn_lend(d->conn, p, part);
			flush(d);
		} else {
			part = n < room ? n : room;
			conn_put(d->conn, p, part);
		}
	}
}

/* Nothing is owed, and yet the server speaks: only a 421 may do that. */
static int
unasked(struct dialogue *d, struct fault *f)
{
	static const struct owed nobody = { VERB_GREETING, NULL, NULL, 0 };
	const char *p;
	size_t n, used;

	if (d->left || conn_input(d->conn, &p) == 0)
		return 0;
	n = conn_input(d->conn, &p);
	if (reply_parse(&d->reply, p, n, &used) == 1 && d->reply.code == 421) {
		conn_take(d->conn, used);
		owed_push(d, &nobody);
		return settle(d, f);
	}
	heard_fault(d, f, "the server says more than was asked, its replies "
	    "are out of step");
	return fault_hint(f, "this is a broken server, or somebody on the way "
	    "who adds to what it says");
}

/* Sends d->line; the check for line ends here is the only one. */
static int
put_line(struct dialogue *d, enum verb verb, struct fault *f)
{
	const struct buffer *line = &d->line;

	if (d->trouble.class == FAULT_NONE && d->owed_count == 0 &&
	    conn_peek(d->conn) && unasked(d, f) == -1)
		return -1;
	if (line->full)
		return fault(f, FAULT_DATA, "%s: a command would be too long",
		    verbs[verb].name);
	if (memchr(line->data, '\r', line->len) != NULL ||
	    memchr(line->data, '\n', line->len) != NULL ||
	    memchr(line->data, '\0', line->len) != NULL)
		return fault(f, FAULT_SOFTWARE, "%s: a line end in a command; "
		    "nothing was sent", verbs[verb].name);
	d->hush = verbs[verb].secret;
	if (d->hush)
		show_secret(d, line->data, line->len,
		    verb == VERB_AUTH);
	else
		show_line(d, "C:", line->data, line->len);
	dialogue_put(d, line->data, line->len);
	dialogue_put(d, "\r\n", 2);
	return 0;
}

int
dialogue_say(struct dialogue *d, enum verb verb, struct fault *f)
{
	int result = put_line(d, verb, f);

	/* growing for the next command would leave a copy behind */
	if (verbs[verb].secret)
		buffer_wipe(&d->line);
	return result;
}

struct buffer *
dialogue_line(struct dialogue *d)
{
	buffer_clear(&d->line);
	return &d->line;
}

int
dialogue_send(struct dialogue *d, enum verb verb,
    void (*handler)(void *, const struct reply *), void *context,
    struct fault *f)
{
	if (dialogue_say(d, verb, f) == -1)
		return -1;
	dialogue_expect(d, verb, handler, context);
	if (!d->pipelining || verbs[verb].last_in_group)
		return dialogue_sync(d, f);
	return 0;
}

void
dialogue_expect(struct dialogue *d, enum verb verb,
    void (*handler)(void *, const struct reply *), void *context)
{
	struct owed o = { verb, handler, context, d->put };

	owed_push(d, &o);
}

/* Reads one whole reply, or what is none, until the deadline. */
static int
read_reply(struct dialogue *d, struct reply *r, int64_t deadline,
    struct fault *f)
{
	size_t n, used;
	const char *p;
	int state;

	for (;;) {
		n = conn_input(d->conn, &p);
		state = n == 0 ? 0 : reply_parse(r, p, n, &used);
		if (state == 1) {
			conn_take(d->conn, used);
			return 0;
		}
		if (state == -1)
			return heard_fault(d, f,
			    "the server's reply is not SMTP");
		if (conn_fill(d->conn, deadline, f) == -1)
			return -1;
	}
}

static int
miss_reply(const struct dialogue *d, struct fault *f)
{
	enum verb verb = d->owed[d->owed_first].verb;

	if (f == NULL || f->muted || f->class != FAULT_TEMPORARY)
		return -1;
	fault_add(f, ", waiting for the %s%s", verb == VERB_GREETING ? "" :
	    "reply to ", verbs[verb].name);
	return fault_hint(f, "try again later; if it stays so, the network or "
	    "the server breaks connections off");
}

int
dialogue_wait(struct dialogue *d, size_t most, struct fault *f)
{
	int64_t timeout, deadline;

	while (d->owed_count > most && d->trouble.class == FAULT_NONE) {
		flush(d);
		dialogue_absorb(d);
		if (d->owed_count <= most || d->trouble.class != FAULT_NONE)
			break;
		timeout = d->timeout_ms > 0 ? d->timeout_ms :
		    verbs[d->owed[d->owed_first].verb].timeout * INT64_C(1000);
		deadline = clock_after(timeout);
		if (d->hurry != 0 && d->hurry < deadline &&
		    d->owed[d->owed_first].verb != VERB_MESSAGE)
			deadline = d->hurry;
		if (read_reply(d, &d->reply, deadline, f) == -1)
			return miss_reply(d, f);
		if (settle(d, f) == -1)
			return -1;
	}
	/* what was met while taking in replies early */
	if (d->trouble.class != FAULT_NONE)
		return fault_pass(f, &d->trouble, "");
	return 0;
}

int
dialogue_sync(struct dialogue *d, struct fault *f)
{
	bool asked = d->owed_count > 0;

	if (dialogue_wait(d, 0, f) == -1)
		return -1;
	if (asked)
		dialogue_remark_time(d, "answered");
	return unasked(d, f);
}

int
dialogue_ask(struct dialogue *d, enum verb verb, struct fault *f,
    const char *fmt, ...)
{
	va_list ap;
	int result;

	va_start(ap, fmt);
	buffer_vprintf(dialogue_line(d), fmt, ap);
	va_end(ap);
	result = dialogue_send(d, verb, NULL, NULL, f);
	if (result == 0 && d->owed_count > 0)
		result = dialogue_sync(d, f);
	return result;
}

static const char quit[] = "QUIT\r\n";

void
dialogue_put_quit(struct dialogue *d)
{
	show_line(d, "C:", quit, sizeof(quit) - 3);
	dialogue_put(d, quit, sizeof(quit) - 1);
	d->left = true;
}

void
dialogue_quit(struct dialogue *d)
{
	if (!d->closing && !d->left && conn_room(d->conn) >= sizeof(quit) - 1) {
		show_line(d, "C:", quit, sizeof(quit) - 3);
		conn_put(d->conn, quit, sizeof(quit) - 1);
	}
	conn_leave(d->conn);
}

/* One reply more, if there is one until the deadline. */
static bool
next_reply(struct dialogue *d, struct reply *r, int64_t deadline)
{
	const char *p;

	return (d->left || conn_input(d->conn, &p) > 0) &&
	    read_reply(d, r, deadline, NULL) == 0;
}

struct dialogue_surplus
dialogue_surplus(struct dialogue *d)
{
	struct dialogue_surplus found = { false, false };
	int64_t deadline = clock_after(FAREWELL_MS);
	struct reply r;

	reply_init(&r);
	conn_peek(d->conn);
	/* a server that never stops is not listened to for longer either */
	while (d->owed_count == 0 && next_reply(d, &r, deadline) &&
	    r.code != 221 && r.code != 421 && clock_left(deadline) != 0) {
		if (reply_digit(&r) < 4)
			found.successes = true;
		else
			found.refusals = true;
	}
	reply_free(&r);
	return found;
}
