/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <string.h>

#include "mail/message/message.h"

#define QUOTE_OCTETS (16 * 1024)	/* quoted at once: stays in the cache */

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
	body_walk_start(&w->body);
	quoted_start(&w->quoted);
	buffer_init(&w->quoted_chunk,
	    QUOTE_OCTETS * QUOTED_GROWTH + QUOTED_MORE);
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
	    w->body.at < m->body.size || w->body.rest < w->body.rest_end ?
	    body_changed(f) : 0;
}

static void
recode(struct message_walk *w, const char *p, size_t n)
{
	if (w->message->wrapped)
		rewrap_add(&w->rewrap, &w->quoted_chunk, p, n);
	else
		quoted_add(&w->quoted, &w->quoted_chunk, p, n);
}

static void
end_recoding(struct message_walk *w)
{
	if (w->message->wrapped)
		rewrap_end(&w->rewrap, &w->quoted_chunk);
	else
		quoted_end(&w->quoted, &w->quoted_chunk);
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
				end_recoding(w);
				break;
			}
			w->plain_len = (size_t)n;
		}
		part = w->plain_len < QUOTE_OCTETS ? w->plain_len :
		    QUOTE_OCTETS;
		recode(w, w->plain, part);
		w->plain += part;
		w->plain_len -= part;
	}
	*p = out->data;
	return check_quoted(w, out->len, f) == -1 ? -1 : (ssize_t)out->len;
}

ssize_t
message_walk_next(struct message_walk *w, const char **p, struct fault *f)
{
	size_t n;

	if (!w->in_body) {
		n = header_next_octets(&w->message->header, &w->at, p);
		if (n > 0)
			return (ssize_t)n;
		w->in_body = true;
		*p = "\r\n";
		return (ssize_t)strlen(*p);
	}
	if (w->message->quoted)
		return next_quoted(w, p, f);
	return body_next(&w->message->body, &w->body, p, f);
}

void
message_walk_end(struct message_walk *w)
{
	body_walk_end(&w->body);
	buffer_free(&w->quoted_chunk);
}
