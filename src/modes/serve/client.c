/* SPDX-License-Identifier: ISC */
/* The client's side of a session of -bs: what it is told, and when. */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "wire/conn.h"
#include "modes/serve/serving.h"

#define IDLE_MS (300 * 1000)	/* RFC 5321 section 4.5.3.2.7 */
#define ERRORS_MAX 20		/* in a row: no speaker of SMTP makes them */

static void
owe(struct serving *s, const struct owed_reply *o)
{
	s->owed = memory_grow(s->owed, s->owed_count, &s->owed_cap,
	    sizeof(*s->owed));
	s->owed[s->owed_count++] = *o;
}

void
serving_owe_mail(struct serving *s)
{
	owe(s, &(struct owed_reply){ .mail = true });
}

void
serving_owe_rcpt(struct serving *s, const struct relay_share *share)
{
	owe(s, &(struct owed_reply){ .share = *share });
}

void
serving_say(struct serving *s, const char *text)
{
	char *line = buffer_format("%s\r\n", text);

	if (s->owed_count > 0) {
		owe(s, &(struct owed_reply){ .share = { .refusal = line } });
		return;
	}
	conn_put(s->conn, line, strlen(line));
	free(line);
}

void
serving_refuse(struct serving *s, const char *text)
{
	serving_say(s, text);
	if (++s->errors < ERRORS_MAX)
		return;
	serving_say(s, "421 4.7.0 too many errors");
	s->done = true;
}

void
serving_put(struct serving *s, struct buffer *lines)
{
	if (lines->len > 0)
		conn_put(s->conn, lines->data, lines->len);
	buffer_free(lines);
}

void
serving_settle(struct serving *s)
{
	struct owed_reply *o;
	struct buffer b;

	if (s->owed_count == 0)
		return;
	relay_sync(&s->relay);
	buffer_init(&b, SIZE_MAX / 4);
	for (size_t i = 0; i < s->owed_count; i++) {
		o = &s->owed[i];
		if (o->mail)
			relay_answer_mail(&s->relay, &b);
		else
			relay_answer_rcpt(&s->relay, &o->share, &b);
		if (!o->mail && o->share.refusal == NULL && b.data[0] == '2')
			s->commands--;
		serving_put(s, &b);
		free(o->share.refusal);
	}
	s->owed_count = 0;
}

int
serving_fill(struct serving *s)
{
	int64_t deadline;
	const char *p;
	size_t before;
	int r;

	/* The session has ended once: octets that come after all, perhaps in
	 * the middle of a message, must not be read as commands. */
	if (s->gone)
		return -1;
	/* The client may be waiting for these replies before it goes on. */
	before = conn_input(s->conn, &p);
	serving_settle(s);
	/* While a reply could not be written, the conn has read on; the input
	 * window may be full by now. */
	if (conn_input(s->conn, &p) > before)
		return 0;
	deadline = clock_after(IDLE_MS);
	if (deadline > s->end || s->peer.kind == PEER_PROCESS)
		deadline = s->end;
	/* a client that never pauses is told, too */
	s->late = clock_left(s->end) == 0;
	r = s->late ? -1 : conn_fill(s->conn, deadline, NULL);
	s->gone = r == -1;
	s->silent = s->gone && clock_left(deadline) == 0;
	s->late = s->silent && deadline == s->end;
	return r;
}
