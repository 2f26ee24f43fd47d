/* SPDX-License-Identifier: ISC */
/*
 * chunk: how a message would go by BDAT (RFC 3030), and whether it may.
 *
 * A message with a line that a broken server could run, were a chunk refused
 * and not read (see mail/verbline.h), goes by DATA; so does one with lines so
 * long that such a server would cut them, and find a line in the middle of
 * one. A chunk always begins where a line does, so that no other place of a
 * line can be made one.
 */
#ifndef SMTP_CHUNK_H
#define SMTP_CHUNK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mail/message/bodyscan.h"

struct message;

/* A chunk ends with the line that makes it as large as this, or larger; the
 * first one has the header besides. */
#define CHUNK_OCTETS BODY_STEP

struct chunk_plan {
	bool safe;		/* may go by BDAT */
	uint64_t *octets;	/* of each chunk, the last included */
	size_t count;
};

/* The plan for what goes out of a message. Free it with chunk_free(). */
void chunk_plan(struct chunk_plan *, const struct message *);
void chunk_free(struct chunk_plan *);

#endif
