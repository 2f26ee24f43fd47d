/* SPDX-License-Identifier: ISC */
/* What stands between a course's envelope and its verdict: the message. */
#include "config.h"

#include <inttypes.h>

#include "base/fault.h"
#include "base/memory.h"
#include "mail/envelope.h"
#include "mail/message.h"
#include "smtp/course.h"
#include "smtp/framing.h"
#include "smtp/session.h"
#include "wire/conn.h"

static void
on_data(void *context, const struct reply *r)
{
	struct course *c = context;

	reply_copy(&c->data, r);
}

/* The commit point: a 2yz here, and the message is the server's. */
static void
on_end(void *context, const struct reply *r)
{
	struct course *c = context;
	struct envelope *e = c->envelope;

	reply_copy(&c->end, r);
	if (reply_digit(r) != 2)
		return;
	for (size_t i = 0; i < e->count; i++)
		if (e->recipient[i].state == RECIPIENT_ACCEPTED)
			e->recipient[i].state = RECIPIENT_DELIVERED;
	memory_settle(fault_exit_status(
	    envelope_in_state(e, RECIPIENT_REFUSED) > 0 ? FAULT_RECIPIENT :
	    envelope_in_state(e, RECIPIENT_DEFERRED) > 0 ? FAULT_TEMPORARY :
	    FAULT_NONE));
}

/*
 * A refusal may come before the message has ended. Any other reply cannot be
 * meant for it, as nobody has seen its end: whose ever it is, it must not be
 * taken for the success of what was not yet sent.
 */
static int
replied_early(const struct session *s, struct fault *f)
{
	const char *p;

	if (!conn_peek(s->conn) || conn_input(s->conn, &p) == 0 ||
	    *p == '4' || *p == '5')
		return 0;
	fault(f, FAULT_PROTOCOL, "%s: the server's replies are out of step: "
	    "it answers to the message before its end; nothing was submitted",
	    conn_peer(s->conn));
	return fault_hint(f, "this is a broken server, or somebody on the way "
	    "who adds to what it says");
}

int
course_data(struct course *c, struct fault *f)
{
	return dialogue_command(&c->session->dialogue, VERB_DATA, on_data, c,
	    f, "DATA");
}

int
course_send_data(struct course *c, const struct message *m, struct fault *f)
{
	struct session *s = c->session;
	struct message_walk walk;
	struct framing framing;
	const char *p;
	ssize_t n;

	s->amid_data = true;
	framing_start(&framing, &s->dialogue);
	message_walk_start(&walk, m);
	while ((n = message_walk_next(&walk, &p, f)) > 0)
		framing_put(&framing, p, (size_t)n);
	message_walk_end(&walk);
	if (n == -1 || replied_early(s, f) == -1)
		return -1;
	/* From here on the message may be delivered. */
	framing_end(&framing);
	dialogue_remark(&s->dialogue, "message sent, %" PRIu64 " octets",
	    message_octets(m));
	dialogue_expect(&s->dialogue, VERB_MESSAGE, on_end, c);
	if (dialogue_sync(&s->dialogue, f) == 0 || c->end.code != 0) {
		s->amid_data = false;
		return 0;
	}
	if (conn_all_sent(s->conn)) {
		fault_add(f, "; the whole message was sent, but its reply is "
		    "lost: it may have been delivered");
		fault_replace_hint(f, "look whether it arrived before you "
		    "send it again");
	}
	return -1;
}

int
course_send(struct course *c, const struct message *m, struct fault *f)
{
	if (course_data(c, f) == -1)
		return -1;
	if (reply_digit(&c->data) != 3)
		return 0;
	if (course_send_data(c, m, f) == -1 && c->end.code == 0)
		return -1;
	return 0;
}

void
course_end_unwanted(struct course *c)
{
	struct fault ignored = { FAULT_NONE, NULL, NULL, false };
	struct dialogue *d = &c->session->dialogue;

	dialogue_put(d, ".\r\n", 3);
	dialogue_expect(d, VERB_MESSAGE, NULL, NULL);
	dialogue_sync(d, &ignored);
	fault_clear(&ignored);
}
