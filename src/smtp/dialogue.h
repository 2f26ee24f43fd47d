/* SPDX-License-Identifier: ISC */
/*
 * dialogue: commands that go out, and the ring of replies that are owed for
 * them. Handlers record, they do not steer. Without PIPELINING each command
 * waits for its reply; nothing else changes.
 */
#ifndef SMTP_DIALOGUE_H
#define SMTP_DIALOGUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/buffer.h"
#include "base/fault.h"
#include "smtp/reply.h"

struct conn;
struct secret;

enum verb {
	VERB_GREETING,	/* nothing sent: the server speaks first */
	VERB_EHLO, VERB_HELO, VERB_STARTTLS,
	VERB_AUTH,	/* AUTH and its initial response */
	VERB_RESPONSE,	/* a line of a SASL exchange */
	VERB_MAIL, VERB_RCPT, VERB_DATA,
	VERB_MESSAGE,	/* end of data */
	VERB_QUIT,
	VERB_ETRN,	/* RFC 1985 */
	VERB_VRFY, VERB_EXPN,
	VERB_COUNT
};

struct owed {
	enum verb verb;
	void (*handler)(void *context, const struct reply *);
	void *context;
};

struct dialogue {
	struct conn *conn;	/* not owned */
	bool pipelining;
	int64_t timeout_ms;	/* for each reply; 0: as RFC 5321 4.5.3.2 */
	FILE *transcript;	/* NULL: none */
	struct owed *owed;	/* a ring */
	size_t owed_first;
	size_t owed_count;
	size_t owed_cap;
	struct reply reply;	/* the one being handled */
	struct buffer line;	/* the command being made */
	struct buffer last_secret;	/* the last credentials on the wire */
	const struct secret *password;	/* never shown, not owned, or NULL */
	bool hush;		/* the last command held credentials */
	bool closing;		/* no QUIT: 421 was said, or none can be */
	struct fault trouble;	/* met while replies were taken in early */
};

void dialogue_init(struct dialogue *, struct conn *, FILE *transcript);
void dialogue_free(struct dialogue *);

/*
 * Sends one command; handler gets its reply, now or at the next sync. -1 and
 * FAULT_SOFTWARE, nothing sent, when the formatted line has a CR, LF or NUL:
 * the one guard against command injection. Else -1 as dialogue_sync().
 */
int dialogue_command(struct dialogue *, enum verb,
    void (*handler)(void *, const struct reply *), void *context,
    struct fault *, const char *fmt, ...)
    __attribute__((format(printf, 6, 7)));
/* A reply is owed although no command was sent: greeting, end of data. */
void dialogue_expect(struct dialogue *, enum verb,
    void (*handler)(void *, const struct reply *), void *context);
/* Payload octets, already framed. Takes in replies while it must wait. */
void dialogue_put(struct dialogue *, const char *, size_t);
/*
 * Flushes, and reads every reply that is owed. -1 when one did not come
 * (FAULT_TEMPORARY, with a 421 that came before), is no reply, or more came
 * than was owed (FAULT_PROTOCOL).
 */
int dialogue_sync(struct dialogue *, struct fault *);
/* dialogue_command() and dialogue_sync() in one: *r is the reply. */
int dialogue_ask(struct dialogue *, enum verb, struct reply *r,
    struct fault *, const char *fmt, ...)
    __attribute__((format(printf, 5, 6)));
/* Sends QUIT if that is possible at once, and leaves; never waits. */
void dialogue_quit(struct dialogue *);
/* A line of the transcript that is neither command nor reply. */
void dialogue_remark(struct dialogue *, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

#endif
