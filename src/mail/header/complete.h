/* SPDX-License-Identifier: ISC */
/*
 * complete: what a message must have and may lack on its way in (RFC 6409
 * section 8), and what it must not take along.
 */
#ifndef MAIL_HEADER_COMPLETE_H
#define MAIL_HEADER_COMPLETE_H

#include <stdbool.h>

struct fault;
struct header;
struct mailbox;

enum complete_from { COMPLETE_FROM_MISSING, COMPLETE_FROM_REPLACE,
    COMPLETE_FROM_KEEP };

struct complete {
	enum complete_from from;
	const struct mailbox *author;	/* of a From of ours, or NULL */
	const char *full_name;		/* its display name; NULL: none */
	bool date;			/* add a missing Date */
	bool message_id;		/* add a missing Message-ID */
	const char *id_domain;		/* right side of a Message-ID */
	bool remove_bcc;		/* Bcc and Resent-Bcc do not go out */
};

/*
 * Edits the header: From, Date and Message-ID are added, Bcc and Return-Path
 * removed. FAULT_CONFIG when a From is needed and there is no author,
 * FAULT_SYSTEM when there is no randomness for a Message-ID.
 */
int complete_header(struct header *, const struct complete *, struct fault *);

#endif
