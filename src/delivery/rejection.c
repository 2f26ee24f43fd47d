/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <inttypes.h>

#include "base/buffer.h"
#include "base/fault.h"
#include "mail/address/address.h"
#include "mail/envelope.h"
#include "mail/message/message.h"
#include "wire/conn.h"
#include "smtp/path.h"
#include "smtp/session.h"
#include "smtp/transaction.h"
#include "smtp/verdict.h"
#include "delivery/rejection.h"

#define NAME_MAX_OCTETS (2 * ADDRESS_MAX)	/* "the sender <...>" */

int
refusal_of_sender(const struct transaction *c, struct fault *f)
{
	const struct reply *r = &c->mail;
	struct buffer b;

	buffer_init(&b, NAME_MAX_OCTETS);
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
int
refusal_of_all(const struct session *s, const struct envelope *e,
    const struct reply *last, struct fault *f)
{
	const char *peer = conn_peer(s->conn);
	bool temporary = envelope_in_state(e, RECIPIENT_DEFERRED) > 0;
	enum fault_class class = temporary ? FAULT_TEMPORARY : FAULT_RECIPIENT;
	const struct recipient *r = &e->recipient[0];

	verdict_reply(s->params->verdict, last);
	if (e->count == 1)
		fault(f, class, "%s: the server refused the recipient "
		    "<%s%s%s>: %s", peer, r->box.local,
		    r->box.domain[0] == '\0' ? "" : "@", r->box.domain,
		    r->reply);
	else
		fault(f, class, "%s: the server refused all %zu recipients; "
		    "%s", peer, e->count, s->params->lmtp ?
		    "nobody got the message" : "nothing was sent");
	return fault_hint(f, temporary ? "a temporary refusal; try again "
	    "later" : "check the addresses");
}

/* `rejected_recipients abort`: somebody was refused, so nobody gets it. */
int
refusal_of_some(const struct transaction *c, struct fault *f)
{
	const struct session *s = c->session;
	size_t refused = envelope_in_state(c->envelope, RECIPIENT_REFUSED);
	size_t deferred = envelope_in_state(c->envelope, RECIPIENT_DEFERRED);

	verdict_reply(s->params->verdict, &c->refusal);
	fault(f, refused > 0 ? FAULT_RECIPIENT : FAULT_TEMPORARY, "%s: the "
	    "server refused %zu of %zu recipients; nobody gets the message, "
	    "as rejected_recipients is abort", conn_peer(s->conn),
	    refused + deferred, c->envelope->count);
	return fault_hint(f, refused > 0 ? "check the addresses" :
	    "a temporary refusal; try again later");
}

int
refusal_by_size(const struct session *s, const struct message *m,
    struct fault *f)
{
	uint64_t limit = s->capabilities.size, octets = message_octets(m);

	if (limit == 0 || octets <= limit)
		return 0;
	fault(f, FAULT_DATA, "%s: the message has %" PRIu64 " octets, the "
	    "server takes %" PRIu64, conn_peer(s->conn), octets, limit);
	return fault_hint(f, "make the attachment smaller, or send a link");
}

/* All or none cannot be had in two transactions. */
int
refusal_by_count(const struct session *s, const struct envelope *e,
    struct fault *f)
{
	uint64_t max = s->capabilities.rcpt_max;

	if (!s->params->all_or_none || max == 0 || e->count <= max)
		return 0;
	fault(f, FAULT_REFUSED, "%s: the server takes %" PRIu64 " recipients "
	    "at a time, and there are %zu; nothing was sent, as "
	    "rejected_recipients is abort", conn_peer(s->conn), max,
	    e->count);
	return fault_hint(f, "set \"rejected_recipients deliver\", or send it "
	    "in parts");
}
