/* SPDX-License-Identifier: ISC */
/*
 * complete: adds the fields that a message must have and that its writer may
 * leave to us (RFC 6409 section 8), and removes those that must not be sent.
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
	bool sender;			/* add a Sender where From has several
					 * authors (RFC 5322 section 3.6.2) */
	bool date;			/* add a missing Date */
	bool message_id;		/* add a missing Message-ID */
	const char *id_domain;		/* right side of a Message-ID */
	bool remove_bcc;		/* Bcc and Resent-Bcc are not sent */
};

/*
 * Finds whom the message is from: the first mailbox of the first Resent-From
 * field, which is the last person to have sent it, else of the From field.
 * False when there is none, or it cannot be parsed; else the caller frees it.
 */
bool author_find(struct mailbox *, const struct header *);

/*
 * Adds From, Sender, Date and Message-ID, and removes Bcc and Return-Path. -1
 * with FAULT_CONFIG when a From is needed and there is no author, with
 * FAULT_SYSTEM when the system has no random numbers for a Message-ID.
 */
int complete_header(struct header *, const struct complete *, struct fault *);

#endif
