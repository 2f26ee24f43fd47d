/* SPDX-License-Identifier: ISC */
/*
 * A message in the queue, and behind a line "===" its state. Whatever they
 * hold: what is accepted is whole, every recipient waits, is refused or has
 * it, and a state that is written again is read as the same.
 */
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/text.h"
#include "delivery/queue/entry.h"
#include "delivery/queue/folder.h"
#include "delivery/queue/state.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static const char id[] = "018BCFE568000001";
static const char separator[] = "\n===\n";
static char top[] = "/tmp/fuzz-queue-XXXXXX";

static void
require(bool truth)
{
	if (!truth)
		abort();
}

static void
clean(void)
{
	static const char *const names[] = { "msg/018BCFE568000001",
	    "state/018BCFE568000001", "msg", "dead", "state", "tmp",
	    "account", "" };
	char name[sizeof(top) + 40];

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		snprintf(name, sizeof(name), "%s/%s", top, names[i]);
		remove(name);
	}
}

static const struct queue_folder *
folder(void)
{
	static struct queue_folder q;
	struct fault f = { .class = FAULT_NONE };

	if (q.path == NULL) {
		require(mkdtemp(top) != NULL);
		atexit(clean);
		require(queue_folder_open(&q, top, true, &f) == 1);
	}
	return &q;
}

static void
put(int dir, const char *p, size_t n)
{
	int fd = openat(dir, id, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	require(fd != -1 && file_write(fd, p, n) == 0);
	close(fd);
}

static void
check_again(const struct queue_state *s, struct queue_entry *e,
    const struct queue_folder *q)
{
	enum recipient_state *state = memory_array(e->envelope.count,
	    sizeof(*state));
	struct fault f = { .class = FAULT_NONE };
	struct queue_state again;

	for (size_t i = 0; i < e->envelope.count; i++)
		state[i] = e->envelope.recipient[i].state;
	require(queue_state_write(s, e, q, &f) == 0);
	require(queue_state_read(&again, e, q, &f) == 0);
	require(again.attempts == s->attempts && again.last == s->last &&
	    again.next == s->next && again.unsure == s->unsure &&
	    again.held == s->held);
	require((again.reason == NULL) == (s->reason == NULL) &&
	    (s->reason == NULL || strcmp(again.reason, s->reason) == 0));
	require((again.by == NULL) == (s->by == NULL) &&
	    (s->by == NULL || strcmp(again.by, s->by) == 0));
	for (size_t i = 0; i < e->envelope.count; i++)
		require(e->envelope.recipient[i].state == state[i]);
	queue_state_free(&again);
	free(state);
}

static void
check_state(struct queue_entry *e, const struct queue_folder *q)
{
	struct fault f = { .class = FAULT_NONE };
	struct queue_state s;
	enum recipient_state is;

	if (queue_state_read(&s, e, q, &f) == 0) {
		for (size_t i = 0; i < e->envelope.count; i++) {
			is = e->envelope.recipient[i].state;
			require(is == RECIPIENT_PENDING ||
			    is == RECIPIENT_REFUSED ||
			    is == RECIPIENT_DELIVERED);
		}
		check_again(&s, e, q);
	} else {
		require(f.class == FAULT_IO);
	}
	queue_state_free(&s);
	fault_clear(&f);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	const struct queue_folder *q = folder();
	struct fault f = { .class = FAULT_NONE };
	const char *text = (const char *)data, *at;
	size_t entry;
	struct queue_entry e;
	int r;

	at = n == 0 ? NULL : text_find(text, n, separator,
	    sizeof(separator) - 1);
	entry = at == NULL ? n : (size_t)(at - text) + 1;
	put(q->fd[QUEUE_MSG], text, entry);
	unlinkat(q->fd[QUEUE_STATE], id, 0);
	if (at != NULL)
		put(q->fd[QUEUE_STATE], text + entry + sizeof(separator) - 2,
		    n - entry - sizeof(separator) + 2);
	queue_entry_init(&e);
	r = queue_entry_read(&e, q, QUEUE_MSG, id, false, &f);
	if (r == 1) {
		require(e.account != NULL && e.envelope.count > 0 &&
		    e.octets > 0 && e.message_at + e.octets == entry);
		check_state(&e, q);
	} else {
		require(r == -1 && f.class == FAULT_IO);
	}
	queue_entry_free(&e);
	fault_clear(&f);
	return 0;
}
