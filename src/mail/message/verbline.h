/* SPDX-License-Identifier: ISC */
/*
 * verbline: could a server run this line of a message?
 *
 * BDAT (RFC 3030) marks a chunk off by its length alone. A broken server that
 * refuses the command and does not read the chunk takes its lines for
 * commands, so whoever wrote the message could have it send mail in our name.
 * Such a line begins with a verb of SMTP, in any mixture of case, behind
 * blanks (of any usual character set), also as quoted-printable.
 */
#ifndef MAIL_MESSAGE_VERBLINE_H
#define MAIL_MESSAGE_VERBLINE_H

#include <stdbool.h>
#include <stddef.h>

#define VERBLINE_VERB_MAX 8	/* octets of the longest verb: STARTTLS */
/*
 * Octets of a longer line need not begin a line only for us: no server has to
 * take a longer command whole (RFC 5321 section 4.5.3.1.4, without CRLF).
 */
#define VERBLINE_MAX 510

/* What is known of a line that comes in pieces; zeroed before the first. */
struct verbline {
	bool decided;		/* the rest of this line makes no difference */
	int escape;		/* hexadecimal digits to come behind "=" */
	unsigned value;		/* of those that came */
	char word[VERBLINE_VERB_MAX];	/* in lower case */
	size_t len;
};

/* True when the octet completes a verb. At LF or CR the line ends. */
bool verbline_octet(struct verbline *, char);
/*
 * The next octets of whole text in wire form, in pieces of any size: does any
 * of their lines begin with a verb? One that may, and goes on in the next
 * piece, is told then.
 */
bool verbline_text(struct verbline *, const char *, size_t);
/*
 * A line that begins at p and may go on beyond `end`: false when no verb can
 * begin it. Two letters tell nearly all of them.
 */
bool verbline_may_begin(const char *p, const char *end);

#endif
