/* SPDX-License-Identifier: ISC */
/* What stands behind the name of an alias. */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/fault.h"
#include "base/memory.h"
#include "base/text.h"
#include "config/alias/alias.h"

#define INCLUDE ":include:"
#define TARGETS_MIN 2	/* first allocation: most aliases have one target */

/* The value of an entry, taken apart at its commas. */
struct scan {
	const struct alias_entry *entry;
	const char *s;
	size_t n;
	size_t i;		/* next octet */
	size_t line;		/* number of the current line, */
	size_t begin;		/* and where it begins, maybe before s */
	struct buffer text;	/* of an element: comments and folds gone */
	size_t at_line;		/* where the element begins */
	size_t at_column;
	bool bare;		/* a name alone stands before the comma */
	struct fault *fault;
};

__attribute__((format(printf, 2, 3)))
static int
refuse(struct scan *sc, const char *fmt, ...)
{
	struct buffer b;
	va_list ap;

	buffer_init(&b, ALIAS_FILE_MAX);
	va_start(ap, fmt);
	buffer_vprintf(&b, fmt, ap);
	va_end(ap);
	fault(sc->fault, FAULT_CONFIG, "%s:%zu:%zu: %s", sc->entry->in->file,
	    sc->at_line, sc->at_column, b.data);
	buffer_free(&b);
	return -1;
}

/* A "#" begins a comment where a word could: not in "user#tag". */
static bool
is_comment(const struct scan *sc)
{
	return sc->s[sc->i] == '#' && (sc->i == 0 ||
	    text_is_blank(sc->s[sc->i - 1]) || sc->s[sc->i - 1] == '\n' ||
	    sc->s[sc->i - 1] == ',');
}

static void
skip_comment(struct scan *sc)
{
	while (sc->i + 1 < sc->n && sc->s[sc->i + 1] != '\n')
		sc->i++;
}

static void
end_line(struct scan *sc)
{
	sc->line++;
	sc->begin = sc->i + 1;
}

static void
add_octet(struct scan *sc)
{
	char c = sc->s[sc->i];

	if (c == '\n') {
		end_line(sc);
		c = ' ';
	}
	if (c == '\r' && (sc->i + 1 == sc->n || sc->s[sc->i + 1] == '\n'))
		return;
	if (sc->text.len == 0) {
		if (text_is_blank(c))
			return;
		sc->at_line = sc->line;
		sc->at_column = sc->i + 1 - sc->begin;
	}
	buffer_add_char(&sc->text, c);
}

/* Commas separate, and line ends do in a list of its own. */
static bool
is_separator(const struct scan *sc)
{
	char c = sc->s[sc->i];

	return c == ',' || (c == '\n' && sc->entry->name_len == 0);
}

/*
 * The next element into sc->text, without blanks around it. Quotes end on
 * their own line: a forgotten one must not take the rest of an entry along.
 */
static int
next_element(struct scan *sc)
{
	size_t depth = 0;
	bool quoted = false;

	buffer_clear(&sc->text);
	for (; sc->i < sc->n; sc->i++) {
		char c = sc->s[sc->i];

		if (quoted && c == '\n')
			break;
		if (!quoted && depth == 0 && is_separator(sc))
			break;
		if (!quoted && depth == 0 && is_comment(sc)) {
			skip_comment(sc);
			continue;
		}
		add_octet(sc);
		if (c == '\\' && sc->i + 1 < sc->n && (quoted || depth > 0) &&
		    sc->s[sc->i + 1] != '\n') {
			sc->i++;
			add_octet(sc);
		} else if (c == '"' && depth == 0) {
			quoted = !quoted;
		} else if (!quoted && (c == '(' || c == ')')) {
			depth = c == '(' ? depth + 1 : depth > 0 ? depth - 1 :
			    0;
		}
	}
	if (sc->i < sc->n && sc->s[sc->i] == '\n')
		end_line(sc);
	sc->i++;
	while (sc->text.len > 0 &&
	    text_is_blank(sc->text.data[sc->text.len - 1]))
		sc->text.len--;
	return quoted ? refuse(sc, "quoted text without its end") : 0;
}

static bool
begins(const char *s, size_t n, const char *word)
{
	size_t len = strlen(word);

	return n >= len && text_same(s, len, word, len);
}

/* Quotes around all of it are no part of what a command or file begins with;
 * around the local part of an address they are. */
static enum alias_kind
kind_of(const char *s, size_t n)
{
	if (s[0] == '\\')
		return ALIAS_FINAL;
	if (n > 2 && s[0] == '"' && s[n - 1] == '"') {
		s++;
		n -= 2;
	}
	if (s[0] == '|')
		return ALIAS_COMMAND;
	if (s[0] == '/')
		return ALIAS_FILE;
	if (begins(s, n, INCLUDE))
		return ALIAS_INCLUDE;
	return s[0] == ':' ? ALIAS_SPECIAL : ALIAS_ADDRESS;
}

static void
add_target(struct alias_entry *e, struct alias_target target)
{
	/* grows by powers of two: there is no field for a capacity */
	if (e->targets == 0)
		e->target = memory_resize(e->target, TARGETS_MIN,
		    sizeof(*e->target));
	else if (e->targets >= TARGETS_MIN &&
	    (e->targets & (e->targets - 1)) == 0)
		e->target = memory_resize(e->target, e->targets * 2,
		    sizeof(*e->target));
	e->target[e->targets++] = target;
}

/* "Doe, John <john@...>": Doe is half a name, and somebody's address. */
static int
check_bare(struct scan *sc, const struct mailbox *box)
{
	bool after = sc->bare && box->name != NULL && sc->text.data[0] != '"';

	sc->bare = box->name == NULL && box->domain[0] == '\0';
	if (!after)
		return 0;
	refuse(sc, "name without an address before a display name");
	return fault_hint(sc->fault,
	    "a display name that has a comma must be in quotes");
}

static int
take_address(struct scan *sc, struct alias_entry *e, enum alias_kind kind)
{
	size_t skip = kind == ALIAS_FINAL ? 1 : 0;
	struct address_list list = { .box = NULL };
	struct fault why = { .class = FAULT_NONE };
	int r = 0;

	if (address_parse(&list, sc->text.data + skip, sc->text.len - skip,
	    &why) == -1) {
		r = refuse(sc, "%s", why.text);
		if (why.hint != NULL)
			fault_hint(sc->fault, "%s", why.hint);
		fault_clear(&why);
	}
	for (size_t i = 0; r == 0 && i < list.count; i++)
		r = check_bare(sc, &list.box[i]);
	for (size_t i = 0; r == 0 && i < list.count; i++) {
		add_target(e, (struct alias_target){ .kind = kind,
		    .box = list.box[i], .line = sc->at_line });
		memset(&list.box[i], 0, sizeof(list.box[i]));
	}
	address_list_free(&list);
	return r;
}

/* The path of ":include:/path" or ":include: /path", quotes or not. */
static int
take_include(struct scan *sc, struct alias_entry *e)
{
	const char *s = sc->text.data;
	size_t n = sc->text.len;

	if (s[0] == '"') {
		s++;
		n -= 2;
	}
	for (s += strlen(INCLUDE), n -= strlen(INCLUDE); n > 0 &&
	    text_is_blank(*s); n--)
		s++;
	if (n == 0 || s[0] != '/' || memchr(s, '\0', n) != NULL)
		return refuse(sc, "an included list is a file with its whole "
		    "path");
	add_target(e, (struct alias_target){ .kind = ALIAS_INCLUDE,
	    .path = memory_copy(s, n), .line = sc->at_line });
	return 0;
}

static int
take_element(struct scan *sc, struct alias_entry *e)
{
	enum alias_kind kind;

	if (sc->text.len == 0)
		return 0;
	kind = kind_of(sc->text.data, sc->text.len);
	if (kind == ALIAS_ADDRESS || kind == ALIAS_FINAL)
		return take_address(sc, e, kind);
	sc->bare = false;
	if (kind == ALIAS_INCLUDE)
		return take_include(sc, e);
	add_target(e, (struct alias_target){ .kind = kind,
	    .line = sc->at_line });
	return 0;
}

/* Where the line of an entry begins: behind the line end before its name. */
static size_t
line_begin(const struct alias_entry *e)
{
	size_t at = e->name;

	while (at > 0 && e->in->text.data[at - 1] != '\n')
		at--;
	return at;
}

void
alias_clear(struct alias_entry *e)
{
	for (size_t i = 0; i < e->targets; i++) {
		mailbox_free(&e->target[i].box);
		free(e->target[i].path);
	}
	free(e->target);
	e->target = NULL;
	e->targets = 0;
	e->parsed = false;
}

int
alias_targets(struct alias_entry *e, struct fault *f)
{
	struct scan sc = { .entry = e, .n = e->value_len, .fault = f };
	int r = 0;

	if (e->parsed)
		return 0;
	sc.s = e->in->text.data + e->value;
	sc.line = sc.at_line = e->line;
	/* modulo: the value begins behind the beginning of its line */
	sc.begin = line_begin(e) - e->value;
	sc.at_column = 1;
	buffer_init(&sc.text, e->value_len);
	while (r == 0 && sc.i < sc.n) {
		r = next_element(&sc);
		if (r == 0)
			r = take_element(&sc, e);
	}
	buffer_free(&sc.text);
	if (r == 0 && e->targets == 0) {
		sc.at_line = e->line;
		sc.at_column = 1;
		r = refuse(&sc, "the %s has no address",
		    e->name_len == 0 ? "list" : "alias");
	}
	e->parsed = r == 0;
	if (r == -1)
		alias_clear(e);
	return r;
}
