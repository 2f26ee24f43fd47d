/* SPDX-License-Identifier: ISC */
#include "platform.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "auth.h"
#include "body.h"
#include "guard.h"
#include "play.h"
#include "record.h"
#include "text.h"

/* Enough that no client can take it for a long reply. */
#define FLOOD_MAX (8 * 1024 * 1024)

/* RFC 1870 section 3: at most 20 digits; far above any file we store. */
#define CHUNK_MAX (1ULL << 40)

#define AUTH_OK "235 2.7.0 ok\r\n"
#define AUTH_NO "535 5.7.8 no\r\n"
#define AUTH_CANCELLED "501 5.7.0 cancelled\r\n"

static void
directive_reply(struct play *play, const char *text)
{
	play_reply(play, text, strlen(text));
}

static bool
directive_tls(struct play *play, const struct step *step)
{
	const char *why;
	size_t len;

	if (step->kind == STEP_TLS_FAIL) {
		static const char garbage[] = "this is not TLS\r\n\x16\x03";

		/* Not before the client has begun: it is an answer. */
		if (peer_glance(play->peer, -1) == ARRIVAL_END)
			play_fail(play, "a handshake", "the client %s",
			    peer_ending(play->peer));
		peer_send(play->peer, garbage, sizeof(garbage) - 1);
		peer_drain(play->peer);
		peer_close(play->peer, CLOSING_PLAIN);
		return true;
	}
	if (play->security == NULL)
		die(EXIT_TROUBLE, "%s:%u: TLS needs --cert and --key",
		    play->script->name, step->line);
	peer_window(play->peer, &len);
	if (len > 0)
		play_fail(play, "a handshake", "something before it");
	if (peer_secure(play->peer, play->security, &why) != 0) {
		if (step->kind == STEP_TLS)
			play_fail(play, "a handshake", "%s", why);
		peer_close(play->peer, CLOSING_PLAIN);
		return true;
	}
	if (step->kind == STEP_TLS)
		return false;
	/* In TLS 1.3 a server is done before the client has judged it. */
	play_expect_close(play, false);
	peer_close(play->peer, CLOSING_PLAIN);
	return true;
}

static FILE *
directive_open(const char *name, const char *mode)
{
	const char *folder = getenv("SMARTHOST_DIR");
	char path[4096];
	FILE *file;
	int n;

	if (strcmp(name, "-") == 0)
		return NULL;
	n = name[0] == '/' || folder == NULL ?
	    snprintf(path, sizeof(path), "%s", name) :
	    snprintf(path, sizeof(path), "%s/%s", folder, name);
	file = n > 0 && (size_t)n < sizeof(path) ? fopen(path, mode) : NULL;
	if (file == NULL)
		die(EXIT_TROUBLE, "%s: %s", name, strerror(errno));
	return file;
}

static void
directive_stored(struct play *play, struct body *body)
{
	record_event("body %llu octets", body->stored);
	play->skip = false;
	if (body->sink != NULL && fclose(body->sink) != 0)
		body->write_failed = true;
	if (body->write_failed)
		die(EXIT_TROUBLE, "the body cannot be stored");
	if (body->flaw != BODY_GOOD)
		play_fail(play, "a well-formed message",
		    "%s behind %llu octets", body_flaw_name(body->flaw),
		    body->flaw_at);
}

static void
directive_body(struct play *play, const struct step *step)
{
	struct body body;
	int rc;

	body_begin(&body, directive_open(step->words[0], "w"));
	body.fastidious = true;
	rc = body_read_dot(&body, play->peer);
	play_owe(play, false);
	directive_stored(play, &body);
	if (rc != 0)
		play_fail(play, "CRLF.CRLF", "the client %s",
		    peer_ending(play->peer));
}

/* What is no line: a protocol of another kind, spoken before SMTP. */
static void
directive_octets(struct play *play, const struct step *step)
{
	const char *came;
	size_t len, same = 0;

	for (;;) {
		came = peer_window(play->peer, &len);
		while (same < len && same < step->len &&
		    came[same] == step->text[same])
			same++;
		if (same == step->len)
			break;
		if (same < len)
			play_fail(play, step->source, "0x%02x as octet %zu",
			    (unsigned char)came[same], same + 1);
		if (peer_fill(play->peer, -1) == ARRIVAL_END)
			play_fail(play, step->source, "only %zu octets, then "
			    "the client %s", len, peer_ending(play->peer));
	}
	peer_take(play->peer, step->len);
	record_event("octets %zu", step->len);
	play->skip = false;
	play->unanswered = true;
}

/* One BDAT command with its chunk; returns whether it was the last. */
static bool
directive_read_chunk(struct play *play, struct body *body)
{
	static const char expected[] = "BDAT size [LAST]";
	const struct line line = play_line(play, expected);
	const char *size = line.text + strlen("BDAT ");
	const char *end = line.text + line.len;
	const char *blank;
	unsigned long long octets;
	bool last;

	if (!text_begins(line.text, line.len, "BDAT "))
		play_fail(play, expected, "another command");
	blank = memchr(size, ' ', (size_t)(end - size));
	last = blank != NULL &&
	    text_is(blank, (size_t)(end - blank), " LAST");
	if (!last)
		blank = end;
	if (text_number(size, (size_t)(blank - size), CHUNK_MAX, &octets) != 0)
		play_fail(play, expected, "another syntax");
	play_take(play, &line);
	if (body_read_chunk(body, play->peer, octets) != 0)
		play_fail(play, "the whole chunk", "the client %s",
		    peer_ending(play->peer));
	return last;
}

static void
directive_bdat(struct play *play, const struct step *step)
{
	const bool one = step->kind == STEP_CHUNK;
	struct body body;
	bool last;

	body_begin(&body, directive_open(step->words[0], one ? "a" : "w"));
	do {
		last = directive_read_chunk(play, &body);
	} while (!last && !one);
	if (!one)
		body_end(&body);
	directive_stored(play, &body);
}

/* `AUTH MECH` with or without initial response, which is stored apart. */
static struct line
directive_auth_command(struct play *play, const struct step *step,
    char **initial)
{
	const struct line line = play_line(play, step->source);
	const size_t verb = strlen("AUTH ");
	const size_t name = strlen(step->words[0]);

	if (!text_begins(line.text, line.len, "AUTH ") ||
	    !text_begins(line.text + verb, line.len - verb, step->words[0]) ||
	    (line.len > verb + name && line.text[verb + name] != ' '))
		play_fail(play, "the AUTH command", "another command");
	*initial = NULL;
	if (line.len > verb + name + 1)
		*initial = text_copy(line.text + verb + name + 1,
		    line.len - verb - name - 1);
	return line;
}

/*
 * Challenges and answers until the outcome is known; AUTH_MORE when a false
 * signature was shown, which leaves the next word to the client.
 */
static enum auth_state
directive_auth_steps(struct play *play, struct auth *auth, const char *initial,
    bool bogus)
{
	const char *challenge = "";
	enum auth_state state;

	state = auth_step(auth, initial,
	    initial == NULL ? 0 : strlen(initial), &challenge);
	while (state == AUTH_MORE) {
		const size_t size = strlen(challenge) + sizeof("334 \r\n");
		char *reply = text_alloc(size);
		struct line line;

		snprintf(reply, size, "334 %s\r\n", challenge);
		directive_reply(play, reply);
		free(reply);
		if (bogus && auth_is_settled(auth))
			return AUTH_MORE;
		line = play_line(play, "the answer to a challenge");
		if (line.len == 1 && line.text[0] == '*') {
			play_take(play, &line);
			return AUTH_REFUSED;
		}
		state = auth_step(auth, line.text, line.len, &challenge);
		play_take(play, &line);
	}
	return state;
}

/*
 * The client has been shown a false signature. It may go, cancel, or send the
 * empty response; what it may not is to hand us its mail.
 */
static void
directive_after_bogus(struct play *play)
{
	static const char expected[] = "a client that has seen the fraud";
	bool first = true;
	struct line line;

	while ((line = peer_line(play->peer, -1)).state == LINE_WHOLE) {
		const bool empty = first && line.len == 0;

		if (text_is(line.text, line.len, "QUIT"))
			break;
		if (!empty && !text_is(line.text, line.len, "*"))
			play_fail(play, expected, "another command");
		play_take(play, &line);
		directive_reply(play, empty ? AUTH_OK : AUTH_CANCELLED);
		first = false;
	}
	play_expect_close(play, true);
}

static bool
directive_auth(struct play *play, const struct step *step)
{
	const bool bogus = step->kind == STEP_AUTH_BOGUS;
	const bool success = step->kind == STEP_AUTH;
	const struct account account = { step->words[1], step->words[2], NULL };
	struct auth *auth;
	struct line line;
	enum auth_state state;
	char *initial;

	line = directive_auth_command(play, step, &initial);
	play_take(play, &line);
	auth = auth_new(step->words[0], &account, peer_tls(play->peer),
	    auth_is_plus(step->words[0], strlen(step->words[0])), bogus);
	state = directive_auth_steps(play, auth, initial, bogus);
	free(initial);
	if (state == AUTH_MORE) {
		auth_free(auth);
		directive_after_bogus(play);
		peer_close(play->peer, CLOSING_PLAIN);
		return true;
	}
	directive_reply(play, state == AUTH_DONE ? AUTH_OK : AUTH_NO);
	if (bogus || (state == AUTH_DONE) != success)
		play_fail(play, success ? "a successful authentication" :
		    bogus ? "one that shows our signature" :
		    "a refused authentication", "%s", state == AUTH_DONE ?
		    "a successful one" : auth_reason(auth));
	auth_free(auth);
	return false;
}

static bool
directive_hang_up(struct play *play, const struct step *step)
{
	if (step->kind == STEP_EOF)
		play_expect_close(play, false);
	else if (step->kind == STEP_STALL)
		peer_await_close(play->peer);
	else if (!play->ahead && !play->deaf && !play->quitting)
		play_check_quiet(play);
	peer_close(play->peer, step->kind == STEP_BYE ? CLOSING_NOTIFY :
	    step->kind == STEP_RESET ? CLOSING_RESET : CLOSING_PLAIN);
	return true;
}

static void
directive_pause(const struct step *step)
{
	struct timespec pause;

	pause.tv_sec = (time_t)(step->number / 1000);
	pause.tv_nsec = (long)(step->number % 1000) * 1000000L;
	nanosleep(&pause, NULL);
}

bool
directive_play(struct play *play, const struct step *step)
{
	switch (step->kind) {
	case STEP_TLS:
	case STEP_TLS_FAIL:
	case STEP_TLS_REFUSED:
		return directive_tls(play, step);
	case STEP_BODY:
		directive_body(play, step);
		return false;
	case STEP_BDAT:
	case STEP_CHUNK:
		directive_bdat(play, step);
		return false;
	case STEP_OCTETS:
		directive_octets(play, step);
		return false;
	case STEP_AUTH:
	case STEP_AUTH_BOGUS:
	case STEP_AUTH_REFUSED:
		return directive_auth(play, step);
	case STEP_SLOW:
		peer_set_pace(play->peer, (int)step->number);
		return false;
	case STEP_PAUSE:
		directive_pause(step);
		return false;
	case STEP_FLOOD:
		peer_flood(play->peer, step->text, step->len, FLOOD_MAX,
		    !play->deaf);
		return false;
	case STEP_HOLLOW:
		peer_hollow(play->peer);
		peer_close(play->peer, CLOSING_PLAIN);
		return true;
	case STEP_NOREAD:
		play->deaf = true;
		return false;
	case STEP_AHEAD:
		play->ahead = true;
		return false;
	case STEP_EARLY:
		play->early = true;
		return false;
	case STEP_READ:
		return false;
	default:
		return directive_hang_up(play, step);
	}
}
