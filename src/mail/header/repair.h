/* SPDX-License-Identifier: ISC */
/*
 * repair: fields that are there and say nothing, and those that are there
 * several times (RFC 5322 section 3.6). Servers refuse mail that has them.
 */
#ifndef MAIL_HEADER_REPAIR_H
#define MAIL_HEADER_REPAIR_H

#include <stdbool.h>

struct header;

struct repair {
	/* may be replaced where they say nothing: */
	bool from;
	bool date;
	bool message_id;
	/* and what else may be touched: */
	bool authors;		/* From and Sender */
	bool recipients;	/* To and Cc, which the header shows as given */
	bool bcc;		/* Bcc and Resent-Bcc, which go out */
};

/*
 * From, To, Cc, Reply-To, In-Reply-To and References fields are merged into
 * one each, as are the Resent- ones of the latest block that envelope_resent()
 * finds; of Sender, Date, Message-ID and Subject the first that says something
 * stays. Fields without content go, as do repeated MIME fields of the same
 * content. A From without an address, a Date that is none and a Message-ID
 * that is none become what complete_header() takes for missing.
 *
 * Text is not lost: what neither stays nor repeats another gets a name with
 * "X-Original-" in front. -1, and the header is as it was, when it would pass
 * HEADER_MAX. Not for signed messages.
 */
int repair_header(struct header *, const struct repair *);

#endif
