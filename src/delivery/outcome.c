/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "mail/envelope.h"
#include "smtp/reply.h"
#include "smtp/sasl/mechanism.h"
#include "smtp/session.h"
#include "delivery/outcome.h"

void
outcome_init(struct outcome *o)
{
	memset(o, 0, sizeof(*o));
	reply_init(&o->reply);
}

void
outcome_free(struct outcome *o)
{
	reply_free(&o->reply);
	free(o->ehlo_name);
	outcome_init(o);
}

void
outcome_take(struct outcome *o, const struct session *s)
{
	o->phase = s->phase;
	o->tls_version = s->tls_version;
	o->auth = s->params->auth != NULL;
	o->token = o->auth && sasl_is_token(s->params->auth);
	if (s->ehlo_name != NULL) {
		free(o->ehlo_name);
		o->ehlo_name = memory_string(s->ehlo_name);
	}
	outcome_settle(o, &s->settled);
	/* a 421 out of turn settles what no other reply has settled */
	if (o->reply.code == 0 && s->conn != NULL && s->dialogue.closing &&
	    s->dialogue.reply.code == 421)
		outcome_settle(o, &s->dialogue.reply);
}

void
outcome_count(struct outcome *o, const struct envelope *e)
{
	o->recipients = e->count;
	o->delivered = envelope_in_state(e, RECIPIENT_DELIVERED);
	o->deferred = envelope_in_state(e, RECIPIENT_DEFERRED);
	o->refused = envelope_in_state(e, RECIPIENT_REFUSED);
}

void
outcome_settle(struct outcome *o, const struct reply *r)
{
	if (r->code != 0)
		reply_copy(&o->reply, r);
}

const char *
outcome_queue_id(const struct outcome *o, size_t *len)
{
	const char *id = NULL;

	*len = reply_digit(&o->reply) != 2 ? 0 :
	    queueid_find(o->reply.text.data, o->reply.text.len, &id);
	return *len > 0 ? id : NULL;
}
