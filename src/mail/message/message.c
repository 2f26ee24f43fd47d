/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <string.h>

#include "mail/message/message.h"

#define QUOTE_OCTETS (16 * 1024)	/* quoted at once: stays in the cache */

enum walk_stage {
	WALK_ADDED, WALK_FIELDS, WALK_SEPARATOR, WALK_BODY
};

void
message_init(struct message *m)
{
	memset(m, 0, sizeof(*m));
	header_init(&m->header);
	body_init(&m->body);
}

void
message_free(struct message *m)
{
	header_free(&m->header);
	body_free(&m->body);
	bodycuts_free(&m->quoted_cuts);
	message_init(m);
}

void
message_share(struct message *to, const struct message *from)
{
	*to = *from;
	header_init(&to->header);
	header_copy(&to->header, &from->header);
}

void
message_unshare(struct message *m)
{
	header_free(&m->header);
	message_init(m);
}

uint64_t
message_octets(const struct message *m)
{
	return message_header_octets(m) +
	    (m->quoted ? m->quoted_octets : m->body.octets);
}

uint64_t
message_header_octets(const struct message *m)
{
	return header_octets(&m->header) + strlen("\r\n");
}

const struct bodycuts *
message_cuts(const struct message *m)
{
	return m->quoted ? &m->quoted_cuts : &m->body.cuts;
}

void
message_walk_start(struct message_walk *w, const struct message *m)
{
	memset(w, 0, sizeof(*w));
	w->message = m;
	w->stage = WALK_ADDED;
	body_walk_start(&w->body);
	quoted_start(&w->quoted);
	buffer_init(&w->quoted_chunk,
	    QUOTE_OCTETS * QUOTED_GROWTH + QUOTED_MORE);
}

void
message_walk_body(struct message_walk *w, const struct message *m)
{
	message_walk_start(w, m);
	w->stage = WALK_BODY;
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

size_t
message_walk_header(struct message_walk *w, const char **p)
{
	const struct header *h = &w->message->header;
	size_t n = 0;

	while (n == 0 && w->stage != WALK_BODY) {
		switch (w->stage) {
		case WALK_ADDED:
			*p = h->added.data;
			n = h->added.len;
			w->stage = WALK_FIELDS;
			break;
		case WALK_FIELDS:
			n = next_fields(w, p);
			if (n == 0)
				w->stage = WALK_SEPARATOR;
			break;
		default:
			*p = "\r\n";
			n = strlen(*p);
			w->stage = WALK_BODY;
			break;
		}
	}
	return n;
}

/*
 * The last octets that were announced are given only when all of the body has
 * been read, and found to be what it was: one that has changed may have more.
 */
static int
check_quoted(struct message_walk *w, size_t len, struct fault *f)
{
	const struct message *m = w->message;

	w->quoted_given += len;
	if (w->quoted_given < m->quoted_octets)
		return 0;
	return w->quoted_given > m->quoted_octets || w->plain_len > 0 ||
	    w->body.at < m->body.size ? body_changed(f) : 0;
}

/* The next octets of the body, as they go out. */
static ssize_t
next_quoted(struct message_walk *w, const char **p, struct fault *f)
{
	struct buffer *out = &w->quoted_chunk;
	size_t part;
	ssize_t n;

	buffer_clear(out);
	while (out->len == 0) {
		if (w->plain_len == 0) {
			n = body_next(&w->message->body, &w->body, &w->plain,
			    f);
			if (n == -1)
				return -1;
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
	return check_quoted(w, out->len, f) == -1 ? -1 : (ssize_t)out->len;
}

ssize_t
message_walk_next(struct message_walk *w, const char **p, struct fault *f)
{
	size_t n = message_walk_header(w, p);

	if (n > 0)
		return (ssize_t)n;
	if (w->message->quoted && !w->as_it_came)
		return next_quoted(w, p, f);
	return body_next(&w->message->body, &w->body, p, f);
}

void
message_walk_end(struct message_walk *w)
{
	body_walk_end(&w->body);
	buffer_free(&w->quoted_chunk);
}
