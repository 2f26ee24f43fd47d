/* SPDX-License-Identifier: ISC */
/*
 * cmdline: what the command line says, and the name that the program is called
 * by. cli/argv fills it; nothing of what is wrong in it costs a connection.
 */
#ifndef CLI_CMDLINE_H
#define CLI_CMDLINE_H

#include <stdbool.h>

#include "base/fault.h"
#include "mail/envelope.h"
#include "config/account/account.h"
#include "delivery/request.h"
#include "modes/queue/run.h"

struct letter;

enum invocation {
	INVOCATION_POSTRIDER,	/* any name but these */
	INVOCATION_SENDMAIL,	/* sendmail, send-mail, no name at all, or
				 * --as-sendmail */
	INVOCATION_MAILQ,
	INVOCATION_NEWALIASES,
	INVOCATION_RUNQ,
	INVOCATION_HOSTSTAT	/* hoststat or purgestat */
};

/* By the last part of argv[0]; NULL is allowed. */
enum invocation invocation_of(const char *argv0);
/*
 * May the command line decide which files are read, where mail goes and what
 * is run? Only when called by our own name: callers of "sendmail" pass
 * arguments that they have not chosen themselves and cannot trust.
 */
bool invocation_is_trusted(enum invocation);

enum cmdline_mode {
	CMDLINE_SUBMIT,		/* -bm: a message on standard input */
	CMDLINE_SERVE,		/* -bs: SMTP on standard input and output */
	CMDLINE_QUEUE,		/* -bp, mailq: what is in the queue */
	CMDLINE_ALIASES,	/* -bi, -I, newaliases: check the alias files */
	CMDLINE_CHECK,		/* --check-config: find the errors in files */
	/* these stand alone: no message, no other mode */
	CMDLINE_SERVERINFO,	/* -S: what the smarthost says of itself */
	CMDLINE_CONFIGURE,	/* --configure: an account for an address */
	CMDLINE_ETRN,		/* --rmqs: let the smarthost send its queue */
	CMDLINE_VRFY,		/* --vrfy: does it know an address? */
	CMDLINE_EXPN,		/* --expn: who is on a list? */
	CMDLINE_QUEUE_JSON,	/* --queue-json: the queue for programs */
	CMDLINE_QUEUE_SHOW,	/* --queue-show: messages of it */
	CMDLINE_QUEUE_HOLD,	/* --queue-hold: do not try them */
	CMDLINE_QUEUE_RELEASE,	/* --queue-release: try them again */
	CMDLINE_QUEUE_DELETE,	/* --queue-delete */
	CMDLINE_QUEUE_REQUEUE,	/* --queue-requeue: they are due at once */
	/* and these do not */
	CMDLINE_VERIFY,		/* -bv: what recipients come to; no message */
	CMDLINE_TEST,		/* -bt: how addresses are understood */
	CMDLINE_QUEUE_COUNT,	/* -bP, -bpc: how many are in the queue */
	CMDLINE_QUEUE_RUN,	/* -q, runq, --queue-run: try what is in it */
	CMDLINE_NOTHING,	/* -bh, -bH: hosts that we know something of */
	CMDLINE_HELP,
	CMDLINE_VERSION
};

/* Plain strings point into argv. Those for the message, the server or a log
 * have no control characters. */
struct cmdline {
	enum invocation invocation;
	enum cmdline_mode mode;
	struct request request;		/* for every mode */
	bool read_recipients;		/* -t */
	bool ignore_dots;		/* -i */
	bool read_sender;		/* --read-envelope-from */
	bool pretend;			/* -P */
	bool verbose;			/* -v, -d: the dialogue on stderr */
	bool quiet;			/* -eq: no errors on stderr */
	/* -f or -r, -N, -R, -V, -U, recipients (whose domain may be "") */
	struct envelope envelope;
	const struct letter *alone;	/* a mode that stands alone, or NULL */
	const char *argument;		/* what that mode asks about */
	struct queue_run_wish wish;	/* of CMDLINE_QUEUE_RUN */
	const char **word;		/* the arguments as they are */
	size_t words;
	struct account overrides;	/* settings: request.settings */
	struct notes notes;		/* what was ignored and may be missed */
};

/* Every member is valid afterwards, empty. */
void cmdline_init(struct cmdline *);
void cmdline_free(struct cmdline *);

/* Sets a setting as its long option would. -1 as option_set(). */
int cmdline_set(struct cmdline *, enum option_id, const char *value,
    struct fault *);

#endif
