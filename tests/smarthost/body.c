/* SPDX-License-Identifier: ISC */
#include "platform.h"

#include <string.h>

#include "body.h"

/* Where in a line the next octet is. */
enum {
	AT_START,  /* of a line */
	AT_MIDDLE,
	AT_CR,     /* behind a CR */
	AT_DOT,    /* behind a dot that begins a line */
	AT_DOT_CR, /* behind a dot that begins a line, and CR */
	AT_END     /* behind CRLF.CRLF */
};

void
body_begin(struct body *body, FILE *sink)
{
	memset(body, 0, sizeof(*body));
	body->sink = sink;
	body->state = AT_START;
}

static void
body_store(struct body *body, const char *data, size_t len)
{
	body->stored += len;
	if (body->sink != NULL && len > 0 &&
	    fwrite(data, 1, len, body->sink) != len)
		body->write_failed = true;
}

/* It was `back` octets before the one at offset in the current piece. */
static void
body_note(struct body *body, enum body_flaw flaw, size_t offset, unsigned back)
{
	if (body->flaw != BODY_GOOD)
		return;
	body->flaw = flaw;
	body->flaw_at = body->wire + offset - back;
}

/* Length of the run of octets at p that are neither CR, LF nor NUL. */
static size_t
body_run(struct body *body, const char *p, size_t len)
{
	unsigned char seen = 0;
	size_t i = 0;

	while (i < len) {
		const unsigned char c = (unsigned char)p[i];

		if (c <= '\r' && (c == '\r' || c == '\n' || c == '\0'))
			break;
		seen |= c;
		i++;
	}
	if (seen & 0x80)
		body->eight_bit = true;
	body->line += i;
	return i;
}

static void
body_end_line(struct body *body)
{
	if (body->line > body->longest)
		body->longest = body->line;
	body->line = 0;
	body->state = AT_START;
}

/* One octet within a line, or its end; returns how many octets it took. */
static size_t
body_text(struct body *body, const char *p, size_t len, size_t offset)
{
	size_t run;

	if (body->state == AT_CR) {
		if (*p == '\n') {
			body_end_line(body);
			body_store(body, p, 1);
			return 1;
		}
		body_note(body, BODY_BARE_CR, offset, 1);
	}
	body->state = AT_MIDDLE;
	run = body_run(body, p, len);
	if (run == 0) {
		run = 1;
		if (*p == '\r') {
			body->state = AT_CR;
		} else {
			body_note(body, *p == '\n' ? BODY_BARE_LF : BODY_NUL,
			    offset, 0);
			body->line++;
		}
	}
	body_store(body, p, run);
	return run;
}

/* Behind a dot that began a line, which is not stored yet. */
static size_t
body_dot(struct body *body, const char *p, size_t len, size_t offset)
{
	if (body->state == AT_DOT && *p == '\r') {
		body->state = AT_DOT_CR;
		return 1;
	}
	if (body->state == AT_DOT_CR && *p == '\n') {
		body->state = AT_END;
		return 1;
	}
	if (!body->unstuff)
		body_store(body, ".", 1);
	if (body->state == AT_DOT_CR) {
		body_store(body, "\r", 1);
		body_note(body, BODY_BARE_CR, offset, 1);
	} else if (*p != '.') {
		body_note(body, BODY_DOT, offset, 1);
	}
	body->state = AT_MIDDLE;
	return body_text(body, p, len, offset);
}

/* Returns how many octets of the piece belong to the body. */
static size_t
body_feed(struct body *body, const char *piece, size_t len, bool dots)
{
	size_t i = 0;

	while (i < len && body->state != AT_END) {
		if (body->state == AT_DOT || body->state == AT_DOT_CR) {
			i += body_dot(body, piece + i, len - i, i);
		} else if (dots && body->state == AT_START &&
		    piece[i] == '.') {
			body->state = AT_DOT;
			i++;
		} else {
			i += body_text(body, piece + i, len - i, i);
		}
	}
	body->wire += i;
	return i;
}

int
body_read_dot(struct body *body, struct peer *peer)
{
	while (body->state != AT_END) {
		const char *piece;
		size_t len;

		if (peer_glance(peer, -1) == ARRIVAL_END)
			return -1;
		piece = peer_window(peer, &len);
		peer_take(peer, body_feed(body, piece, len, true));
		if (body->fastidious && body->flaw != BODY_GOOD)
			return -1;
	}
	return 0;
}

int
body_read_chunk(struct body *body, struct peer *peer, unsigned long long size)
{
	while (size > 0) {
		const char *piece;
		size_t len;

		if (peer_glance(peer, -1) == ARRIVAL_END)
			return -1;
		piece = peer_window(peer, &len);
		if (len > size)
			len = (size_t)size;
		body_feed(body, piece, len, false);
		peer_take(peer, len);
		size -= len;
	}
	return 0;
}

void
body_end(struct body *body)
{
	if (body->state != AT_START)
		body_note(body, BODY_TORN, 0, 0);
}

const char *
body_flaw_name(enum body_flaw flaw)
{
	static const char *const names[] = {
		[BODY_GOOD] = "nothing",
		[BODY_BARE_CR] = "a CR without LF",
		[BODY_BARE_LF] = "a LF without CR",
		[BODY_NUL] = "a NUL",
		[BODY_DOT] = "a line beginning with one dot",
		[BODY_TORN] = "a last line without CRLF",
	};

	return names[flaw];
}
