/* SPDX-License-Identifier: ISC */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "wire/conn.h"
#include "modes/serve/serving.h"

#define REPLY_LINES_MAX 4096	/* octets of the reply to EHLO */

static const struct fault no_fault = { FAULT_NONE, NULL, NULL, false };

/* What may be there at any time: all of it is a matter of the smarthost's. */
static const struct {
	enum capability capability;
	const char *word;
} extensions[] = {
	{ CAP_8BITMIME, "8BITMIME" }, { CAP_SMTPUTF8, "SMTPUTF8" },
	{ CAP_DSN, "DSN" },
};

/* Back to where no transaction is (RFC 5321 section 4.1.1.5). */
static void
reset(struct serving *s)
{
	serving_settle(s);
	serving_end_message(s);
	relay_reset(&s->relay, &no_fault);
}

static void
say_extensions(struct serving *s)
{
	uint64_t limit = relay_limit(&s->relay);
	struct buffer b;

	buffer_init(&b, REPLY_LINES_MAX);
	buffer_printf(&b, "250-%s\r\n250-PIPELINING\r\n250-SIZE", s->name);
	if (limit > 0)
		buffer_printf(&b, " %" PRIu64, limit);
	for (size_t i = 0; i < sizeof(extensions) / sizeof(extensions[0]);
	    i++)
		if (relay_offers(&s->relay, extensions[i].capability))
			buffer_printf(&b, "\r\n250-%s", extensions[i].word);
	buffer_add_string(&b, "\r\n250-CHUNKING\r\n"
	    "250-ENHANCEDSTATUSCODES\r\n250 HELP\r\n");
	serving_put(s, &b);
	buffer_free(&b);
}

void
serving_hello(struct serving *s, const struct command *c)
{
	if (c->len == 0) {
		serving_refuse(s, "501 5.5.4 a name must follow");
		return;
	}
	reset(s);
	free(s->hello);
	s->hello = memory_copy(c->argument, c->len);
	s->relay.esmtp = c->verb == COMMAND_EHLO;
	if (s->relay.esmtp) {
		say_extensions(s);
	} else {
		conn_put(s->conn, "250 ", 4);
		serving_say(s, s->name);
	}
}

void
serving_mail(struct serving *s, const struct command *c)
{
	struct command_mail mail;
	const char *refusal;

	if (s->hello == NULL) {
		serving_refuse(s, "503 5.5.1 EHLO comes first");
		return;
	}
	if (s->relay.begun) {
		serving_settle(s);
		if (relay_is_open(&s->relay)) {
			serving_refuse(s, "503 5.5.1 there is a transaction "
			    "already");
			return;
		}
		relay_reset(&s->relay, &no_fault);
	}
	refusal = command_read_mail(&mail, c->argument, c->len);
	if (refusal != NULL) {
		serving_refuse(s, refusal);
	} else {
		s->errors = 0;
		relay_mail(&s->relay, &mail);
		serving_owe_mail(s);
	}
	command_mail_free(&mail);
}

void
serving_rcpt(struct serving *s, const struct command *c)
{
	struct command_rcpt rcpt;
	struct relay_share share;
	const char *refusal;

	if (!s->relay.begun) {
		serving_refuse(s, "503 5.5.1 MAIL comes first");
		return;
	}
	if (s->taking) {
		serving_refuse(s, "503 5.5.1 BDAT has begun");
		return;
	}
	refusal = command_read_rcpt(&rcpt, s->relay.smtputf8, c->argument,
	    c->len);
	if (refusal != NULL) {
		serving_refuse(s, refusal);
	} else {
		relay_rcpt(&s->relay, &rcpt, &share);
		serving_owe_rcpt(s, &share);
	}
	command_rcpt_free(&rcpt);
}

void
serving_rset(struct serving *s, const struct command *c)
{
	(void)c;
	reset(s);
	serving_say(s, "250 2.0.0 ok");
}

void
serving_quit(struct serving *s, const struct command *c)
{
	(void)c;
	serving_settle(s);
	serving_say(s, "221 2.0.0 bye");
	s->done = true;
}

/* Nothing that follows is meant for us; it may well be meant against us. */
void
serving_http(struct serving *s, const struct command *c)
{
	(void)c;
	serving_settle(s);
	serving_say(s, "554 5.5.1 this is not a web server");
	s->done = true;
}
