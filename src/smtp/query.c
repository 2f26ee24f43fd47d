/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/fault.h"
#include "base/idna.h"
#include "base/memory.h"
#include "base/text.h"
#include "wire/conn.h"
#include "smtp/probe.h"
#include "smtp/session.h"

static const struct {
	enum verb verb;
	const char *name;
} rows[] = {
	[QUERY_ETRN] = { VERB_ETRN, "ETRN" },
	[QUERY_VRFY] = { VERB_VRFY, "VRFY" },
	[QUERY_EXPN] = { VERB_EXPN, "EXPN" },
};

/*
 * Adds the argument as it is sent. Its domain (what follows the last "@"; for
 * ETRN without one, all of it) becomes A-labels; what precedes it may still
 * need SMTPUTF8 (RFC 6531 section 3.7.4.2).
 */
static int
prepare(struct buffer *b, const struct session *s, enum query what,
    const char *argument, struct fault *f)
{
	const char *at = strrchr(argument, '@'), *domain;
	char *ascii;
	bool convert = at != NULL || what == QUERY_ETRN;

	domain = at == NULL ? argument : at + 1;
	if (!convert || text_is_ascii(domain, strlen(domain)) ||
	    idna_to_ascii(domain, &ascii) == -1)
		ascii = memory_string(domain);
	buffer_add(b, argument, (size_t)(domain - argument));
	buffer_add_string(b, ascii);
	free(ascii);
	if (text_is_ascii(b->data, b->len))
		return 0;
	if (what == QUERY_ETRN)
		return fault(f, FAULT_DATA, "ETRN '%s': not a valid domain",
		    argument);
	if (!s->capabilities.has[CAP_SMTPUTF8]) {
		fault(f, FAULT_REFUSED, "%s: the server does not offer "
		    "SMTPUTF8, and cannot be asked for '%s'",
		    conn_peer(s->conn), argument);
		return -1;
	}
	buffer_add_string(b, " SMTPUTF8");
	return 0;
}

/*
 * What a refusal means: RFC 1985 section 5.3, and RFC 5321 sections 3.5.3 and
 * 4.2.3. Other codes are no replies to ETRN.
 */
static enum fault_class
class_of(enum query what, const struct reply *r)
{
	static const struct {
		bool etrn;
		int code;
		enum fault_class class;
	} known[] = {
		{ true, 458, FAULT_REFUSED },	/* unable to queue messages */
		{ true, 459, FAULT_REFUSED },	/* not allowed */
		{ true, 500, FAULT_DATA }, { true, 501, FAULT_DATA },
		{ false, 501, FAULT_DATA },
		{ false, 550, FAULT_RECIPIENT },
		{ false, 551, FAULT_RECIPIENT },	/* moved elsewhere */
		{ false, 553, FAULT_RECIPIENT },	/* ambiguous, no such */
	};
	bool etrn = what == QUERY_ETRN;

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (known[i].etrn == etrn && known[i].code == r->code)
			return known[i].class;
	if (etrn)
		return FAULT_PROTOCOL;
	return reply_digit(r) == 4 ? FAULT_TEMPORARY :
	    reply_digit(r) == 5 ? FAULT_REFUSED : FAULT_PROTOCOL;
}

static int
refused(const struct session *s, enum query what, const struct reply *r,
    struct fault *f)
{
	enum fault_class class = class_of(what, r);

	reply_refused(r, conn_peer(s->conn), rows[what].name, f);
	f->class = class;
	if (r->code == 530)
		return fault_hint(f, "the server wants \"tls on\" or "
		    "\"auth on\" first");
	if (class == FAULT_TEMPORARY)
		return fault_hint(f, "a temporary refusal; try again later");
	if (class == FAULT_REFUSED && what != QUERY_ETRN)
		return fault_hint(f, "many servers do not tell whom they know; "
		    "only a message will show");
	return -1;
}

static bool
is_good(enum query what, const struct reply *r)
{
	if (what == QUERY_ETRN)
		return r->code >= 250 && r->code <= 253;
	return reply_digit(r) == 2;
}

int
query_make(struct session *s, enum query what, const char *argument,
    struct reply *r, struct fault *f)
{
	struct buffer b;
	int result;

	if (what == QUERY_ETRN && !s->capabilities.has[CAP_ETRN]) {
		fault(f, FAULT_REFUSED, "%s: the server does not offer ETRN",
		    conn_peer(s->conn));
		return fault_hint(f, "--serverinfo shows what it offers");
	}
	buffer_init(&b, strlen(argument) * 8 + REPLY_MAX);
	result = prepare(&b, s, what, argument, f);
	if (result == 0)
		result = dialogue_ask(&s->dialogue, rows[what].verb, f,
		    "%s %s", rows[what].name, b.data);
	buffer_free(&b);
	/* a 421 is a reply, too */
	if (result == 0 || s->dialogue.closing)
		reply_copy(r, &s->dialogue.reply);
	if (result == 0 && !is_good(what, r))
		result = refused(s, what, r, f);
	return result;
}

const char *
query_meaning(enum query what, const struct reply *r)
{
	static const char *const etrn[] = {
		"the server begins to send what it holds",
		"the server holds no messages for it",
		"the server begins to send the messages it holds",
		"the server begins to send that many messages",
	};

	if (what == QUERY_ETRN)
		return etrn[r->code - 250];
	if (r->code == 252)
		return "the server does not tell; it would take a message and "
		    "try";
	return r->code == 251 ? "not here; the server would pass it on" : NULL;
}
