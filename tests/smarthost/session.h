/* SPDX-License-Identifier: ISC */
#ifndef SMARTHOST_SESSION_H
#define SMARTHOST_SESSION_H

#include <stdbool.h>
#include <stdio.h>

#include "auth.h"
#include "body.h"
#include "capture.h"
#include "peer.h"
#include "security.h"

/* The honest server: one session with a client that is held to the RFCs. */

enum extension {
	EXTENSION_PIPELINING,          /* RFC 2920 */
	EXTENSION_SIZE,                /* RFC 1870 */
	EXTENSION_8BITMIME,            /* RFC 6152 */
	EXTENSION_ENHANCEDSTATUSCODES, /* RFC 2034 */
	EXTENSION_SMTPUTF8,            /* RFC 6531 */
	EXTENSION_DSN,                 /* RFC 3461 */
	EXTENSION_CHUNKING,            /* RFC 3030 */
	EXTENSION_STARTTLS,            /* RFC 3207 */
	EXTENSION_AUTH,                /* RFC 4954 */
	EXTENSION_COUNT
};

/* By keyword in any case; EXTENSION_COUNT when there is no such. */
enum extension extension_find(const char *keyword);

/* Commands that match get this reply and are not carried out. */
struct refusal {
	char *pattern; /* as text_matches has it; "." is the end of data */
	char *reply;   /* one or more lines, with CRLF */
	struct refusal *next;
};

/* What the server is like; const while it serves. */
struct service {
	const char *name;
	const char *mechanisms; /* NULL: all that fit */
	const char *capture;    /* folder, or NULL */
	const struct account *accounts;
	const struct refusal *refusals;
	const struct security *security; /* NULL: no TLS */
	bool withheld[EXTENSION_COUNT];
	bool unused[EXTENSION_COUNT]; /* offered, and not to be used */
	bool require_tls, require_auth, implicit_tls;
	bool lmtp;               /* RFC 2033 */
	const char *limits;      /* RFC 9422: what EHLO says, or NULL */
	const char *cut;         /* file that has a number of octets, or NULL */
	unsigned long long size; /* largest message, octets */
};

enum mail_state {
	MAIL_NONE,
	MAIL_OPEN,    /* MAIL was accepted */
	MAIL_CHUNKED, /* and so was a BDAT that was not the last */
	MAIL_LOST     /* refused by us: what was pipelined behind may come */
};

struct session {
	const struct service *service;
	struct peer *peer;
	char *helo;      /* NULL: no EHLO or HELO yet, or none since TLS */
	bool extended;   /* EHLO, so extensions are there */
	char *user;      /* NULL: not authenticated */
	char *mechanism;
	bool over;
	unsigned violations;

	/* The command at hand. */
	const char *line;
	size_t len;
	bool last;            /* it may not have others behind it */
	const char *refusal;  /* our reply to it is settled already */

	/* The transaction. */
	enum mail_state mail;
	bool smtputf8, eight_bit;
	unsigned long tried, accepted;
	char *envelope;       /* from and rcpt lines, written through notes */
	size_t envelope_len;
	FILE *notes;
	struct capture capture;
	struct body body;
};

/* Serves this connection; returns how often the client violated the rules. */
unsigned session_run(const struct service *service, int fd);

/* Is the extension there for the client to use, here and now? */
bool session_offers(const struct session *session, enum extension extension);

/* Whether the client may use it: --unused PIPELINING and CHUNKING. */
bool session_allows(const struct session *session, enum extension extension);

/* One line, with the enhanced status code where that is on. */
void session_reply(struct session *session, unsigned code,
    const char *enhanced, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* A reply as it is, all its lines with CRLF. */
void session_send(struct session *session, const char *reply);

/* The same as a reply, for a client that broke a rule; it is put on record. */
void session_violation(struct session *session, unsigned code,
    const char *enhanced, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* The next line; when there is none, or a flaw in it, session->over is set. */
struct line session_line(struct session *session, size_t max);

/* The reply that --refuse has for this, or NULL. */
const char *session_refusal(const struct session *session, const char *line,
    size_t len);

/* What follows the verb and one blank, in the command at hand. */
const char *session_arguments(const struct session *session, size_t *len);

/* transaction.c */
void transaction_mail(struct session *session);
void transaction_rcpt(struct session *session);
void transaction_data(struct session *session);
void transaction_bdat(struct session *session);
void transaction_rset(struct session *session);
void transaction_forget(struct session *session);
void transaction_lose(struct session *session);

/* login.c */
void login_auth(struct session *session);

/* The mechanisms of AUTH's line in EHLO; the caller frees. "" for none. */
char *login_mechanisms(const struct session *session);

#endif
