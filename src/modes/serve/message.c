/* SPDX-License-Identifier: ISC */
/*
 * DATA and BDAT of -bs. The whole message is received before any of it goes to
 * the smarthost.
 */
#include <inttypes.h>
#include <string.h>

#include "base/wait.h"
#include "wire/conn.h"
#include "smtp/server/command.h"
#include "modes/serve/serving.h"

#define LINE_SIZE 512		/* octets of a reply of ours, with its NUL */
#define RECEIVED_MAX 1024	/* octets of a Received field's first line */
/*
 * Octets of a message that the smarthost will not see, such as a Bcc field.
 * What exceeds the smarthost's limit by more is not kept.
 */
#define SIZE_SLACK (64 * 1024)

static void
begin_message(struct serving *s, bool by_chunks)
{
	s->taking = true;
	s->by_chunks = by_chunks;
	s->taken = 0;
	message_init(&s->message);
	intake_start(&s->intake, &s->message, MESSAGE_DOT_TEXT,
	    &s->broken);
}

void
serving_end_message(struct serving *s)
{
	if (!s->taking)
		return;
	intake_free(&s->intake);
	message_free(&s->message);
	fault_clear(&s->broken);
	s->taking = false;
}

/* Octets of the message. Once it is broken, they are counted only. */
static void
take(struct serving *s, const char *p, size_t n)
{
	uint64_t limit = relay_limit(&s->relay);

	s->taken += n;
	if (s->broken.class != FAULT_NONE)
		return;
	if (limit > 0 && s->taken > limit + SIZE_SLACK) {
		s->relay.too_big = true;
		fault(&s->broken, FAULT_DATA, "the message has more than the "
		    "%" PRIu64 " octets that the server takes", limit);
		return;
	}
	intake_feed(&s->intake, p, n);
}

static void
finish_message(struct serving *s)
{
	const char *hello = command_is_name(s->hello, strlen(s->hello)) ?
	    s->hello : "unknown";
	struct buffer received, answer;

	if (s->broken.class == FAULT_NONE)
		intake_finish(&s->intake);
	buffer_init(&received, RECEIVED_MAX);
	buffer_printf(&received, "from %s (", hello);
	peer_add_comment(&received, &s->peer);
	buffer_add_char(&received, ')');
	buffer_init(&answer, SIZE_MAX / 4);
	relay_message(&s->relay, &s->message, received.data, &s->broken,
	    &answer);
	if (answer.data[0] == '2')
		s->commands = 0;
	serving_put(s, &answer);
	/* the client has its answer before a signal counts again */
	conn_flush(s->conn);
	wait_release();
	buffer_free(&received);
	serving_end_message(s);
}

/* No recipient was accepted, or the session broke: says which. */
static void
answer_nobody(struct serving *s)
{
	struct buffer b;

	buffer_init(&b, SIZE_MAX / 4);
	relay_answer_nobody(&s->relay, &b);
	serving_put(s, &b);
}

void
serving_data(struct serving *s, const struct command *c)
{
	struct unstuff u;
	const char *p;
	size_t n, used, len;

	(void)c;
	if (!s->relay.begun || s->taking || s->chunk_refused) {
		serving_refuse(s, s->relay.begun ? "503 5.5.1 BDAT has begun" :
		    "503 5.5.1 MAIL comes first");
		return;
	}
	serving_settle(s);
	if (!relay_may_send(&s->relay)) {
		answer_nobody(s);
		return;
	}
	serving_say(s, "354 end with a line that is a dot");
	begin_message(s, false);
	unstuff_start(&u, s->peer.terminal);
	while (!u.ended) {
		n = conn_input(s->conn, &p);
		used = unstuff_next(&u, p, n, &len);
		take(s, p + used - len, len);
		conn_take(s->conn, used);
		if (used == 0 && serving_fill(s) == -1)
			return;
	}
	finish_message(s);
}

/* Reads a chunk; -1 when the client hangs up before its last octet. */
static int
take_chunk(struct serving *s, uint64_t octets, bool wanted)
{
	const char *p;
	size_t n;

	while (octets > 0) {
		n = conn_input(s->conn, &p);
		if (n == 0) {
			if (serving_fill(s) == -1)
				return -1;
			continue;
		}
		if (n > octets)
			n = (size_t)octets;
		if (wanted)
			take(s, p, n);
		conn_take(s->conn, n);
		octets -= n;
	}
	return 0;
}

static void
answer_chunk(struct serving *s, uint64_t octets)
{
	char line[LINE_SIZE];
	struct buffer b;

	if (s->broken.class == FAULT_NONE) {
		/* it is no command that comes to nothing */
		s->commands -= octets > 0;
		snprintf(line, sizeof(line), "250 2.0.0 %" PRIu64 " octets",
		    octets);
		serving_say(s, line);
		return;
	}
	s->chunk_refused = true;
	buffer_init(&b, SIZE_MAX / 4);
	relay_answer_broken(&s->relay, &s->broken, &b);
	serving_put(s, &b);
}

/*
 * The client does not wait for a reply before it sends the chunk (RFC 3030
 * section 2), so the octets must be read even when they are refused. The
 * chunks behind it are refused as well until the client says RSET: they are
 * the rest of a message, and must not pass for a whole one.
 */
static void
refuse_chunk(struct serving *s, uint64_t octets)
{
	bool again = s->chunk_refused;

	s->chunk_refused = true;
	if (take_chunk(s, octets, false) == -1)
		return;
	if (again)
		serving_say(s, "503 5.5.1 a chunk was refused: RSET comes "
		    "first");
	else if (!s->relay.begun)
		serving_refuse(s, "503 5.5.1 MAIL comes first");
	else
		answer_nobody(s);
}

void
serving_bdat(struct serving *s, const struct command *c)
{
	uint64_t octets;
	bool last;

	if (command_read_bdat(&octets, &last, c->argument, c->len) == -1) {
		/* It is unknown how many octets follow, and so where the next
		 * command begins. */
		serving_say(s, "501 5.5.4 syntax: BDAT SIZE [LAST]");
		s->done = true;
		return;
	}
	serving_settle(s);
	if (s->chunk_refused || (!s->taking && !relay_may_send(&s->relay))) {
		refuse_chunk(s, octets);
		return;
	}
	if (!s->taking)
		begin_message(s, true);
	if (take_chunk(s, octets, true) == -1)
		return;
	if (last)
		finish_message(s);
	else
		answer_chunk(s, octets);
}
