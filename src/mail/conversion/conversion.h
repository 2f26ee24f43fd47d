/* SPDX-License-Identifier: ISC */
/*
 * conversion: a message in the form that one server can take. Text of one
 * part, which is what cron and daemons write, may have long lines, 8-bit data
 * or NULs; where the server would not take those, the body is sent as
 * quoted-printable (RFC 2045 section 6.7); base64 of one part gets lines that
 * are not too long. Fields with raw UTF-8 get encoded words (RFC 2047). A
 * signed message is never changed, nor is one that the server can take as it
 * is.
 */
#ifndef MAIL_CONVERSION_CONVERSION_H
#define MAIL_CONVERSION_CONVERSION_H

#include <stdbool.h>
#include <stddef.h>

#include "mail/message/message.h"

struct fault;

/* What is done about lines of more than MESSAGE_LINE_MAX octets. */
enum long_lines { LONG_LINES_ENCODE, LONG_LINES_PASS, LONG_LINES_REFUSE };

struct conversion_terms {
	enum long_lines long_lines;
	bool eight_bit;		/* the server offers 8BITMIME (RFC 6152) */
	bool utf8;		/* SMTPUTF8 will be declared (RFC 6531) */
	void (*note)(const char *);	/* is told which long line could not be
					 * changed; may be NULL */
};

struct conversion {
	/* the message to send: the original, or `changed`, which shares the
	 * original's body and is valid no longer than that */
	const struct message *message;
	struct message changed;
};

/*
 * Finds what no conversion can help: -1 with FAULT_DATA for a NUL in a body
 * that cannot be encoded, and for a long line if those are refused. Call it
 * when the header is complete, before there is a connection.
 */
int conversion_check(const struct message *, enum long_lines, struct fault *);
/*
 * Makes the form of a message that the server can take. The message itself is
 * not changed, and can be converted again for another server. -1 with FAULT_IO
 * when its temporary file cannot be read, with FAULT_DATA for a NUL as above.
 * Call conversion_end() in every case.
 */
int conversion_start(struct conversion *, const struct message *,
    const struct conversion_terms *, struct fault *);
void conversion_end(struct conversion *);

/*
 * ---- mimekind: what a message says its body is (RFC 2045 sections 5 and 6).
 */

enum mimekind {
	MIMEKIND_TEXT,		/* text of one part, not encoded */
	MIMEKIND_MULTIPART,	/* multipart or message: parts in itself */
	MIMEKIND_ENCODED,	/* encoded already, or so it says */
	MIMEKIND_OTHER,		/* anything else, and what is not clear */
	MIMEKIND_SIGNED		/* a signature covers octets of it */
};

/*
 * Text is what has no Content-Type, or one of text/..., and no
 * Content-Transfer-Encoding but 7bit, 8bit or binary; not if its charset has
 * more than an octet for each ASCII character (UTF-16), as lines of it are
 * no lines to us. Signed is what has a DKIM-Signature, a DomainKey-Signature
 * or an ARC set (RFC 6376, RFC 4870, RFC 8617), or is multipart/signed (RFC
 * 1847) or S/MIME (RFC 8551).
 */
enum mimekind mimekind_find(const struct header *);
/* Is the body base64, and no part of it anything else? */
bool mimekind_is_base64(const struct header *);
/* "a multipart message" and the like, for a sentence. */
const char *mimekind_name(enum mimekind);

/*
 * ---- headerword.c: raw UTF-8 in a header, which only SMTPUTF8 allows (RFC
 * 6532), becomes encoded words (RFC 2047) where those may stand.
 */

/* Octets of a line that has an encoded word: RFC 2047 section 2. */
#define HEADERWORD_LINE_MAX 76

/*
 * Encodes UTF-8 in the text of unstructured fields (Subject, Comments and
 * others known to be such, and X- ones: RFC 2047 section 5 (1)), and in the
 * display names, names of groups and comments of address fields. What a
 * reader sees stays the same. Fields that hold malformed UTF-8 stay as they
 * are, as do addresses, parameters and all other fields. Such fields are
 * folded at HEADERWORD_LINE_MAX octets. Those that have a line of more than
 * `limit` are folded at that, unless limit is 0: where they have blanks, else
 * behind commas and semicolons, and between ">" and "<", that are in no quotes,
 * comments or angle brackets; text such as a Subject as encoded words. -1
 * when the header would pass HEADER_MAX, and what would is as it was.
 */
int headerword_encode(struct header *, bool encode, size_t limit);
/* May a field have encoded words, and be it in parts? */
bool headerword_may_stand(const struct header *, const struct header_field *);
/* Is something of what goes out not ASCII? */
bool headerword_is_needed(const struct header *);
/* Octets of the longest line that goes out. With `number` added fields do not
 * count, and *number is that of the field's first line in the input. */
size_t headerword_longest_line(const struct header *, size_t *number);

#endif
