/* SPDX-License-Identifier: ISC */
/*
 * serve: -bs, an SMTP server on standard input and output (RFC 5321) for one
 * client that is on this machine, by a pipe or by a socket that inetd or
 * systemd has accepted. It keeps nothing: what it answers to RCPT and to the
 * end of a message is what the smarthost has answered.
 */
#ifndef MODES_SERVE_SERVE_H
#define MODES_SERVE_SERVE_H

#include <stdbool.h>
#include <stdio.h>

struct account;
struct fault;

/* What the command line says about it. Strings are not owned. */
struct service {
	const struct account *settings;	/* those of the command line */
	const char *config_file;	/* -C, or NULL */
	bool config_of_root;		/* -C must be root's own file */
	const char *account;		/* -a, or NULL: by the reverse-path */
	const char *full_name;		/* -F, or NULL */
	bool no_aliases;		/* -n */
	const char *ident;		/* -L, or NULL */
	FILE *transcript;		/* -v: the smarthost's side, or NULL */
	void (*note)(const char *text);	/* for what is no fault */
};

/*
 * Serves until the client says QUIT or hangs up, and 0 then. -1: the client
 * was not welcome (FAULT_REFUSED), broke off in the middle of a message, or
 * was silent for too long (FAULT_IO). What became of messages is in the
 * replies and in the log.
 */
int serve(const struct service *, struct fault *);

#endif
