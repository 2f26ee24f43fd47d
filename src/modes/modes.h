/* SPDX-License-Identifier: ISC */
/*
 * modes: what the program can do, a function for each. What is printed goes to
 * standard output. `sender` is who the account is chosen for; NULL: nobody in
 * particular.
 */
#ifndef MODES_MODES_H
#define MODES_MODES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "mail/envelope.h"
#include "smtp/probe.h"
#include "delivery/request.h"

struct carrier;
struct letter;
struct request;

/*
 * ---- submit: the one trip, in phases that acquire and then let go: the whole
 * message first, then the account and the letter, and the network last. The
 * secret is fetched when it is needed: a token would age while a message comes
 * in for an hour.
 */

/* What the command line says of the message on standard input. */
struct submission_request {
	const struct request *request;
	struct envelope envelope;	/* reverse-path, recipients and wishes
					 * as given; see submit() */
	struct job_input input;
	bool pretend;			/* -P: print all, send nothing */
	char *kept;			/* says that the message is in the
					 * queue, and why; or NULL */
};

/*
 * Reads standard input and submits it; or, if it is to `pretend`, prints what
 * it would do to standard output. 0 when every recipient was accepted and the
 * message with them, or it is kept in the queue. -1: the fault says why;
 * FAULT_RECIPIENT or FAULT_TEMPORARY also when others have the message.
 * Afterwards the envelope has the recipients that the smarthost heard of, and
 * what became of them.
 */
int submit(struct submission_request *, struct fault *);

/*
 * ---- serve: -bs, an SMTP server on standard input and output (RFC 5321) for
 * one client on this machine, which speaks by a pipe, or by a socket that inetd
 * or systemd has accepted. The replies to RCPT and to the end of a message are
 * the smarthost's; a message is stored only where the account has a queue.
 */

/*
 * Serves until the client says QUIT or hangs up, and returns 0 then. Returns
 * -1 when the client is not on this machine (FAULT_REFUSED), hung up in the
 * middle of a transaction, or was silent for too long (FAULT_IO), and when
 * there are no descriptors left (FAULT_SYSTEM). What became of messages is in
 * the replies and in the log; it makes no difference here.
 */
int serve(const struct request *, struct fault *);

/*
 * ---- trial: --check, all of a submission but the message. Connects to the
 * smarthost, secures, authenticates and, if the envelope has recipients, asks
 * for it as a message would: by MAIL and RCPT, then RSET. Each step is printed
 * when it is over, with the milliseconds that it took; with --json there is one
 * object at the end instead. -1 as submit().
 */
int trial(const struct request *, struct envelope *, struct fault *);

/*
 * ---- pretend: -P, what would be done with a message. What was read and
 * chosen, and why; the settings that somebody has set (with -v: every one) and
 * where; how the connection would be secured, where the password would come
 * from (it is not fetched) and where the log goes; the envelope, and the fields
 * that are added, removed, changed and encoded. Passwords are not shown. With
 * --json it is an object, which has the fault, and what there was before it.
 */
void pretend(const struct carrier *, const struct letter *,
    const struct fault *);

/* ---- queue: tries its messages once more ---- */

/* Which of them. The strings are not owned. */
struct queue_run_wish {
	bool due;		/* only those whose time has come */
	const char *id;		/* only those with this part of an id; even if
				 * they may have been delivered a moment ago,
				 * or the credentials were refused */
	const char *recipient;	/* with this part of a recipient's address */
	const char *sender;	/* or of the reverse-path */
};

/*
 * Tries them, an account at a time, over one session each. -1 when one that
 * was tried has not gone, or a folder or file is in the way: FAULT_TEMPORARY.
 */
int queue_run(const struct request *, const struct queue_run_wish *,
    struct fault *);

/* Has the account a queue that is not empty, and may its messages ride along
 * with another one? */
bool queue_may_flush(const struct carrier *);
/*
 * Sends those of the account that are due over the session that is open: ten
 * at most, small ones, and the server has five seconds to answer all but the
 * ends of them. Nothing is told of those that fail: they wait.
 */
void queue_flush(struct carrier *);

/* What is in it, for people and for programs. Messages that wait come first,
 * then those that were given up, the oldest of each first. */

enum queue_list_form {
	QUEUE_LIST_MAILQ,	/* as Postfix's mailq prints it */
	QUEUE_LIST_JSON,	/* an object (RFC 8259) a line */
	QUEUE_LIST_COUNT	/* how many there are */
};

/*
 * Lists all messages of the caller. Files that are none are told by `note` and
 * left out; that is no failure. -1 as queue_folders_open(), or with FAULT_IO
 * when a folder cannot be read: the others have been listed.
 */
int queue_list(const struct request *, enum queue_list_form, FILE *,
    struct fault *);

/* What people do with its messages, but for sending them. */

enum queue_act {
	QUEUE_SHOW,	/* print header, state and message */
	QUEUE_HOLD,	/* no more tries until it is released */
	QUEUE_RELEASE,
	QUEUE_DELETE,
	QUEUE_REQUEUE	/* due at once, not held, and no more given up */
};

/*
 * Does that with the messages of these ids: "ALL" are all that it can be done
 * with, "-" those on standard input, one a line. Each is done or left as it
 * was, whenever the process ends. -1 when one could not be done, and the
 * others have been: FAULT_DATA when it is not there, FAULT_TEMPORARY when it
 * is just being sent, or FAULT_IO; else as queue_folders_open(). The first of
 * several is the fault, the others are told by `note`.
 */
int queue_act(const struct request *, enum queue_act,
    const char *const *ids, size_t count, FILE *, struct fault *);

/*
 * ---- verify: -bv and -bt, which recipients an address stands for. There is no
 * network and no message.
 */

/*
 * -bv: prints the account, the reverse-path and the recipients that a message
 * with this envelope would be sent with; the envelope has them afterwards.
 * FAULT_RECIPIENT when one is still a name without a domain, which only a mail
 * server on this host could deliver to; other faults are those of submit().
 */
int verify_recipients(const struct request *, struct envelope *,
    struct fault *);
/*
 * -bt: prints the account for messages from `sender` (NULL: nobody in
 * particular); then for each word, or each line of standard input if there
 * are none, its local part and domain, whether that is this host's, the
 * recipients that it comes to, and which account a message from it would go
 * by. FAULT_DATA when one is no address; the others are printed all the same.
 */
int verify_words(const struct request *, const struct mailbox *sender,
    const char *const *words, size_t n, struct fault *);

/*
 * ---- check: --check-config and newaliases, every error in files. No command
 * is run.
 */

/*
 * Checks these n files, or if n is 0 those that a message would go by, and the
 * alias files that they name. Errors and notes on what is obsolete go to
 * standard error, a summary to standard output. -1 when there was an error: it
 * has been printed, and the fault, FAULT_CONFIG, says how many there were.
 */
int check_config(const struct request *, const char *const *files, size_t n,
    struct fault *);

/*
 * newaliases: there is no data base to build, so the alias files of all
 * accounts are checked, or the one of the settings of the command line; the
 * system's where an account names none, or there is no account. Every error
 * goes to `report`, the number of aliases of each file to standard output.
 * FAULT_CONFIG when there were errors.
 */
int check_aliases(const struct request *, void (*report)(const char *text),
    struct fault *);

/* ---- query: sessions with the smarthost that carry no message ---- */

/*
 * Sends ETRN, VRFY or EXPN, and prints the reply to standard output, whether
 * it is a good one or not. -1 as session_open() and query_make().
 */
int query(const struct request *, const struct mailbox *sender, enum query,
    const char *argument, struct fault *);

/*
 * Prints to standard output what the smarthost says about itself, as far as
 * it gets: greeting, TLS parameters, certificate with the settings that would
 * pin it, and capabilities. There is no authentication and no client
 * certificate is shown, so a certificate that is not trusted does not end the
 * session: the fault comes when all has been printed. Other faults are those
 * of session_open().
 */
int serverinfo(const struct request *, const struct mailbox *sender,
    struct fault *);

/* ---- configure: an account for an address ---- */

/*
 * Prints one to standard output: for the --host of the request, or for the
 * provider that the address's domain is known to belong to; else for what the
 * DNS announces as its submission server (RFC 6186; those with TLS from the
 * first octet before others: RFC 8314 section 5.1), else for the provider that
 * its mail exchangers are known to belong to. FAULT_DATA when that is no
 * address with a domain, FAULT_HOST when nothing is found, FAULT_TEMPORARY
 * when the DNS does not answer.
 */
int configure(const struct request *, const char *address, struct fault *);

/*
 * ---- import: --import, configuration of other programs
 */

/*
 * Prints the account file that does the same as the configuration in a file or
 * folder (import/import.h has the programs), with comments on what is
 * different. FAULT_INPUT when a file cannot be read,
 * FAULT_CONFIG with its line for what is wrong in it, or when it is not known
 * whose it is, FAULT_USAGE when it is one of msmtp's, which need no import.
 */
int import(const char *path, FILE *, struct fault *);

#endif
