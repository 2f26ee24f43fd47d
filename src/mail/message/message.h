/* SPDX-License-Identifier: ISC */
/*
 * message: header and body. All of standard input is read before anything else
 * happens; from then on the message is seen in wire form, which knows no line
 * end but CRLF (RFC 5321 section 2.3.7). Other line ends are known in
 * mail/message/ only.
 */
#ifndef MAIL_MESSAGE_MESSAGE_H
#define MAIL_MESSAGE_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/buffer.h"
#include "mail/conversion/encoding.h"
#include "mail/conversion/rewrap.h"
#include "mail/header/header.h"
#include "mail/message/body.h"

struct fault;

/* What a line means that is a lone dot. */
enum message_dot {
	MESSAGE_DOT_TEXT,
	MESSAGE_DOT_ENDS,	/* it ends the message, as people type it */
	MESSAGE_DOT_DROPPED	/* it is left out where it is the very last
				 * line: programs end so that have learned it
				 * from people; anywhere else it is text */
};

/* What ended the header. */
enum message_header_end {
	MESSAGE_END_INPUT,
	MESSAGE_END_EMPTY,	/* an empty line, as it should be */
	MESSAGE_END_TEXT	/* a line that is no field */
};

struct message {
	struct header header;
	enum message_header_end header_end;
	uint64_t header_end_line;	/* that line's number in the input */
	struct body body;
	/* what is known of the input, with fields that were removed later */
	uint64_t longest_line;	/* octets without CRLF, header and body */
	uint64_t longest_body_line;	/* the same of the body alone */
	uint64_t long_body_line;	/* number in the input of the first
				 * above MESSAGE_LINE_MAX, from 1; 0: none */
	uint64_t nul_line;	/* where the body's first NUL is: line and */
	uint64_t nul_octet;	/* octet from 1; 0: it has none */
	bool eight_bit_header;
	bool eight_bit_body;
	/* the body goes out as quoted-printable: mail/conversion/ sets these */
	bool quoted;
	bool wrapped;			/* no, as base64 in other lines */
	uint64_t quoted_octets;	/* octets of the encoded body */
	struct bodycuts quoted_cuts;	/* where that may be cut */
};

void message_init(struct message *);
void message_free(struct message *);
/*
 * Makes `to` the same message with a header of its own; the body stays the
 * other's, who must outlive it. message_unshare() frees what is its own.
 */
void message_share(struct message *to, const struct message *from);
void message_unshare(struct message *);
/*
 * Reads fd to its end, or to a dot that ends it. If fd is a regular file it
 * must stay open as long as the message: see body_add(). A
 * leading mbox "From " line is dropped (RFC 4155); text without a header is
 * body. -1 with FAULT_DATA for a NUL in the header, with line and octet, and
 * for a header of more than HEADER_MAX octets; with FAULT_IO when fd cannot be
 * read, or the temporary file cannot be written. A NUL in the body is no
 * fault here: see conversion_check().
 */
int message_read(struct message *, int fd, enum message_dot, struct fault *);

/* Octets that will be sent: header, empty line, body; no dots are doubled. */
uint64_t message_octets(const struct message *);
/* Octets of these in front of the body. */
uint64_t message_header_octets(const struct message *);
/* Where the body may be cut, in octets of the body as it is sent. */
const struct bodycuts *message_cuts(const struct message *);

/*
 * A walk over what will be sent: added fields, kept fields, empty line, body.
 * There may be any number of walks at a time.
 */
struct message_walk {
	const struct message *message;
	size_t at;		/* as header_next_octets() has it */
	bool in_body;		/* the header and its empty line were given */
	struct body_walk body;
	const char *plain;	/* octets of the body that are not quoted yet */
	size_t plain_len;
	struct quoted quoted;
	struct rewrap rewrap;
	struct buffer quoted_chunk;
	uint64_t quoted_given;	/* octets */
};
void message_walk_start(struct message_walk *, const struct message *);
/*
 * The next octets at *p, valid until the next call. Returns their number, 0 at
 * the end, -1 with FAULT_IO if a file cannot be read or has changed.
 */
ssize_t message_walk_next(struct message_walk *, const char **p,
    struct fault *);
void message_walk_end(struct message_walk *);

#endif
