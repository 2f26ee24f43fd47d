/* SPDX-License-Identifier: ISC */
/*
 * request: what the command line asks for, whatever the mode is. It is filled
 * once and const for all that comes later.
 */
#ifndef DELIVERY_REQUEST_H
#define DELIVERY_REQUEST_H

#include <stdbool.h>
#include <stdio.h>

#include "config/account/account.h"
#include "mail/envelope.h"
#include "mail/message/message.h"

struct fault;
struct probe;

/* Strings are not owned: they live as long as argv. */
struct request {
	const struct account *settings;	/* those of the command line */
	const char *file;		/* -C: account file, or NULL */
	bool file_of_root;		/* that file must be root's own */
	const char *account;		/* -a: name, or NULL */
	const char *full_name;		/* -F: for a From field, or NULL */
	const char *ident;		/* -L: name in the syslog, or NULL */
	bool no_aliases;		/* -n */
	bool eight_bit;			/* -B 8BITMIME */
	bool queue_only;		/* -odq: keep the message without a
					 * try */
	bool json;			/* --json: what is printed is for
					 * programs */
	FILE *transcript;		/* -v: gets the dialogue, or NULL */
	FILE *progress;			/* the terminal for uploads, or NULL */
	void (*note)(const char *text);	/* tells the user what is no fault */
	struct probe *probe;		/* --check: is told of each step, or
					 * NULL */
};

/*
 * Reads the account files into `accounts`, which must be initialised; with
 * --host there are none to read. -1 as accountfile_load(): what was read until
 * then is in `accounts`.
 */
int request_load(const struct request *, struct accounts *, struct fault *);

/*
 * Chooses the account of the request: by its name, else for messages from
 * `sender` (NULL, or without a local part: nobody in particular). It is put
 * into `out`, which must be initialised and which the caller frees before
 * `accounts`. The passwords of all other accounts leave memory, and a
 * temporary failure has this account's tempfail_status from now on. -1 as
 * accounts_choose().
 */
int request_choose(const struct request *, struct accounts *,
    const struct mailbox *sender, struct account *out, struct fault *);

/*
 * Tells the user what was found while files were read, and forgets it. With
 * the `chosen` account (or NULL), if it is that of the environment, also which
 * variables look like settings and are none.
 */
void request_tell(const struct request *, struct accounts *,
    const struct account *chosen);

/*
 * ---- job.c: a message and the envelope as they were given. It is not edited
 * once it is filled, so that what one account made of it does not stand in the
 * way of another.
 */

struct job {
	struct envelope envelope;	/* the recipients as they were named */
	struct message message;
	char *author;			/* the address in From, for patterns
					 * like %F, or NULL */
};

/* How a message is read from standard input. */
struct job_input {
	bool read_recipients;		/* -t: To, Cc and Bcc, too */
	bool read_sender;		/* the reverse-path from From */
	bool ignore_dots;		/* -i */
	bool recipients_needed;		/* without any it is a fault */
};

void job_init(struct job *);
void job_free(struct job *);
/*
 * Reads the message from fd. -1 as message_read() and envelope_add_header();
 * FAULT_USAGE when something that was to be found in the header is not there,
 * or there are no recipients.
 */
int job_read(struct job *, int fd, const struct job_input *, struct fault *);

#endif
