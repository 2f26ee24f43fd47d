/* SPDX-License-Identifier: ISC */
/*
 * cmdline: what the command line says, and the name that the program is called
 * by. cli/argv fills it; nothing of what is wrong in it costs a connection.
 */
#ifndef CLI_CMDLINE_H
#define CLI_CMDLINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "base/fault.h"
#include "mail/envelope.h"
#include "config/account/account.h"
#include "delivery/request.h"
#include "modes/modes.h"

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
	CMDLINE_TRIAL,		/* --check: all of a submission but a message */
	CMDLINE_SERVERINFO,	/* -S: what the smarthost says of itself */
	CMDLINE_CONFIGURE,	/* --configure: an account for an address */
	CMDLINE_IMPORT,		/* --import: one for another program's files */
	CMDLINE_QUERY,		/* --rmqs, --vrfy, --expn: see letter.which */
	CMDLINE_QUEUE_JSON,	/* --queue-json: the queue for programs */
	CMDLINE_QUEUE_ACT,	/* --queue-show and so on: the same */
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

/*
 * ---- argv.c: the command line is parsed and checked as a whole, as sendmail
 * has it, with our long options.
 */

/*
 * Parses argv, argv[0] included (argc may be 0), into a struct cmdline that
 * has been initialised. With --as-sendmail anywhere among them we have been
 * called as sendmail. FAULT_USAGE names the option and what to do; an
 * address that cannot be parsed is FAULT_DATA, and -h with too many hosts
 * FAULT_REFUSED. In CMDLINE_HELP and CMDLINE_VERSION the rest of the command
 * line is not looked at.
 */
int argv_parse(struct cmdline *, int argc, char *const argv[],
    struct fault *);

/* Prints every option there is, one on a line that begins with two blanks. */
void argv_print_help(FILE *);

/*
 * ---- letter.c: sendmail's one-letter options, and the long options that are
 * no settings. One row is an option, whether it has a value, and what it does.
 * Letters that some sendmail has and that change nothing here are rows, too, so
 * that their values are not taken for recipients.
 */

enum letter_value {
	LETTER_ALONE,		/* no value; others may follow: -ti */
	LETTER_ATTACHED,	/* the rest of the word, if any: -d0.1 */
	LETTER_VALUE		/* the rest of the word, else the next one */
};

/* Without an effect the option is ignored. */
/* In the order in which people read a row. NOLINTNEXTLINE */
struct letter {
	char letter;		/* or NUL: there is only a name */
	const char *name;	/* the long option without "--", or NULL */
	enum letter_value takes;
	const char *value;	/* what the help calls the value */
	const char *help;	/* NULL: the help does not explain it */
	bool ours;		/* callers of sendmail have no use for it */
	bool words;		/* arguments behind it belong to it */
	/* the effect, one of these, or a function with what it needs */
	const char *refused;	/* why the option is not supported */
	size_t flag;		/* offset of a bool in struct cmdline */
	enum cmdline_mode mode;	/* CMDLINE_SUBMIT: none */
	int which;		/* its enum query or enum queue_act */
	int (*apply)(struct cmdline *, const struct letter *,
	    const char *value, struct fault *);
	size_t text;		/* offset of a string in struct cmdline */
	const char *given;	/* the value of a letter that takes none */
};

/*
 * Does what the option is for. `value` is NULL for LETTER_ALONE, and "" for
 * LETTER_ATTACHED without one; it must live as long as the struct cmdline.
 * FAULT_USAGE or FAULT_DATA begins with the letter.
 */
int letter_apply(struct cmdline *, const struct letter *, const char *value,
    struct fault *);
/* The row of a letter, or NULL. */
const struct letter *letter_find(char);
/* The i-th row, NULL behind the last. */
const struct letter *letter_at(size_t i);

#endif
