/* SPDX-License-Identifier: ISC */
/* peer: who speaks SMTP to us on standard input. */
#ifndef MODES_SERVE_PEER_H
#define MODES_SERVE_PEER_H

#include <stdbool.h>
#include <sys/types.h>

struct buffer;

enum peer_kind {
	PEER_PROCESS,	/* a pipe, file or terminal: whoever started us */
	PEER_LOCAL,	/* a Unix socket */
	PEER_LOOPBACK,	/* this machine, by TCP */
	PEER_REMOTE	/* anybody else, or nobody knows */
};

struct peer {
	enum peer_kind kind;
	bool terminal;		/* a person types */
	bool known;		/* the kernel says who: */
	uid_t uid;
	pid_t pid;
};

/* The peer of a descriptor. What is a socket and cannot tell is PEER_REMOTE. */
void peer_find(struct peer *, int fd);
/* Has it another user than ours, as far as we can tell? */
bool peer_is_foreign(const struct peer *);
/* Adds it as a comment of a Received field, without parentheses. */
void peer_add_comment(struct buffer *, const struct peer *);

#endif
