/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "base/buffer.h"
#include "base/fault.h"
#include "base/memory.h"
#include "mail/address/address.h"
#include "mail/address/scan.h"
#include "mail/address/spec.h"

#define BOXES_MIN 8	/* first allocation */

struct element {
	bool angle;		/* [name] <spec>, not a spec alone */
	bool open;		/* the ">" has not come yet */
	struct span name;
	struct span spec;
	enum token_kind end;	/* the separator behind it, or TOKEN_END */
};

struct parser {
	struct scan scan;
	struct address_list *list;
	bool path;		/* a reverse-path: one mailbox, or "<>" */
	bool empty;		/* it was "<>" */
	bool in_group;
	size_t group_at;	/* where the group's name begins */
	size_t group_count;	/* mailboxes when it began */
	bool loose;		/* a ";" that ends no group stands before */
	bool bare;		/* a bare name stands before the comma, */
	size_t bare_at;		/* there, and so long */
	size_t bare_len;
};

static const struct token *
token_at(const struct parser *ps, size_t i)
{
	return &ps->scan.token[i];
}

/* What stands before a colon: the name of a group, if it can be one. */
static int
begin_group(struct parser *ps, const struct element *e)
{
	const struct scan *sc = &ps->scan;
	size_t colon = sc->count - 1;

	if (ps->path)
		return scan_token_fault(sc, colon, "colon in an address");
	if (ps->in_group)
		return scan_token_fault(sc, colon, "colon inside a group");
	if (colon == 0 || e->angle)
		return scan_token_fault(sc, colon,
		    "colon without the name of a group before it");
	for (size_t i = 0; i < colon; i++)
		if (token_at(ps, i)->kind == TOKEN_AT ||
		    token_at(ps, i)->kind == TOKEN_LITERAL)
			return scan_span_fault(sc,
			    (struct span){ 0, colon + 1 },
			    "not the name of a group");
	ps->in_group = true;
	ps->group_at = token_at(ps, 0)->at;
	ps->group_count = ps->list->count;
	scan_clear(&ps->scan);
	return 0;
}

static int
take_angle(struct parser *ps, struct element *e, enum token_kind kind)
{
	size_t i = ps->scan.count - 1;

	if (kind == TOKEN_LT) {
		if (e->angle)
			return scan_token_fault(&ps->scan, i,
			    "second angle bracket");
		e->angle = e->open = true;
		e->name = (struct span){ 0, i };
		e->spec.first = i + 1;
		return 0;
	}
	if (!e->open)
		return scan_token_fault(&ps->scan, i,
		    "angle bracket without a beginning");
	e->open = false;
	e->spec.last = i;
	return 0;
}

/* Tokens up to the next separator; a group's name is taken on the way. */
static int
read_element(struct parser *ps, struct element *e)
{
	const struct token *t;

	memset(e, 0, sizeof(*e));
	scan_clear(&ps->scan);
	for (;;) {
		if (scan_next(&ps->scan, &t) == -1)
			return -1;
		if (t->kind == TOKEN_END && e->open)
			return scan_token_fault(&ps->scan, e->spec.first - 1,
			    "angle bracket without its end");
		if (t->kind == TOKEN_LT || t->kind == TOKEN_GT) {
			if (take_angle(ps, e, t->kind) == -1)
				return -1;
		} else if (t->kind == TOKEN_END || (!e->open &&
		    (t->kind == TOKEN_COMMA || t->kind == TOKEN_SEMICOLON))) {
			break;
		} else if (t->kind == TOKEN_COLON && !e->open) {
			if (begin_group(ps, e) == -1)
				return -1;
		} else if (e->angle && !e->open) {
			return scan_token_fault(&ps->scan, ps->scan.count - 1,
			    "text behind an address");
		}
	}
	e->end = t->kind;
	if (t->kind != TOKEN_END)
		ps->scan.count--;
	if (!e->angle)
		e->spec.last = ps->scan.count;
	return 0;
}

static struct address_place
place_of(const struct parser *ps, struct span spec)
{
	const struct token *a = token_at(ps, spec.first);
	const struct token *z = token_at(ps, spec.last - 1);

	return (struct address_place){ a->at, z->at + z->len - a->at };
}

static void
add_box(struct address_list *list, struct mailbox box,
    struct address_place place)
{
	if (list->count == list->cap) {
		list->cap = list->cap == 0 ? BOXES_MIN : list->cap * 2;
		list->box = memory_resize(list->box, list->cap,
		    sizeof(*list->box));
		list->place = memory_resize(list->place, list->cap,
		    sizeof(*list->place));
	}
	list->place[list->count] = place;
	list->box[list->count++] = box;
}

/*
 * Refuses a bare name where it may be something else: the half of a display
 * name that somebody forgot to quote. Sees the elements one after the other.
 */
static int
check_bare(struct parser *ps, const struct element *e, bool bare)
{
	const struct token *a = token_at(ps, 0);
	const struct token *z = token_at(ps, ps->scan.count - 1);

	if (bare && (ps->loose ||
	    (e->end == TOKEN_SEMICOLON && !ps->in_group)))
		return scan_span_fault(&ps->scan, e->spec,
		    "name without an address beside a semicolon");
	if (ps->bare && e->name.last > 0 && a->kind != TOKEN_QUOTED) {
		scan_fault(&ps->scan, ps->bare_at, ps->bare_len,
		    "name without an address before a display name");
		return fault_hint(ps->scan.fault,
		    "a display name that has a comma must be in quotes");
	}
	ps->bare = bare && !e->angle;
	ps->bare_at = a->at;
	ps->bare_len = z->at + z->len - a->at;
	return 0;
}

static int
take_element(struct parser *ps, struct element *e)
{
	struct mailbox box = { .name = NULL };
	struct buffer local, domain;
	int r = -1;

	if (ps->scan.count == 0)
		return 0;
	if (e->angle && e->spec.first == e->spec.last) {
		if (!ps->path || e->name.last > 0)
			return scan_span_fault(&ps->scan, (struct span){
			    e->spec.first - 1, e->spec.last + 1 },
			    "empty address");
		ps->empty = true;
		return 0;
	}
	if (e->angle && spec_skip_route(&ps->scan, &e->spec) == -1)
		return -1;
	buffer_init(&local, ps->scan.n);
	buffer_init(&domain, ps->scan.n);
	if (spec_read(&ps->scan, e->spec, &local, &domain) == 0)
		r = check_bare(ps, e, domain.len == 0);
	if (r == 0) {
		box.name = spec_name(&ps->scan, e->name);
		box.local = buffer_detach(&local);
		box.domain = buffer_detach(&domain);
		add_box(ps->list, box, place_of(ps, e->spec));
	}
	buffer_free(&local);
	buffer_free(&domain);
	return r;
}

/* What the separator behind an element means. */
static int
take_separator(struct parser *ps, const struct element *e)
{
	if (ps->path)
		return scan_fault(&ps->scan, ps->scan.i - 1, 1,
		    "separator where one address should be");
	ps->loose = false;
	if (e->end != TOKEN_SEMICOLON)
		return 0;
	ps->bare = false;
	ps->loose = true;
	ps->in_group = false;
	return 0;
}

static int
parse_list(struct parser *ps)
{
	struct element e;

	for (;;) {
		if (read_element(ps, &e) == -1 || take_element(ps, &e) == -1)
			return -1;
		if (e.end == TOKEN_END)
			break;
		if (take_separator(ps, &e) == -1)
			return -1;
	}
	/* nobody is reached by "undisclosed-recipients:", ";" or not */
	if (ps->in_group && ps->list->count > ps->group_count)
		return scan_fault(&ps->scan, ps->group_at,
		    ps->scan.n - ps->group_at, "group without its semicolon");
	return 0;
}

static int
parse(struct parser *ps, const char *s, size_t n, struct fault *f)
{
	int r;

	if (scan_start(&ps->scan, s, n, f) == -1)
		return -1;
	r = parse_list(ps);
	scan_free(&ps->scan);
	return r;
}

int
address_parse(struct address_list *list, const char *s, size_t n,
    struct fault *f)
{
	struct parser ps = { .list = list };

	return parse(&ps, s, n, f);
}

int
address_parse_path(struct mailbox *box, bool *empty, const char *s, size_t n,
    struct fault *f)
{
	struct address_list list = { .box = NULL };
	struct parser ps = { .list = &list, .path = true };
	int r = parse(&ps, s, n, f);

	memset(box, 0, sizeof(*box));
	*empty = r == 0 && list.count == 0;
	if (r == 0 && list.count == 1) {
		*box = list.box[0];
		list.count = 0;
	}
	address_list_free(&list);
	return r;
}
