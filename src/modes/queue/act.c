/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/fault.h"
#include "base/text.h"
#include "mail/address/address.h"
#include "delivery/queue/entry.h"
#include "delivery/queue/state.h"
#include "delivery/request.h"
#include "modes/modes.h"
#include "modes/queue/folders.h"

#define CHUNK_OCTETS (64 * 1024)	/* of a file that is shown */
#define LOOKS 2		/* at each place: it can move, or get free, meanwhile */

struct acting {
	const struct request *request;
	enum queue_act act;
	struct queue_folders folders;
	FILE *out;
	bool shown;		/* one of several */
	struct fault *fault;
};

/* ---- show */

/* Whole lines of some octets, made printable but for line ends and tabs. */
static void
print_lines(FILE *out, const char *p, size_t n)
{
	struct buffer b;
	size_t len;

	buffer_init(&b, SIZE_MAX / 8);
	while (n > 0) {
		for (len = 0; len < n && p[len] != '\n' && p[len] != '\t';
		    len++)
			;
		text_add_printable(&b, p, len > 0 && len < n &&
		    p[len] == '\n' && p[len - 1] == '\r' ? len - 1 : len);
		buffer_add_char(&b, len < n ? p[len] : '\n');
		len += len < n;
		p += len;
		n -= len;
	}
	fwrite(b.data, 1, b.len, out);
	buffer_free(&b);
}

/* Octets `from` to `to` of the file. */
static int
print_file(FILE *out, const struct queue_entry *e, uint64_t from, uint64_t to,
    struct fault *f)
{
	bool terminal = isatty(fileno(out)) == 1;
	static char chunk[CHUNK_OCTETS];
	size_t lines;
	ssize_t n;

	while (from < to && !ferror(out)) {
		n = pread(e->on_disk.fd, chunk, to - from > CHUNK_OCTETS ?
		    CHUNK_OCTETS : (size_t)(to - from), (off_t)from);
		if (n == -1 && errno == EINTR)
			continue;
		if (n <= 0)
			return fault(f, FAULT_IO, "%s cannot be read: %s",
			    e->id, n == 0 ? "it has become shorter" :
			    strerror(errno));
		if (terminal) {
			/* lines stay whole, where they are not too long */
			for (lines = (size_t)n; lines > 0 &&
			    chunk[lines - 1] != '\n'; lines--)
				;
			if (lines > 0)
				n = (ssize_t)lines;
			print_lines(out, chunk, (size_t)n);
		} else {
			fwrite(chunk, 1, (size_t)n, out);
		}
		from += (uint64_t)n;
	}
	return 0;
}

static void
print_recipient(FILE *out, const struct recipient *r)
{
	char *text = address_printable(&r->box);

	fprintf(out, "%s: <%s>%s%s\n", r->state == RECIPIENT_DELIVERED ?
	    "delivered" : r->state == RECIPIENT_REFUSED ? "refused" :
	    "waiting", text, r->reply == NULL ? "" : " ", r->reply == NULL ?
	    "" : r->reply);
	free(text);
}

/* As the file of the state has it, but by address, and with all recipients. */
static void
print_state(FILE *out, const struct queue_entry *e,
    const struct queue_state *s)
{
	struct buffer b;

	buffer_init(&b, SIZE_MAX / 8);
	queue_state_add(&b, s);
	fprintf(out, "place: %s\n", e->place == QUEUE_DEAD ? "dead" : "msg");
	print_lines(out, b.data, b.len);
	buffer_free(&b);
	for (size_t i = 0; i < e->envelope.count; i++)
		print_recipient(out, &e->envelope.recipient[i]);
}

static int
show(struct acting *a, const struct queue_entry *e,
    const struct queue_state *s, struct fault *f)
{
	if (a->shown)
		fputc('\n', a->out);
	a->shown = true;
	if (print_file(a->out, e, 0, e->message_at - 1, f) == -1)
		return -1;
	print_state(a->out, e, s);
	fputc('\n', a->out);
	return print_file(a->out, e, e->message_at, e->message_at + e->octets,
	    f);
}

/* ---- what changes a message; each is one step that a crash cannot halve */

/* The state comes first: one that is dead waits until it has moved. */
static int
requeue(struct queue_entry *e, struct queue_state *s,
    const struct queue_folder *q, struct fault *f)
{
	s->next = 0;
	s->held = false;
	if (e->place != QUEUE_DEAD)
		return queue_state_write(s, e, q, f);
	s->attempts = 0;
	s->since = (int64_t)time(NULL);
	for (size_t i = 0; i < e->envelope.count; i++)
		if (e->envelope.recipient[i].state == RECIPIENT_REFUSED)
			e->envelope.recipient[i].state = RECIPIENT_PENDING;
	if (queue_state_write(s, e, q, f) == -1)
		return -1;
	return queue_entry_move(e, q, QUEUE_MSG, f);
}

/* An entry that has been read, and is ours unless it is only shown. */
static int
act(struct acting *a, struct queue_entry *e, const struct queue_folder *q,
    struct fault *f)
{
	struct queue_state s;
	int r;

	/* what cannot be understood can be deleted all the same */
	if (a->act == QUEUE_DELETE)
		return queue_entry_remove(e, q, f);
	r = queue_state_read(&s, e, q, f);
	if (r == 0 && a->act == QUEUE_SHOW) {
		r = show(a, e, &s, f);
	} else if (r == 0 && a->act == QUEUE_REQUEUE) {
		r = requeue(e, &s, q, f);
	} else if (r == 0 && s.held != (a->act == QUEUE_HOLD)) {
		s.held = !s.held;
		r = queue_state_write(&s, e, q, f);
	}
	queue_state_free(&s);
	return r;
}

/* ---- finding them */

/* 1: done, or tried and told why not. 0: it is not at that place. */
static int
try_place(struct acting *a, const struct queue_folder *q,
    enum queue_place place, const char *id)
{
	struct fault why = { .class = FAULT_NONE };
	struct queue_entry e;
	int r;

	queue_entry_init(&e);
	r = queue_entry_read(&e, q, place, id, a->act != QUEUE_SHOW, &why);
	if (r == 1 && place == QUEUE_DEAD &&
	    (a->act == QUEUE_HOLD || a->act == QUEUE_RELEASE)) {
		fault(&why, FAULT_DATA, "the message %s has been given up",
		    id);
		fault_hint(&why, "--queue-requeue revives it");
	} else if (r == 1) {
		act(a, &e, q, &why);
	} else if (r == 0 && e.on_disk.fd != -1 && queue_entry_is_busy(&e)) {
		fault(&why, FAULT_TEMPORARY, "the message %s is just being "
		    "sent", id);
		r = 1;
	}
	queue_entry_free(&e);
	queue_folders_tell(a->request, &why, a->fault);
	return r != 0;
}

static void
act_on_id(struct acting *a, const char *id)
{
	struct fault why = { .class = FAULT_NONE };
	const struct queue_folders *all = &a->folders;

	for (int look = 0; queue_is_id(id) && look < LOOKS; look++)
		for (size_t i = 0; i < all->count; i++)
			if (try_place(a, &all->folder[i], QUEUE_MSG, id) ||
			    try_place(a, &all->folder[i], QUEUE_DEAD, id))
				return;
	fault(&why, FAULT_DATA, "there is no message '%s' in the queue", id);
	fault_hint(&why, "mailq lists those that there are");
	queue_folders_tell(a->request, &why, a->fault);
}

static void
act_on_place(struct acting *a, enum queue_place place)
{
	struct fault why = { .class = FAULT_NONE };
	const struct queue_folder *q;
	struct queue_names names;

	for (size_t i = 0; i < a->folders.count; i++) {
		q = &a->folders.folder[i];
		queue_folder_list(q, place, &names, &why);
		for (size_t k = 0; k < names.count; k++)
			for (int look = 0; look < LOOKS &&
			    !try_place(a, q, place, names.name[k]); look++)
				;
		free(names.name);
		queue_folders_tell(a->request, &why, a->fault);
	}
}

static void
act_on_input(struct acting *a)
{
	char *line = NULL, *id;
	size_t size = 0;

	while (getline(&line, &size, stdin) != -1) {
		id = line + strspn(line, " \t");
		id[strcspn(id, " \t\r\n")] = '\0';
		if (id[0] != '\0')
			act_on_id(a, id);
	}
	if (ferror(stdin))
		fault(a->fault, FAULT_IO, "standard input: %s",
		    strerror(errno));
	free(line);
}

int
queue_act(const struct request *r, enum queue_act what,
    const char *const *ids, size_t count, FILE *out, struct fault *f)
{
	struct acting a = { .request = r, .act = what, .out = out,
	    .fault = f };

	queue_folders_open(&a.folders, r, f);
	for (size_t i = 0; i < count; i++) {
		if (strcmp(ids[i], "-") == 0) {
			act_on_input(&a);
		} else if (strcmp(ids[i], "ALL") != 0) {
			act_on_id(&a, ids[i]);
		} else {
			/* what is requeued must not be met again */
			act_on_place(&a, QUEUE_MSG);
			if (what != QUEUE_HOLD && what != QUEUE_RELEASE)
				act_on_place(&a, QUEUE_DEAD);
		}
	}
	queue_folders_close(&a.folders);
	return f->class == FAULT_NONE ? 0 : -1;
}
