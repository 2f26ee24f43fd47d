/* SPDX-License-Identifier: ISC */
/*
 * command: parses the commands of an SMTP client (RFC 5321 section 4.1), for
 * -bs. Nothing here does I/O. A command that is refused gives the text of the
 * reply, such as "501 5.5.4 ...", which is static.
 */
#ifndef SMTP_SERVER_COMMAND_H
#define SMTP_SERVER_COMMAND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mail/address/address.h"
#include "mail/envelope.h"

struct reply;

/*
 * Octets of a command line with its CRLF. RFC 5321 section 4.5.3.1.4 has 512;
 * SIZE, BODY, SMTPUTF8, RET, ENVID, NOTIFY and ORCPT add less than 800, and
 * paths in UTF-8 may be longer than 256.
 */
#define COMMAND_LINE_MAX 4096

enum command_verb {
	COMMAND_EHLO, COMMAND_HELO, COMMAND_MAIL, COMMAND_RCPT, COMMAND_DATA,
	COMMAND_BDAT, COMMAND_RSET, COMMAND_NOOP, COMMAND_VRFY, COMMAND_EXPN,
	COMMAND_HELP, COMMAND_QUIT, COMMAND_AUTH, COMMAND_STARTTLS,
	COMMAND_TURN,
	COMMAND_HTTP,		/* GET and its like: a browser */
	COMMAND_UNKNOWN
};

/* The argument points into the line, without blanks around it; "" if none. */
struct command {
	enum command_verb verb;
	const char *argument;
	size_t len;
};

/* Parses a line without its CRLF. */
void command_read(struct command *, const char *line, size_t n);

/* Is it a domain or an address literal, as EHLO and HELO should have it? */
bool command_is_name(const char *, size_t);

enum command_body {
	COMMAND_BODY_UNSET, COMMAND_BODY_7BIT, COMMAND_BODY_8BITMIME
};

struct command_mail {
	bool null_path;			/* the reverse-path is <> */
	struct mailbox path;		/* otherwise; the domain may be "" */
	uint64_t size;			/* octets, 0 when not given */
	enum command_body body;
	bool smtputf8;
	bool requiretls;
	bool qualified;			/* XQUALIFIED; see CAP_XQUALIFIED */
	enum dsn_return ret;
	char *envid;			/* decoded from xtext, or NULL */
};

struct command_rcpt {
	struct mailbox box;		/* the domain may be "" */
	unsigned notify;		/* DSN_*, 0 when not given */
	char *orcpt;			/* TYPE;XTEXT as given, or NULL */
};

/*
 * Parse the argument of MAIL, and of RCPT in a transaction whose MAIL has or
 * has not declared SMTPUTF8. They return NULL, or the reply that refuses the
 * command. The caller frees the struct in either case.
 */
const char *command_read_mail(struct command_mail *, const char *, size_t);
const char *command_read_rcpt(struct command_rcpt *, bool smtputf8,
    const char *, size_t);
void command_mail_free(struct command_mail *);
void command_rcpt_free(struct command_rcpt *);

/*
 * Parses the argument of BDAT (RFC 3030 section 2). -1 for a syntax error; it
 * is unknown then how many octets of data follow.
 */
int command_read_bdat(uint64_t *octets, bool *last, const char *, size_t);

/*
 * ---- answer.c: the replies that -bs gives to its client (RFC 5321 section
 * 4.2). A line has at most 512 octets, is printable, and begins with an
 * enhanced status code (RFC 2034).
 */

/*
 * Adds a reply with a status such as "4.3.0", in as many lines as its text
 * takes. Octets that are not ASCII are escaped unless utf8.
 */
void answer_add(struct buffer *, int code, const char *status,
    const char *text, bool utf8);
/*
 * Adds the smarthost's reply, with its code, its lines and its enhanced status
 * code, or X.0.0 where it has none. 421 and 521, which speak of the
 * smarthost's connection, become 451 and 550; another 2yz than 250 to 252
 * becomes 250, and 1yz and 3yz become 451.
 */
void answer_add_reply(struct buffer *, const struct reply *, bool utf8);

/*
 * ---- unstuff.c: removes the dots that a client has put before lines of its
 * message behind DATA (RFC 5321 section 4.5.2), and finds the end. The message
 * ends at CRLF.CRLF only. A dot between bare LFs is text: if it ended the
 * message here and not at the smarthost, or the other way round, a second
 * message could be smuggled in the first.
 */

struct unstuff {
	bool lf_ends;		/* a terminal: LF ends a line, too */
	bool line_start;	/* the next octet begins a line */
	bool cr;		/* the last octet was a CR */
	bool ended;		/* the message has; a command follows */
};

void unstuff_start(struct unstuff *, bool lf_ends);
/*
 * Looks at the next n octets of input and returns how many of them have been
 * consumed; the last *len of those are octets of the message. 0: more input is
 * needed, with these octets at its front. The result does not depend on how
 * the input is cut. Not to be called once the message has ended.
 */
size_t unstuff_next(struct unstuff *, const char *p, size_t n, size_t *len);

#endif
