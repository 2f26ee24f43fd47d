/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/fault.h"
#include "base/memory.h"
#include "base/text.h"
#include "mail/envelope.h"
#include "wire/conn.h"
#include "smtp/path.h"
#include "smtp/session.h"
#include "smtp/transaction.h"

#define LINE_MAX_OCTETS (1024 * 1024)	/* one command with its parameters */
#define SHOWN_MAX (REPLY_MAX * 2)	/* a reply as text */
#define ASKED_MIN 8			/* first size of the list */
/* RCPTs whose replies have not come: a server that has a limit on recipients
 * (1000 is common) says so before it has counted too many errors. */
#define RCPT_WINDOW 1000

void
transaction_init(struct transaction *c, struct session *s, struct envelope *e,
    bool keep)
{
	memset(c, 0, sizeof(*c));
	c->session = s;
	c->envelope = e;
	c->keep = keep;
	reply_init(&c->mail);
	reply_init(&c->refusal);
	reply_init(&c->data);
	reply_init(&c->end);
}

void
transaction_free(struct transaction *c)
{
	for (size_t i = 0; i < c->kept_count; i++)
		reply_free(&c->kept[i]);
	free(c->kept);
	free(c->asked);
	reply_free(&c->mail);
	reply_free(&c->refusal);
	reply_free(&c->data);
	reply_free(&c->end);
}

static void
on_mail(void *context, const struct reply *r)
{
	struct transaction *c = context;

	reply_copy(&c->mail, r);
}

void
transaction_refuse(struct transaction *c, size_t recipient,
		   const struct reply *r)
{
	struct recipient *to = &c->envelope->recipient[recipient];
	struct buffer b, shown;

	reply_copy(&c->refusal, r);
	to->state = reply_digit(r) == 5 ? RECIPIENT_REFUSED :
	    RECIPIENT_DEFERRED;
	buffer_init(&b, SHOWN_MAX);
	buffer_init(&shown, SHOWN_MAX * 4);
	reply_add_text(r, &b);
	text_add_printable(&shown, b.data, b.len);
	buffer_free(&b);
	free(to->reply);
	to->reply = buffer_detach(&shown);
}

/* Replies come in the order of the commands. */
static void
on_rcpt(void *context, const struct reply *r)
{
	struct transaction *c = context;
	size_t i = c->asked[c->answered++];

	if (c->keep)
		reply_copy(&c->kept[i], r);
	if (transaction_is_success(c, r)) {
		c->envelope->recipient[i].state = RECIPIENT_ACCEPTED;
		c->accepted++;
	} else if (c->spill && c->accepted > 0 && r->code == 452 &&
	    reply_has_status(r, 5, 3)) {
		c->overflow++;
	} else {
		transaction_refuse(c, i, r);
	}
}

int
transaction_mail(struct transaction *c, uint64_t octets, bool eight_bit,
		 bool utf8, struct fault *f)
{
	struct session *s = c->session;
	const bool *has = s->capabilities.has;
	struct buffer b;
	int result;

	/* an earlier message's success is not this one's */
	memory_settle(fault_exit_status(FAULT_TEMPORARY));
	s->transactions++;
	c->utf8 = utf8;
	buffer_init(&b, LINE_MAX_OCTETS);
	buffer_add_char(&b, '<');
	result = path_add_sender(&b, c->envelope, utf8, f);
	buffer_add_char(&b, '>');
	if (has[CAP_SIZE] && octets > 0)
		buffer_printf(&b, " SIZE=%" PRIu64, octets);
	if (has[CAP_8BITMIME] && eight_bit)
		buffer_add_string(&b, " BODY=8BITMIME");
	if (has[CAP_SMTPUTF8] && utf8)
		buffer_add_string(&b, " SMTPUTF8");
	if (has[CAP_DSN])
		path_add_mail_dsn(&b, c->envelope);
	if (result == 0)
		result = dialogue_command(&s->dialogue, VERB_MAIL, on_mail, c,
		    f, "MAIL FROM:%s", b.data);
	buffer_free(&b);
	return result;
}

/* A place for the recipient's reply, before anything can answer. */
static void
expect_recipient(struct transaction *c, size_t recipient)
{
	if (c->asked_count == c->asked_cap) {
		c->asked_cap = c->asked_cap == 0 ? ASKED_MIN :
		    c->asked_cap * 2;
		c->asked = memory_resize(c->asked, c->asked_cap,
		    sizeof(*c->asked));
	}
	c->asked[c->asked_count++] = recipient;
	if (!c->keep || recipient < c->kept_count)
		return;
	c->kept = memory_resize(c->kept, c->envelope->cap, sizeof(*c->kept));
	while (c->kept_count < c->envelope->cap)
		reply_init(&c->kept[c->kept_count++]);
}

int
transaction_rcpt(struct transaction *c, size_t recipient, struct fault *f)
{
	struct session *s = c->session;
	const struct recipient *to = &c->envelope->recipient[recipient];
	struct buffer b;
	int result;

	buffer_init(&b, LINE_MAX_OCTETS);
	buffer_add_char(&b, '<');
	result = path_add_recipient(&b, to, c->utf8, f);
	buffer_add_char(&b, '>');
	if (s->capabilities.has[CAP_DSN])
		path_add_rcpt_dsn(&b, c->envelope, to);
	if (result == 0) {
		expect_recipient(c, recipient);
		result = dialogue_command(&s->dialogue, VERB_RCPT, on_rcpt, c,
		    f, "RCPT TO:%s", b.data);
		if (result == 0 && s->dialogue.owed_count > RCPT_WINDOW + 1)
			result = dialogue_wait(&s->dialogue, RCPT_WINDOW / 2,
			    f);
	}
	buffer_free(&b);
	return result;
}

int
transaction_sync(struct transaction *c, struct fault *f)
{
	return dialogue_sync(&c->session->dialogue, f);
}

const struct reply *
transaction_reply(const struct transaction *c, size_t recipient)
{
	static const struct reply none = { .subject = -1, .detail = -1 };

	return recipient < c->kept_count ? &c->kept[recipient] : &none;
}

const struct reply *
transaction_verdict(const struct transaction *c)
{
	return c->end.code != 0 ? &c->end : &c->data;
}

int
transaction_reset(struct transaction *c, struct fault *f)
{
	struct session *s = c->session;
	struct reply r;
	int result;

	reply_init(&r);
	result = dialogue_ask(&s->dialogue, VERB_RSET, &r, f, "RSET");
	if (result == 0 && reply_digit(&r) != 2)
		result = session_refused(s, &r, STAGE_MESSAGE, "RSET", f);
	reply_free(&r);
	return result;
}
