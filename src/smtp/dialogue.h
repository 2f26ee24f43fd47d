/* SPDX-License-Identifier: ISC */
/*
 * dialogue: commands that go out, and the replies that are owed for them.
 * Handlers record, they do not steer. Without PIPELINING each command waits for
 * its reply; nothing else changes.
 */
#ifndef SMTP_DIALOGUE_H
#define SMTP_DIALOGUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/buffer.h"
#include "base/fault.h"
#include "smtp/progress.h"
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
	VERB_BDAT,	/* a chunk, but the last, which is VERB_MESSAGE */
	VERB_RSET,
	VERB_QUIT,
	VERB_ETRN,	/* RFC 1985 */
	VERB_VRFY, VERB_EXPN,
	VERB_COUNT
};

struct owed {
	enum verb verb;
	void (*handler)(void *context, const struct reply *);
	void *context;
	uint64_t position;	/* octets put when it was owed */
};

struct dialogue {
	struct conn *conn;	/* not owned */
	bool pipelining;
	int64_t timeout_ms;	/* for each reply; 0: as RFC 5321 4.5.3.2 */
	int64_t hurry;		/* replies before that to the end of data are
				 * waited for until then; 0: no matter */
	/* the dialogue as a user may see it, without credentials */
	FILE *transcript;	/* not owned; NULL: none is wanted */
	struct progress progress;	/* of an upload, where it is shown */
	int64_t since;		/* clock_now() of its last line with a time */
	const struct secret *password;	/* never shown, not owned, or NULL */
	struct buffer last_secret;	/* the last credentials on the wire */
	struct owed *owed;	/* in the order of the commands, */
	size_t owed_first;	/* the first that is still owed, */
	size_t owed_count;	/* and so many are */
	size_t owed_cap;
	struct reply reply;	/* the last one that has come */
	struct buffer line;	/* the command being made */
	bool hush;		/* the last command held credentials */
	bool closing;		/* no QUIT: 421 was said, or none can be */
	bool left;		/* QUIT was sent, and no more is asked for */
	uint64_t put;		/* octets, since the beginning */
	struct fault trouble;	/* met while replies were taken in early */
};

/* The transcript gets a line for each command and each line of a reply. There
 * may be no conn yet: remarks can be made. */
void dialogue_init(struct dialogue *, struct conn *, FILE *transcript);
void dialogue_free(struct dialogue *);

/* The line of the next command, empty and without CRLF to come. */
struct buffer *dialogue_line(struct dialogue *);
/*
 * Sends what was put into that line; handler gets the reply, now or at the next
 * sync. -1 and FAULT_SOFTWARE, nothing sent, when the line has a CR, LF or NUL:
 * the one guard against command injection. Else -1 as dialogue_sync().
 */
int dialogue_send(struct dialogue *, enum verb,
    void (*handler)(void *, const struct reply *), void *context,
    struct fault *);
/* The same, but the reply is not owed yet: dialogue_expect() says when. */
int dialogue_say(struct dialogue *, enum verb, struct fault *);
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
/* Flushes, and reads until at most `most` replies are owed. -1 as above. */
int dialogue_wait(struct dialogue *, size_t most, struct fault *);
/* A command with its line, and dialogue_sync(), in one: its reply is in the
 * struct, until the next. */
int dialogue_ask(struct dialogue *, enum verb, struct fault *,
    const char *fmt, ...) __attribute__((format(printf, 4, 5)));
/* Sends QUIT if that is possible at once, and leaves; never waits. */
void dialogue_quit(struct dialogue *);
/*
 * QUIT behind what is owed, in the same flight. Its reply is not owed; from
 * now on nothing more can be sent, and nothing that comes is too much.
 */
void dialogue_put_quit(struct dialogue *);
/* A line of the transcript that is neither command nor reply; the other one
 * ends it with the milliseconds since the last one of its kind. */
void dialogue_remark(struct dialogue *, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
void dialogue_remark_time(struct dialogue *, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
/* Handles the replies that have arrived whole; never waits. */
void dialogue_absorb(struct dialogue *);

/*
 * To be asked before the last octet of a message is put. -1 with
 * FAULT_PROTOCOL when the message has been answered already, and not by a
 * refusal: whosever that reply is, it must not be taken for the success of
 * what was not yet sent. -1 also for a 421.
 */
int dialogue_check(struct dialogue *, struct fault *);
/*
 * Do replies follow for which nothing was sent? Then there are more of them
 * than commands, and the one taken for the last command's may be another's.
 * QUIT's reply is the end; it is given a moment to come if QUIT was sent.
 */
struct dialogue_surplus {
	bool successes;		/* 2yz and 3yz */
	bool refusals;
};
struct dialogue_surplus dialogue_surplus(struct dialogue *);

#endif
