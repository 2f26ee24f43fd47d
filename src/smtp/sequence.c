/* SPDX-License-Identifier: ISC */
#include "base/clock.h"
#include "wire/conn.h"
#include "smtp/dialogue.h"

/*
 * Milliseconds for QUIT's reply: it was sent along with what was answered, so
 * only a server that is slow to say good-bye makes us wait for that long.
 */
#define FAREWELL_MS 1000

bool
sequence_possible(const struct dialogue *d, const struct owed *o,
    const struct reply *r)
{
	bool payload = o->verb == VERB_BDAT || o->verb == VERB_MESSAGE;

	return conn_sent(d->conn) >= o->position || r->code == 421 ||
	    (payload && reply_digit(r) >= 4);
}

int
sequence_fault(const struct dialogue *d, struct fault *f)
{
	fault(f, FAULT_PROTOCOL, "%s: the server's replies are out of step: "
	    "it answers to what was not yet sent; nothing was submitted",
	    conn_peer(d->conn));
	return fault_hint(f, "this is a broken server, or somebody on the way "
	    "who adds to what it says");
}

int
sequence_check(struct dialogue *d, struct fault *f)
{
	const char *p;

	if (!conn_peek(d->conn))
		return 0;
	dialogue_absorb(d);
	if (d->trouble.class != FAULT_NONE)
		return fault_pass(f, &d->trouble, "");
	if (d->owed_count > 0 || conn_input(d->conn, &p) == 0 || *p == '4' ||
	    *p == '5')
		return 0;
	return sequence_fault(d, f);
}

/* One reply more, if there is one until the deadline. */
static bool
next_reply(struct dialogue *d, struct reply *r, int64_t deadline)
{
	struct fault ignored = { FAULT_NONE, NULL, NULL, false };
	const char *p;
	size_t n, used;
	int state;

	for (;;) {
		n = conn_input(d->conn, &p);
		state = n == 0 ? 0 : reply_parse(r, p, n, &used);
		if (state == 1)
			conn_take(d->conn, used);
		if (state != 0)
			return state == 1;
		if ((n == 0 && !d->left) ||
		    conn_fill(d->conn, deadline, &ignored) == -1)
			break;
	}
	fault_clear(&ignored);
	return false;
}

struct sequence_surplus
sequence_surplus(struct dialogue *d)
{
	struct sequence_surplus found = { false, false };
	int64_t deadline = clock_after(FAREWELL_MS);
	struct reply r;

	reply_init(&r);
	conn_peek(d->conn);
	/* who never stops talking is not listened to for longer either */
	while (d->owed_count == 0 && next_reply(d, &r, deadline) &&
	    r.code != 221 && r.code != 421 && clock_left(deadline) != 0) {
		if (reply_digit(&r) < 4)
			found.successes = true;
		else
			found.refusals = true;
	}
	reply_free(&r);
	return found;
}
