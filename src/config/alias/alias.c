/* SPDX-License-Identifier: ISC */
/* The lines of an alias file, and the table of its names. */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "config/account/notes.h"
#include "config/alias/alias.h"

#define ENTRIES_MIN 32		/* first size of the list of entries */
#define NAME_SHOWN_MAX 60	/* octets of a name that are quoted */

/* The walk over the lines of a file. */
struct lines {
	struct aliases *aliases;
	struct notes *errors;
	char *line;		/* the current one, without its end */
	size_t n;
	size_t number;
	bool open;		/* an entry that lines can continue */
	bool broken;		/* what they continue has been complained of */
};

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
		alias_clear(&a->entry[i]);
	/* no list holds another: all belong to the file that was asked */
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

/* The line is no entry; lines that continue it are dropped with it. */
static void
refuse(struct lines *l, size_t at, const char *what, const char *s, size_t n)
{
	l->open = false;
	l->broken = true;
	notes_add(l->errors, "%s:%zu:%zu: %s%s%.*s%s", l->aliases->file,
	    l->number, at + 1, what, n == 0 ? "" : " '", shown(n), s,
	    n == 0 ? "" : "'");
}

/*
 * Takes the quotes and escapes off a name, where it stands: nothing else needs
 * these octets again. Returns the offset behind the closing quote, 0 if there
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

/* The name at the beginning of the line; *rest goes on behind it. */
static int
take_name(struct lines *l, size_t *name_len, size_t *rest)
{
	size_t i = 0;

	if (l->line[0] == '"') {
		i = unquote(l, name_len);
		if (i == 0) {
			refuse(l, 0, "a quoted name without its end", "", 0);
			return -1;
		}
	} else {
		while (i < l->n && l->line[i] != ':' &&
		    !text_is_blank(l->line[i]))
			i++;
		*name_len = i;
	}
	while (i < l->n && text_is_blank(l->line[i]))
		i++;
	*rest = i + 1;
	if (i == l->n || l->line[i] != ':')
		refuse(l, i, "no colon behind the name", l->line, *name_len);
	else if (*name_len == 0)
		refuse(l, 0, "a line begins with the name of an alias, and "
		    "a colon", "", 0);
	else if (text_has_control(l->line, *name_len))
		refuse(l, 0, "a name with a control character", l->line,
		    *name_len);
	else if (memchr(l->line, '@', *name_len) != NULL)
		refuse(l, 0, "an alias is a name without a domain; it serves "
		    "those of this host anyway:", l->line, *name_len);
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
		refuse(l, 0, "a second alias", l->line, name_len);
		return;
	}
	if (a->count == a->cap) {
		a->cap = a->cap == 0 ? ENTRIES_MIN : a->cap * 2;
		a->entry = memory_resize(a->entry, a->cap, sizeof(*a->entry));
	}
	e = &a->entry[a->count++];
	memset(e, 0, sizeof(*e));
	e->in = a;
	e->name = (size_t)(l->line - a->text.data);
	e->name_len = name_len;
	e->line = l->number;
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
	size_t i = 0;

	while (i < l->n && text_is_blank(l->line[i]))
		i++;
	if (i == l->n || l->line[i] == '#')
		return;
	if (memchr(l->line, '\0', l->n) != NULL) {
		refuse(l, i, "a NUL character", "", 0);
	} else if (i == 0) {
		begin_entry(l);
	} else if (l->open) {
		e = &a->entry[a->count - 1];
		e->value_len = (size_t)(l->line + l->n - a->text.data) -
		    e->value;
	} else if (!l->broken) {
		refuse(l, i, "a line that begins with a blank continues the "
		    "one above, and there is none", "", 0);
	}
}

/* Windows editors begin UTF-8 with one. */
static size_t
byte_order_mark(const struct buffer *text)
{
	return text->len >= 3 && memcmp(text->data, "\xef\xbb\xbf", 3) == 0 ?
	    3 : 0;
}

static void
take_text(struct aliases *a, const char *file, struct buffer *text)
{
	a->file = memory_string(file);
	a->text = *text;
	buffer_init(text, ALIAS_FILE_MAX);
}

void
alias_parse_list(struct aliases *a, const char *file, struct buffer *text)
{
	struct alias_entry *e;

	take_text(a, file, text);
	a->entry = e = memory_alloc(sizeof(*a->entry));
	a->count = a->cap = 1;
	e->in = a;
	e->line = 1;
	e->value = byte_order_mark(&a->text);
	e->value_len = a->text.len - e->value;
}

void
alias_parse(struct aliases *a, const char *file, struct buffer *text,
    struct notes *errors)
{
	struct lines l = { .aliases = a, .errors = errors };
	char *at, *end, *eol;

	take_text(a, file, text);
	if (a->text.len == 0)
		return;
	at = a->text.data;
	end = at + a->text.len;
	at += byte_order_mark(&a->text);
	while (at < end) {
		eol = memchr(at, '\n', (size_t)(end - at));
		if (eol == NULL)
			eol = end;
		l.line = at;
		l.n = (size_t)(eol - at);
		l.number++;
		if (l.n > 0 && at[l.n - 1] == '\r')
			l.n--;
		take_line(&l);
		at = eol < end ? eol + 1 : end;
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
	buffer_free(&b);
	notes_free(&ignored);
}
