/* SPDX-License-Identifier: ISC */
/*
 * transcript: the dialogue as a user may see it, a line for each command and
 * for each line of a reply, without credentials.
 */
#ifndef SMTP_TRANSCRIPT_H
#define SMTP_TRANSCRIPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "base/buffer.h"

struct reply;
struct secret;

struct transcript {
	FILE *file;			/* NULL: none is wanted */
	const struct secret *password;	/* never shown, not owned, or NULL */
	struct buffer last_secret;	/* the last credentials on the wire */
};

/* The file is not owned. */
void transcript_init(struct transcript *, FILE *);
void transcript_free(struct transcript *);
/* Writes a line: who it is ("C:", "S:", "--"), and what, made printable. */
void transcript_line(const struct transcript *, const char *who, const char *,
    size_t);
/*
 * Writes the name of a command that has credentials, and of AUTH (`auth`) its
 * mechanism; no more. Its last word is remembered: see transcript_hide().
 */
void transcript_secret(struct transcript *, const char *, size_t, bool auth);
/* Writes the lines of a reply; of a secret exchange no challenge. */
void transcript_reply(const struct transcript *, const struct reply *,
    bool secret);
/*
 * Blanks out the password and the last credentials in a text of the server's,
 * which may echo them.
 */
void transcript_hide(const struct transcript *, struct buffer *);

#endif
