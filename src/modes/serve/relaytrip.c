/* SPDX-License-Identifier: ISC */
/* What stands between a transaction's recipients and its end: the message. */
#include "config.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/clock.h"
#include "mail/address/address.h"
#include "mail/conversion/conversion.h"
#include "mail/header/recipients.h"
#include "mail/message/message.h"
#include "wire/conn.h"
#include "smtp/server/answer.h"
#include "delivery/aliases.h"
#include "delivery/compose.h"
#include "delivery/rejection.h"
#include "delivery/request.h"
#include "delivery/upstream.h"
#include "modes/serve/peer.h"
#include "modes/serve/relay.h"
#include "modes/serve/relaytrip.h"
#include "modes/serve/serve.h"

#define RECEIVED_MAX 100	/* RFC 5321 section 6.3: at least as many */
#define FIELD_MAX (64 * 1024)	/* octets of a Received field of ours */

/*
 * Somebody else's user need not know what stands in our account file, and it
 * would not help him.
 */
void
relay_answer_fault(const struct relay *r, const struct fault *f,
    struct buffer *b)
{
	static const char ours[] = "this machine's mail is not set up "
	    "correctly; its log says more";
	bool private = f->class == FAULT_CONFIG || f->class == FAULT_INPUT ||
	    f->class == FAULT_SYSTEM || f->class == FAULT_SOFTWARE ||
	    f->class == FAULT_AUTH;
	const char *text = private && peer_is_foreign(r->peer) ? ours :
	    f->text;

	answer_add(b, fault_smtp_code(f->class), fault_smtp_status(f->class),
	    text, strlen(text), r->smtputf8);
}

bool
relay_is_open(const struct relay *r)
{
	return r->asked && reply_digit(&r->course.mail) == 2;
}

void
relay_answer_mail(const struct relay *r, struct buffer *b)
{
	if (r->asked && r->course.mail.code != 0)
		answer_add_reply(b, &r->course.mail, r->smtputf8);
	else
		relay_answer_fault(r, &r->trouble, b);
}

/* What one of an RCPT's recipients has come to: the digit, and the words. */
static int
answer_member(const struct relay *r, size_t number, struct buffer *b)
{
	const struct recipient *to = &r->envelope.recipient[number];
	const struct reply *reply = r->asked ?
	    transaction_reply(&r->course, number) : NULL;

	buffer_clear(b);
	if (reply != NULL && reply->code != 0)
		answer_add_reply(b, reply, r->smtputf8);
	else if (to->state == RECIPIENT_REFUSED && to->reply != NULL)
		answer_add(b, 553, "5.6.7", to->reply, strlen(to->reply),
		    r->smtputf8);
	else if (r->trouble.class != FAULT_NONE && !relay_is_open(r))
		buffer_add_string(b, "503 5.5.1 MAIL was refused\r\n");
	else if (r->trouble.class != FAULT_NONE)
		relay_answer_fault(r, &r->trouble, b);
	else
		buffer_add_string(b, "503 5.5.1 MAIL was refused\r\n");
	return b->data[0] - '0';
}

void
relay_answer_rcpt(const struct relay *r, const struct relay_share *share,
    struct buffer *b)
{
	struct buffer worst, this;
	int digit = 0, d;

	if (share->refusal != NULL) {
		buffer_add_string(b, share->refusal);
		return;
	}
	buffer_init(&worst, SIZE_MAX / 4);
	buffer_init(&this, SIZE_MAX / 4);
	for (size_t i = 0; i < share->count; i++) {
		d = answer_member(r, r->member[share->first + i], &this);
		if (d <= digit)
			continue;
		digit = d;
		buffer_clear(&worst);
		buffer_add(&worst, this.data, this.len);
	}
	if (digit == 0)
		buffer_add_string(b, "550 5.1.1 nobody stands behind this "
		    "name\r\n");
	else
		buffer_add(b, worst.data, worst.len);
	buffer_free(&worst);
	buffer_free(&this);
}

bool
relay_may_send(const struct relay *r)
{
	return relay_is_open(r) && r->trouble.class == FAULT_NONE &&
	    envelope_in_state(&r->envelope, RECIPIENT_ACCEPTED) > 0;
}

void
relay_answer_nobody(const struct relay *r, struct buffer *b)
{
	if (r->trouble.class != FAULT_NONE && relay_is_open(r))
		relay_answer_fault(r, &r->trouble, b);
	else if (!relay_is_open(r))
		buffer_add_string(b, "503 5.5.1 MAIL was refused\r\n");
	else if (r->envelope.count == 0)
		buffer_add_string(b, "503 5.5.1 RCPT comes first\r\n");
	else
		buffer_add_string(b, "554 5.5.1 no recipient was "
		    "accepted\r\n");
}

uint64_t
relay_limit(const struct relay *r)
{
	return r->open ? r->session.capabilities.size : 0;
}

bool
relay_offers(const struct relay *r, enum capability capability)
{
	return !r->open || r->session.capabilities.has[capability];
}

static int
count_received(const struct message *m, struct fault *f)
{
	size_t from = 0, n = 0;

	while (header_next(&m->header, "Received", &from) != NULL)
		if (++n > RECEIVED_MAX)
			return fault(f, FAULT_REFUSED, "more than %d Received "
			    "fields: the message goes round in circles",
			    RECEIVED_MAX);
	return 0;
}

static void
add_received(const struct relay *r, struct message *m, const char *received)
{
	char date[CLOCK_DATE_SIZE];
	struct buffer b;

	clock_date(time(NULL), date);
	buffer_init(&b, FIELD_MAX);
	buffer_printf(&b, "%s\r\n\tby %s (postrider) with %s;\r\n\t%s",
	    received, r->session.ehlo_name, r->smtputf8 ? "UTF8SMTP" :
	    r->esmtp ? "ESMTP" : "SMTP", date);
	header_prepend(&m->header, "Received", b.data);
	buffer_free(&b);
}

/*
 * The header, as the account wants it; in it, too, whom aliases stand for.
 */
static int
compose(struct relay *r, struct message *m, const char *received,
    struct fault *f)
{
	add_received(r, m, received);
	if (r->account.set_to_header == TO_HEADER_ON)
		recipients_announce(&m->header, &r->given);
	if (aliases_rewrite(&r->aliases, m, f) == -1)
		return -1;
	if (compose_header(&m->header, &r->envelope, &r->account,
	    r->request->full_name, f) == -1)
		return -1;
	return conversion_check(m, r->account.long_lines, f);
}

/* What stops the message here, where the smarthost need not be asked. */
static int
refuse(struct relay *r, struct message *m, const char *received,
    const struct fault *broken, struct fault *f, struct buffer *answer)
{
	const char *status = NULL;
	int code = 554;

	if (broken->class != FAULT_NONE) {
		fault_pass(f, broken, "");
		code = 552;
		status = r->too_big ? "5.3.4" : NULL;
	} else if (count_received(m, f) == -1) {
		status = "5.4.6";
	} else if (compose(r, m, received, f) == 0) {
		if (refusal_by_size(&r->session, m, f) == 0)
			return 0;
		code = 552;
		status = "5.3.4";
	}
	if (status == NULL)
		relay_answer_fault(r, f, answer);
	else
		answer_add(answer, code, status, f->text, strlen(f->text),
		    r->smtputf8);
	return -1;
}

/* The log's word for what came of it; the client has heard more. */
static void
settle(struct relay *r, struct fault *f)
{
	const struct envelope *e = &r->envelope;
	const struct reply *verdict = transaction_verdict(&r->course);
	size_t delivered = envelope_in_state(e, RECIPIENT_DELIVERED);
	bool for_good = envelope_in_state(e, RECIPIENT_REFUSED) > 0;

	verdict_reply(&r->verdict, verdict);
	if (verdict->code == 0)
		fault(f, FAULT_TEMPORARY, "%s: nobody was accepted when the "
		    "server was asked again", account_server(&r->account));
	else if (reply_digit(verdict) != 2)
		session_refused(&r->session, verdict, STAGE_MESSAGE,
		    "the message", f);
	else if (delivered < e->count)
		fault(f, for_good ? FAULT_RECIPIENT : FAULT_TEMPORARY,
		    "%s: the message was accepted for %zu of %zu recipients",
		    account_server(&r->account), delivered, e->count);
}

/*
 * There are servers that announce BDAT and do not know it; the session knows
 * from then on, and whoever waits for our answer need not.
 */
static int
send_message(struct relay *r, const struct message *m, struct fault *f)
{
	bool chunking = r->session.chunking;

	if (transaction_send(&r->course, m, f) == -1)
		return -1;
	if (!chunking || r->session.chunking ||
	    reply_digit(transaction_verdict(&r->course)) == 2)
		return 0;
	if (relay_again(r, f) == -1)
		return -1;
	return relay_may_send(r) ? transaction_send(&r->course, m, f) : 0;
}

/* The smarthost's word; without one, nobody was accepted the second time. */
static void
answer_verdict(const struct relay *r, struct buffer *answer)
{
	if (transaction_verdict(&r->course)->code != 0)
		answer_add_reply(answer, transaction_verdict(&r->course),
		    r->smtputf8);
	else
		relay_answer_nobody(r, answer);
}

/* The message as this server can take it: MAIL has declared what it will. */
static int
submit_message(struct relay *r, const struct message *m, struct fault *f)
{
	const struct conversion_terms terms = {
		.long_lines = r->account.long_lines,
		.eight_bit = relay_offers(r, CAP_8BITMIME) && r->eight_bit,
		.utf8 = r->course.utf8,
		.note = r->request->note,
	};
	struct conversion converted;
	int result;

	result = conversion_start(&converted, m, &terms, f);
	if (result == 0)
		result = send_message(r, converted.message, f);
	conversion_end(&converted);
	return result;
}

void
relay_message(struct relay *r, struct message *m, const char *received,
    const struct fault *broken, struct buffer *answer)
{
	struct fault f = { FAULT_NONE, NULL, NULL, false };

	if (refuse(r, m, received, broken, &f, answer) == 0) {
		if (submit_message(r, m, &f) == -1) {
			relay_answer_fault(r, &f, answer);
			relay_leave(r);
		} else {
			/* From here on it is the server's, or nobody's. */
			settle(r, &f);
			answer_verdict(r, answer);
		}
	}
	relay_log(r, m, &f);
	fault_clear(&f);
	relay_forget(r);
}

void
relay_log(struct relay *r, const struct message *m, const struct fault *f)
{
	struct session_params params = { .tls = SESSION_CLEAR };
	struct message none;
	struct log_entry entry = {
		.account = &r->account, .envelope = &r->envelope,
		.verdict = &r->verdict, .fault = f,
		.peer_known = r->peer->known,
		.peer_uid = (unsigned long)r->peer->uid,
		.peer_pid = (long)r->peer->pid,
	};

	message_init(&none);
	entry.message = m == NULL ? &none : m;
	if (account_server(&r->account) != NULL)
		upstream_choose_tls(&params, &r->account);
	entry.tls = params.tls != SESSION_CLEAR;
	log_write(&r->log, &entry, r->request->note);
	message_free(&none);
}

/* Why a transaction without a message was none; nothing when it was the
 * client's wish and nobody had been refused. */
static void
explain(struct relay *r, const struct fault *why, struct fault *f)
{
	const struct envelope *e = &r->envelope;
	size_t refused = envelope_in_state(e, RECIPIENT_REFUSED) +
	    envelope_in_state(e, RECIPIENT_DEFERRED);

	if (r->trouble.class != FAULT_NONE) {
		fault_pass(f, &r->trouble, "");
	} else if (r->asked && r->course.mail.code != 0 &&
	    !relay_is_open(r)) {
		session_refused(&r->session, &r->course.mail, STAGE_MAIL,
		    "the sender", f);
	} else if (why->class != FAULT_NONE) {
		fault_pass(f, why, "");
	} else if (refused > 0) {
		verdict_reply(&r->verdict, &r->course.refusal);
		fault(f, envelope_in_state(e, RECIPIENT_DEFERRED) > 0 ?
		    FAULT_TEMPORARY : FAULT_RECIPIENT, "%s: the server "
		    "refused %zu of %zu recipients; the client sent no "
		    "message", account_server(&r->account), refused, e->count);
	}
}

void
relay_reset(struct relay *r, const struct fault *why)
{
	struct fault f = { FAULT_NONE, NULL, NULL, false };

	if (!r->begun)
		return;
	explain(r, why, &f);
	if (f.class != FAULT_NONE)
		relay_log(r, NULL, &f);
	fault_clear(&f);
	relay_forget(r);
}

/*
 * A transaction that the smarthost has open, or may have: not all of them
 * forget it by themselves when they refuse the message.
 */
static bool
is_unended(const struct relay *r)
{
	return r->open && relay_is_open(r) &&
	    reply_digit(transaction_verdict(&r->course)) != 2;
}

void
relay_forget(struct relay *r)
{
	struct fault ignored = { FAULT_NONE, NULL, NULL, false };

	if (is_unended(r) && !r->leaving &&
	    transaction_reset(&r->course, &ignored) == -1)
		relay_leave(r);
	fault_clear(&ignored);
	if (r->begun)
		log_close(&r->log);
	if (r->asked) {
		transaction_free(&r->course);
		r->used = r->open;
	}
	r->begun = r->asked = r->smtputf8 = r->too_big = false;
	aliases_begin_message(&r->aliases);
	envelope_free(&r->given);
	envelope_free(&r->envelope);
	free(r->member);
	r->member = NULL;
	r->members = r->members_cap = 0;
	fault_clear(&r->trouble);
}
