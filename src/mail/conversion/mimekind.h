/* SPDX-License-Identifier: ISC */
/* mimekind: what a message says its body is (RFC 2045 sections 5 and 6). */
#ifndef MAIL_CONVERSION_MIMEKIND_H
#define MAIL_CONVERSION_MIMEKIND_H

#include <stdbool.h>

struct header;

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
 * 1847).
 */
enum mimekind mimekind_find(const struct header *);
/* "a multipart message" and the like, for a sentence. */
const char *mimekind_name(enum mimekind);

#endif
