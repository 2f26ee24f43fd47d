/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/buffer.h"
#include "base/fault.h"
#include "mail/address/address.h"
#include "mail/envelope.h"
#include "mail/message/message.h"
#include "wire/conn.h"
#include "smtp/transaction.h"
#include "smtp/session.h"
#include "delivery/submission.h"

#define NAME_MAX_OCTETS (2 * ADDRESS_MAX)	/* "the sender <...>" */

/* WHO and the address as it stood in the command, to be freed. */
static char *
name(const char *who, const struct mailbox *box)
{
	struct buffer b;

	buffer_init(&b, NAME_MAX_OCTETS);
	buffer_printf(&b, "%s <", who);
	path_add(&b, box, true, NULL);
	buffer_add_char(&b, '>');
	return buffer_detach(&b);
}

int
rejection_of_sender(const struct transaction *t, struct fault *f)
{
	char *who = name("the sender", &t->envelope->path);

	session_refused(t->session, &t->mail, PHASE_MAIL, who, f);
	free(who);
	return -1;
}

int
rejection_of_all(struct session *s, const struct envelope *e,
    const struct reply *last, struct fault *f)
{
	const char *peer = conn_peer(s->conn);
	bool temporary = envelope_in_state(e, RECIPIENT_DEFERRED) > 0;
	enum fault_class class = temporary ? FAULT_TEMPORARY : FAULT_RECIPIENT;
	const char *untried;
	char *who;

	reply_copy(&s->settled, last);
	s->phase = PHASE_RCPT;
	if (e->count > 1)
		return fault(f, class, "%s: the server refused all %zu "
		    "recipients; %s", peer, e->count, s->params->lmtp ?
		    "nobody got the message" : "nothing was sent");
	who = name("the recipient", &e->recipient[0].box);
	untried = recipient_untried(&e->recipient[0]);
	if (untried == NULL)
		fault(f, class, "%s: the server refused %s: %s", peer, who,
		    e->recipient[0].reply);
	else
		fault(f, class, "%s: %s was not tried: %s", peer, who,
		    untried);
	free(who);
	return -1;
}

int
rejection_of_some(const struct transaction *t, struct fault *f)
{
	struct session *s = t->session;
	size_t refused = envelope_in_state(t->envelope, RECIPIENT_REFUSED);
	size_t deferred = envelope_in_state(t->envelope, RECIPIENT_DEFERRED);

	reply_copy(&s->settled, &t->refusal);
	s->phase = PHASE_RCPT;
	fault(f, refused > 0 ? FAULT_RECIPIENT : FAULT_TEMPORARY, "%s: the "
	    "server refused %zu of %zu recipients; nobody gets the message, "
	    "as rejected_recipients is abort", conn_peer(s->conn),
	    refused + deferred, t->envelope->count);
	return -1;
}

int
rejection_by_size(const struct session *s, const struct message *m,
    struct fault *f)
{
	uint64_t limit = s->capabilities.size, octets = message_octets(m);

	if (limit == 0 || octets <= limit)
		return 0;
	fault(f, FAULT_DATA, "%s: the message has %" PRIu64 " octets, the "
	    "server takes %" PRIu64, conn_peer(s->conn), octets, limit);
	return fault_hint(f, "make the attachment smaller, or send a link");
}

/* RFC 8689 section 4.2.1, of a server that the account names. */
int
rejection_by_tls(const struct session *s, const struct envelope *e,
    struct fault *f)
{
	const char *peer = conn_peer(s->conn);

	if (!e->requiretls || (s->verified &&
	    s->capabilities.has[CAP_REQUIRETLS]))
		return 0;
	if (s->verified) {
		fault(f, FAULT_REFUSED, "%s: REQUIRETLS is asked for, and "
		    "the server does not offer REQUIRETLS; nothing was sent",
		    peer);
		return fault_hint(f, "it cannot promise TLS on the way behind "
		    "it; without requiretls the message goes to it by TLS "
		    "all the same");
	}
	fault(f, FAULT_REFUSED, "%s: REQUIRETLS is asked for, and %s; nothing "
	    "was sent", peer, s->secure ? "the server's certificate has not "
	    "been verified" : "there is no TLS");
	return fault_hint(f, s->secure ? "let \"tls_certcheck\" be on, or "
	    "set \"tls_fingerprint\" or \"tls_pin\"" :
	    "set \"tls on\"");
}

int
rejection_by_count(const struct session *s, const struct envelope *e,
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
