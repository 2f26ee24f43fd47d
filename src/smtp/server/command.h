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

#endif
