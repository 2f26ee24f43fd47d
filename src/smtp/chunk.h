/* SPDX-License-Identifier: ISC */
/*
 * chunk: how a message would go by BDAT (RFC 3030), and whether it may.
 *
 * BDAT marks a chunk off by its length alone. A broken server that refuses
 * the command and does not read the chunk takes its lines for commands, so
 * whoever wrote the message could have it send mail in our name. A message
 * with a line that begins with a verb of SMTP, in any mixture of case, behind
 * blanks (of any usual character set), also as quoted-printable, therefore goes
 * by DATA; and a chunk always begins where a line does, so that no other place
 * of a line can be made one.
 */
#ifndef SMTP_CHUNK_H
#define SMTP_CHUNK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct fault;
struct message;

#define CHUNK_OCTETS (1024 * 1024)	/* a chunk ends with the line that makes
					 * it as large as this, or larger */

struct chunk_plan {
	bool safe;		/* may go by BDAT */
	uint64_t *octets;	/* of each chunk, the last included */
	size_t count;
	size_t cap;
};

/*
 * Looks through what goes out of a message. -1 with FAULT_IO if its spool
 * fails. The plan is to be freed in any case.
 */
int chunk_plan(struct chunk_plan *, const struct message *, struct fault *);
void chunk_free(struct chunk_plan *);

/*
 * One line after the other, in pieces of any size: could a server run it?
 * What the scan keeps between two pieces; zeroed to begin with.
 */
#define CHUNK_VERB_MAX 8	/* octets of the longest verb: STARTTLS */

struct chunk_scan {
	bool decided;		/* the rest of this line makes no difference */
	int escape;		/* hexadecimal digits to come behind "=" */
	unsigned value;		/* of those that came */
	char word[CHUNK_VERB_MAX];	/* in lower case */
	size_t len;
};

/* True when the octet completes a verb. At "\n" the next line begins. */
bool chunk_scan_octet(struct chunk_scan *, char);

#endif
