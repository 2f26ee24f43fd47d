/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <string.h>
#include <unistd.h>

#include "mail/message.h"
#include "mail/spool.h"

#define WALK_OCTETS (64 * 1024)	/* read from the spool at once */
#define QUOTE_OCTETS (16 * 1024)	/* quoted at once: stays in the cache */

enum walk_stage {
	WALK_ADDED, WALK_FIELDS, WALK_SEPARATOR, WALK_MEMORY, WALK_SPOOL,
	WALK_END
};

void
message_init(struct message *m)
{
	memset(m, 0, sizeof(*m));
	header_init(&m->header);
	buffer_init(&m->body.memory, BODY_MEMORY_MAX);
	m->body.spool = -1;
	m->body.source.fd = -1;
}

void
message_free(struct message *m)
{
	header_free(&m->header);
	buffer_free(&m->body.memory);
	if (m->body.spool != -1)
		close(m->body.spool);
	message_init(m);
}

uint64_t
message_octets(const struct message *m)
{
	return header_octets(&m->header) + strlen("\r\n") +
	    (m->quoted ? m->quoted_octets : m->body.octets);
}

void
message_walk_start(struct message_walk *w, const struct message *m)
{
	memset(w, 0, sizeof(*w));
	w->message = m;
	w->stage = WALK_ADDED;
	buffer_init(&w->chunk, SOURCE_ROOM > WALK_OCTETS ? SOURCE_ROOM :
	    WALK_OCTETS);
	quoted_start(&w->quoted);
	buffer_init(&w->quoted_chunk,
	    QUOTE_OCTETS * QUOTED_GROWTH + QUOTED_MORE);
}

void
message_walk_body(struct message_walk *w, const struct message *m)
{
	message_walk_start(w, m);
	w->stage = WALK_MEMORY;
	w->as_it_came = true;
}

/* Kept fields that follow each other lie side by side in the text. */
static size_t
next_fields(struct message_walk *w, const char **p)
{
	const struct header *h = &w->message->header;
	size_t n = 0;

	while (w->field < h->count && h->field[w->field].removed)
		w->field++;
	if (w->field == h->count)
		return 0;
	*p = h->text.data + h->field[w->field].start;
	while (w->field < h->count && !h->field[w->field].removed)
		n += h->field[w->field++].len;
	return n;
}

static ssize_t
next_spooled(struct message_walk *w, const char **p, struct fault *f)
{
	const struct body *b = &w->message->body;
	uint64_t left = b->octets - b->memory.len - w->offset;
	size_t want = left < WALK_OCTETS ? (size_t)left : WALK_OCTETS;
	ssize_t n;

	if (b->source.fd != -1) {
		n = source_next(&b->source, &w->source, left, &w->chunk, f);
		*p = w->chunk.data;
		w->offset += n > 0 ? (uint64_t)n : 0;
		return n;
	}
	if (want == 0)
		return 0;
	buffer_clear(&w->chunk);
	*p = buffer_reserve(&w->chunk, WALK_OCTETS);
	n = spool_read(b->spool, w->chunk.data, want, w->offset, f);
	if (n > 0)
		w->offset += (uint64_t)n;
	return n;
}

/* The next octets before anything is quoted. */
static ssize_t
next_plain(struct message_walk *w, const char **p, struct fault *f)
{
	const struct message *m = w->message;
	ssize_t n = 0;

	for (; w->stage != WALK_END; w->stage++) {
		switch (w->stage) {
		case WALK_FIELDS:
		case WALK_SPOOL:
			n = w->stage == WALK_FIELDS ?
			    (ssize_t)next_fields(w, p) : next_spooled(w, p, f);
			if (n != 0)
				return n;
			continue;
		case WALK_ADDED:
			*p = m->header.added.data;
			n = (ssize_t)m->header.added.len;
			break;
		case WALK_SEPARATOR:
			*p = "\r\n";
			n = 2;
			break;
		default:
			*p = m->body.memory.data;
			n = (ssize_t)m->body.memory.len;
			break;
		}
		if (n != 0) {
			w->stage++;
			return n;
		}
	}
	return 0;
}

ssize_t
message_walk_next(struct message_walk *w, const char **p, struct fault *f)
{
	struct buffer *out = &w->quoted_chunk;
	size_t part;
	ssize_t n;

	if (!w->message->quoted || w->as_it_came)
		return next_plain(w, p, f);
	buffer_clear(out);
	while (out->len == 0) {
		if (w->plain_len == 0) {
			n = next_plain(w, &w->plain, f);
			/* what comes of these stages is the body */
			if (n == -1 || (n > 0 && w->stage < WALK_SPOOL)) {
				*p = w->plain;
				return n;
			}
			if (n == 0) {
				quoted_end(&w->quoted, out);
				break;
			}
			w->plain_len = (size_t)n;
		}
		part = w->plain_len < QUOTE_OCTETS ? w->plain_len :
		    QUOTE_OCTETS;
		quoted_add(&w->quoted, out, w->plain, part);
		w->plain += part;
		w->plain_len -= part;
	}
	*p = out->data;
	return (ssize_t)out->len;
}

void
message_walk_end(struct message_walk *w)
{
	buffer_free(&w->chunk);
	buffer_free(&w->quoted_chunk);
}
