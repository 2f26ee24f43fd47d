/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "smtp/reply.h"
#include "smtp/transcript.h"

#define SECRET_MAX (1024 * 1024)	/* octets of a command */
#define HIDDEN_MIN 4	/* octets; shorter ones would blank out any text */

void
transcript_init(struct transcript *t, FILE *file)
{
	t->file = file;
	t->password = NULL;
	buffer_init(&t->last_secret, SECRET_MAX);
}

void
transcript_free(struct transcript *t)
{
	buffer_wipe(&t->last_secret);
}

void
transcript_line(const struct transcript *t, const char *who, const char *p,
    size_t n)
{
	char *shown;

	if (t->file == NULL)
		return;
	shown = text_printable(p, n);
	fprintf(t->file, "%s %s\n", who, shown);
	free(shown);
}

/* The last word of a secret command, but for the name of a mechanism. */
static void
remember(struct transcript *t, const char *p, size_t n, bool auth)
{
	size_t from = n, words = 1;

	while (from > 0 && p[from - 1] != ' ')
		from--;
	for (size_t i = 0; i < from; i++)
		words += p[i] == ' ';
	buffer_wipe(&t->last_secret);
	if (!auth || words > 2)
		buffer_add(&t->last_secret, p + from, n - from);
}

void
transcript_secret(struct transcript *t, const char *p, size_t n, bool auth)
{
	size_t shown = 0, words = 2;

	remember(t, p, n, auth);
	while (shown < n && (p[shown] != ' ' || words-- > 1))
		shown++;
	if (!auth)
		transcript_line(t, "C:", "(credentials hidden)", 20);
	else if (t->file != NULL)
		fprintf(t->file, "C: %.*s (credentials hidden)\n",
		    (int)shown, p);
}

void
transcript_reply(const struct transcript *t, const struct reply *r,
    bool secret)
{
	bool hidden = secret && reply_digit(r) == 3;
	const char *line;
	struct buffer b;
	size_t at = 0, n;

	if (t->file == NULL)
		return;
	buffer_init(&b, REPLY_MAX * 2);
	while (reply_line(r, &at, &line, &n)) {
		buffer_clear(&b);
		buffer_printf(&b, "%03d%c", r->code,
		    reply_is_last(r, at) ? ' ' : '-');
		if (hidden)
			buffer_add_string(&b, "(challenge hidden)");
		else
			buffer_add(&b, line, n);
		transcript_line(t, "S:", b.data, b.len);
	}
	buffer_free(&b);
}

static void
blank_out(struct buffer *text, const char *secret, size_t n)
{
	const char *p = text->data, *end;

	if (n < HIDDEN_MIN || p == NULL)
		return;
	end = p + text->len;
	while ((p = text_find(p, (size_t)(end - p), secret, n)) != NULL) {
		memset(text->data + (p - text->data), '*', n);
		p += n;
	}
}

void
transcript_hide(const struct transcript *t, struct buffer *text)
{
	if (t->password != NULL && secret_is_set(t->password))
		blank_out(text, t->password->bytes, t->password->len);
	blank_out(text, t->last_secret.data, t->last_secret.len);
}
