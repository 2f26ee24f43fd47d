/* SPDX-License-Identifier: ISC */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/buffer.h"
#include "base/fault.h"
#include "base/jsonout.h"
#include "mail/address/address.h"
#include "delivery/queue/entry.h"
#include "delivery/queue/state.h"
#include "delivery/request.h"
#include "modes/queue/folders.h"
#include "modes/modes.h"

#define LINE_COLUMNS 76		/* where a reason ends; Postfix has it so */
#define MARKS 2			/* at most, behind an id */
#define TIME_SIZE 20		/* "Mon Nov 30 07:48:51" and a NUL */
#define KBYTE 1024

/* Columns of Postfix's, the first of which is as wide as an id is here. */
#define SENDER_FORMAT "%-18s %8" PRIu64 " %-20s %s\n"
#define STRING_FORMAT "%-18s %8s %-20s %s\n"

struct listing {
	const struct request *request;
	enum queue_list_form form;
	FILE *out;
	size_t count;
	uint64_t octets;
};

static bool
is_sending(const struct queue_entry *e)
{
	return e->place == QUEUE_MSG && queue_entry_is_busy(e);
}

/* Who has not got the message, and will not without another try. */
static bool
is_left(const struct recipient *r)
{
	return r->state != RECIPIENT_DELIVERED;
}

static const char *
reason_of(const struct recipient *r, const struct queue_state *s)
{
	return r->reply != NULL ? r->reply : s->reason;
}

/* ---- for people */

static void
print_marks(char out[QUEUE_ID_LEN + MARKS + 1], const struct queue_entry *e,
    const struct queue_state *s)
{
	size_t n = QUEUE_ID_LEN;

	memcpy(out, e->id, n);
	if (e->place == QUEUE_DEAD)
		out[n++] = '#';
	else if (is_sending(e))
		out[n++] = '*';
	else if (s->held)
		out[n++] = '!';
	if (s->unsure != 0)
		out[n++] = '?';
	out[n] = '\0';
}

/* As asctime(3) has it, without the year. */
static void
print_time(char out[TIME_SIZE], int64_t seconds)
{
	time_t t = (time_t)seconds;
	struct tm tm;

	if (localtime_r(&t, &tm) == NULL ||
	    strftime(out, TIME_SIZE, "%a %b %e %H:%M:%S", &tm) == 0)
		snprintf(out, TIME_SIZE, "?");
}

static void
print_reason(FILE *out, const char *reason)
{
	size_t n = strlen(reason);

	fprintf(out, "%*s(%s)\n", n < LINE_COLUMNS ? (int)(LINE_COLUMNS - n) :
	    0, "", reason);
}

/* One reason stands for all recipients that follow until the next one. */
static void
print_recipients(FILE *out, const struct queue_entry *e,
    const struct queue_state *s)
{
	const char *reason, *before = NULL;
	const struct recipient *r;
	char *text;

	for (size_t i = 0; i < e->envelope.count; i++) {
		r = &e->envelope.recipient[i];
		if (!is_left(r))
			continue;
		reason = reason_of(r, s);
		if (reason == NULL && before != NULL)
			reason = "reason unavailable";
		if (reason != NULL && (before == NULL ||
		    strcmp(reason, before) != 0))
			print_reason(out, reason);
		before = reason;
		text = address_printable(&r->box);
		fprintf(out, STRING_FORMAT, "", "", "", text);
		free(text);
	}
}

static void
print_message(struct listing *l, const struct queue_entry *e,
    const struct queue_state *s)
{
	char id[QUEUE_ID_LEN + MARKS + 1], when[TIME_SIZE];
	char *sender = e->envelope.path.local == NULL ? NULL :
	    address_printable(&e->envelope.path);

	if (l->count == 0)
		fprintf(l->out, STRING_FORMAT, "-Queue ID-", "--Size--",
		    "----Arrival Time----", "-Sender/Recipient-------");
	else
		fputc('\n', l->out);
	print_marks(id, e, s);
	print_time(when, e->time);
	fprintf(l->out, SENDER_FORMAT, id, e->octets, when, sender == NULL ?
	    "MAILER-DAEMON" : sender);
	free(sender);
	print_recipients(l->out, e, s);
}

/* Monitoring programs read this line. */
static void
print_sum(const struct listing *l)
{
	if (l->count == 0)
		fprintf(l->out, "Mail queue is empty\n");
	else
		fprintf(l->out, "\n-- %" PRIu64 " Kbytes in %zu Request%s.\n",
		    l->octets / KBYTE, l->count, l->count == 1 ? "" : "s");
}

/* ---- for programs */

static void
add_address(struct buffer *b, const char *name, const struct mailbox *box)
{
	char *spec = address_spec(box);

	jsonout_string(b, name, spec == NULL ? "" : spec);
	free(spec);
}

static void
add_recipients(struct buffer *b, const struct envelope *e)
{
	const struct recipient *r;

	jsonout_begin(b, "recipients", '[');
	for (size_t i = 0; i < e->count; i++) {
		r = &e->recipient[i];
		if (!is_left(r))
			continue;
		jsonout_begin(b, NULL, '{');
		add_address(b, "address", &r->box);
		jsonout_string(b, "reply", r->reply);
		jsonout_string(b, "state", r->state == RECIPIENT_REFUSED ?
		    "refused" : "waiting");
		jsonout_end(b, '}');
	}
	jsonout_end(b, ']');
}

static void
add_flags(struct buffer *b, const struct queue_entry *e,
    const struct queue_state *s)
{
	jsonout_begin(b, "flags", '[');
	if (is_sending(e))
		jsonout_string(b, NULL, "sending");
	if (s->held)
		jsonout_string(b, NULL, "held");
	if (s->unsure != 0)
		jsonout_string(b, NULL, "unsure");
	if (e->place == QUEUE_DEAD)
		jsonout_string(b, NULL, "dead");
	jsonout_end(b, ']');
}

static void
print_object(FILE *out, const struct queue_entry *e,
    const struct queue_state *s)
{
	struct buffer b;

	buffer_init(&b, JSON_MAX);
	jsonout_begin(&b, NULL, '{');
	jsonout_string(&b, "id", e->id);
	jsonout_number(&b, "time", e->time);
	jsonout_number(&b, "size", (int64_t)e->octets);
	jsonout_string(&b, "account", e->account);
	add_address(&b, "sender", &e->envelope.path);
	add_recipients(&b, &e->envelope);
	jsonout_number(&b, "attempts", (int64_t)s->attempts);
	jsonout_number(&b, "next", s->next);
	add_flags(&b, e, s);
	jsonout_string(&b, "reason", s->reason);
	jsonout_end(&b, '}');
	buffer_add_char(&b, '\n');
	fwrite(b.data, 1, b.len, out);
	buffer_free(&b);
}

/* ---- all of them, one in memory at a time */

static void
list_entry(struct listing *l, const struct queue_folder *q,
    enum queue_place place, const char *id)
{
	struct fault why = { .class = FAULT_NONE };
	struct queue_entry e;
	struct queue_state s;
	int r;

	queue_entry_init(&e);
	queue_state_init(&s);
	r = queue_entry_read(&e, q, place, id, false, &why);
	if (r == 1 && queue_state_read(&s, &e, q, &why) == -1)
		r = -1;
	if (r == -1)
		l->request->note(why.text);
	if (r == 1) {
		if (l->form == QUEUE_LIST_MAILQ)
			print_message(l, &e, &s);
		else if (l->form == QUEUE_LIST_JSON)
			print_object(l->out, &e, &s);
		l->count++;
		l->octets += e.octets;
	}
	queue_state_free(&s);
	queue_entry_free(&e);
	fault_clear(&why);
}

static void
list_place(struct listing *l, const struct queue_folders *all,
    enum queue_place place, struct fault *f)
{
	struct fault why = { .class = FAULT_NONE };
	struct queue_names names;

	for (size_t i = 0; i < all->count; i++) {
		queue_folder_list(&all->folder[i], place, &names, &why);
		for (size_t k = 0; k < names.count && !ferror(l->out); k++)
			list_entry(l, &all->folder[i], place, names.name[k]);
		free(names.name);
		queue_folders_tell(l->request, &why, f);
	}
}

int
queue_list(const struct request *r, enum queue_list_form form, FILE *out,
    struct fault *f)
{
	struct listing l = { r, form, out, 0, 0 };
	struct queue_folders all;

	queue_folders_open(&all, r, f);
	list_place(&l, &all, QUEUE_MSG, f);
	list_place(&l, &all, QUEUE_DEAD, f);
	queue_folders_close(&all);
	/* nobody knows that it is empty when not all of it could be read */
	if (f->class != FAULT_NONE && l.count == 0)
		return -1;
	if (form == QUEUE_LIST_MAILQ)
		print_sum(&l);
	else if (form == QUEUE_LIST_COUNT)
		fprintf(out, "%zu\n", l.count);
	return f->class == FAULT_NONE ? 0 : -1;
}
