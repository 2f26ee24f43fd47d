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
#include "smtp/course.h"
#include "smtp/path.h"
#include "smtp/session.h"
#include "smtp/transaction.h"
#include "smtp/verdict.h"
#include "wire/conn.h"

#define LINE_MAX_OCTETS (1024 * 1024)	/* one command with its parameters */

/* MAIL, RCPT..., DATA: a single flight where the server has PIPELINING. */
static int
send_envelope(struct course *c, const struct message *m, bool eight_bit,
    bool utf8, struct fault *f)
{
	struct dialogue *d = &c->session->dialogue;
	struct envelope *e = c->envelope;

	if (course_mail(c, message_octets(m), eight_bit || m->eight_bit_body ||
	    m->eight_bit_header, utf8, f) == -1)
		return -1;
	for (size_t i = 0; i < e->count; i++) {
		/* without pipelining a refusal is known before the next step */
		if (c->mail.code != 0 && reply_digit(&c->mail) != 2)
			return 0;
		if (e->recipient[i].state == RECIPIENT_PENDING &&
		    course_rcpt(c, i, f) == -1)
			return -1;
	}
	if (!d->pipelining && envelope_in_state(e, RECIPIENT_ACCEPTED) == 0)
		return 0;
	return course_data(c, f);
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
			course_end_unwanted(c);
		return mail_refused(c, f);
	}
	if (envelope_in_state(e, RECIPIENT_ACCEPTED) == 0) {
		if (reply_digit(&c->data) == 3)
			course_end_unwanted(c);
		return all_refused(c, f);
	}
	if (reply_digit(&c->data) != 3)
		return session_refused(c->session, &c->data, STAGE_DATA,
		    "DATA", f);
	if (course_send_data(c, m, f) == -1)
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
	struct course c;
	bool utf8;
	int result;

	course_init(&c, s, e, false);
	note_lacks(s, e, m);
	result = check_size(s, m, f);
	if (result == 0)
		result = path_prepare(e, s->capabilities.has[CAP_SMTPUTF8],
		    &utf8, conn_peer(s->conn), f);
	if (result == 0)
		result = run(&c, m, eight_bit, utf8, f);
	/* a 2yz that was read outlives whatever came after it */
	if (c.end.code != 0 && reply_digit(&c.end) == 2) {
		fault_clear(f);
		verdict_reply(s->params->verdict, &c.end);
		result = 0;
	}
	course_free(&c);
	return result;
}
