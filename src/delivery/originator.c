/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/fault.h"
#include "base/memory.h"
#include "base/text.h"
#include "mail/address/address.h"
#include "mail/conversion/encoding.h"
#include "mail/envelope.h"
#include "mail/header/header.h"
#include "mail/header/join.h"
#include "mail/header/rewrite.h"
#include "config/account/account.h"
#include "config/account/sender.h"
#include "delivery/policy.h"

#define FIELD_MAX (1024 * 1024)	/* octets of one field that we write */
#define OLD_MAX 320	/* octets of an address that becomes a name: RFC 5321
			 * section 4.5.3.1 has no longer ones */
#define NAME_MAX_OCTETS 4096	/* of a name made of a field; far above any */

/* The fields of one kind, among those from `first` to `last` - 1. */
struct originator {
	struct header *header;
	struct sender_address *sender;
	const char *full_name;	/* or NULL */
	struct mailbox shown;	/* what replaced the last address */
	const char *from_name;
	const char *sender_name;
	size_t first;
	size_t last;
	/* what From has come to: */
	bool only_sender;	/* none but the address of `sender` */
	char *reply_to;		/* what it was, or NULL */
	struct header_edit *edit;	/* From fields that are no list */
	size_t edits;
	size_t edits_cap;
};

static const struct mailbox *
choose(const struct mailbox *box, void *context)
{
	struct originator *o = context;
	const struct mailbox *instead = sender_address_instead(o->sender, box);

	if (instead != &o->sender->box)
		return instead;
	mailbox_free(&o->shown);
	mailbox_copy(&o->shown, &o->sender->box);
	o->shown.name = o->full_name != NULL ? memory_string(o->full_name) :
	    address_spec(box);
	if (strlen(o->shown.name) > OLD_MAX) {
		free(o->shown.name);
		o->shown.name = NULL;
	}
	return &o->shown;
}

/* Is it the address of `sender`, or does it become that? */
static bool
is_sender(const struct sender_address *sender, const struct mailbox *box)
{
	const struct mailbox *instead = sender_address_instead(sender, box);

	return mailbox_same(instead != NULL ? instead : box, &sender->box);
}

/* Is there somewhere that a reply would reach? */
static bool
can_reply(const struct mailbox *box)
{
	return address_is_fqdn(box->domain, strlen(box->domain)) ||
	    !text_is_ascii(box->domain, strlen(box->domain));
}

/* The text of a field that has no mailbox, as a name. */
static void
read_name(struct buffer *name, const char *body, size_t n)
{
	for (; n > 0; body++, n--)
		if (!text_is_control(*body) && strchr("<>\"", *body) == NULL &&
		    (name->len > 0 || !text_is_blank(*body)))
			buffer_add_char(name, *body);
	name->len = text_trimmed(name->data, name->len);
}

/* Octets of the name in "WordPress <wordpress@>", or of all. */
static size_t
name_length(const char *body, size_t n)
{
	size_t end = text_trimmed(body, n - 2), i = end;

	if (end == 0 || body[end - 1] != '>')
		return n;
	while (i > 0 && body[i - 1] != '<')
		i--;
	return i == 0 || text_blanks(body, i - 1) == i - 1 ? n : i - 1;
}

/* No mailbox, but perhaps it tells a reader something. */
static void
replace_from(struct originator *o, const struct header_field *field)
{
	struct buffer name, b;
	const char *body;
	size_t n;

	buffer_init(&name, NAME_MAX_OCTETS);
	buffer_init(&b, FIELD_MAX);
	body = header_body(o->header, field, &n);
	read_name(&name, body, name_length(body, n));
	buffer_add_char(&b, ' ');
	if (name.len > 0 && !name.full) {
		encoding_add_phrase(&b, name.data, name.len);
		buffer_add_string(&b, " <");
	}
	address_add_spec(&b, &o->sender->box);
	if (name.len > 0 && !name.full)
		buffer_add_char(&b, '>');
	o->edit = memory_grow(o->edit, o->edits, &o->edits_cap,
	    sizeof(*o->edit));
	/* its CRLF stays */
	o->edit[o->edits++] = (struct header_edit){ field->body, n - 2,
	    buffer_detach(&b) };
	buffer_free(&name);
}

/* All at once: each edit copies the header. */
static int
replace_all(struct originator *o)
{
	int result = header_edit(o->header, o->edit, o->edits);

	while (o->edits > 0)
		free(o->edit[--o->edits].text);
	free(o->edit);
	o->edit = NULL;
	o->edits_cap = 0;
	return result;
}

/* A field of ours has the addresses once, and commas between them. */
static void
keep_reply_to(struct originator *o, const char *body, size_t n)
{
	struct buffer b;
	struct join join;

	buffer_init(&b, HEADER_MAX);
	join_start(&join, &b, strlen("Reply-To:"));
	join_add(&join, body, n);
	join_end(&join);
	/* behind the blank that begins it */
	if (!b.full && b.len > 1)
		o->reply_to = memory_copy(b.data + 1, b.len - 1);
	buffer_free(&b);
}

static void
look_at_from(struct originator *o, const struct header_field *field)
{
	struct address_list list = { .box = NULL };
	bool changes = false, reachable = true;
	const char *body;
	size_t n;
	int r;

	body = header_body(o->header, field, &n);
	r = address_parse(&list, body, n, NULL);
	for (size_t i = 0; r == 0 && i < list.count; i++) {
		changes |= sender_address_instead(o->sender,
		    &list.box[i]) != NULL;
		reachable &= can_reply(&list.box[i]);
		o->only_sender &= is_sender(o->sender, &list.box[i]);
	}
	if (r == -1 || list.count == 0)
		replace_from(o, field);
	else if (changes && reachable && o->reply_to == NULL)
		keep_reply_to(o, body, n);
	address_list_free(&list);
}

/* Sender names the agent that sent what the authors in From have written. */
static void
look_at_sender(const struct originator *o, struct header_field *field)
{
	struct address_list list = { .box = NULL };
	const char *body;
	bool drop;
	size_t n;

	body = header_body(o->header, field, &n);
	drop = address_parse(&list, body, n, NULL) == -1 ||
	    list.count != 1;
	/* as it is, or as it would become; From names each author once */
	if (!drop && o->only_sender)
		drop = is_sender(o->sender, &list.box[0]);
	field->removed |= drop;
	address_list_free(&list);
}

static int
rewrite(struct originator *o, struct fault *f)
{
	const char *names[] = { o->from_name, o->sender_name, NULL };
	struct header *h = o->header;
	bool ignored = false;
	int result;

	o->only_sender = true;
	for (size_t i = o->first; i < o->last && o->sender->set; i++)
		if (!h->field[i].removed &&
		    header_field_is(h, &h->field[i], o->from_name))
			look_at_from(o, &h->field[i]);
	result = replace_all(o);
	for (size_t i = o->first; i < o->last && o->sender->set; i++)
		if (!h->field[i].removed &&
		    header_field_is(h, &h->field[i], o->sender_name))
			look_at_sender(o, &h->field[i]);
	if (result == 0)
		result = rewrite_fields(h, names, o->first, o->last, choose,
		    o, &ignored);
	mailbox_free(&o->shown);
	if (result == -1)
		return fault(f, FAULT_DATA, "the header is too long with the "
		    "address of \"sender\"");
	return 0;
}

static int
rewrite_all(struct header *h, struct sender_address *sender,
    const char *full_name, struct fault *f)
{
	struct originator o = { .header = h, .sender = sender,
	    .full_name = full_name, .from_name = "From",
	    .sender_name = "Sender" };
	struct originator again = { .header = h, .sender = sender,
	    .full_name = full_name, .from_name = "Resent-From",
	    .sender_name = "Resent-Sender" };
	bool resent = envelope_resent(h, &again.first, &again.last);
	int r = 0;

	o.last = h->count;
	if (resent)
		r = rewrite(&again, f);
	if (r == 0 && (!resent || sender->force))
		r = rewrite(&o, f);
	if (r == 0 && !resent && o.reply_to != NULL &&
	    sender->account->sender_reply_to == TOGGLE_ON &&
	    !header_has(h, "Reply-To"))
		header_prepend(h, "Reply-To", o.reply_to);
	free(o.reply_to);
	free(again.reply_to);
	return r;
}

int
originator_rewrite(struct header *h, const struct account *a,
    const struct envelope *given, const char *full_name, struct fault *f)
{
	struct sender_address sender;
	int r;

	if ((a->sender == NULL && a->senders == NULL) ||
	    a->set_from_header == FROM_HEADER_OFF)
		return 0;
	r = sender_address_get(&sender, a, f);
	if (given->qualified)
		sender.guess = &given->path;
	if (r == 0)
		r = rewrite_all(h, &sender, full_name, f);
	sender_address_free(&sender);
	return r;
}

/* ---- qualify_domain */

static const char *const fields[] = { "From", "Sender", "Reply-To", "To", "Cc",
    "Bcc", NULL };
static const char *const resent_fields[] = { "Resent-From", "Resent-Sender",
    "Resent-Reply-To", "Resent-To", "Resent-Cc", "Resent-Bcc", NULL };

/* One address at a time: what the last one has become. */
struct qualifying {
	const struct account *account;
	bool (*knows)(const struct alias_source *, const char *);
	const struct alias_source *aliases;
	struct mailbox shown;
};

bool
qualify_wants(const struct account *a, const struct mailbox *box)
{
	size_t n = strlen(box->domain);

	return a->qualify_domain != NULL && (n == 0 ||
	    text_same_word(box->domain, n, "localhost") ||
	    text_same_word(box->domain, n, "localhost.localdomain"));
}

static const struct mailbox *
qualified(const struct mailbox *box, void *context)
{
	struct qualifying *q = context;

	if (!qualify_wants(q->account, box) || (mailbox_is_doubtful(box) &&
	    !q->knows(q->aliases, box->local)))
		return NULL;
	q->shown = (struct mailbox){ NULL, box->local,
	    q->account->qualify_domain };
	return &q->shown;
}

int
qualify_header(struct header *h, const struct account *a,
    bool (*knows)(const struct alias_source *, const char *),
    const struct alias_source *aliases, struct fault *f)
{
	struct qualifying q = { .account = a, .knows = knows,
	    .aliases = aliases };
	size_t first, last;
	bool ignored = false, resent;

	if (a->qualify_domain == NULL)
		return 0;
	resent = envelope_resent(h, &first, &last);
	/* local parts are as they were, and the domain is ASCII */
	if (rewrite_fields(h, resent ? resent_fields : fields, first, last,
	    qualified, &q, &ignored) == -1)
		return fault(f, FAULT_DATA, "the header is too long with the "
		    "domains of its addresses");
	return 0;
}
