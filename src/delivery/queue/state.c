/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/fault.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/text.h"
#include "delivery/queue/entry.h"
#include "delivery/queue/folder.h"
#include "delivery/queue/state.h"

#define FIRST "postrider-queue-state: 1\n"
/* Octets: a reply for each of a million recipients. */
#define STATE_OCTETS_MAX ((size_t)1024 * 1024 * 1024)
#define RETRY_FIRST 300		/* seconds until the second try */
#define RETRY_MAX 4000		/* between two; Postfix has these, too */

void
queue_state_init(struct queue_state *s)
{
	memset(s, 0, sizeof(*s));
}

void
queue_state_free(struct queue_state *s)
{
	free(s->reason);
	free(s->by);
	queue_state_init(s);
}

void
queue_state_set_reason(struct queue_state *s, const char *reason)
{
	free(s->reason);
	s->reason = memory_string(reason);
}

/* ---- The file: lines "key: value", and one for each recipient that has not
 * got the message. */

static const struct {
	const char *name;
	size_t at;		/* offset of an int64_t in the struct */
} numbers[] = {
	{ "since", offsetof(struct queue_state, since) },
	{ "last", offsetof(struct queue_state, last) },
	{ "next", offsetof(struct queue_state, next) },
	{ "unsure", offsetof(struct queue_state, unsure) },
};

#define NUMBERS (sizeof(numbers) / sizeof(numbers[0]))

static bool
read_number(struct queue_state *s, const char *name, size_t n,
    const char *value, size_t len)
{
	int64_t number = text_number(value, len, INT64_MAX / 2);

	for (size_t i = 0; i < NUMBERS; i++) {
		if (!text_is(name, n, numbers[i].name))
			continue;
		memcpy((char *)s + numbers[i].at, &number, sizeof(number));
		return number >= 0;
	}
	return false;
}

/* "N REPLY", or "N" */
static bool
read_recipient(struct queue_entry *e, enum recipient_state state,
    const char *value, size_t len)
{
	const char *blank = memchr(value, ' ', len);
	size_t digits = blank == NULL ? len : (size_t)(blank - value);
	int64_t number = text_number(value, digits, INT64_MAX / 2);
	struct recipient *r;

	if (number < 1 || (uint64_t)number > e->envelope.count)
		return false;
	r = &e->envelope.recipient[number - 1];
	if (r->state != RECIPIENT_DELIVERED)
		return false;
	r->state = state;
	free(r->reply);
	r->reply = blank == NULL ? NULL :
	    text_printable(blank + 1, len - digits - 1);
	return true;
}

static bool
read_line(struct queue_state *s, struct queue_entry *e, const char *line,
    size_t n, bool *ended)
{
	const char *colon = memchr(line, ':', n);
	size_t name = colon == NULL ? 0 : (size_t)(colon - line);
	const char *value = line + name + 2;
	size_t len = name + 2 > n ? 0 : n - name - 2;
	int64_t attempts;

	if (colon == NULL || len == 0 || colon[1] != ' ' || *ended)
		return false;
	if (text_is(line, name, "waiting"))
		return read_recipient(e, RECIPIENT_PENDING, value, len);
	if (text_is(line, name, "refused"))
		return read_recipient(e, RECIPIENT_REFUSED, value, len);
	if (text_is(line, name, "reason")) {
		free(s->reason);
		s->reason = text_printable(value, len);
		return true;
	}
	if (text_is(line, name, "by")) {
		free(s->by);
		s->by = memory_copy(value, len);
		return true;
	}
	if (text_is(line, name, "attempts")) {
		attempts = text_number(value, len, UINT32_MAX);
		s->attempts = (unsigned long)attempts;
		return attempts >= 0;
	}
	if (text_is(line, name, "held"))
		return s->held = text_is(value, len, "yes");
	if (text_is(line, name, "end"))
		return *ended = text_is(value, len, "yes");
	return read_number(s, line, name, value, len);
}

static bool
parse(struct queue_state *s, struct queue_entry *e, const char *p, size_t n)
{
	bool ended = false;
	const char *lf;

	if (n < sizeof(FIRST) - 1 || memcmp(p, FIRST, sizeof(FIRST) - 1) != 0)
		return false;
	p += sizeof(FIRST) - 1;
	n -= sizeof(FIRST) - 1;
	for (size_t i = 0; i < e->envelope.count; i++)
		e->envelope.recipient[i].state = RECIPIENT_DELIVERED;
	while (n > 0) {
		lf = memchr(p, '\n', n);
		if (lf == NULL ||
		    !read_line(s, e, p, (size_t)(lf - p), &ended))
			return false;
		n -= (size_t)(lf - p) + 1;
		p = lf + 1;
	}
	return ended;
}

int
queue_state_read(struct queue_state *s, struct queue_entry *e,
    const struct queue_folder *q, struct fault *f)
{
	const char *why = NULL;
	struct file file;
	struct buffer b;

	queue_state_init(s);
	if (file_open_at(&file, q->fd[QUEUE_STATE], e->id, false) == -1) {
		if (errno == ENOENT)
			return 0;
		why = errno == ELOOP ? "it is a symbolic link" :
		    strerror(errno);
		return fault(f, FAULT_IO, "%s/state/%s cannot be read: %s",
		    q->path, e->id, why);
	}
	buffer_init(&b, STATE_OCTETS_MAX);
	if (file_type(&file) != NULL)
		why = file_type(&file);
	else if (file_flaw(&file.st, file.fd, FILE_OWNER_SELF_OR_ROOT,
	    S_IWGRP | S_IWOTH) != FILE_FINE)
		why = "others own it or can write it";
	else if (file_read(&file, &b) == -1)
		why = strerror(errno);
	else if (!parse(s, e, b.data, b.len))
		why = "it is not understood";
	file_close(&file);
	buffer_free(&b);
	return why == NULL ? 0 : fault(f, FAULT_IO, "%s/msg/%s is left alone: "
	    "its state/%s: %s", q->path, e->id, e->id, why);
}

static void
add_recipients(struct buffer *b, const struct envelope *e)
{
	const struct recipient *r;

	for (size_t i = 0; i < e->count; i++) {
		r = &e->recipient[i];
		if (r->state == RECIPIENT_DELIVERED)
			continue;
		buffer_printf(b, "%s: %zu%s%s\n", r->state ==
		    RECIPIENT_REFUSED ? "refused" : "waiting", i + 1,
		    r->reply == NULL ? "" : " ", r->reply == NULL ? "" :
		    r->reply);
	}
}

void
queue_state_add(struct buffer *b, const struct queue_state *s)
{
	int64_t number;

	buffer_printf(b, "attempts: %lu\n", s->attempts);
	for (size_t i = 0; i < NUMBERS; i++) {
		memcpy(&number, (const char *)s + numbers[i].at,
		    sizeof(number));
		if (number != 0)
			buffer_printf(b, "%s: %" PRId64 "\n",
			    numbers[i].name, number);
	}
	if (s->by != NULL)
		buffer_printf(b, "by: %s\n", s->by);
	if (s->held)
		buffer_add_string(b, "held: yes\n");
	if (s->reason != NULL)
		buffer_printf(b, "reason: %s\n", s->reason);
}

int
queue_state_write(const struct queue_state *s, const struct queue_entry *e,
    const struct queue_folder *q, struct fault *f)
{
	struct buffer b;
	int r;

	buffer_init(&b, STATE_OCTETS_MAX);
	buffer_add_string(&b, FIRST);
	queue_state_add(&b, s);
	add_recipients(&b, &e->envelope);
	buffer_add_string(&b, "end: yes\n");
	r = b.full ? fault(f, FAULT_IO, "%s/state/%s is too large", q->path,
	    e->id) : queue_folder_replace(q, QUEUE_STATE, e->id, &b, f);
	buffer_free(&b);
	return r;
}

/* ---- When it is tried. */

int64_t
queue_state_next(int64_t time, int64_t now)
{
	int64_t age = now - time, step = RETRY_FIRST, tried = RETRY_FIRST;

	while (tried <= age && step < RETRY_MAX) {
		step = step * 3 / 2;
		tried += step;
	}
	return now + (step > RETRY_MAX ? RETRY_MAX : step);
}

bool
queue_state_is_due(const struct queue_state *s, int64_t now)
{
	return s->next <= now || s->next > now + RETRY_MAX;
}
