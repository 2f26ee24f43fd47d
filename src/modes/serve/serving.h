/* SPDX-License-Identifier: ISC */
/*
 * serving: one session of -bs, as the parts of serve share it. Answers are
 * owed in the order of the commands: whatever needs the smarthost's word is
 * put off until the client waits, so that what it sent together travels on
 * together.
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

#define SERVING_IDLE_MS (300 * 1000)	/* RFC 5321 section 4.5.3.2.7 */

enum owed_kind { OWED_TEXT, OWED_MAIL, OWED_RCPT };

struct owed_answer {
	enum owed_kind kind;
	struct relay_share share;	/* its refusal is the text */
};

struct serving {
	struct conn *conn;		/* the client's */
	struct peer peer;
	struct relay relay;
	char *name;			/* ours */
	char *hello;			/* the client's, or NULL: none yet */
	bool done;
	bool silent;			/* the client, for too long */
	bool gone;			/* nothing more of it is heard */
	bool cr;			/* the line at hand ended in CRLF */
	bool overlong;			/* it is too long */
	unsigned errors;		/* in a row */
	struct owed_answer *owed;
	size_t owed_count;
	size_t owed_cap;
	/* the message being taken in */
	bool taking;
	bool by_chunks;			/* BDAT */
	struct message message;
	struct intake intake;
	struct fault broken;		/* why it will not be sent */
	uint64_t taken;			/* octets so far */
};

/* serve.c */

/* Owes, or gives at once, one line without its CRLF. */
void serving_say(struct serving *, const char *text);
/* The same, and it counts as an error of the client's. */
void serving_refuse(struct serving *, const char *text);
void serving_owe_mail(struct serving *);
/* Takes over the share's refusal. */
void serving_owe_rcpt(struct serving *, const struct relay_share *);
/* Asks the smarthost, and gives all that is owed. */
void serving_settle(struct serving *);
/* Gives answers that end in CRLF; nothing may be owed. */
void serving_put(struct serving *, const struct buffer *answer);
/* Waits for more from the client; -1 when there will be none. */
int serving_fill(struct serving *);

/* servecommand.c */

void serving_hello(struct serving *, const struct command *);
void serving_mail(struct serving *, const struct command *);
void serving_rcpt(struct serving *, const struct command *);
void serving_rset(struct serving *, const struct command *);
void serving_quit(struct serving *, const struct command *);
void serving_http(struct serving *, const struct command *);

/* servemessage.c */

void serving_data(struct serving *, const struct command *);
void serving_bdat(struct serving *, const struct command *);
/* Forgets the message that is being taken in, if there is one. */
void serving_end_message(struct serving *);

#endif
