/* SPDX-License-Identifier: ISC */
/* dialogue: what comes behind the last reply that is owed. */
#include <sys/socket.h>

#include <string.h>
#include <unistd.h>

#include "wire/conn.h"
#include "smtp/dialogue.h"
#include "tests/tap.h"

#define PROGRESS_MS 20000
#define GUARD_S 60	/* far more than the farewell has */

/* A peer that says the same for ever, and is never slower than we are. */
struct talker {
	const char *line;
	size_t at;
};

static ssize_t
talk(void *context, void *to, size_t n, short *events, struct fault *f)
{
	struct talker *t = context;
	char *p = to;

	(void)f;
	*events = 0;
	for (size_t i = 0; i < n; i++) {
		p[i] = t->line[t->at++];
		if (t->line[t->at] == '\0')
			t->at = 0;
	}
	return (ssize_t)n;
}

static ssize_t
swallow(void *context, const void *p, size_t n, short *events,
    struct fault *f)
{
	(void)context;
	(void)p;
	(void)f;
	*events = 0;
	return (ssize_t)n;
}

static void
shut(void *context)
{
	(void)context;
}

/* What is found when QUIT was sent, and the peer does that. */
static struct dialogue_surplus
listen_to(const char *line)
{
	struct dialogue_surplus found = { false, false };
	struct talker talker = { line, 0 };
	const struct wire wire = { &talker, talk, swallow, shut };
	struct dialogue d;
	struct conn *conn;
	int fd[2];

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, fd) == -1)
		return found;
	conn = conn_new(fd[0], fd[0], "peer", PROGRESS_MS);
	conn_rewire(conn, &wire);
	dialogue_init(&d, conn, NULL);
	dialogue_put_quit(&d);
	found = dialogue_surplus(&d);
	dialogue_free(&d);
	conn_free(conn);
	close(fd[1]);
	return found;
}

int
main(void)
{
	struct dialogue_surplus found;

	/* without an end to it this ends the test */
	alarm(GUARD_S);
	found = listen_to("250 and another thing\r\n");
	tap_ok(found.successes && !found.refusals,
	    "a peer that never stops talking is left all the same");
	found = listen_to("221-and another thing\r\n");
	tap_ok(!found.successes && !found.refusals,
	    "so is one whose reply never ends");
	found = listen_to("221 bye\r\n");
	tap_ok(!found.successes && !found.refusals,
	    "what follows QUIT's reply is of no interest");
	return tap_done();
}
