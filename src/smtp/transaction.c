/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/fault.h"
#include "base/memory.h"
#include "base/text.h"
#include "mail/address.h"
#include "mail/envelope.h"
#include "mail/message.h"
#include "smtp/framing.h"
#include "smtp/path.h"
#include "smtp/session.h"
#include "smtp/blame.h"
#include "smtp/transaction.h"
#include "smtp/verdict.h"
#include "wire/conn.h"

#define LINE_MAX_OCTETS (1024 * 1024)	/* one command with its parameters */
#define SHOWN_MAX (REPLY_MAX * 2)	/* a reply as text */

/* What the handlers record. */
struct course {
	struct session *session;
	struct envelope *envelope;
	struct reply mail;	/* code 0: no reply yet */
	struct reply refusal;	/* the last one of a recipient */
	struct reply data;
	struct reply end;
	size_t answered;	/* recipients whose reply has come */
};

static void
on_mail(void *context, const struct reply *r)
{
	struct course *c = context;

	reply_copy(&c->mail, r);
}

static void
on_data(void *context, const struct reply *r)
{
	struct course *c = context;

	reply_copy(&c->data, r);
}

/* The commit point: a 2yz here, and the message is the server's. */
static void
on_end(void *context, const struct reply *r)
{
	struct course *c = context;
	struct envelope *e = c->envelope;

	reply_copy(&c->end, r);
	if (reply_digit(r) != 2)
		return;
	for (size_t i = 0; i < e->count; i++)
		if (e->recipient[i].state == RECIPIENT_ACCEPTED)
			e->recipient[i].state = RECIPIENT_DELIVERED;
	memory_settle(fault_exit_status(
	    envelope_in_state(e, RECIPIENT_REFUSED) > 0 ? FAULT_RECIPIENT :
	    envelope_in_state(e, RECIPIENT_DEFERRED) > 0 ? FAULT_TEMPORARY :
	    FAULT_NONE));
}

static void
settle_recipient(struct recipient *to, const struct reply *r)
{
	struct buffer b, shown;

	if (reply_digit(r) == 2) {
		to->state = RECIPIENT_ACCEPTED;
		return;
	}
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

/* Replies come in the order of the commands; unsent ones were settled. */
static void
on_rcpt(void *context, const struct reply *r)
{
	struct course *c = context;
	struct envelope *e = c->envelope;

	while (c->answered < e->count &&
	    e->recipient[c->answered].state != RECIPIENT_PENDING)
		c->answered++;
	if (c->answered < e->count)
		settle_recipient(&e->recipient[c->answered++], r);
	if (reply_digit(r) != 2)
		reply_copy(&c->refusal, r);
}

static int
send_mail(struct course *c, const struct message *m, bool eight_bit,
    bool utf8, struct fault *f)
{
	struct session *s = c->session;
	const struct envelope *e = c->envelope;
	const bool *has = s->capabilities.has;
	struct buffer b;
	int result;

	buffer_init(&b, LINE_MAX_OCTETS);
	buffer_add_char(&b, '<');
	result = path_add_sender(&b, e, utf8, f);
	buffer_add_char(&b, '>');
	if (has[CAP_SIZE])
		buffer_printf(&b, " SIZE=%" PRIu64, message_octets(m));
	if (has[CAP_8BITMIME] && (eight_bit || m->eight_bit_body ||
	    m->eight_bit_header))
		buffer_add_string(&b, " BODY=8BITMIME");
	if (utf8)
		buffer_add_string(&b, " SMTPUTF8");
	if (has[CAP_DSN])
		path_add_mail_dsn(&b, e);
	if (result == 0)
		result = dialogue_command(&s->dialogue, VERB_MAIL, on_mail, c,
		    f, "MAIL FROM:%s", b.data);
	buffer_free(&b);
	return result;
}

static int
send_rcpt(struct course *c, struct recipient *to, bool utf8,
    struct fault *f)
{
	struct session *s = c->session;
	struct buffer b;
	int result;

	buffer_init(&b, LINE_MAX_OCTETS);
	buffer_add_char(&b, '<');
	result = path_add_recipient(&b, to, utf8, f);
	buffer_add_char(&b, '>');
	if (s->capabilities.has[CAP_DSN])
		path_add_rcpt_dsn(&b, c->envelope, to);
	if (result == 0)
		result = dialogue_command(&s->dialogue, VERB_RCPT, on_rcpt, c,
		    f, "RCPT TO:%s", b.data);
	buffer_free(&b);
	return result;
}

/* MAIL, RCPT..., DATA: a single flight where the server has PIPELINING. */
static int
send_envelope(struct course *c, const struct message *m, bool eight_bit,
    bool utf8, struct fault *f)
{
	struct dialogue *d = &c->session->dialogue;
	struct envelope *e = c->envelope;

	if (send_mail(c, m, eight_bit, utf8, f) == -1)
		return -1;
	for (size_t i = 0; i < e->count; i++) {
		/* without pipelining a refusal is known before the next step */
		if (c->mail.code != 0 && reply_digit(&c->mail) != 2)
			return 0;
		if (e->recipient[i].state == RECIPIENT_PENDING &&
		    send_rcpt(c, &e->recipient[i], utf8, f) == -1)
			return -1;
	}
	if (!d->pipelining && envelope_in_state(e, RECIPIENT_ACCEPTED) == 0)
		return 0;
	return dialogue_command(d, VERB_DATA, on_data, c, f, "DATA");
}

/*
 * A refusal may come before the message has ended. Any other reply cannot be
 * meant for it, as nobody has seen its end: whose ever it is, it must not be
 * taken for the success of what was not yet sent.
 */
static int
replied_early(const struct session *s, struct fault *f)
{
	const char *p;

	if (!conn_peek(s->conn) || conn_input(s->conn, &p) == 0 ||
	    *p == '4' || *p == '5')
		return 0;
	fault(f, FAULT_PROTOCOL, "%s: the server's replies are out of step: "
	    "it answers to the message before its end; nothing was submitted",
	    conn_peer(s->conn));
	return fault_hint(f, "this is a broken server, or somebody on the way "
	    "who adds to what it says");
}

static int
send_message(struct course *c, const struct message *m, struct fault *f)
{
	struct session *s = c->session;
	struct message_walk walk;
	struct framing framing;
	const char *p;
	ssize_t n;

	s->amid_data = true;
	framing_start(&framing, &s->dialogue);
	message_walk_start(&walk, m);
	while ((n = message_walk_next(&walk, &p, f)) > 0)
		framing_put(&framing, p, (size_t)n);
	message_walk_end(&walk);
	if (n == -1 || replied_early(s, f) == -1)
		return -1;
	/* From here on the message may be delivered. */
	framing_end(&framing);
	dialogue_remark(&s->dialogue, "message sent, %" PRIu64 " octets",
	    message_octets(m));
	dialogue_expect(&s->dialogue, VERB_MESSAGE, on_end, c);
	if (dialogue_sync(&s->dialogue, f) == 0 || c->end.code != 0) {
		s->amid_data = false;
		return 0;
	}
	if (conn_all_sent(s->conn)) {
		fault_add(f, "; the whole message was sent, but its reply is "
		    "lost: it may have been delivered");
		fault_replace_hint(f, "look whether it arrived before you "
		    "send it again");
	}
	return -1;
}

/* 354 although nobody is left: RFC 2920 wants an end of data at once. */
static void
end_unwanted_data(struct course *c)
{
	struct fault ignored = { FAULT_NONE, NULL, NULL, false };
	struct dialogue *d = &c->session->dialogue;

	dialogue_put(d, ".\r\n", 3);
	dialogue_expect(d, VERB_MESSAGE, NULL, NULL);
	dialogue_sync(d, &ignored);
	fault_clear(&ignored);
}

static int
mail_refused(const struct course *c, struct fault *f)
{
	const struct reply *r = &c->mail;
	struct buffer b;

	buffer_init(&b, LINE_MAX_OCTETS);
	buffer_add_string(&b, "the sender <");
	path_add_sender(&b, c->envelope, true, NULL);
	buffer_add_char(&b, '>');
	session_refused(c->session, r, STAGE_MAIL, b.data, f);
	buffer_free(&b);
	if (r->code == 530 || reply_has_status(r, 7, 0))
		return fault_hint(f, c->session->params->auth == NULL ?
		    "the server wants authentication: set \"auth on\", "
		    "\"user\" and a password" : "the server wants more "
		    "than this account gives: check \"auth\" and \"tls\"");
	if (reply_digit(r) == 5)
		return fault_hint(f, "the server may accept only addresses "
		    "of the account: set \"from\", or give -f");
	return -1;
}

/* Nobody was accepted; if any refusal is temporary, it is worth a try. */
static int
all_refused(const struct course *c, struct fault *f)
{
	const struct envelope *e = c->envelope;
	const char *peer = conn_peer(c->session->conn);
	bool temporary = envelope_in_state(e, RECIPIENT_DEFERRED) > 0;
	enum fault_class class = temporary ? FAULT_TEMPORARY : FAULT_RECIPIENT;

	verdict_reply(c->session->params->verdict, &c->refusal);
	if (e->count == 1)
		fault(f, class, "%s: the server refused the recipient "
		    "<%s%s%s>: %s", peer, e->recipient[0].local,
		    e->recipient[0].domain[0] == '\0' ? "" : "@",
		    e->recipient[0].domain, e->recipient[0].reply);
	else
		fault(f, class, "%s: the server refused all %zu recipients; "
		    "nothing was sent", peer, e->count);
	return fault_hint(f, temporary ? "a temporary refusal; try again "
	    "later" : "check the addresses");
}

static int
run(struct course *c, const struct message *m, bool eight_bit, bool utf8,
    struct fault *f)
{
	struct envelope *e = c->envelope;

	if (envelope_in_state(e, RECIPIENT_PENDING) == 0)
		return all_refused(c, f);
	if (send_envelope(c, m, eight_bit, utf8, f) == -1)
		return -1;
	if (reply_digit(&c->mail) != 2) {
		if (reply_digit(&c->data) == 3)
			end_unwanted_data(c);
		return mail_refused(c, f);
	}
	if (envelope_in_state(e, RECIPIENT_ACCEPTED) == 0) {
		if (reply_digit(&c->data) == 3)
			end_unwanted_data(c);
		return all_refused(c, f);
	}
	if (reply_digit(&c->data) != 3)
		return session_refused(c->session, &c->data, STAGE_DATA,
		    "DATA", f);
	if (send_message(c, m, f) == -1)
		return -1;
	if (reply_digit(&c->end) != 2)
		return session_refused(c->session, &c->end, STAGE_MESSAGE,
		    "the message", f);
	return 0;
}

static int
check_size(const struct session *s, const struct message *m, struct fault *f)
{
	uint64_t limit = s->capabilities.size, octets = message_octets(m);

	if (limit == 0 || octets <= limit)
		return 0;
	fault(f, FAULT_DATA, "%s: the message has %" PRIu64 " octets, the "
	    "server takes %" PRIu64, conn_peer(s->conn), octets, limit);
	return fault_hint(f, "make the attachment smaller, or send a link");
}

static void
note_lacks(const struct session *s, const struct envelope *e,
    const struct message *m)
{
	const bool *has = s->capabilities.has;

	if (s->params->note == NULL)
		return;
	if (!has[CAP_DSN] && (e->notify != 0 || e->envid != NULL ||
	    e->ret != DSN_RETURN_UNSET))
		s->params->note("the server does not offer DSN; the message "
		    "goes without -N, -R and -V");
	if (!has[CAP_8BITMIME] && (m->eight_bit_body || m->eight_bit_header))
		s->params->note("the server does not offer 8BITMIME; 8-bit "
		    "text goes as it is");
	if (!has[CAP_SMTPUTF8] && e->smtputf8)
		s->params->note("the server does not offer SMTPUTF8; the "
		    "message goes without -U");
}

int
transaction_submit(struct session *s, struct envelope *e,
    const struct message *m, bool eight_bit, struct fault *f)
{
	struct course c = { .session = s, .envelope = e };
	bool utf8;
	int result;

	reply_init(&c.mail);
	reply_init(&c.refusal);
	reply_init(&c.data);
	reply_init(&c.end);
	note_lacks(s, e, m);
	result = check_size(s, m, f);
	if (result == 0)
		result = path_prepare(e, s->capabilities.has[CAP_SMTPUTF8],
		    &utf8, conn_peer(s->conn), f);
	if (result == 0)
		result = run(&c, m, eight_bit, utf8, f);
	if (result == -1)
		blame_explain(&(struct blame_replies){ &c.mail, &c.refusal,
		    &c.data, &c.end }, e, &m->header, f);
	/* a 2yz that was read outlives whatever came after it */
	if (c.end.code != 0 && reply_digit(&c.end) == 2) {
		fault_clear(f);
		verdict_reply(s->params->verdict, &c.end);
		result = 0;
	}
	reply_free(&c.mail);
	reply_free(&c.refusal);
	reply_free(&c.data);
	reply_free(&c.end);
	return result;
}
