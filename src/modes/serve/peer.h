/* SPDX-License-Identifier: ISC */
/* peer: who speaks SMTP to us on standard input. */
#ifndef MODES_SERVE_PEER_H
#define MODES_SERVE_PEER_H

#include <stdbool.h>
#include <sys/types.h>

struct buffer;

enum peer_kind {
	PEER_PROCESS,	/* a pipe, file or terminal of whoever started us */
	PEER_LOCAL,	/* a Unix socket */
	PEER_LOOPBACK,	/* TCP from this machine */
	PEER_REMOTE	/* another machine, or unknown */
};

struct peer {
	enum peer_kind kind;
	bool terminal;		/* a person types */
	bool known;		/* the kernel tells uid and pid (0: no pid) */
	uid_t uid;
	pid_t pid;
};

void peer_find(struct peer *, int fd);
/* May it belong to another user than ours and root? */
bool peer_is_foreign(const struct peer *);
/* Adds the text of a Received field's comment, without parentheses. */
void peer_add_comment(struct buffer *, const struct peer *);

#endif
