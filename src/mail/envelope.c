/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>

#include "base/fault.h"
#include "base/memory.h"
#include "base/text.h"
#include "mail/address/address.h"
#include "mail/envelope.h"
#include "mail/header/header.h"

void
envelope_init(struct envelope *e)
{
	memset(e, 0, sizeof(*e));
	buffer_init(&e->key, SIZE_MAX);
}

void
envelope_free(struct envelope *e)
{
	for (size_t i = 0; i < e->count; i++) {
		free(e->recipient[i].reply);
		free(e->recipient[i].orcpt);
	}
	free(e->recipient);
	memory_pool_free(&e->strings);
	index_free(&e->index);
	buffer_free(&e->key);
	mailbox_free(&e->path);
	free(e->unusable_path);
	free(e->envid);
	envelope_init(e);
}

void
envelope_set_path(struct envelope *e, const struct mailbox *box)
{
	struct mailbox old = e->path;

	/* box may be made of the old one's strings */
	mailbox_copy(&e->path, box);
	mailbox_free(&old);
	e->null_path = false;
	free(e->unusable_path);
	e->unusable_path = NULL;
}

void
envelope_copy_sender(struct envelope *to, const struct envelope *from)
{
	if (from->unusable_path != NULL)
		envelope_set_unusable_path(to, from->unusable_path);
	else if (from->null_path)
		envelope_set_null_path(to);
	else if (from->path.local != NULL)
		envelope_set_path(to, &from->path);
	to->notify = from->notify;
	to->ret = from->ret;
	to->envid = memory_string(from->envid);
	to->smtputf8 = from->smtputf8;
	to->requiretls = from->requiretls;
	to->qualified = from->qualified;
}

void
envelope_copy_recipient(struct envelope *to, const struct recipient *r)
{
	envelope_append(to, &r->box);
	to->recipient[to->count - 1].notify = r->notify;
	to->recipient[to->count - 1].orcpt = memory_string(r->orcpt);
}

void
envelope_set_null_path(struct envelope *e)
{
	mailbox_free(&e->path);
	e->null_path = true;
	free(e->unusable_path);
	e->unusable_path = NULL;
}

void
envelope_set_unusable_path(struct envelope *e, const char *given)
{
	envelope_set_null_path(e);
	e->null_path = given[0] == '\0';
	e->unusable_path = memory_string(given);
}

int
envelope_check_path(const struct envelope *e, struct fault *f)
{
	struct mailbox box;
	bool empty;

	if (e->unusable_path == NULL || e->null_path)
		return 0;
	if (address_parse_path(&box, &empty, e->unusable_path,
	    strlen(e->unusable_path), f) == 0) {
		mailbox_free(&box);
		fault(f, FAULT_DATA, "not the address of a sender");
	}
	fault_prefix(f, "the reverse-path '%s': ", e->unusable_path);
	return fault_hint(f, "\"sender ADDRESS\" in the account takes the "
	    "place of senders that cannot be used");
}

/* What mailbox_same() compares: the local part, its NUL, and the domain in
 * lower case. */
static void
make_key(struct buffer *key, const struct mailbox *box)
{
	size_t local = strlen(box->local) + 1, domain = strlen(box->domain);
	char *to;

	buffer_clear(key);
	to = buffer_reserve(key, local + domain);
	memcpy(to, box->local, local);
	for (size_t i = 0; i < domain; i++)
		to[local + i] = text_to_lower(box->domain[i]);
	buffer_commit(key, local + domain);
}

/* The number of an indexed recipient; `number`, if this one is new. */
static size_t
add_to_index(struct envelope *e, const struct mailbox *box, size_t number)
{
	make_key(&e->key, box);
	return index_add(&e->index, e->key.data, e->key.len, number);
}

/* Recipients that were appended are in the index only when it is asked. */
static void
complete_index(struct envelope *e)
{
	for (; e->indexed < e->count; e->indexed++)
		add_to_index(e, &e->recipient[e->indexed].box, e->indexed);
}

void
envelope_append(struct envelope *e, const struct mailbox *box)
{
	size_t local = strlen(box->local) + 1, domain = strlen(box->domain) + 1;
	struct recipient *r;

	e->recipient = memory_grow(e->recipient, e->count, &e->cap,
	    sizeof(*e->recipient));
	r = &e->recipient[e->count++];
	memset(r, 0, sizeof(*r));
	r->state = RECIPIENT_PENDING;
	r->box.local = memory_pool_take(&e->strings, local + domain);
	r->box.domain = r->box.local + local;
	memcpy(r->box.local, box->local, local);
	memcpy(r->box.domain, box->domain, domain);
	r->doubtful = mailbox_is_doubtful(box);
}

void
envelope_add(struct envelope *e, const struct mailbox *box)
{
	size_t i;

	complete_index(e);
	i = add_to_index(e, box, e->count);
	if (i != e->count) {
		e->recipient[i].doubtful &= mailbox_is_doubtful(box);
		return;
	}
	e->indexed++;
	envelope_append(e, box);
}

const char *
recipient_untried(const struct recipient *r)
{
	size_t n = sizeof(RECIPIENT_UNTRIED) - 1;

	return r->code == 0 && r->reply != NULL &&
	    strncmp(r->reply, RECIPIENT_UNTRIED, n) == 0 ? r->reply + n : NULL;
}

size_t
envelope_find(struct envelope *e, const struct mailbox *box)
{
	complete_index(e);
	make_key(&e->key, box);
	return index_find(&e->index, e->key.data, e->key.len);
}

bool
envelope_needs_smtputf8(const struct envelope *e)
{
	bool needed = mailbox_needs_smtputf8(&e->path);

	for (size_t i = 0; i < e->count && !needed; i++)
		needed = e->recipient[i].state != RECIPIENT_REFUSED &&
		    mailbox_needs_smtputf8(&e->recipient[i].box);
	return needed;
}

static int
add_field(struct envelope *e, const struct header *h,
    const struct header_field *field, struct fault *f)
{
	struct address_list list = { .box = NULL };
	size_t len;
	const char *body = header_body(h, field, &len);

	int r = address_parse_recipients(&list, body, len, f);

	if (r == -1)
		fault_prefix(f, "field %.*s in line %zu: ",
		    (int)field->name_len, h->text.data + field->start,
		    header_line_number(h, field));
	for (size_t i = 0; r == 0 && i < list.count; i++)
		envelope_add(e, &list.box[i]);
	address_list_free(&list);
	return r;
}

/* RFC 5322 sections 3.6.6 and 4.5.6. A field that only begins alike, such as
 * somebody's Resent-Client, does not make a message a resent one. */
static const struct {
	const char *name;
	bool once;	/* in a block */
} resent[] = {
	{ "Resent-Date", true }, { "Resent-From", true },
	{ "Resent-Sender", true }, { "Resent-Message-ID", true },
	{ "Resent-To", false }, { "Resent-Cc", false },
	{ "Resent-Bcc", false }, { "Resent-Reply-To", false },
};

#define RESENT_NAMES (sizeof(resent) / sizeof(resent[0]))

/* The row of a field, RESENT_NAMES when it is none of them. */
static size_t
resent_row(const struct header *h, const struct header_field *field)
{
	size_t row = 0;

	while (row < RESENT_NAMES && !header_field_is(h, field,
	    resent[row].name))
		row++;
	return row;
}

/*
 * The first block of Resent- fields, fields *first to *last - 1: who resends
 * a message puts his fields on top, so it is the latest. It ends where
 * another field stands, or one comes that it has already.
 */
bool
envelope_resent(const struct header *h, size_t *first, size_t *last)
{
	bool seen[RESENT_NAMES] = { false };
	size_t i = 0, row;

	while (i < h->count && (h->field[i].removed ||
	    resent_row(h, &h->field[i]) == RESENT_NAMES))
		i++;
	*first = i;
	for (; i < h->count; i++) {
		if (h->field[i].removed)
			continue;
		row = resent_row(h, &h->field[i]);
		if (row == RESENT_NAMES || (resent[row].once && seen[row]))
			break;
		seen[row] = true;
	}
	*last = i;
	if (*first < h->count)
		return true;
	*first = 0;
	return false;
}

int
envelope_add_header(struct envelope *e, const struct header *h,
    struct fault *f)
{
	static const char *const name[2][3] = {
		{ "To", "Cc", "Bcc" },
		{ "Resent-To", "Resent-Cc", "Resent-Bcc" }
	};
	size_t first, last;
	bool again = envelope_resent(h, &first, &last);

	for (size_t i = first; i < last; i++) {
		const struct header_field *field = &h->field[i];
		bool has = false;

		for (size_t k = 0; k < 3; k++)
			has |= header_field_is(h, field, name[again][k]);
		if (has && !field->removed && add_field(e, h, field, f) == -1)
			return -1;
	}
	return 0;
}

void
envelope_swap_recipients(struct envelope *a, struct envelope *b)
{
	struct envelope old = *a;

	a->recipient = b->recipient;
	a->count = b->count;
	a->cap = b->cap;
	a->index = b->index;
	a->indexed = b->indexed;
	a->strings = b->strings;
	b->recipient = old.recipient;
	b->count = old.count;
	b->cap = old.cap;
	b->index = old.index;
	b->indexed = old.indexed;
	b->strings = old.strings;
}

size_t
envelope_in_state(const struct envelope *e, enum recipient_state state)
{
	size_t n = 0;

	for (size_t i = 0; i < e->count; i++)
		n += e->recipient[i].state == state;
	return n;
}

static const struct {
	unsigned bit;
	const char *word;
	const char *capitals;
} notifications[] = {
	{ DSN_NEVER, "never", "NEVER" }, { DSN_SUCCESS, "success", "SUCCESS" },
	{ DSN_FAILURE, "failure", "FAILURE" }, { DSN_DELAY, "delay", "DELAY" },
	{ DSN_FAILURE, "fail", NULL },
};

#define NOTIFICATIONS (sizeof(notifications) / sizeof(notifications[0]))

int
dsn_parse_notify(unsigned *notify, const char *s, size_t n)
{
	const char *end = s + n, *word;
	unsigned all = 0, bit;

	for (;; s++) {
		while (s < end && text_is_blank(*s))
			s++;
		for (word = s; s < end && *s != ',' && !text_is_blank(*s);)
			s++;
		bit = 0;
		for (size_t i = 0; i < NOTIFICATIONS; i++)
			if (text_same_word(word, (size_t)(s - word),
			    notifications[i].word))
				bit = notifications[i].bit;
		while (s < end && text_is_blank(*s))
			s++;
		if (bit == 0 || (s < end && *s != ','))
			return -1;
		all |= bit;
		if (s == end)
			break;
	}
	if ((all & DSN_NEVER) != 0 && all != DSN_NEVER)
		return -1;
	*notify = all;
	return 0;
}

void
dsn_add_notify(struct buffer *b, unsigned notify, bool capitals)
{
	const char *before = "";

	if (notify == 0)
		buffer_add_string(b, "off");
	for (size_t i = 0; i < NOTIFICATIONS; i++) {
		if ((notify & notifications[i].bit) == 0)
			continue;
		buffer_printf(b, "%s%s", before, capitals ?
		    notifications[i].capitals : notifications[i].word);
		notify &= ~notifications[i].bit;
		before = ",";
	}
}
