/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>

#include "base/fault.h"
#include "base/memory.h"
#include "mail/address/address.h"
#include "mail/conversion/charset.h"
#include "mail/header/complete.h"
#include "mail/header/repair.h"
#include "mail/header/rewrite.h"
#include "smtp/transaction.h"
#include "smtp/session.h"
#include "config/account/account.h"
#include "delivery/policy.h"
#include "delivery/letter.h"
#include "delivery/request.h"

void
letter_init(struct letter *l, const struct request *request,
    const struct account *account, struct alias_source *aliases,
    struct notes *notes)
{
	memset(l, 0, sizeof(*l));
	l->request = request;
	l->account = account;
	l->aliases = aliases;
	l->notes = notes;
	envelope_init(&l->envelope);
	message_init(&l->message);
}

void
letter_free(struct letter *l)
{
	conversion_end(&l->conversion);
	envelope_free(&l->envelope);
	message_unshare(&l->message);
}

int
letter_set_sender(struct letter *l, const struct envelope *given,
    struct fault *f)
{
	struct envelope *e = &l->envelope;
	const struct account *a = l->account;

	envelope_copy_sender(e, given);
	if (e->notify == 0)
		e->notify = (unsigned)a->dsn_notify;
	if (e->ret == DSN_RETURN_UNSET)
		e->ret = a->dsn_return;
	e->requiretls |= a->requiretls == TOGGLE_ON;
	if (sender_complete(e, a, f) == -1)
		return -1;
	return e->path.local == NULL ? 0 : path_check(&e->path, f);
}

int
letter_add_recipients(struct letter *l, const struct envelope *given,
    struct fault *f)
{
	for (size_t i = 0; i < given->count; i++)
		if (aliases_expand(l->aliases, &given->recipient[i].box,
		    given->recipient[i].doubtful, &l->envelope, l->notes,
		    f) == -1)
			return -1;
	return 0;
}

/* What a header is composed of, besides the message. */
struct parts {
	const struct envelope *given;
	const char *full_name;		/* for a From of ours, or NULL */
	const struct mailbox *author;	/* the same */
	bool is_signed;			/* then what is there stays as it is */
};

/* 8-bit text of the header that is not UTF-8. */
static void
decode(struct letter *l, bool note)
{
	char *why = l->message.eight_bit_header ?
	    charset_decode(&l->message.header) : NULL;

	if (why != NULL && note)
		notes_add(l->notes, "%s", why);
	free(why);
}

/* Fields that say nothing, or are there several times. */
static int
repair(struct letter *l, const struct parts *p, struct fault *f)
{
	const struct account *a = l->account;
	struct header *h = &l->message.header;
	struct repair want = {
		/* `sender` makes a name of what is no address, and of a
		 * message that is sent on the author is not known */
		.from = a->set_from_header != FROM_HEADER_OFF &&
		    p->author != NULL && a->sender == NULL &&
		    !header_has(h, "Resent-From"),
		.date = a->set_date_header != TOGGLE_OFF,
		.message_id = a->set_msgid_header != TOGGLE_OFF,
		.authors = a->set_from_header != FROM_HEADER_OFF,
		.recipients = a->set_to_header == TO_HEADER_OFF ||
		    a->set_to_header == TO_HEADER_AUTO,
		.bcc = a->remove_bcc_headers == TOGGLE_OFF,
	};

	if (p->is_signed)
		return 0;
	decode(l, false);
	if (repair_header(h, &want) == 0) {
		/* by another name a field may have encoded words */
		decode(l, true);
		return 0;
	}
	return fault(f, FAULT_DATA, "the header is too long with the names of "
	    "fields that are replaced");
}

/* What must be there and is missing, and what must not go along. */
static int
complete(struct letter *l, const struct parts *p, struct fault *f)
{
	const struct account *a = l->account;
	struct complete c = {
		.from = a->set_from_header == FROM_HEADER_ON ?
		    COMPLETE_FROM_REPLACE : a->set_from_header ==
		    FROM_HEADER_OFF ? COMPLETE_FROM_KEEP :
		    COMPLETE_FROM_MISSING,
		.author = p->author,
		.full_name = l->request->full_name != NULL ?
		    l->request->full_name : p->full_name,
		.sender = !p->is_signed &&
		    a->set_from_header != FROM_HEADER_OFF,
		.date = a->set_date_header != TOGGLE_OFF,
		.message_id = a->set_msgid_header != TOGGLE_OFF,
		.id_domain = p->author != NULL &&
		    p->author->domain[0] != '\0' &&
		    p->author->domain[0] != '[' ? p->author->domain :
		    a->host != NULL ? a->host : "localhost",
		.remove_bcc = a->remove_bcc_headers != TOGGLE_OFF,
	};

	return complete_header(&l->message.header, &c, f);
}

static void
name_recipients(struct letter *l, const struct parts *p)
{
	const struct account *a = l->account;
	struct header *h = &l->message.header;

	if (a->set_to_header == TO_HEADER_AUTO)
		rewrite_add_to(h, p->given->count == 1 &&
		    l->envelope.count == 1 ? &l->envelope : NULL);
	else if (a->set_to_header != TO_HEADER_OFF)
		rewrite_to(h, &l->envelope,
		    a->set_to_header == TO_HEADER_UNDISCLOSED);
}

static int
compose(struct letter *l, const struct parts *p, struct fault *f)
{
	const struct account *a = l->account;
	struct header *h = &l->message.header;

	if (repair(l, p, f) == -1)
		return -1;
	if (a->set_to_header == TO_HEADER_ON)
		rewrite_announce(h, p->given);
	if (aliases_rewrite(l->aliases, &l->message, f) == -1 ||
	    originator_rewrite(h, a, p->given, p->full_name, f) == -1 ||
	    qualify_header(h, a, aliases_know, l->aliases, f) == -1)
		return -1;
	name_recipients(l, p);
	if (complete(l, p, f) == -1)
		return -1;
	return conversion_check(&l->message, a->long_lines, f);
}

int
letter_write(struct letter *l, const struct message *m,
    const struct envelope *given, struct fault *f)
{
	struct parts parts = { .given = given };
	struct mailbox author;
	char *full_name;
	int result;

	message_share(&l->message, m);
	if (account_full_name(l->account, &full_name, f) == -1)
		return -1;
	parts.full_name = full_name;
	parts.is_signed = mimekind_find(&m->header) == MIMEKIND_SIGNED;
	if (sender_author(&author, &l->envelope, l->account) == 0) {
		/* with an A-label where no other part needs SMTPUTF8, as in
		 * the envelope */
		path_to_ascii(&author);
		parts.author = &author;
	}
	result = compose(l, &parts, f);
	if (parts.author != NULL)
		mailbox_free(&author);
	free(full_name);
	return result;
}

int
letter_fit(struct letter *l, const struct session *s, bool eight_bit,
    bool utf8, struct fault *f)
{
	struct conversion_terms terms = {
		.long_lines = l->account->long_lines,
		.eight_bit = eight_bit && (s == NULL ||
		    s->capabilities.has[CAP_8BITMIME]),
		.utf8 = utf8,
		.note = l->request->note,
	};

	conversion_end(&l->conversion);
	return conversion_start(&l->conversion, &l->message, &terms, f);
}
