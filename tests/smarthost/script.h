/* SPDX-License-Identifier: ISC */
#ifndef SMARTHOST_SCRIPT_H
#define SMARTHOST_SCRIPT_H

#include <stdbool.h>
#include <stddef.h>

/* A dialogue file, read and checked; README says what each line means. */

enum step_kind {
	STEP_SEND,     /* S: and S-, text with escapes resolved and CRLF */
	STEP_EXPECT,   /* C:, text is the pattern */
	STEP_OPTIONAL, /* C? */
	STEP_TLS,
	STEP_TLS_FAIL,
	STEP_TLS_REFUSED,
	STEP_BODY,     /* words[0]: file */
	STEP_BDAT,
	STEP_CHUNK,
	STEP_AUTH,     /* words: mechanism, user, password */
	STEP_AUTH_BOGUS,
	STEP_AUTH_REFUSED,
	STEP_OCTETS,   /* text: what has to come, escapes resolved */
	STEP_SLOW,     /* number: ms */
	STEP_PAUSE,
	STEP_CLOSE,
	STEP_BYE,
	STEP_RESET,
	STEP_STALL,
	STEP_FLOOD,    /* text: a line with CRLF */
	STEP_HOLLOW,
	STEP_EOF,
	STEP_NOREAD,
	STEP_READ,
	STEP_AHEAD,
	STEP_EARLY
};

#define STEP_WORDS 3

struct step {
	enum step_kind kind;
	bool ends;          /* the connection is over after this step */
	unsigned line;      /* in the file, from 1 */
	const char *source; /* the line itself, for messages */
	char *text;
	size_t len;
	char *words[STEP_WORDS];
	unsigned long long number;
};

struct script {
	const char *name;
	struct step *steps;
	size_t count;
	char *content;
};

/* Ends the program, naming file and line, when it is not a dialogue. */
struct script *script_load(const char *path);
void script_free(struct script *script);

#endif
