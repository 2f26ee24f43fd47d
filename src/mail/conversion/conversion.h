/* SPDX-License-Identifier: ISC */
/*
 * hygiene: a message as a certain server can take it. What cron and daemons
 * write is text of one part that may have lines of any length, 8-bit data or
 * NULs: it goes as quoted-printable where it would not arrive otherwise.
 * Fields with raw UTF-8 get encoded words. What is signed is never changed,
 * and what needs nothing goes as it came.
 */
#ifndef MAIL_CONVERSION_CONVERSION_H
#define MAIL_CONVERSION_CONVERSION_H

#include <stdbool.h>

#include "mail/message/message.h"

struct fault;

/* Lines of more than MESSAGE_LINE_MAX octets. */
enum long_lines { LONG_LINES_ENCODE, LONG_LINES_PASS, LONG_LINES_REFUSE };

struct conversion_terms {
	enum long_lines long_lines;
	bool eight_bit;		/* the server has 8BITMIME (RFC 6152) */
	bool utf8;		/* SMTPUTF8 will be declared (RFC 6531) */
	void (*note)(const char *);	/* what had to stay; NULL: unwanted */
};

struct conversion {
	/* what to send: the message itself, or one below that shares its body;
	 * valid as long as both are */
	const struct message *message;
	struct message changed;
};

/*
 * What no server will change: FAULT_DATA for a NUL in what cannot be encoded,
 * and for a long line if those are refused. To be called before there is a
 * connection, once the header is complete.
 */
int conversion_check(const struct message *, enum long_lines, struct fault *);
/*
 * Fits a message to the server; it stays as it is itself, and may be fitted
 * again to another. FAULT_IO when its spool fails. conversion_end() is due
 * after a failure, too.
 */
int conversion_start(struct conversion *, const struct message *,
    const struct conversion_terms *, struct fault *);
void conversion_end(struct conversion *);

#endif
