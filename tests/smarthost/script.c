/* SPDX-License-Identifier: ISC */
#include "platform.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "auth.h"
#include "guard.h"
#include "script.h"
#include "text.h"

/* Dialogues are written by hand; far more than any of them needs. */
#define SCRIPT_MAX (4 * 1024 * 1024)

/* An hour: longer than any guard. */
#define PAUSE_MAX 3600000

enum shape {
	SHAPE_NONE,
	SHAPE_FILE,
	SHAPE_AUTH,
	SHAPE_MS,
	SHAPE_TEXT,
	SHAPE_OCTETS
};

static const struct directive {
	const char *name;
	enum step_kind kind;
	enum shape shape;
	bool ends;
} directives[] = {
	{ "tls", STEP_TLS, SHAPE_NONE, false },
	{ "tls fail", STEP_TLS_FAIL, SHAPE_NONE, true },
	{ "tls refused", STEP_TLS_REFUSED, SHAPE_NONE, true },
	{ "body", STEP_BODY, SHAPE_FILE, false },
	{ "bdat", STEP_BDAT, SHAPE_FILE, false },
	{ "chunk", STEP_CHUNK, SHAPE_FILE, false },
	{ "auth", STEP_AUTH, SHAPE_AUTH, false },
	{ "auth-bogus", STEP_AUTH_BOGUS, SHAPE_AUTH, true },
	{ "auth-refused", STEP_AUTH_REFUSED, SHAPE_AUTH, false },
	{ "octets", STEP_OCTETS, SHAPE_OCTETS, false },
	{ "slow", STEP_SLOW, SHAPE_MS, false },
	{ "pause", STEP_PAUSE, SHAPE_MS, false },
	{ "close", STEP_CLOSE, SHAPE_NONE, true },
	{ "bye", STEP_BYE, SHAPE_NONE, true },
	{ "reset", STEP_RESET, SHAPE_NONE, true },
	{ "stall", STEP_STALL, SHAPE_NONE, true },
	{ "flood", STEP_FLOOD, SHAPE_TEXT, false },
	{ "hollow", STEP_HOLLOW, SHAPE_NONE, true },
	{ "eof", STEP_EOF, SHAPE_NONE, true },
	{ "noread", STEP_NOREAD, SHAPE_NONE, false },
	{ "read", STEP_READ, SHAPE_NONE, false },
	{ "ahead", STEP_AHEAD, SHAPE_NONE, false },
	{ "early", STEP_EARLY, SHAPE_NONE, false },
};

_Noreturn static void
script_reject(const struct script *script, const struct step *step,
    const char *why)
{
	die(EXIT_TROUBLE, "%s:%u: %s: %s", script->name, step->line, why,
	    step->source);
}

static void
script_text(const struct script *script, struct step *step, const char *text,
    bool crlf)
{
	const size_t len = strlen(text);

	step->text = text_alloc(len + sizeof("\r\n"));
	memcpy(step->text, text, len + 1);
	if (text_unescape(step->text, &step->len) != 0)
		script_reject(script, step, "unknown escape");
	if (crlf) {
		memcpy(step->text + step->len, "\r\n", sizeof("\r\n"));
		step->len += 2;
	}
}

/* Words are separated by blanks; \x20 is one within a word. */
static size_t
script_words(const struct script *script, struct step *step, const char *text)
{
	size_t count = 0, ignored;

	for (;;) {
		size_t n;

		text += strspn(text, " ");
		n = strcspn(text, " ");
		if (n == 0)
			return count;
		if (count == STEP_WORDS)
			script_reject(script, step, "too many words");
		step->words[count] = text_copy(text, n);
		if (text_unescape(step->words[count], &ignored) != 0)
			script_reject(script, step, "unknown escape");
		count++;
		text += n;
	}
}

static void
script_arguments(const struct script *script, struct step *step,
    enum shape shape, const char *text)
{
	switch (shape) {
	case SHAPE_NONE:
		if (*text != '\0')
			script_reject(script, step, "takes no argument");
		break;
	case SHAPE_FILE:
		if (script_words(script, step, text) != 1)
			script_reject(script, step, "takes a file");
		break;
	case SHAPE_AUTH:
		if (script_words(script, step, text) != STEP_WORDS)
			script_reject(script, step,
			    "takes mechanism, user and password");
		if (!auth_knows(step->words[0], strlen(step->words[0])))
			script_reject(script, step, "unknown mechanism");
		break;
	case SHAPE_MS:
		if (text_number(text, strlen(text), PAUSE_MAX,
		    &step->number) != 0)
			script_reject(script, step, "takes milliseconds");
		break;
	case SHAPE_TEXT:
	case SHAPE_OCTETS:
		script_text(script, step, text, shape == SHAPE_TEXT);
		break;
	}
}

/* The directive with the longest name that begins the line. */
static void
script_directive(const struct script *script, struct step *step,
    const char *text)
{
	const struct directive *best = NULL;
	size_t length = 0;

	for (size_t i = 0; i < sizeof(directives) / sizeof(*directives); i++) {
		const struct directive *d = &directives[i];
		const size_t n = strlen(d->name);

		if (n > length && strncmp(text, d->name, n) == 0 &&
		    (text[n] == '\0' || text[n] == ' ')) {
			best = d;
			length = n;
		}
	}
	if (best == NULL)
		script_reject(script, step, "unknown directive");
	step->kind = best->kind;
	step->ends = best->ends;
	text += length;
	script_arguments(script, step, best->shape, text + (*text == ' '));
}

static void
script_line(struct script *script, char *line, unsigned number)
{
	struct step *step = &script->steps[script->count];
	const char *text = line[0] != '\0' && line[1] != '\0' ? line + 2 : "";

	memset(step, 0, sizeof(*step));
	step->line = number;
	step->source = line;
	if (strchr(line, '\r') != NULL)
		script_reject(script, step, "CR in the dialogue");
	if (*line == '!' && line[1] == ' ') {
		script_directive(script, step, text);
	} else if (*line == 'S' && (line[1] == ':' || line[1] == '-')) {
		step->kind = STEP_SEND;
		script_text(script, step, text + (*text == ' '),
		    line[1] == ':');
	} else if (*line == 'C' && (line[1] == ':' || line[1] == '?')) {
		step->kind = line[1] == ':' ? STEP_EXPECT : STEP_OPTIONAL;
		text += *text == ' ';
		step->text = text_copy(text, strlen(text));
	} else {
		script_reject(script, step, "not a line of a dialogue");
	}
	if (*line != '!' && line[2] != '\0' && line[2] != ' ')
		script_reject(script, step, "no blank after the mark");
	if (script->count > 0 && script->steps[script->count - 1].ends &&
	    step->kind != STEP_CLOSE)
		script_reject(script, step, "after the end");
	script->count++;
}

static char *
script_read(const char *path)
{
	FILE *file = fopen(path, "r");
	char *content;
	size_t n;

	if (file == NULL)
		die(EXIT_TROUBLE, "%s: %s", path, strerror(errno));
	content = text_alloc(SCRIPT_MAX + 1);
	n = fread(content, 1, SCRIPT_MAX, file);
	if (ferror(file) || n == SCRIPT_MAX)
		die(EXIT_TROUBLE, "%s: cannot be read, or too long", path);
	fclose(file);
	content[n] = '\0';
	if (memchr(content, '\0', n) != NULL)
		die(EXIT_TROUBLE, "%s: has a NUL", path);
	return text_resize(content, n + 1);
}

struct script *
script_load(const char *path)
{
	struct script *script = text_alloc(sizeof(*script));
	const char *slash = strrchr(path, '/');
	size_t lines = 1;
	unsigned number = 0;
	char *line;

	script->name = slash != NULL ? slash + 1 : path;
	script->count = 0;
	script->content = script_read(path);
	for (const char *p = script->content; *p != '\0'; p++)
		lines += *p == '\n';
	script->steps = text_alloc(lines * sizeof(*script->steps));
	line = script->content;
	while (*line != '\0') {
		const size_t n = strcspn(line, "\n");
		const bool last = line[n] == '\0';

		line[n] = '\0';
		number++;
		if (*line != '\0' && *line != '#')
			script_line(script, line, number);
		line += n + !last;
	}
	if (script->count == 0)
		die(EXIT_TROUBLE, "%s: an empty dialogue", path);
	return script;
}

void
script_free(struct script *script)
{
	if (script == NULL)
		return;
	for (size_t i = 0; i < script->count; i++) {
		free(script->steps[i].text);
		for (size_t j = 0; j < STEP_WORDS; j++)
			free(script->steps[i].words[j]);
	}
	free(script->steps);
	free(script->content);
	free(script);
}
