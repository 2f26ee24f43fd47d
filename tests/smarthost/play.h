/* SPDX-License-Identifier: ISC */
#ifndef SMARTHOST_PLAY_H
#define SMARTHOST_PLAY_H

#include <stdbool.h>
#include <stddef.h>

#include "peer.h"
#include "script.h"
#include "security.h"

/*
 * Plays the script to the client on this socket. Returns when the client has
 * followed it; otherwise says on standard error where it did not, and ends the
 * program with EXIT_DEVIATED. security may be NULL when the script has no TLS.
 */
void play_script(const struct script *script, int fd,
    const struct security *security);

/* Between play.c (order and turns) and directive.c (what each step does): */

struct play {
	const struct script *script;
	const struct security *security;
	struct peer *peer;
	const struct step *step; /* the one being played, for messages */

	/* Places of C: lines the script is past and the client need not be. */
	size_t *pending;
	size_t pending_first, pending_end;

	bool ahead;   /* the next reply does not check for further data */
	bool early;   /* the next reply does not wait for pending lines */
	bool deaf;    /* between noread and read */
	bool skip;    /* an optional command did not come: no reply to it */
	bool unanswered; /* the client said something since our last reply */
	bool quitting;   /* the last thing it said was QUIT */
	int owed;        /* replies: to each command, each body, the greeting */
};

/* Reports what was expected and what came instead, and ends the program. */
_Noreturn void play_fail(const struct play *play, const char *expected,
    const char *format, ...) __attribute__((format(printf, 3, 4)));

/* The next line, whatever it is; any flaw in it fails. */
struct line play_line(struct play *play, const char *expected);

/* Takes what play_line has shown. */
void play_take(struct play *play, const struct line *line);

/* Something that wants a reply has arrived: one command, or one body. */
void play_owe(struct play *play, bool quitting);

/* Fails unless the client waits now; says so of a closed one too. */
void play_check_quiet(struct play *play);

/* Checks as a reply does, and sends. */
void play_reply(struct play *play, const char *data, size_t len);

/* From here until it closes, the client may say QUIT and nothing else. */
void play_expect_close(struct play *play, bool quit);

/* Any step but those about lines; returns true when the connection is over. */
bool directive_play(struct play *play, const struct step *step);

#endif
