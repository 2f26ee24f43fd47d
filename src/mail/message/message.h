/* SPDX-License-Identifier: ISC */
/*
 * message: the whole of standard input, taken in before anything else
 * happens, and seen in wire form from then on (RFC 5321 section 2.3.7: CRLF
 * and no other line end). Only these modules know other line ends.
 */
#ifndef MAIL_MESSAGE_MESSAGE_H
#define MAIL_MESSAGE_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/buffer.h"
#include "mail/conversion/quoted.h"
#include "mail/header/header.h"
#include "mail/message/body.h"

struct fault;

struct message {
	struct header header;
	struct body body;
	/* facts of the whole input, fields removed later included */
	uint64_t longest_line;	/* octets without CRLF, header and body */
	uint64_t longest_body_line;	/* the same of the body alone */
	uint64_t long_body_line;	/* number in the input of the first
				 * above MESSAGE_LINE_MAX, from 1; 0: none */
	uint64_t nul_line;	/* where the body's first NUL is: line and */
	uint64_t nul_octet;	/* octet from 1; 0: it has none */
	bool eight_bit_header;
	bool eight_bit_body;
	/* how the body goes out: see mail/hygiene.h */
	bool quoted;		/* as quoted-printable, in so many */
	uint64_t quoted_octets;	/* octets, */
	struct bodycuts quoted_cuts;	/* and cut there */
};

void message_init(struct message *);
void message_free(struct message *);
/*
 * Reads fd to its end (or, if dot_ends, to a line that is a lone dot). A body
 * above BODY_MEMORY_MAX goes to an unlinked file in $TMPDIR, else /var/tmp,
 * else /tmp; that of a regular file stays where it is, and fd must stay open
 * as long as the message. Every last line gets its CRLF. A leading mbox "From "
 * line goes; text without a header is body. Faults: FAULT_DATA for a NUL in
 * the header (with line and octet; one in the body is noted, and mail/hygiene
 * decides) and for a header above its limit, FAULT_IO when reading or spooling
 * fails (a full disk named with the directory).
 */
int message_read(struct message *, int fd, bool dot_ends, struct fault *);

/* Octets that will go out: header, empty line, body. Without dot-stuffing. */
uint64_t message_octets(const struct message *);
/* Those of them in front of the body, and where that may be cut. */
uint64_t message_header_octets(const struct message *);
const struct bodycuts *message_cuts(const struct message *);

/*
 * A walk over what goes out: added fields, kept fields, empty line, body.
 * Any number of walks may be made; they do not disturb each other.
 */
struct message_walk {
	const struct message *message;
	int stage;		/* what comes next */
	bool as_it_came;	/* nothing is quoted */
	size_t field;		/* next field of the header */
	struct body_walk body;
	const char *plain;	/* octets of the body to be quoted yet */
	size_t plain_len;
	struct quoted quoted;
	struct buffer quoted_chunk;
	uint64_t quoted_given;	/* octets */
};
void message_walk_start(struct message_walk *, const struct message *);
/* A walk over the body alone, not quoted. */
void message_walk_body(struct message_walk *, const struct message *);
/*
 * The next octets at *p, valid until the next call. Returns their number (as
 * many as lie side by side: a header, a body, 64 KiB of a spool, a few of what
 * is quoted), 0 at the
 * end, -1 with FAULT_IO if the spool fails.
 */
ssize_t message_walk_next(struct message_walk *, const char **p,
    struct fault *);
/* Of a new walk only what stands in front of the body: 0 behind it. */
size_t message_walk_header(struct message_walk *, const char **p);
void message_walk_end(struct message_walk *);

#endif
