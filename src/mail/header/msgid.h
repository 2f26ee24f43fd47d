/* SPDX-License-Identifier: ISC */
/* msgid: the identity of a message (RFC 5322 section 3.6.4), to name it by. */
#ifndef MAIL_HEADER_MSGID_H
#define MAIL_HEADER_MSGID_H

struct header;

/*
 * The Message-ID that goes out, ours or the one that was there, with its
 * angle brackets and without folding. The caller frees it; NULL when there is
 * none, or nothing in angle brackets. What is in it came from outside.
 */
char *msgid_find(const struct header *);

#endif
