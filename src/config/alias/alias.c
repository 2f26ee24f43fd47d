/* SPDX-License-Identifier: ISC */
/* Alias files: their lines, the table of their names, and what stands behind a
 * name. */
#include "config.h"

#include <sys/stat.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/fault.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/text.h"
#include "config/account/account.h"
#include "config/alias/alias.h"

#define LISTS_MAX 1000		/* each costs a file and a search */
#define ERRORS_NOTED 5		/* of the system's file; newaliases shows all */
#define NAME_SHOWN_MAX 60	/* octets of a name that are quoted */
#define INCLUDE ":include:"
#define TARGETS_MIN 2	/* first allocation: most aliases have one target */

/* The walk over the lines of a file. */
struct lines {
	struct aliases *aliases;
	struct notes *errors;
	char *line;		/* the current one, */
	size_t n;		/* its length without its end, */
	size_t number;		/* and its number */
	bool open;		/* an entry that lines can continue */
	bool broken;		/* the entry they continue has been refused */
};

static void
clear_targets(struct alias_entry *e)
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

void
aliases_init(struct aliases *a)
{
	memset(a, 0, sizeof(*a));
	buffer_init(&a->text, ALIAS_FILE_MAX);
	a->names.fold = true;
	a->expansion = a->message = 1;
}

void
aliases_free(struct aliases *a)
{
	for (size_t i = 0; i < a->count; i++)
		clear_targets(&a->entry[i]);
	/* lists that lists include belong to the file, too */
	for (size_t i = 0; i < a->lists; i++) {
		aliases_free(a->list[i]);
		free(a->list[i]);
	}
	if (a->first != NULL)
		aliases_free(a->first);
	free(a->first);
	free(a->list);
	free(a->entry);
	index_free(&a->names);
	free(a->file);
	buffer_free(&a->text);
	aliases_init(a);
}

struct alias_entry *
alias_find(const struct aliases *a, const char *name, size_t n)
{
	size_t found = index_find(&a->names, name, n);
	struct alias_entry *e = a->first == NULL ? NULL :
	    alias_find(a->first, name, n);

	if (e != NULL)
		return e;
	return found == INDEX_NONE ? NULL : &a->entry[found];
}

static int
shown(size_t n)
{
	return n > NAME_SHOWN_MAX ? NAME_SHOWN_MAX : (int)n;
}

/* Drops a line that is no entry, with the lines that continue it. */
static void
refuse(struct lines *l, size_t at, const char *what, const char *s, size_t n,
    const char *remedy)
{
	l->open = false;
	l->broken = true;
	notes_add(l->errors, "%s:%zu:%zu: %s%s%.*s%s%s", l->aliases->file,
	    l->number, at + 1, what, n == 0 ? "" : " '", shown(n), s,
	    n == 0 ? "" : "'", remedy);
}

/*
 * Removes quotes and escapes from a name where it stands, since these octets
 * are not read again. Returns the offset behind the closing quote, 0 if there
 * is none.
 */
static size_t
unquote(struct lines *l, size_t *name_len)
{
	size_t from = 1, to = 0;

	for (; from < l->n && l->line[from] != '"'; from++) {
		if (l->line[from] == '\\' && from + 1 < l->n)
			from++;
		l->line[to++] = l->line[from];
	}
	*name_len = to;
	return from < l->n ? from + 1 : 0;
}

/* The name at the beginning of the line; *rest is the offset of its value. */
static int
take_name(struct lines *l, size_t *name_len, size_t *rest)
{
	size_t i = 0;

	if (l->line[0] == '"') {
		i = unquote(l, name_len);
		if (i == 0) {
			refuse(l, 0, "a quoted name without its end", "", 0,
			    "");
			return -1;
		}
	} else {
		while (i < l->n && l->line[i] != ':' &&
		    !text_is_blank(l->line[i]))
			i++;
		*name_len = i;
	}
	i += text_blanks(l->line + i, l->n - i);
	*rest = i + 1;
	if (i == l->n || l->line[i] != ':')
		refuse(l, i, "no colon behind the name", l->line, *name_len,
		    "; write NAME: ADDRESS");
	else if (*name_len == 0)
		refuse(l, 0, "a line begins with the name of an alias, and "
		    "a colon", "", 0, "");
	else if (text_has_control(l->line, *name_len))
		refuse(l, 0, "a name with a control character", l->line,
		    *name_len, "");
	else if (!l->aliases->senders &&
	    memchr(l->line, '@', *name_len) != NULL)
		refuse(l, 0, "an alias is a name without a domain; it serves "
		    "those of this host anyway:", l->line, *name_len, "");
	else
		return 0;
	return -1;
}

static void
begin_entry(struct lines *l)
{
	struct aliases *a = l->aliases;
	size_t name_len, rest;
	struct alias_entry *e;

	if (take_name(l, &name_len, &rest) == -1)
		return;
	if (index_add(&a->names, l->line, name_len, a->count) != a->count) {
		refuse(l, 0, "a second alias", l->line, name_len,
		    "; one line has all its addresses, with commas between");
		return;
	}
	a->entry = memory_grow(a->entry, a->count, &a->cap, sizeof(*e));
	e = &a->entry[a->count++];
	*e = (struct alias_entry){ .in = a, .name_len = name_len,
	    .name = (size_t)(l->line - a->text.data), .line = l->number };
	e->value = e->name + rest;
	e->value_len = l->n - rest;
	l->open = true;
	l->broken = false;
}

/* Blank lines and comments neither end an entry nor begin one. */
static void
take_line(struct lines *l)
{
	struct aliases *a = l->aliases;
	struct alias_entry *e;
	size_t i = text_blanks(l->line, l->n);

	if (i == l->n || l->line[i] == '#')
		return;
	if (memchr(l->line, '\0', l->n) != NULL) {
		refuse(l, i, "a NUL character", "", 0, "");
	} else if (i == 0) {
		begin_entry(l);
	} else if (l->open) {
		e = &a->entry[a->count - 1];
		e->value_len = (size_t)(l->line + l->n - a->text.data) -
		    e->value;
	} else if (!l->broken) {
		refuse(l, i, "a line that begins with a blank continues the "
		    "one above, and there is none", "", 0, "");
	}
}

static void
take_text(struct aliases *a, const char *file, struct buffer *text)
{
	a->file = memory_string(file);
	a->text = *text;
	buffer_init(text, ALIAS_FILE_MAX);
}

static void
parse_list(struct aliases *a, const char *file, struct buffer *text)
{
	struct alias_entry *e;

	take_text(a, file, text);
	a->entry = e = memory_alloc(sizeof(*a->entry));
	a->count = a->cap = 1;
	e->in = a;
	e->line = 1;
	e->name = e->value = text_byte_order_mark(a->text.data, a->text.len);
	e->value_len = a->text.len - e->value;
}

void
alias_parse(struct aliases *a, const char *file, struct buffer *text,
    struct notes *errors)
{
	struct lines l = { .aliases = a, .errors = errors };
	const char *rest, *line;
	size_t left;

	take_text(a, file, text);
	left = a->text.len - text_byte_order_mark(a->text.data, a->text.len);
	rest = a->text.data + (a->text.len - left);
	while ((line = text_take_line(&rest, &left, &l.n)) != NULL) {
		l.line = a->text.data + (line - a->text.data);
		l.number++;
		take_line(&l);
	}
}

void
alias_put_first(struct aliases *a, const char *origin, const char *text)
{
	struct notes ignored = { .text = NULL };
	struct buffer b;

	buffer_init(&b, ALIAS_FILE_MAX);
	buffer_add_string(&b, text);
	a->first = memory_alloc(sizeof(*a->first));
	aliases_init(a->first);
	alias_parse(a->first, origin, &b, &ignored);
	notes_free(&ignored);
}

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

/* Puts the place of the element before the fault just recorded. */
static int
at_element(const struct scan *sc)
{
	return fault_prefix(sc->fault, "%s:%zu:%zu: ", sc->entry->in->file,
	    sc->at_line, sc->at_column);
}

static int
refuse_target(const struct scan *sc, const char *what)
{
	fault(sc->fault, FAULT_CONFIG, "%s", what);
	return at_element(sc);
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

/* Commas separate addresses; in an included list line ends do, too. */
static bool
is_separator(const struct scan *sc)
{
	char c = sc->s[sc->i];

	return c == ',' || (c == '\n' && sc->entry->name_len == 0);
}

/*
 * Copies the next element to sc->text, without blanks around it. Quotes end
 * with their line, so that a forgotten one does not swallow the whole entry.
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
	sc->text.len = text_trimmed(sc->text.data, sc->text.len);
	return quoted ? refuse_target(sc, "quoted text without its end") : 0;
}

static bool
begins(const char *s, size_t n, const char *word)
{
	size_t len = strlen(word);

	return n >= len && text_same(s, len, word, len);
}

/* Quotes around a whole command or path are not part of it; those around the
 * local part of an address are. */
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
	size_t n = e->targets;

	/* grows by powers of two: there is no field for a capacity */
	if (n == 0 || (n >= TARGETS_MIN && (n & (n - 1)) == 0))
		e->target = memory_resize(e->target, n == 0 ? TARGETS_MIN :
		    2 * n, sizeof(*e->target));
	e->target[e->targets++] = target;
}

/* In "Doe, John <john@...>" Doe is half of a name, not an address. */
static int
check_bare(struct scan *sc, const struct mailbox *box)
{
	bool after = sc->bare && box->name != NULL && sc->text.data[0] != '"';

	sc->bare = box->name == NULL && box->domain[0] == '\0';
	if (!after)
		return 0;
	refuse_target(sc, "name without an address before a display name");
	return fault_hint(sc->fault,
	    "a display name that has a comma must be in quotes");
}

static int
take_address(struct scan *sc, struct alias_entry *e, enum alias_kind kind)
{
	size_t skip = kind == ALIAS_FINAL ? 1 : 0;
	struct address_list list = { .box = NULL };
	int r = address_parse(&list, sc->text.data + skip, sc->text.len - skip,
	    sc->fault);

	if (r == -1) {
		fault_reclass(sc->fault, FAULT_CONFIG);
		at_element(sc);
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
	size_t n = sc->text.len, skip = strlen(INCLUDE);

	if (s[0] == '"') {
		s++;
		n -= 2;
	}
	skip += text_blanks(s + skip, n - skip);
	s += skip;
	n -= skip;
	if (n == 0 || s[0] != '/' || memchr(s, '\0', n) != NULL)
		return refuse_target(sc, "an included list is a file with "
		    "its whole path");
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

int
alias_targets(struct alias_entry *e, struct fault *f)
{
	struct scan sc = { .entry = e, .n = e->value_len, .fault = f };
	int r = 0;

	if (e->parsed)
		return 0;
	sc.s = e->in->text.data + e->value;
	sc.line = sc.at_line = e->line;
	/* it wraps: the value stands behind the name that begins the line */
	sc.begin = e->name - e->value;
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
		r = refuse_target(&sc, e->name_len == 0 ?
		    "the list has no address" : "the alias has no address; "
		    "write NAME: ADDRESS");
	}
	e->parsed = r == 0;
	if (r == -1)
		clear_targets(e);
	return r;
}

/* ---- the files ---- */

const char *
alias_file(const struct account *account)
{
	const struct option_place *origin = &account->origin[OPTION_ALIASES];

	if (account->aliases != NULL)
		return account->aliases;
	/* an empty value means no aliases; no setting, the system's */
	return origin->file != NULL || origin->line != ORIGIN_DEFAULT ? NULL :
	    ALIAS_FILE_DEFAULT;
}

static int
read_file(const char *path, const char *what, struct buffer *text,
    struct fault *f)
{
	int error;

	if (file_load(path, text) == 0)
		return 0;
	error = errno;
	if (error == EFBIG)
		return fault(f, FAULT_CONFIG, "%s file %s is larger than %d "
		    "MiB", what, path, ALIAS_FILE_MAX / (1024 * 1024));
	if (error == 0) {
		fault(f, FAULT_CONFIG, "%s file %s is not a regular file",
		    what, path);
		return fault_hint(f, "for none at all, write '%s' without a "
		    "value", strcmp(what, "alias") == 0 ? "aliases" : what);
	}
	fault(f, FAULT_CONFIG, "%s file %s cannot be read: %s", what, path,
	    strerror(error));
	return fault_hint(f, error == ENOENT ? "check the path, or leave the "
	    "setting out" : "let this user read it, or name another one");
}

int
alias_read(struct aliases *a, const char *path, struct notes *errors,
    struct fault *f)
{
	struct buffer text;
	int r;

	buffer_init(&text, ALIAS_FILE_MAX);
	r = read_file(path, a->senders ? "senders" : "alias", &text, f);
	if (r == 0)
		alias_parse(a, path, &text, errors);
	buffer_free(&text);
	return r;
}

struct alias_entry *
alias_list(struct aliases *a, const char *path, struct fault *f)
{
	struct aliases *list;
	struct buffer text;

	for (size_t i = 0; i < a->lists; i++)
		if (strcmp(a->list[i]->file, path) == 0)
			return a->list[i]->entry;
	if (a->lists == LISTS_MAX) {
		fault(f, FAULT_CONFIG, "%s: more than %d included lists", path,
		    LISTS_MAX);
		return NULL;
	}
	buffer_init(&text, ALIAS_FILE_MAX);
	if (read_file(path, "alias", &text, f) == -1) {
		buffer_free(&text);
		return NULL;
	}
	list = memory_alloc(sizeof(*list));
	aliases_init(list);
	parse_list(list, path, &text);
	a->list = memory_resize(a->list, a->lists + 1,
	    sizeof(struct aliases *));
	a->list[a->lists++] = list;
	buffer_free(&text);
	return list->entry;
}

static void
keep_going(const char *path, const struct notes *errors, struct notes *notes)
{
	for (size_t i = 0; i < errors->count && i < ERRORS_NOTED; i++)
		notes_add(notes, "%s; the line is ignored", errors->text[i]);
	if (errors->count > ERRORS_NOTED)
		notes_add(notes, "%s: %zu more errors; run: postrider -bi",
		    path, errors->count - ERRORS_NOTED);
}

int
alias_load(struct aliases *a, const char *path, bool configured,
    struct notes *notes, struct fault *f)
{
	struct notes errors = { .text = NULL };
	struct fault why = { .class = FAULT_NONE };
	struct stat st;
	int r;

	if (!configured && stat(path, &st) == -1 &&
	    (errno == ENOENT || errno == ENOTDIR))
		return 0;
	r = alias_read(a, path, &errors, configured ? f : &why);
	if (r == -1 && !configured) {
		notes_add(notes, "%s; names are not aliased", why.text);
		fault_clear(&why);
		r = 0;
	} else if (r == 0 && !configured) {
		keep_going(path, &errors, notes);
	} else if (r == 0 && errors.count > 0) {
		r = fault(f, FAULT_CONFIG, "%s", errors.text[0]);
	}
	notes_free(&errors);
	return r;
}
