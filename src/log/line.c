/* SPDX-License-Identifier: ISC */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/fault.h"
#include "base/memory.h"
#include "base/text.h"
#include "mail/address/address.h"
#include "mail/envelope.h"
#include "mail/message/message.h"
#include "smtp/reply.h"
#include "config/account/account.h"
#include "log/log.h"

#define TIME_MIN 128			/* octets of a time, at first */
#define TIME_MAX (64 * 1024)		/* octets; more is no time */
#define BUFFER_MAX (SIZE_MAX / 8)	/* the line has no limit of its own */

/* How a value stands in the line. */
enum form {
	FORM_BARE,	/* ends at a blank */
	FORM_LISTED,	/* ends at a blank or comma */
	FORM_QUOTED	/* ends at "'", which becomes a double quote within */
};

static void
add_value(struct buffer *b, const char *s, size_t n, size_t max,
    enum form form)
{
	size_t kept = n > max ? max : n;
	char *shown = text_printable(s, kept);

	for (const char *p = shown; *p != '\0'; p++) {
		if (form == FORM_QUOTED && *p == '\'')
			buffer_add_char(b, '"');
		else if ((form != FORM_QUOTED && *p == ' ') ||
		    (form == FORM_LISTED && *p == ','))
			buffer_printf(b, "\\x%02x", (unsigned char)*p);
		else
			buffer_add_char(b, *p);
	}
	if (kept < n)
		buffer_add_string(b, "...");
	free(shown);
}

/* Nothing where there is no string. */
static void
add_string(struct buffer *b, const char *name, const char *s, size_t max)
{
	if (s == NULL)
		return;
	buffer_printf(b, " %s=", name);
	add_value(b, s, strlen(s), max, FORM_BARE);
}

/* The same for a sentence. */
static void
add_sentence(struct buffer *b, const char *name, const char *s, size_t max)
{
	if (s == NULL)
		return;
	buffer_printf(b, " %s='", name);
	add_value(b, s, strlen(s), max, FORM_QUOTED);
	buffer_add_char(b, '\'');
}

static void
add_address(struct buffer *b, const struct mailbox *box, size_t max,
    enum form form)
{
	char *spec = address_spec(box);

	add_value(b, spec, strlen(spec), max, form);
	free(spec);
}

static void
add_envelope(struct buffer *b, const struct envelope *e, size_t max)
{
	size_t start;

	buffer_add_string(b, " from=");
	if (e->path.local != NULL)
		add_address(b, &e->path, max, FORM_LISTED);
	buffer_add_string(b, " recipients=");
	start = b->len;
	for (size_t i = 0; i < e->count; i++) {
		if (i > 0)
			buffer_add_char(b, ',');
		if (b->len - start > max) {
			buffer_add_string(b, "...");
			break;
		}
		add_address(b, &e->recipient[i].box, max, FORM_LISTED);
	}
}

/* The lines of a reply as they came, code and all, with "\n" between them. */
static void
add_reply(struct buffer *b, const struct reply *r, size_t max)
{
	const char *line;
	size_t at = 0, n;
	struct buffer lines;

	buffer_init(&lines, BUFFER_MAX);
	while (reply_line(r, &at, &line, &n)) {
		buffer_printf(&lines, "%s%03d%s", lines.len == 0 ? "" : "\\n",
		    r->code, !reply_is_last(r, at) ? "-" : n == 0 ? "" : " ");
		buffer_add(&lines, line, n);
	}
	buffer_printf(b, " smtpstatus=%03d smtpmsg='", r->code);
	add_value(b, lines.data, lines.len, max, FORM_QUOTED);
	buffer_add_char(b, '\'');
	buffer_free(&lines);
}

static void
add_refused(struct buffer *b, const struct envelope *e, size_t max)
{
	const struct recipient *r;
	size_t start = 0;

	for (size_t i = 0; i < e->count; i++) {
		r = &e->recipient[i];
		if (r->reply == NULL)
			continue;
		buffer_add_string(b, start == 0 ? " refused='" : "\\n");
		if (start == 0)
			start = b->len;
		if (b->len - start > max) {
			buffer_add_string(b, "...");
			break;
		}
		add_address(b, &r->box, max, FORM_QUOTED);
		buffer_add_string(b, ": ");
		add_value(b, r->reply, strlen(r->reply), max, FORM_QUOTED);
	}
	if (start > 0)
		buffer_add_char(b, '\'');
}

/* The fields that msmtp's line does not have. */
static void
add_more(struct buffer *b, const struct log_entry *entry, size_t max)
{
	char *msgid = header_message_id(&entry->message->header);

	add_sentence(b, "hint", entry->fault->hint, max);
	add_refused(b, entry->envelope, max);
	add_string(b, "msgid", msgid, max);
	free(msgid);
	if (entry->queue_id_len > 0)
		buffer_printf(b, " queueid=%.*s", (int)entry->queue_id_len,
		    entry->queue_id);
	add_string(b, "tlsversion", entry->tls_version, max);
	add_string(b, "account", entry->by, max);
	add_string(b, "queued", entry->queued, max);
	add_string(b, "unqueued", entry->unqueued, max);
	add_string(b, "dead", entry->dead, max);
	if (entry->peer_known)
		buffer_printf(b, " peeruid=%lu peerpid=%ld", entry->peer_uid,
		    entry->peer_pid);
	buffer_printf(b, " duration=%" PRId64 ".%03d",
	    entry->duration_ms / 1000, (int)(entry->duration_ms % 1000));
	if (entry->caller != NULL && entry->caller->known)
		buffer_printf(b, " uid=%ld", entry->caller->uid);
	if (entry->caller != NULL)
		add_string(b, "caller", entry->caller->parent, max);
}

void
logline_add(struct buffer *b, const struct log_entry *entry, size_t value_max)
{
	const struct account *a = entry->account;
	const char *server = account_server(a);
	const struct fault *f = entry->fault;
	char *error = f->class != FAULT_NONE ? fault_line(f) :
	    memory_string(entry->why);

	buffer_add_string(b, a->socket != NULL ? "socket=" : "host=");
	if (server != NULL)
		add_value(b, server, strlen(server), value_max, FORM_BARE);
	buffer_printf(b, " tls=%s auth=%s", entry->tls ? "on" : "off",
	    a->auth != NULL ? "on" : "off");
	if (a->auth != NULL)
		add_string(b, "user", a->user, value_max);
	add_envelope(b, entry->envelope, value_max);
	if (envelope_in_state(entry->envelope, RECIPIENT_DELIVERED) > 0)
		buffer_printf(b, " mailsize=%" PRIu64,
		    message_octets(entry->message));
	if (entry->reply->code != 0)
		add_reply(b, entry->reply, value_max);
	add_sentence(b, "errormsg", error, value_max);
	free(error);
	buffer_printf(b, " exitcode=%s", fault_exit_name(f->class));
	add_more(b, entry, value_max);
}

/* The format is the user's, which is safe: strftime(3) has one argument. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
static size_t
format_time(char *to, size_t size, const char *format, const struct tm *tm)
{
	return strftime(to, size, format, tm);
}
#pragma GCC diagnostic pop

void
logline_add_time(struct buffer *b, const char *format, time_t when)
{
	struct buffer text;
	char *marked;
	size_t n = 0;
	struct tm tm;

	if (format == NULL)
		format = LOGLINE_TIME;
	if (strcmp(format, "none") == 0 || localtime_r(&when, &tm) == NULL)
		return;
	/* strftime(3) returns 0 for too little room and for an empty time: with
	 * a mark no time is empty */
	marked = buffer_format("%s.", format);
	buffer_init(&text, TIME_MAX);
	for (size_t size = TIME_MIN; n == 0 && size <= TIME_MAX; size *= 2)
		n = format_time(buffer_reserve(&text, size), size, marked,
		    &tm);
	if (n > 1) {
		text_add_printable(b, text.data, n - 1);
		buffer_add_char(b, ' ');
	}
	buffer_free(&text);
	free(marked);
}
