/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/memory.h"
#include "base/text.h"
#include "mail/address/address.h"
#include "mail/envelope.h"
#include "mail/header/header.h"
#include "mail/header/join.h"
#include "mail/header/repair.h"
#include "mail/header/syntax.h"

#define ASIDE "X-Original-"

enum rule {
	RULE_LIST,	/* addresses: merged */
	RULE_IDS,	/* message identifiers: merged */
	RULE_FIRST,	/* the first that says something stays */
	RULE_SAME	/* repetitions go */
};

enum kind { KIND_FROM, KIND_SENDER, KIND_REPLY_TO, KIND_TO, KIND_CC, KIND_BCC,
    KIND_RESENT_TO, KIND_RESENT_CC, KIND_RESENT_BCC, KIND_DATE, KIND_ID,
    KIND_SUBJECT, KIND_IN_REPLY_TO, KIND_REFERENCES, KIND_MIME_VERSION,
    KIND_TYPE, KIND_ENCODING, KIND_COUNT };

#define NAME(name) name, sizeof(name) - 1

static const struct {
	const char *name;
	size_t length;
	enum rule rule;
} kinds[KIND_COUNT] = {
	[KIND_FROM] = { NAME("From"), RULE_LIST },
	[KIND_SENDER] = { NAME("Sender"), RULE_FIRST },
	[KIND_REPLY_TO] = { NAME("Reply-To"), RULE_LIST },
	[KIND_TO] = { NAME("To"), RULE_LIST },
	[KIND_CC] = { NAME("Cc"), RULE_LIST },
	[KIND_BCC] = { NAME("Bcc"), RULE_LIST },
	[KIND_RESENT_TO] = { NAME("Resent-To"), RULE_LIST },
	[KIND_RESENT_CC] = { NAME("Resent-Cc"), RULE_LIST },
	[KIND_RESENT_BCC] = { NAME("Resent-Bcc"), RULE_LIST },
	[KIND_DATE] = { NAME("Date"), RULE_FIRST },
	[KIND_ID] = { NAME("Message-ID"), RULE_FIRST },
	[KIND_SUBJECT] = { NAME("Subject"), RULE_FIRST },
	[KIND_IN_REPLY_TO] = { NAME("In-Reply-To"), RULE_IDS },
	[KIND_REFERENCES] = { NAME("References"), RULE_IDS },
	[KIND_MIME_VERSION] = { NAME("MIME-Version"), RULE_SAME },
	[KIND_TYPE] = { NAME("Content-Type"), RULE_SAME },
	[KIND_ENCODING] = { NAME("Content-Transfer-Encoding"), RULE_SAME },
};

/* What a field says. */
enum content {
	CONTENT_NONE,		/* nothing at all */
	CONTENT_BAD,		/* something, but not what it should */
	CONTENT_EMPTY,		/* a list without an address: "nobody:;" */
	CONTENT_GOOD
};

enum fate { FATE_STAYS, FATE_GOES, FATE_ASIDE, FATE_BODY };

/* What becomes of a field. */
struct decision {
	enum kind kind;		/* KIND_COUNT: none of those */
	enum fate fate;
	char *text;		/* of FATE_BODY: up to its CRLF */
};

struct repairing {
	const struct header *header;
	const struct repair *want;
	struct decision *decision;	/* of each field */
	size_t first[KIND_COUNT];	/* of the fields of a kind, and */
	size_t count[KIND_COUNT];	/* how many there are */
	bool any;			/* something changes */
};

/* An address with a domain, in text that is no list: "Doe, J <j@x.org>". */
static bool
has_address(const char *s, size_t n)
{
	const char *end = s + n, *open = NULL, *close;
	struct mailbox box = { .name = NULL };
	bool empty, has;

	for (const char *p = s; p < end; p++)
		if (*p == '<')
			open = p;
	close = open == NULL ? NULL : memchr(open, '>', (size_t)(end - open));
	if (close == NULL)
		return false;
	has = address_parse_path(&box, &empty, open, (size_t)(close - open) + 1,
	    NULL) == 0 && !empty && box.domain[0] != '\0';
	mailbox_free(&box);
	return has;
}

static enum content
list_content(const struct header *h, const struct header_field *f, bool one,
    bool recipients)
{
	struct address_list list = { .box = NULL };
	enum content content = CONTENT_BAD;
	const char *s;
	size_t n;

	s = header_text(h, f, &n);
	if (n == 0)
		return CONTENT_NONE;
	if ((recipients ? address_parse_recipients : address_parse)(&list, s,
	    n, NULL) == 0)
		content = list.count == 0 ? CONTENT_EMPTY :
		    one && list.count > 1 ? CONTENT_BAD : CONTENT_GOOD;
	address_list_free(&list);
	return content;
}

static enum content
content_of(const struct repairing *r, size_t i)
{
	const struct header *h = r->header;
	const struct header_field *f = &h->field[i];
	enum kind kind = r->decision[i].kind;
	bool good = true;
	size_t n;

	header_text(h, f, &n);
	if (n == 0)
		return CONTENT_NONE;
	if (kinds[kind].rule == RULE_LIST)
		return list_content(h, f, false, kind != KIND_FROM &&
		    kind != KIND_REPLY_TO);
	if (kind == KIND_SENDER)
		return list_content(h, f, true, false) == CONTENT_GOOD ?
		    CONTENT_GOOD : CONTENT_BAD;
	if (kind == KIND_DATE)
		good = syntax_is_date(rest_of_field(h, f));
	else if (kind == KIND_ID)
		good = syntax_is_message_id(rest_of_field(h, f));
	return good ? CONTENT_GOOD : CONTENT_BAD;
}

static void
decide(struct repairing *r, size_t i, enum fate fate)
{
	enum kind kind = r->decision[i].kind;

	/* nobody must be shown who was hidden */
	if (fate == FATE_ASIDE && (kind == KIND_BCC ||
	    kind == KIND_RESENT_BCC))
		return;
	r->decision[i].fate = fate;
	r->any |= fate != FATE_STAYS;
}

/* May the field be taken for missing when it says nothing? */
static bool
may_replace(const struct repairing *r, enum kind kind)
{
	return kind == KIND_FROM ? r->want->from : kind == KIND_DATE ?
	    r->want->date : kind == KIND_ID ? r->want->message_id :
	    kind == KIND_SENDER;
}

static bool
is_resent(enum kind kind)
{
	return kind >= KIND_RESENT_TO && kind <= KIND_RESENT_BCC;
}

/* A field that is there once. */
static void
decide_one(struct repairing *r, size_t i)
{
	enum kind kind = r->decision[i].kind;
	const char *s;
	size_t n;

	s = header_text(r->header, &r->header->field[i], &n);
	/* an empty Resent- field says at least that this is the latest block */
	if (kind == KIND_SUBJECT || is_resent(kind))
		return;
	if (n == 0 && ((kind != KIND_FROM && kind != KIND_DATE &&
	    kind != KIND_ID) || may_replace(r, kind))) {
		decide(r, i, FATE_GOES);
		return;
	}
	/* long lists are read for that nowhere */
	if (!may_replace(r, kind) || content_of(r, i) == CONTENT_GOOD)
		return;
	if ((kind == KIND_FROM || kind == KIND_SENDER) && has_address(s, n))
		return;
	decide(r, i, FATE_ASIDE);
}

static bool
is_repeated(const struct header *h, size_t a, size_t b)
{
	size_t m, n;
	const char *s = header_text(h, &h->field[a], &m);
	const char *t = header_text(h, &h->field[b], &n);

	return m == n && (n == 0 || memcmp(s, t, n) == 0);
}

/* The next field of that kind; there is one. */
static size_t
next_of(const struct repairing *r, enum kind kind, size_t i)
{
	while (r->decision[i].kind != kind)
		i++;
	return i;
}

/* Of several, the first with the best content. */
static size_t
find_best(const struct repairing *r, enum kind kind, enum content *best)
{
	size_t i = r->first[kind], found = i;
	enum content content;

	*best = content_of(r, i);
	for (size_t k = 1; k < r->count[kind] && *best < CONTENT_GOOD; k++) {
		i = next_of(r, kind, i + 1);
		content = content_of(r, i);
		if (content > *best) {
			*best = content;
			found = i;
		}
	}
	return found;
}

/* The first that says something stays. */
static void
decide_first(struct repairing *r, enum kind kind)
{
	enum content content;
	size_t best = find_best(r, kind, &content), i = r->first[kind];
	bool missing = content != CONTENT_GOOD && may_replace(r, kind);

	for (size_t k = 0; k < r->count[kind]; k++, i++) {
		i = next_of(r, kind, i);
		if (i == best && !missing)
			continue;
		decide(r, i, content_of(r, i) == CONTENT_NONE || (i != best &&
		    is_repeated(r->header, best, i)) ? FATE_GOES : FATE_ASIDE);
	}
}

static void
decide_same(struct repairing *r, enum kind kind)
{
	enum content content;
	size_t best = find_best(r, kind, &content), i = r->first[kind];

	for (size_t k = 0; k < r->count[kind]; k++, i++) {
		i = next_of(r, kind, i);
		if (content_of(r, i) == CONTENT_NONE || (i != best &&
		    is_repeated(r->header, best, i)))
			decide(r, i, FATE_GOES);
	}
}

/* The body of a field that takes in the others of its kind. */
static void
set_body(struct repairing *r, size_t i, struct buffer *body)
{
	decide(r, i, FATE_BODY);
	r->decision[i].text = buffer_detach(body);
}

static void
decide_ids(struct repairing *r, enum kind kind)
{
	size_t i = r->first[kind], n;
	struct buffer body;
	const char *s;

	buffer_init(&body, HEADER_MAX);
	for (size_t k = 0; k < r->count[kind]; k++, i++) {
		i = next_of(r, kind, i);
		s = header_text(r->header, &r->header->field[i], &n);
		if (n == 0)
			continue;
		buffer_add_string(&body, body.len > 0 ? "\r\n " : " ");
		buffer_add(&body, s, n);
	}
	i = r->first[kind];
	for (size_t k = 0; k < r->count[kind] && !body.full; k++, i++) {
		i = next_of(r, kind, i);
		decide(r, i, FATE_GOES);
	}
	if (body.len > 0 && !body.full)
		set_body(r, r->first[kind], &body);
	buffer_free(&body);
}

/* The lists that can be read, one behind the other. */
static void
join_lists(const struct repairing *r, enum kind kind, size_t best,
    struct buffer *body)
{
	const struct header *h = r->header;
	const struct header_field *f = &h->field[best];
	size_t i = r->first[kind], n;
	struct join join;
	const char *s;

	join_start(&join, body, f->body - f->start);
	for (size_t k = 0; k < r->count[kind]; k++, i++) {
		i = next_of(r, kind, i);
		s = header_text(h, &h->field[i], &n);
		if (content_of(r, i) == CONTENT_GOOD)
			join_add(&join, s, n);
	}
	join_end(&join);
}

static void
decide_list(struct repairing *r, enum kind kind)
{
	size_t i = r->first[kind], best;
	enum content most;
	struct buffer body;

	best = find_best(r, kind, &most);
	buffer_init(&body, HEADER_MAX);
	join_lists(r, kind, best, &body);
	for (size_t k = 0; k < r->count[kind] && !body.full; k++, i++) {
		i = next_of(r, kind, i);
		if (i != best)
			decide(r, i, content_of(r, i) != CONTENT_BAD ||
			    is_repeated(r->header, best, i) ? FATE_GOES :
			    FATE_ASIDE);
	}
	if (most != CONTENT_GOOD)
		decide_one(r, best);
	else if (!body.full)
		set_body(r, best, &body);
	buffer_free(&body);
}

/* Authors are named once. */
static void
decide_repeated(struct repairing *r, size_t i)
{
	struct header_edit edit;

	if (r->decision[i].fate != FATE_STAYS ||
	    !join_repeated(r->header, &r->header->field[i], &edit))
		return;
	decide(r, i, FATE_BODY);
	r->decision[i].text = edit.text;
}

static void
decide_kind(struct repairing *r, enum kind kind)
{
	size_t first = r->first[kind];

	if (r->count[kind] == 1) {
		decide_one(r, first);
		if (kind == KIND_FROM)
			decide_repeated(r, first);
		return;
	}
	switch (kinds[kind].rule) {
	case RULE_LIST:
		decide_list(r, kind);
		break;
	case RULE_IDS:
		decide_ids(r, kind);
		break;
	case RULE_FIRST:
		decide_first(r, kind);
		break;
	default:
		decide_same(r, kind);
	}
}

static enum kind
find_kind(const struct header *h, const struct header_field *f)
{
	unsigned kind = 0;

	/* most are told by their length */
	while (kind < KIND_COUNT && (kinds[kind].length != f->name_len ||
	    !header_field_is(h, f, kinds[kind].name)))
		kind++;
	return (enum kind)kind;
}

static bool
is_left_alone(const struct repair *want, enum kind kind)
{
	switch (kind) {
	case KIND_FROM: case KIND_SENDER:
		return !want->authors;
	case KIND_TO: case KIND_CC:
		return !want->recipients;
	case KIND_BCC: case KIND_RESENT_BCC:
		return !want->bcc;
	default:
		return false;
	}
}

static void
find_kinds(struct repairing *r)
{
	const struct header *h = r->header;
	size_t first, last;
	bool resent = envelope_resent(h, &first, &last);
	enum kind kind;

	for (size_t i = 0; i < h->count; i++) {
		kind = h->field[i].removed ? KIND_COUNT :
		    find_kind(h, &h->field[i]);
		if (kind != KIND_COUNT && (is_left_alone(r->want, kind) ||
		    (is_resent(kind) && (!resent || i < first || i >= last))))
			kind = KIND_COUNT;
		r->decision[i] = (struct decision){ .kind = kind };
		if (kind != KIND_COUNT && r->count[kind]++ == 0)
			r->first[kind] = i;
	}
}

/* All at once: each edit copies the header. */
static int
carry_out(struct header *h, const struct decision *decision)
{
	struct header_edit *edit = memory_resize(NULL, h->count,
	    sizeof(*edit));
	const struct header_field *f;
	size_t count = 0;
	int result;

	for (size_t i = 0; i < h->count; i++) {
		f = &h->field[i];
		if (decision[i].fate == FATE_ASIDE)
			edit[count++] = (struct header_edit){ f->start, 0,
			    memory_string(ASIDE) };
		else if (decision[i].fate == FATE_BODY)
			edit[count++] = (struct header_edit){ f->body,
			    f->start + f->len - f->body - strlen("\r\n"),
			    memory_string(decision[i].text) };
	}
	result = header_edit(h, edit, count);
	for (size_t i = 0; result == 0 && i < h->count; i++)
		h->field[i].removed |= decision[i].fate == FATE_GOES;
	while (count > 0)
		free(edit[--count].text);
	free(edit);
	return result;
}

int
repair_header(struct header *h, const struct repair *want)
{
	struct repairing r = { .header = h, .want = want };
	int result = 0;

	if (h->count == 0)
		return 0;
	r.decision = memory_resize(NULL, h->count, sizeof(*r.decision));
	find_kinds(&r);
	for (unsigned kind = 0; kind < KIND_COUNT; kind++)
		if (r.count[kind] > 0)
			decide_kind(&r, (enum kind)kind);
	if (r.any)
		result = carry_out(h, r.decision);
	for (size_t i = 0; i < h->count; i++)
		free(r.decision[i].text);
	free(r.decision);
	return result;
}
