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
#include "smtp/transaction.h"
#include "smtp/session.h"

#define SHOWN_MAX (REPLY_MAX * 2)	/* a reply as text */
/*
 * RCPTs whose replies have not come. A server that has a limit on recipients
 * (1000 is common) can say so before we have made more errors than it bears.
 */
#define RCPT_WINDOW 1000

void
transaction_init(struct transaction *t, struct session *s, struct envelope *e,
    bool keep)
{
	memset(t, 0, sizeof(*t));
	t->session = s;
	t->envelope = e;
	t->keep = keep;
	reply_init(&t->mail);
	reply_init(&t->refusal);
	reply_init(&t->data);
	reply_init(&t->end);
}

void
transaction_free(struct transaction *t)
{
	for (size_t i = 0; i < t->kept_count; i++)
		reply_free(&t->kept[i]);
	free(t->kept);
	free(t->asked);
	reply_free(&t->mail);
	reply_free(&t->refusal);
	reply_free(&t->data);
	reply_free(&t->end);
}

bool
transaction_is_success(const struct transaction *t, const struct reply *r)
{
	return reply_digit(r) == 2 &&
	    !(r->code == 221 && t->session->dialogue.left);
}

static void
on_mail(void *context, const struct reply *r)
{
	struct transaction *t = context;

	reply_copy(&t->mail, r);
}

void
transaction_refuse(struct transaction *t, size_t recipient,
		   const struct reply *r)
{
	struct recipient *to = &t->envelope->recipient[recipient];
	struct buffer b, shown;

	reply_copy(&t->refusal, r);
	to->state = reply_digit(r) == 5 ? RECIPIENT_REFUSED :
	    RECIPIENT_DEFERRED;
	to->code = r->code;
	to->subject = r->subject;
	to->detail = r->detail;
	buffer_init(&b, SHOWN_MAX);
	buffer_init(&shown, SHOWN_MAX * 4);
	reply_add_text(r, &b);
	text_add_printable(&shown, b.data, b.len);
	buffer_free(&b);
	free(to->reply);
	to->reply = buffer_detach(&shown);
}

/*
 * Does the reply mean that this transaction has as many recipients as it may?
 * RFC 5321 section 4.5.3.1.10 has 452, and 552 for servers of old; X.5.3 says
 * the same with any code, and words do. Codes that X.2.z explains are about
 * the mailbox, and X.3.z about the system. Where it was something else after
 * all, the next transaction, which begins with this recipient, hears of it.
 */
static bool
is_too_many(const struct reply *r)
{
	static const char words[] = "too many recipients";
	const size_t n = sizeof(words) - 1;

	if (r->code == 421 || reply_digit(r) < 4)
		return false;
	for (size_t i = 0; i + n <= r->text.len; i++)
		if (text_same(r->text.data + i, n, words, n))
			return true;
	return reply_has_status(r, 5, 3) || ((r->code == 452 ||
	    r->code == 552) && r->subject != 2 && r->subject != 3);
}

/* Replies come in the order of the commands. */
static void
on_rcpt(void *context, const struct reply *r)
{
	struct transaction *t = context;
	size_t i = t->asked[t->answered++];

	if (t->keep)
		reply_copy(&t->kept[i], r);
	if (transaction_is_success(t, r)) {
		t->envelope->recipient[i].state = RECIPIENT_ACCEPTED;
		t->accepted++;
	} else if (t->spill && t->accepted > 0 && is_too_many(r)) {
		t->overflow++;
	} else {
		transaction_refuse(t, i, r);
	}
}

int
transaction_mail(struct transaction *t, uint64_t octets, bool eight_bit,
    bool utf8, struct fault *f)
{
	struct session *s = t->session;
	const bool *has = s->capabilities.has;
	struct buffer *b = dialogue_line(&s->dialogue);

	s->phase = PHASE_MAIL;
	s->transactions++;
	t->utf8 = utf8;
	buffer_add_string(b, "MAIL FROM:<");
	if (path_add(b, &t->envelope->path, utf8, f) == -1)
		return -1;
	buffer_add_char(b, '>');
	if (has[CAP_SIZE] && octets > 0)
		buffer_printf(b, " SIZE=%" PRIu64, octets);
	if (has[CAP_8BITMIME] && eight_bit)
		buffer_add_string(b, " BODY=8BITMIME");
	if (has[CAP_SMTPUTF8] && utf8)
		buffer_add_string(b, " SMTPUTF8");
	/* where it cannot be honoured, the server must say so */
	if (t->envelope->requiretls)
		buffer_add_string(b, " REQUIRETLS");
	if (has[CAP_XQUALIFIED] && t->envelope->qualified)
		buffer_add_string(b, " XQUALIFIED");
	if (has[CAP_DSN])
		path_add_mail_dsn(b, t->envelope);
	return dialogue_send(&s->dialogue, VERB_MAIL, on_mail, t, f);
}

/* A place for the recipient's reply, before anything can answer. */
static void
expect_recipient(struct transaction *t, size_t recipient)
{
	t->asked = memory_grow(t->asked, t->asked_count, &t->asked_cap,
	    sizeof(*t->asked));
	t->asked[t->asked_count++] = recipient;
	if (!t->keep || recipient < t->kept_count)
		return;
	t->kept = memory_resize(t->kept, t->envelope->cap, sizeof(*t->kept));
	while (t->kept_count < t->envelope->cap)
		reply_init(&t->kept[t->kept_count++]);
}

int
transaction_rcpt(struct transaction *t, size_t recipient, struct fault *f)
{
	struct session *s = t->session;
	struct dialogue *d = &s->dialogue;
	const struct recipient *to = &t->envelope->recipient[recipient];
	struct buffer *b = dialogue_line(d);

	buffer_add_string(b, "RCPT TO:<");
	if (path_add(b, &to->box, t->utf8, f) == -1)
		return -1;
	buffer_add_char(b, '>');
	if (s->capabilities.has[CAP_DSN])
		path_add_rcpt_dsn(b, t->envelope, to);
	s->phase = PHASE_RCPT;
	expect_recipient(t, recipient);
	if (dialogue_send(d, VERB_RCPT, on_rcpt, t, f) == -1)
		return -1;
	return d->owed_count <= RCPT_WINDOW + 1 ? 0 :
	    dialogue_wait(d, RCPT_WINDOW / 2, f);
}

int
transaction_sync(struct transaction *t, struct fault *f)
{
	return dialogue_sync(&t->session->dialogue, f);
}

const struct reply *
transaction_reply(const struct transaction *t, size_t recipient)
{
	static const struct reply none = { .subject = -1, .detail = -1 };

	return recipient < t->kept_count ? &t->kept[recipient] : &none;
}

const struct reply *
transaction_final(const struct transaction *t)
{
	return t->end.code != 0 ? &t->end : &t->data;
}

void
transaction_forget(struct transaction *t)
{
	struct recipient *to;

	for (size_t i = 0; i < t->answered; i++) {
		to = &t->envelope->recipient[t->asked[i]];
		to->state = RECIPIENT_PENDING;
		free(to->reply);
		to->reply = NULL;
	}
	reply_clear(&t->refusal);
}

int
transaction_reset(struct transaction *t, struct fault *f)
{
	struct session *s = t->session;
	const struct reply *r = &s->dialogue.reply;

	if (dialogue_ask(&s->dialogue, VERB_RSET, f, "RSET") == -1)
		return -1;
	return reply_digit(r) == 2 ? 0 :
	    session_refused(s, r, PHASE_MAIL, "RSET", f);
}
