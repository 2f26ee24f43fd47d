/* SPDX-License-Identifier: ISC */
#include "platform.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "guard.h"
#include "play.h"
#include "record.h"
#include "text.h"

/*
 * How long, before a reply, the client gets to show that it does not wait for
 * it. On loopback a client that has more to say has said it long before; and
 * each round trip of a test costs this much.
 */
#define SETTLE_MS 20

#define QUIT_REPLY "221 2.0.0 bye\r\n"

void
play_fail(const struct play *play, const char *expected, const char *format,
    ...)
{
	va_list args;
	size_t len;
	const char *rest = peer_window(play->peer, &len);
	char *shown = text_shown(rest, len);
	char came[1000];

	va_start(args, format);
	vsnprintf(came, sizeof(came), format, args);
	va_end(args);
	fprintf(stderr, "smarthost: %s:%u: %s\n", play->script->name,
	    play->step->line, play->step->source);
	fprintf(stderr, "  expected: %s\n  came:     %s\n", expected, came);
	if (len > 0) {
		fprintf(stderr, "  unread:   \"%s\"\n", shown);
		record_event("unread:");
		record_received(rest, len);
	}
	record_event("deviation at line %u: expected %s; came %s",
	    play->step->line, expected, came);
	free(shown);
	peer_close(play->peer, CLOSING_PLAIN);
	exit(EXIT_DEVIATED);
}

struct line
play_line(struct play *play, const char *expected)
{
	struct line line;

	line = peer_line(play->peer, -1);
	if (line.state == LINE_END)
		play_fail(play, expected, "the client %s",
		    peer_ending(play->peer));
	if (line.state != LINE_WHOLE)
		play_fail(play, expected, "%s", line_flaw(line.state));
	return line;
}

void
play_owe(struct play *play, bool quitting)
{
	play->unanswered = true;
	play->quitting = quitting;
	play->owed++;
}

void
play_take(struct play *play, const struct line *line)
{
	play_owe(play, text_is(line->text, line->len, "QUIT"));
	peer_take_line(play->peer, line);
}

static void
play_expect(struct play *play)
{
	const struct step *step = play->step;
	struct line line = play_line(play, step->text);
	char *shown;

	if (!text_matches(step->text, line.text, line.len, false)) {
		shown = text_shown(line.text, line.len);
		play_fail(play, step->text, "%s", shown);
	}
	play_take(play, &line);
	play->skip = false;
}

/*
 * A line that need not come. When it is the client's turn it will either say
 * something or close, and there is no hurry; else it may be waiting for us.
 */
static void
play_consider(struct play *play)
{
	const int ms = play->unanswered ? SETTLE_MS : -1;
	struct line line = peer_line(play->peer, ms);

	if (line.state == LINE_WHOLE && text_matches(play->step->text,
	    line.text, line.len, false)) {
		play_take(play, &line);
		play->skip = false;
		return;
	}
	if (line.state != LINE_WHOLE && line.state != LINE_NONE &&
	    line.state != LINE_END)
		play_fail(play, play->step->text, "%s",
		    line_flaw(line.state));
	if (!play->unanswered)
		play->skip = true;
}

/* All that the client has to have said by now. */
static void
play_catch_up(struct play *play)
{
	const struct step *now = play->step;

	while (play->pending_first < play->pending_end) {
		const size_t place = play->pending[play->pending_first++];

		play->step = &play->script->steps[place];
		guard_awaits("%s:%u: %s", play->script->name,
		    play->step->line, play->step->source);
		if (play->step->kind == STEP_OPTIONAL)
			play_consider(play);
		else
			play_expect(play);
	}
	play->pending_first = play->pending_end = 0;
	play->step = now;
	guard_awaits("%s:%u: %s", play->script->name, now->line, now->source);
}

/* How many replies (RFC 5321 section 4.2: last lines of them) are in it? */
static int
play_count_replies(const char *data, size_t len)
{
	const char *end;
	int count = 0;

	while ((end = memchr(data, '\n', len)) != NULL) {
		const size_t n = (size_t)(end - data) + 1;

		if (n < 4 || data[3] != '-')
			count++;
		data += n;
		len -= n;
	}
	return count;
}

void
play_check_quiet(struct play *play)
{
	static const char expected[] = "a client that waits for this";

	switch (peer_glance(play->peer, SETTLE_MS)) {
	case ARRIVAL_NONE:
		break;
	case ARRIVAL_DATA:
		play_fail(play, expected, "more: it runs ahead");
	case ARRIVAL_END:
		play_fail(play, expected, "the client %s",
		    peer_ending(play->peer));
	}
}

/*
 * RFC 5321 section 4.1.1.10 wants a client to read the reply to QUIT, and
 * every client has better things to do: it may be gone by then. But it has to
 * be there as long as another reply is owed to it.
 */
static bool
play_may_be_gone(const struct play *play)
{
	return play->quitting && play->owed <= 1;
}

void
play_reply(struct play *play, const char *data, size_t len)
{
	bool checks = !play->ahead && !play->early && !play->deaf;

	if (checks && play_may_be_gone(play) &&
	    peer_glance(play->peer, SETTLE_MS) == ARRIVAL_END)
		checks = false;
	if (checks)
		play_check_quiet(play);
	if (peer_send(play->peer, data, len) != 0 && !play_may_be_gone(play))
		play_fail(play, "a client that takes this",
		    "the connection broke");
	play->ahead = play->early = play->unanswered = false;
	play->owed -= play_count_replies(data, len);
}

/* A run of S: and S- lines is one write; returns how many steps it was. */
static size_t
play_send(struct play *play, const struct step *step, size_t left)
{
	size_t count = 0, len = 0;
	char *data;

	while (count < left && step[count].kind == STEP_SEND)
		len += step[count++].len;
	if (!play->early && !play->deaf)
		play_catch_up(play);
	if (play->skip && !play->early && !play->deaf) {
		record_event("no reply needed");
		play->skip = false;
		return count;
	}
	data = text_alloc(len);
	len = 0;
	for (size_t i = 0; i < count; i++) {
		memcpy(data + len, step[i].text, step[i].len);
		len += step[i].len;
	}
	play_reply(play, data, len);
	free(data);
	return count;
}

void
play_expect_close(struct play *play, bool quit)
{
	static const char expected[] = "the end of the connection";
	struct line line;

	while ((line = peer_line(play->peer, -1)).state != LINE_END) {
		if (line.state != LINE_WHOLE)
			play_fail(play, expected, "%s",
			    line_flaw(line.state));
		if (!quit || !text_is(line.text, line.len, "QUIT"))
			play_fail(play, expected, "another command");
		quit = false;
		play_take(play, &line);
		peer_send(play->peer, QUIT_REPLY, sizeof(QUIT_REPLY) - 1);
	}
}

/* Steps that only say how later ones are played. */
static bool
play_is_mode(const struct step *step)
{
	return step->kind == STEP_AHEAD || step->kind == STEP_EARLY ||
	    step->kind == STEP_SLOW;
}

/* Returns true when the connection is over. */
static bool
play_steps(struct play *play)
{
	const struct script *script = play->script;
	size_t i = 0;

	while (i < script->count) {
		const struct step *step = &script->steps[i];

		play->step = step;
		guard_awaits("%s:%u: %s", script->name, step->line,
		    step->source);
		if (step->kind == STEP_EXPECT || step->kind == STEP_OPTIONAL) {
			play->pending[play->pending_end++] = i++;
			continue;
		}
		if (step->kind == STEP_SEND) {
			i += play_send(play, step, script->count - i);
			continue;
		}
		if (step->kind == STEP_READ)
			play->deaf = false;
		if (!play_is_mode(step) && !play->deaf)
			play_catch_up(play);
		if (directive_play(play, step))
			return true;
		i++;
	}
	play_catch_up(play);
	return false;
}

void
play_script(const struct script *script, int fd,
    const struct security *security)
{
	struct play play;
	bool over;

	memset(&play, 0, sizeof(play));
	play.script = script;
	play.security = security;
	play.peer = peer_new(fd);
	peer_set_prompt(play.peer);
	play.step = script->steps;
	play.owed = 1;
	play.pending = text_alloc(script->count * sizeof(*play.pending));
	over = play_steps(&play);
	if (!over) {
		guard_awaits("%s: the end of the connection", script->name);
		play_expect_close(&play, !play.quitting);
		peer_close(play.peer, CLOSING_PLAIN);
	}
	free(play.pending);
}
