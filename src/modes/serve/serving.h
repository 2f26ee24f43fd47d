/* SPDX-License-Identifier: ISC */
/*
 * serving: one session of -bs, as client.c, message.c and serve.c share it.
 * Replies go out in the order of the commands. A reply that needs the
 * smarthost's word is owed until the client waits for us, so that commands
 * which the client sent together reach the smarthost together (RFC 2920).
 */
#ifndef MODES_SERVE_SERVING_H
#define MODES_SERVE_SERVING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/fault.h"
#include "mail/message/intake.h"
#include "mail/message/message.h"
#include "smtp/server/command.h"
#include "modes/serve/peer.h"
#include "modes/serve/relay.h"

struct conn;

/* A reply that the client has not been given yet. */
struct owed_reply {
	bool mail;			/* the smarthost's to MAIL; else: */
	struct relay_share share;	/* to RCPT, or a reply of our own */
};

struct serving {
	struct conn *conn;		/* to the client */
	struct peer peer;
	struct relay relay;
	char *name;			/* our host name */
	char *hello;			/* what EHLO or HELO said, or NULL */
	bool done;			/* no further command is read */
	bool silent;			/* the client's time has run out */
	bool late;			/* so has that of the session */
	int64_t end;			/* when it does, as of clock_now() */
	bool gone;			/* nothing more is read */
	bool cr;			/* the current line ended in CRLF */
	bool overlong;			/* the current line is too long */
	unsigned errors;		/* commands in a row that were wrong */
	unsigned commands;		/* since the last accepted message */
	struct owed_reply *owed;
	size_t owed_count;
	size_t owed_cap;
	/* the message, while it is being received */
	bool taking;
	bool by_chunks;			/* by BDAT, not by DATA */
	bool chunk_refused;		/* and so are those behind it */
	struct message message;
	struct intake intake;
	struct fault broken;		/* why it will not be sent */
	uint64_t taken;			/* octets received so far */
};

/* client.c */

/* Gives the client a line, without its CRLF, behind what is owed. */
void serving_say(struct serving *, const char *text);
/* The same, where the client's command was wrong; too many end the session. */
void serving_refuse(struct serving *, const char *text);
/* Owes the client the smarthost's reply to MAIL. */
void serving_owe_mail(struct serving *);
/* The same for RCPT. The share's refusal belongs to the session then. */
void serving_owe_rcpt(struct serving *, const struct relay_share *);
/* Waits for the smarthost's replies, and gives the client all that is owed. */
void serving_settle(struct serving *);
/* Gives the client whole lines, each with its CRLF, and frees them. Nothing may
 * be owed. */
void serving_put(struct serving *, struct buffer *lines);
/* Settles, and waits for octets from the client; -1: none will come. */
int serving_fill(struct serving *);

/* message.c */

void serving_data(struct serving *, const struct command *);
void serving_bdat(struct serving *, const struct command *);
/* Forgets the message that is being received, if there is one. */
void serving_end_message(struct serving *);

#endif
