/* SPDX-License-Identifier: ISC */
#include <stdint.h>
#include <string.h>

#include "base/buffer.h"
#include "base/fault.h"
#include "base/memory.h"
#include "base/text.h"
#include "mail/address/address.h"
#include "mail/address/scan.h"

/*
 * Octets of an address. RFC 5321 section 4.5.3.1 has 64 and 255; the server
 * judges that. This bound sees to it that no command has to be cut short.
 */
#define SPEC_MAX (16 * 1024)
#define URI "mailto:"		/* RFC 6068 */
#define URI_LEN (sizeof(URI) - 1)

struct element {
	bool angle;		/* [name] <spec>, not a spec alone */
	bool open;		/* the ">" has not come yet */
	struct token_span name;
	struct token_span spec;
	enum token_kind end;	/* the separator behind it, or TOKEN_END */
};

struct parser {
	struct scan scan;
	struct address_list *list;
	bool path;		/* a reverse-path: one mailbox, or "<>" */
	bool recipients;	/* of them bare names may be doubtful */
	bool empty;		/* it was "<>" */
	bool in_group;
	size_t group_at;	/* where the group's name begins */
	size_t group_count;	/* mailboxes when it began */
	bool loose;		/* a ";" that ends no group stands before */
	bool bare;		/* a bare name stands before the comma: */
	struct address_place bare_place;
};

/* Leaves out a source route before the mailbox (RFC 5321 appendix C). */
static int
skip_route(const struct scan *sc, struct token_span *spec)
{
	enum token_kind before = TOKEN_COMMA;
	bool fits = true;
	size_t i = spec->first;

	if (sc->token[i].kind != TOKEN_AT &&
	    sc->token[i].kind != TOKEN_COMMA)
		return 0;
	for (; i < spec->last; i++) {
		const struct token *t = &sc->token[i];

		if (t->kind == TOKEN_COLON)
			break;
		if (t->kind == TOKEN_AT)
			fits = fits && before == TOKEN_COMMA;
		else if (t->kind == TOKEN_ATOM || t->kind == TOKEN_LITERAL)
			fits = fits &&
			    (before == TOKEN_AT || before == TOKEN_DOT);
		else if (t->kind == TOKEN_DOT)
			fits = fits && before == TOKEN_ATOM;
		else
			fits = fits && t->kind == TOKEN_COMMA &&
			    before != TOKEN_AT && before != TOKEN_DOT;
		before = t->kind;
	}
	if (i == spec->last || !fits || before == TOKEN_AT ||
	    before == TOKEN_DOT)
		return scan_span_fault(sc, *spec, "not a route to a mailbox");
	spec->first = i + 1;
	return 0;
}

/* What the tokens of a span stand for, without blanks and comments. */
static const char *
span_value(const struct scan *sc, struct token_span sp, size_t *n)
{
	const struct token *a = &sc->token[sp.first];
	const struct token *z = &sc->token[sp.last - 1];

	*n = z->value + z->value_len - a->value;
	return *n == 0 ? "" : sc->values.data + a->value;
}

/*
 * The words and dots of a local part: word *("." word), blanks and comments
 * around the dots allowed. Dots where none may be are kept when nothing but
 * atoms is around, as some providers have let people choose such names; they
 * are quoted when the address is written.
 */
static int
check_words(const struct scan *sc, struct token_span sp)
{
	enum token_kind before = TOKEN_DOT;
	bool misplaced = false, plain = true, word = false;
	size_t octets = 0;

	for (size_t i = sp.first; i < sp.last; i++) {
		const struct token *t = &sc->token[i];

		if (t->kind == TOKEN_ENCODED)
			return scan_token_fault(sc, i,
			    "encoded word where an address should be");
		if (t->kind != TOKEN_DOT && t->kind != TOKEN_ATOM &&
		    t->kind != TOKEN_QUOTED)
			return scan_token_fault(sc, i,
			    "text that does not belong in an address");
		if (t->kind != TOKEN_DOT && before != TOKEN_DOT) {
			scan_span_fault(sc, sp, "words that are no address");
			return fault_hint(sc->fault, "a name goes before "
			    "its address in angle brackets; addresses are "
			    "separated by commas");
		}
		word |= t->kind != TOKEN_DOT;
		misplaced |= t->kind == TOKEN_DOT && before == TOKEN_DOT;
		plain &= t->kind != TOKEN_QUOTED &&
		    (i == sp.first || !t->spaced);
		before = t->kind;
		octets += t->value_len;
	}
	misplaced |= before == TOKEN_DOT;
	if (!word || octets == 0)
		return scan_span_fault(sc, sp, "address without a name");
	if (misplaced && (!plain || sc->token[sp.last].spaced))
		return scan_span_fault(sc, sp, "misplaced dot");
	return 0;
}

/* A local part; sp is followed by the "@". */
static int
check_local(const struct scan *sc, struct token_span sp)
{
	const char *s;
	size_t n;

	if (sp.first == sp.last)
		return scan_token_fault(sc, sp.first,
		    "address with nothing before its @");
	if (check_words(sc, sp) == -1)
		return -1;
	s = span_value(sc, sp, &n);
	if (text_has_control(s, n))
		return scan_span_fault(sc, sp, "tab in an address");
	if (!text_is_utf8(s, n))
		return scan_span_fault(sc, sp, "address that is not UTF-8");
	return 0;
}

/*
 * An address without a domain. Only what looks like the name of an account
 * or alias is one: not a command, not a file, not half an encoded word.
 */
static int
check_bare_name(const struct scan *sc, struct token_span sp)
{
	const char *s;
	size_t n;

	if (check_words(sc, sp) == -1)
		return -1;
	s = span_value(sc, sp, &n);
	if (address_is_dot_atom(s, n) && strchr("|/", s[0]) == NULL &&
	    (n < 2 || memcmp(s, "=?", 2) != 0))
		return 0;
	scan_span_fault(sc, sp, "neither an address nor the name of an "
	    "account");
	return strchr("|/", s[0]) == NULL ? -1 : fault_hint(sc->fault, "mail "
	    "goes to the smarthost: no program and no file of this machine "
	    "gets any");
}

/* Underscores are in use, whatever RFC 1123 section 2.1 says. */
static bool
is_host_text(const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!scan_is_plain(s[i]) && (unsigned char)s[i] < 128)
			return false;
	return text_is_utf8(s, n);
}

/*
 * A domain that is not ASCII is mapped sooner or later, here or by a server: it
 * must be one then. Nor must it be looked up, or shown, as another.
 */
static int
check_mapping(const struct scan *sc, struct token_span sp)
{
	size_t n;
	const char *s = span_value(sc, sp, &n);

	return address_has_ascii_domain(s, n) ? 0 : scan_span_fault(sc, sp,
	    "not a valid international domain name");
}

static int
check_domain(const struct scan *sc, struct token_span sp)
{
	bool dot = true;	/* a label must come next */

	if (sp.first == sp.last)
		return scan_token_fault(sc, sp.first - 1,
		    "address with nothing behind its @");
	if (sp.last - sp.first == 1 &&
	    sc->token[sp.first].kind == TOKEN_LITERAL) {
		const struct token *t = &sc->token[sp.first];
		const char *s = scan_value(sc, t);

		if (t->value_len <= strlen("[]") ||
		    !text_is_ascii(s, t->value_len))
			return scan_span_fault(sc, sp,
			    "not an address literal");
		return 0;
	}
	for (size_t i = sp.first; i < sp.last; i++) {
		const struct token *t = &sc->token[i];
		const char *s = scan_value(sc, t);
		bool last = i + 1 == sp.last;

		if (t->kind == TOKEN_DOT ? dot || (last && t->spaced) :
		    !dot || t->kind != TOKEN_ATOM ||
		    !is_host_text(s, t->value_len))
			return scan_span_fault(sc, sp, "not a domain");
		dot = t->kind == TOKEN_DOT;
	}
	return check_mapping(sc, sp);
}

/* The "@" of an address, sp.last if it has none, SIZE_MAX if it has several. */
static size_t
find_at(const struct scan *sc, struct token_span sp)
{
	size_t at = sp.last;

	for (size_t i = sp.first; i < sp.last; i++) {
		if (sc->token[i].kind != TOKEN_AT)
			continue;
		if (at != sp.last)
			return SIZE_MAX;
		at = i;
	}
	return at;
}

/* local@domain, or a bare name: its domain is "". One final dot of a domain,
 * as some write it for the root, is left out. */
static int
read_spec(const struct scan *sc, struct token_span sp, struct mailbox *box)
{
	size_t at = find_at(sc, sp), n = 0, local_len;
	struct token_span local = { sp.first, at };
	struct token_span domain = { at + 1, sp.last };
	const char *local_part, *s = "";

	if (sp.first < sp.last)
		span_value(sc, sp, &n);
	if (n > SPEC_MAX)
		return scan_span_fault(sc, sp, "address too long");
	if (at == SIZE_MAX) {
		scan_span_fault(sc, sp, "more than one @ in an address");
		return fault_hint(sc->fault,
		    "addresses are separated by commas");
	}
	if (at == sp.last ? check_bare_name(sc, sp) == -1 :
	    check_local(sc, local) == -1 || check_domain(sc, domain) == -1)
		return -1;
	local_part = span_value(sc, local, &local_len);
	n = 0;
	if (at < sp.last)
		s = span_value(sc, domain, &n);
	if (n > 0 && sc->token[sp.last - 1].kind == TOKEN_DOT)
		n--;
	mailbox_set(box, local_part, local_len, s, n);
	return 0;
}

/*
 * Any words before "<", with specials that cannot mislead among them. Blanks,
 * folds and comments between two words become one space.
 */
static char *
read_name(const struct scan *sc, struct token_span sp)
{
	struct buffer b;

	buffer_init(&b, sc->n);
	for (size_t i = sp.first; i < sp.last; i++) {
		const struct token *t = &sc->token[i];
		const char *s = scan_value(sc, t);
		size_t n = t->value_len;

		if (t->spaced && b.len > 0)
			buffer_add_char(&b, ' ');
		if (t->kind == TOKEN_LITERAL) {
			s = sc->s + t->at;
			n = t->len;
		}
		for (size_t k = 0; k < n; k++) {
			if (s[k] == '\t')
				buffer_add_char(&b, ' ');
			else if (!text_is_control(s[k]))
				buffer_add_char(&b, s[k]);
		}
	}
	if (b.len > 0)
		return buffer_detach(&b);
	buffer_free(&b);
	return NULL;
}

/* Takes what stands before a colon as the name of a group. */
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
		if (ps->scan.token[i].kind == TOKEN_AT ||
		    ps->scan.token[i].kind == TOKEN_LITERAL)
			return scan_span_fault(sc,
			    (struct token_span){ 0, colon + 1 },
			    "not the name of a group");
	ps->in_group = true;
	ps->group_at = ps->scan.token[0].at;
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
		e->name = (struct token_span){ 0, i };
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

/* Reads up to the next separator, past the name of a group. */
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

static void
add_box(struct address_list *list, struct mailbox box,
    struct address_place place)
{
	size_t cap = list->cap;

	list->place = memory_grow(list->place, list->count, &cap,
	    sizeof(*list->place));
	list->box = memory_grow(list->box, list->count, &list->cap,
	    sizeof(*list->box));
	list->place[list->count] = place;
	list->box[list->count++] = box;
}

/* An element that needs no tokens, if the next one is such. */
static bool
take_plain(struct parser *ps, struct element *e)
{
	struct scan *sc = &ps->scan;
	struct mailbox box = { .name = NULL };
	struct scan_plain p;

	if (!scan_plain(sc, SPEC_MAX, &p))
		return false;
	mailbox_set(&box, sc->s + p.at, p.domain - p.at - 1, sc->s + p.domain,
	    p.end - p.domain);
	add_box(ps->list, box, (struct address_place){ p.at, p.end - p.at });
	ps->bare = false;
	e->end = p.last ? TOKEN_END : TOKEN_COMMA;
	return true;
}

static struct address_place
place_of(const struct parser *ps, struct token_span spec)
{
	const struct token *a = &ps->scan.token[spec.first];
	const struct token *z = &ps->scan.token[spec.last - 1];

	return (struct address_place){ a->at, z->at + z->len - a->at };
}

static int
refuse_bare(const struct parser *ps)
{
	scan_fault(&ps->scan, ps->bare_place.at, ps->bare_place.len,
	    "name without an address before a display name");
	return fault_hint(ps->scan.fault,
	    "a display name that has a comma must be in quotes");
}

/*
 * Refuses, or doubts, a bare name that may be half of a display name with a
 * comma, which somebody forgot to quote. To be called for each element in turn.
 */
static int
check_bare(struct parser *ps, const struct element *e, bool bare)
{
	if (bare && (ps->loose ||
	    (e->end == TOKEN_SEMICOLON && !ps->in_group)))
		return scan_span_fault(&ps->scan, e->spec,
		    "name without an address beside a semicolon");
	if (ps->bare && e->name.last > 0 &&
	    ps->scan.token[0].kind != TOKEN_QUOTED) {
		if (!ps->recipients)
			return refuse_bare(ps);
		ps->list->box[ps->list->count - 1].name = memory_string("");
	}
	ps->bare = bare && !e->angle;
	ps->bare_place = place_of(ps, (struct token_span){ 0, ps->scan.count });
	return 0;
}

static int
take_element(struct parser *ps, struct element *e)
{
	struct mailbox box = { .name = NULL };

	if (ps->scan.count == 0)
		return 0;
	if (e->angle && e->spec.first == e->spec.last) {
		if (!ps->path || e->name.last > 0)
			return scan_span_fault(&ps->scan, (struct token_span){
			    e->spec.first - 1, e->spec.last + 1 },
			    "empty address");
		ps->empty = true;
		return 0;
	}
	if (e->angle && skip_route(&ps->scan, &e->spec) == -1)
		return -1;
	if (read_spec(&ps->scan, e->spec, &box) == -1)
		return -1;
	if (check_bare(ps, e, box.domain == NULL ||
	    box.domain[0] == '\0') == -1) {
		mailbox_free(&box);
		return -1;
	}
	box.name = read_name(&ps->scan, e->name);
	add_box(ps->list, box, place_of(ps, e->spec));
	return 0;
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
		if (!take_plain(ps, &e) && (read_element(ps, &e) == -1 ||
		    take_element(ps, &e) == -1))
			return -1;
		if (e.end == TOKEN_END)
			break;
		if (take_separator(ps, &e) == -1)
			return -1;
	}
	/* nobody is reached by "undisclosed-recipients:", ";" or not */
	if (!ps->in_group || ps->list->count == ps->group_count)
		return 0;
	scan_fault(&ps->scan, ps->group_at, ps->scan.n - ps->group_at,
	    "group without its semicolon");
	return fault_hint(ps->scan.fault, text_same(ps->scan.s + ps->group_at,
	    ps->scan.n - ps->group_at < URI_LEN ? 0 : URI_LEN, URI, URI_LEN) ?
	    "leave out '" URI "'" : "a colon ends the name of a group, and a "
	    "semicolon the list of its members");
}

static int
parse(struct parser *ps, const char *s, size_t n, struct fault *f)
{
	int r;

	scan_start(&ps->scan, s, n, f);
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
address_parse_recipients(struct address_list *list, const char *s, size_t n,
    struct fault *f)
{
	struct parser ps = { .list = list, .recipients = true };

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
