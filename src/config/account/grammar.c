/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>

#include "base/fault.h"
#include "base/memory.h"
#include "base/text.h"
#include "config/account/account.h"
#include "config/account/accountfile.h"
#include "config/account/sender.h"

#define WORD_SHOWN_MAX 40	/* octets of an unknown word that are quoted */
#define DEFAULT_NAME "default"
#define NO_BREAK "\xc2\xa0"	/* a no-break space in UTF-8 */

/* The parser of a file and of those that it includes. */
struct parser {
	struct accounts *accounts;
	const struct parser_hooks *hooks;	/* or NULL */
	struct option_place place;	/* see at() */
	const char *line;
	size_t len;			/* without line end */
	unsigned evaluated;	/* column of the command that printed
					 * the line, else 0 */
	struct account defaults;
	struct account scrap;		/* settings behind an account line
					 * that is wrong */
	struct account *current;	/* what settings go into */
	struct account *implicit;	/* made by settings above the first
					 * account line, or NULL */
	struct account_table table;	/* accounts of this file */
	struct accountfile_facts *facts;
	struct fault *fault;
};

/* Part of the line. */
struct slice {
	const char *s;
	size_t n;
};

static int parse_line(struct parser *);

/*
 * The place of something in the line, which lasts until the next one is asked
 * for; in what a command printed, where the command stands.
 */
static const struct option_place *
at(struct parser *p, const char *s)
{
	p->place.column = p->evaluated != 0 ? p->evaluated :
	    (unsigned)(s - p->line) + 1;
	return &p->place;
}

static struct slice
trim(struct slice t)
{
	size_t blanks = text_blanks(t.s, t.n);

	t.s += blanks;
	t.n = text_trimmed(t.s, t.n - blanks);
	return t;
}

/* Takes what stands before `end` and trims it; *rest begins behind `end`. */
static struct slice
take(struct slice *rest, char end)
{
	const char *stop = rest->n == 0 ? NULL : memchr(rest->s, end, rest->n);
	struct slice part = { rest->s, stop == NULL ? rest->n :
	    (size_t)(stop - rest->s) };
	size_t used = part.n + (stop != NULL);

	rest->s += used;
	rest->n -= used;
	return trim(part);
}

static int
no_base(struct parser *p, struct slice name)
{
	const char *near;

	option_fault(p->fault, at(p, name.s), "account '%.*s' is not defined "
	    "above this line", (int)name.n, name.s);
	near = account_table_nearest(&p->table, name.s, name.n);
	if (near != NULL)
		return fault_hint(p->fault, "did you mean '%s'?", near);
	return fault_hint(p->fault, "an account can be built on one that "
	    "stands above it in this file");
}

static int
inherit(struct parser *p, struct account *account, struct slice bases)
{
	struct account *base;
	struct slice name;
	bool more;

	do {
		more = bases.n > 0 && memchr(bases.s, ',', bases.n) != NULL;
		name = take(&bases, ',');
		if (name.n == 0) {
			option_fault(p->fault, at(p, name.s),
			    "an account name is missing");
			return fault_hint(p->fault,
			    "the line is 'account NAME : BASE, BASE'");
		}
		base = account_table_find(&p->table, name.s, name.n);
		if (base != NULL) {
			account_override(account, base);
			account->evaluated |= base->evaluated;
			base->base = true;
		} else if (accounts_report(p->accounts, no_base(p, name),
		    p->fault) == -1) {
			return -1;
		}
	} while (more);
	return 0;
}

static int
check_new_name(struct parser *p, struct slice name)
{
	const struct account *there;
	unsigned line;
	bool here;

	if (name.n == 0) {
		option_fault(p->fault, at(p, name.s), "account needs a name");
		return fault_hint(p->fault, "write 'account NAME'");
	}
	for (const char *c = name.s; c < name.s + name.n; c++)
		if (*c == ',' || text_is_control(*c))
			return option_fault(p->fault, at(p, c), "an account "
			    "name has no %s in it", *c == ',' ? "comma" :
			    "control character");
	there = account_table_find(&p->table, name.s, name.n);
	if (there == NULL)
		return 0;
	line = there->defined.line;
	here = there->defined.file == p->place.file;
	option_fault(p->fault, at(p, name.s), "account '%s' is defined twice: "
	    "here and in %s%s%u", there->name, here ? "line" :
	    there->defined.file, here ? " " : ":", line);
	if (there == p->implicit)
		return fault_hint(p->fault, "settings above the first account "
		    "line, such as line %u, are those of account 'default'; "
		    "put a line 'defaults' or 'account NAME' above them", line);
	return fault_hint(p->fault, "give one of them another name");
}

static struct account *
account_begin(struct parser *p, struct slice name)
{
	struct account *account = memory_alloc(sizeof(*account));

	account_init(account);
	account->name = memory_copy(name.s, name.n);
	account->defined = p->place;
	account->evaluated = p->defaults.evaluated;
	/* what comes from defaults is not explicitly set, so that an account
	 * does not inherit it from this one */
	account_copy(account, &p->defaults);
	memset(account->set, 0, sizeof(account->set));
	return account;
}

static int
parse_account(struct parser *p, struct slice argument)
{
	bool built = argument.n > 0 &&
	    memchr(argument.s, ':', argument.n) != NULL;
	struct slice name = take(&argument, ':');
	struct account *account;

	p->current = &p->scrap;
	if (check_new_name(p, name) == -1)
		return -1;
	account = account_begin(p, name);
	if (built && inherit(p, account, argument) == -1) {
		account_free(account);
		free(account);
		return -1;
	}
	account_table_add(&p->table, account);
	p->current = account;
	return 0;
}

static int
parse_defaults(struct parser *p, struct slice argument)
{
	if (argument.n > 0) {
		option_fault(p->fault, at(p, argument.s),
		    "unexpected text behind 'defaults'");
		return fault_hint(p->fault,
		    "settings follow on lines of their own");
	}
	p->current = &p->defaults;
	return 0;
}

static int
unknown_word(struct parser *p, struct slice word)
{
	const char *near = option_nearest(word.s, word.n);

	if (p->evaluated != 0) {
		/* its output may be a password that lacks the word before it */
		option_fault(p->fault, at(p, word.s),
		    "eval printed no setting this program knows");
		return fault_hint(p->fault, "its first line of output should "
		    "be a setting and its value");
	}
	if (near == NULL && option_slip(word.s, word.n, "account") != SIZE_MAX)
		near = "account";
	if (near == NULL && option_slip(word.s, word.n, "defaults") != SIZE_MAX)
		near = "defaults";
	option_fault(p->fault, at(p, word.s), "unknown setting '%.*s'%s",
	    word.n > WORD_SHOWN_MAX ? WORD_SHOWN_MAX : (int)word.n, word.s,
	    word.n > WORD_SHOWN_MAX ? "..." : "");
	if (near != NULL)
		return fault_hint(p->fault, "did you mean '%s'?", near);
	return fault_hint(p->fault,
	    "postrider-accounts(5) lists the settings there are");
}

static void
need_account(struct parser *p)
{
	const struct slice name = { DEFAULT_NAME, sizeof(DEFAULT_NAME) - 1 };

	if (p->current == NULL)
		p->current = p->implicit;
	if (p->current != NULL)
		return;
	p->current = account_begin(p, name);
	p->implicit = p->current;
	account_table_add(&p->table, p->current);
}

static int
parse_legacy(struct parser *p, const struct legacy *l, struct slice argument)
{
	const struct option_place *place = at(p, argument.s);
	struct notes *notes = &p->accounts->warnings;

	if (legacy_set(p->current, l, argument.s, argument.n, place, notes,
	    p->fault) == -1)
		return -1;
	if (p->accounts->report != NULL && l->id != OPTION_COUNT)
		legacy_note(notes, l, argument.s, argument.n, place);
	return 0;
}

static void
note_obsolete(struct parser *p, struct slice word, enum option_id id)
{
	const char *advice = legacy_advice(id);

	if (advice == NULL && !text_is(word.s, word.n, option_row(id)->keyword))
		advice = option_row(id)->keyword;
	if (advice != NULL)
		notes_add(&p->accounts->warnings, "%s:%u: %.*s is obsolete; "
		    "write '%s'", p->place.file, p->place.line, (int)word.n,
		    word.s, advice);
}

static int
parse_setting(struct parser *p, struct slice word, struct slice argument)
{
	enum option_id id = option_find_keyword(word.s, word.n);
	const struct legacy *legacy = legacy_find(word.s, word.n, false);

	if (id == OPTION_COUNT && legacy == NULL)
		return unknown_word(p, word);
	need_account(p);
	if (id == OPTION_COUNT)
		return parse_legacy(p, legacy, argument);
	if (argument.n > 0 && option_row(id)->type == OPTION_TYPE_SECRET)
		p->facts->password = true;
	if (argument.n > 0 && id == OPTION_PASSWORDEVAL)
		p->facts->command = "a passwordeval";
	if (argument.n > 0 && id == OPTION_OAUTH2)
		p->facts->command = "an oauth2";
	if (p->accounts->report != NULL)
		note_obsolete(p, word, id);
	if (option_set(p->current, id, argument.s, argument.n,
	    at(p, argument.s), p->fault) == -1)
		return -1;
	return p->accounts->report == NULL || id != OPTION_FROM ? 0 :
	    accountmatch_check(p->current, p->fault);
}

/* The line that a command has printed takes the place of the command's. */
static int
parse_evaluated(struct parser *p, const struct option_place *place,
    const struct secret *line)
{
	struct slice outer = { p->line, p->len };
	bool was_password = p->facts->password;
	int r;

	p->line = line->bytes;
	p->len = line->len;
	p->evaluated = place->column;
	r = parse_line(p);
	/* the file need not be kept from others for what a command prints */
	p->facts->password = was_password;
	p->evaluated = 0;
	p->line = outer.s;
	p->len = outer.n;
	return r;
}

/* "eval" and "include" need a value, and neither stands in what eval prints. */
static int
check_directive(struct parser *p, struct slice value, const char *what,
    const char *needs, const char *hint)
{
	if (p->evaluated != 0)
		return option_fault(p->fault, at(p, value.s),
		    "what eval prints cannot be an%s", what);
	if (value.n > 0)
		return 0;
	option_fault(p->fault, at(p, value.s), "%s", needs);
	return fault_hint(p->fault, "%s", hint);
}

static int
parse_eval(struct parser *p, struct slice command)
{
	struct option_place place = *at(p, command.s);
	struct secret line = { NULL, 0 };
	char *string;
	int r;

	if (check_directive(p, command, "other eval", "eval needs a command",
	    "write 'eval COMMAND', which prints a setting and its value") == -1)
		return -1;
	p->facts->command = "an eval";
	if (p->hooks == NULL || p->accounts->report != NULL) {
		need_account(p);
		p->current->evaluated = true;
		return 0;
	}
	string = memory_copy(command.s, command.n);
	p->accounts->evaluated = true;
	r = p->hooks->eval(p->hooks->arg, string, &place, &line, p->fault);
	if (r == 0)
		r = parse_evaluated(p, &place, &line);
	free(string);
	secret_clear(&line);
	return r;
}

static int
parse_include(struct parser *p, struct slice pattern)
{
	struct option_place place = *at(p, pattern.s);
	char *string;
	int r;

	if (check_directive(p, pattern, " include", "include needs a file",
	    "write 'include FILE', or a pattern such as accounts.d/*") == -1)
		return -1;
	if (p->hooks == NULL)
		return 0;
	string = memory_copy(pattern.s, pattern.n);
	r = p->hooks->include(p->hooks->arg, p, string, &place, p->fault);
	free(string);
	return r;
}

static size_t
word_length(struct slice t)
{
	size_t n = 0;

	while (n < t.n && (text_is_alpha(t.s[n]) || text_is_digit(t.s[n]) ||
	    t.s[n] == '_' || t.s[n] == '-'))
		n++;
	return n;
}

/* The line that the word and its value should have been, if it may be shown. */
static int
hint_line(struct parser *p, struct slice word, struct slice value)
{
	enum option_id id = option_find_keyword(word.s, word.n);
	const struct option_row *row = option_row(id == OPTION_COUNT ?
	    OPTION_HOST : id);
	struct fault wrong = { .class = FAULT_NONE };
	struct account trial;

	if (value.n == 0 || row->type == OPTION_TYPE_SECRET ||
	    (row->flags & OPTION_COMMAND) != 0 ||
	    text_is(word.s, word.n, "eval"))
		return fault_hint(p->fault, "write '%.*s', a blank, and the "
		    "value", (int)word.n, word.s);
	/* it may be wrong, too */
	account_init(&trial);
	if (id != OPTION_COUNT && option_set(&trial, id, value.s, value.n,
	    at(p, value.s), &wrong) == -1 && wrong.hint != NULL)
		fault_hint(p->fault, "%s", wrong.hint);
	account_free(&trial);
	fault_clear(&wrong);
	return fault_hint(p->fault, "write '%.*s %.*s'", (int)word.n, word.s,
	    value.n > WORD_SHOWN_MAX ? WORD_SHOWN_MAX : (int)value.n, value.s);
}

/* The value behind "=" or ":", as others write it. */
static struct slice
behind_sign(struct slice t)
{
	while (t.n > 0 && (t.s[0] == '=' || t.s[0] == ':')) {
		t.s++;
		t.n--;
	}
	return trim(t);
}

static bool
is_known(struct slice word)
{
	static const char *const others[] = { "account", "defaults", "eval",
	    "include" };

	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (text_is(word.s, word.n, others[i]))
			return true;
	return option_find_keyword(word.s, word.n) != OPTION_COUNT ||
	    legacy_find(word.s, word.n, false) != NULL;
}

/*
 * A word that does not end at a blank: "password=..." must not have its value
 * quoted in a message, so only the word's own characters are.
 */
static int
refuse_word(struct parser *p, struct slice word, struct slice rest)
{
	bool sign = rest.n > 0 && (rest.s[0] == '=' || rest.s[0] == ':');

	if (p->evaluated != 0 || (sign && word.n > 0 && !is_known(word)))
		return unknown_word(p, word);
	if (word.n == 0) {
		option_fault(p->fault, at(p, rest.s),
		    "a line begins with the name of a setting");
		return fault_hint(p->fault, !text_is_utf8(rest.s, rest.n) ?
		    "this is no text in UTF-8: save the file as that" :
		    rest.s[0] == '[' ? "an account "
		    "begins with 'account NAME', not with a section" :
		    "write one setting a line, such as 'host "
		    "mail.example.org'");
	}
	if (word.n > WORD_SHOWN_MAX)
		word.n = WORD_SHOWN_MAX;
	option_fault(p->fault, at(p, rest.s), "a blank should follow '%.*s'",
	    (int)word.n, word.s);
	if (sign)
		return hint_line(p, word, behind_sign(rest));
	return fault_hint(p->fault, rest.n >= 2 && memcmp(rest.s, NO_BREAK,
	    2) == 0 ? "that is a no-break space, as web pages and editors of "
	    "texts have it; type a blank" :
	    "write the setting, a blank, the value");
}

/*
 * "host = x". A name and a password may begin so, and are taken as they stand,
 * with a note; quotes say that it is meant.
 */
static int
check_sign(struct parser *p, struct slice word, struct slice rest)
{
	enum option_id id = option_find_keyword(word.s, word.n);
	bool secret = id != OPTION_COUNT &&
	    option_row(id)->type == OPTION_TYPE_SECRET;

	if (rest.n == 0 || p->evaluated != 0 || !is_known(word) ||
	    (rest.s[0] != '=' && (rest.s[0] != ':' || rest.n < 2 ||
	    !text_is_blank(rest.s[1]) || text_is(word.s, word.n, "account"))))
		return 0;
	if (secret || id == OPTION_USER || id == OPTION_PROXY_USER) {
		notes_add(&p->accounts->warnings, "%s:%u: the value of '%.*s' "
		    "begins with '%c'; leave that out, or put the value in "
		    "quotes if it is meant", p->place.file, p->place.line,
		    (int)word.n, word.s, rest.s[0]);
		return 0;
	}
	option_fault(p->fault, at(p, rest.s), "no '%c' stands before the value "
	    "of '%.*s'", rest.s[0], (int)word.n, word.s);
	return hint_line(p, word, behind_sign(rest));
}

/* Does the value begin or end with one of these characters of UTF-8? */
static bool
is_quoted_by(struct slice t, const char *const *marks)
{
	size_t m;

	for (; *marks != NULL; marks++) {
		m = strlen(*marks);
		if (t.n >= m && (memcmp(t.s, *marks, m) == 0 ||
		    memcmp(t.s + t.n - m, *marks, m) == 0))
			return true;
	}
	return false;
}

/* What in a value is a slip, more often than not: it is taken as it stands.
 * In a command the shell may want it so. */
static const char *
find_slip(struct slice t, bool command)
{
	static const char *const others[] = { "\xe2\x80\x9c",
	    "\xe2\x80\x9d", "\xe2\x80\x9e", "\xe2\x80\x98",
	    "\xe2\x80\x99", "\xe2\x80\x9a", "\xc2\xab", "\xc2\xbb", NULL };
	bool begins = t.s[0] == '"', ends = t.s[t.n - 1] == '"';
	size_t quotes = 0;

	for (size_t i = 0; i < t.n; i++)
		quotes += t.s[i] == '"';
	if (is_quoted_by(t, others))
		return "is in typographic quotes; write \" instead";
	if (command)
		return NULL;
	if ((begins || ends) && quotes % 2 != 0)
		return "has one quote of a pair; write both, or none";
	if (t.n >= 2 && t.s[0] == '\'' && t.s[t.n - 1] == '\'')
		return "is in single quotes, which belong to it; write \" "
		    "instead";
	if (!begins && text_find(t.s, t.n, " #", 2) != NULL)
		return "has a '#' in it, which begins no comment here; put "
		    "comments on a line of their own, or the value in quotes";
	return NULL;
}

static void
note_slip(struct parser *p, struct slice word, struct slice value)
{
	enum option_id id = option_find_keyword(word.s, word.n);
	const char *slip = value.n == 0 ? NULL : find_slip(value,
	    text_is(word.s, word.n, "eval") || (id != OPTION_COUNT &&
	    (option_row(id)->flags & OPTION_COMMAND) != 0));

	if (slip != NULL)
		notes_add(&p->accounts->warnings, "%s:%u: the value of '%.*s' "
		    "%s", p->place.file, p->place.line, (int)word.n, word.s,
		    slip);
}

static int
parse_line(struct parser *p)
{
	struct slice rest = trim((struct slice){ p->line, p->len });
	const char *nul = p->len == 0 ? NULL : memchr(p->line, '\0', p->len);
	struct slice word;

	if (nul != NULL) {
		option_fault(p->fault, at(p, nul), "a NUL character");
		return fault_hint(p->fault,
		    "account files are plain text; save this one as UTF-8");
	}
	if (rest.n == 0 || rest.s[0] == '#')
		return 0;
	word.s = rest.s;
	word.n = word_length(rest);
	rest.s += word.n;
	rest.n -= word.n;
	if (word.n == 0 || (rest.n > 0 && !text_is_blank(rest.s[0])))
		return refuse_word(p, word, rest);
	rest = trim(rest);
	if (check_sign(p, word, rest) == -1)
		return -1;
	if (p->accounts->report != NULL)
		note_slip(p, word, rest);
	if (rest.n >= 2 && rest.s[0] == '"' && rest.s[rest.n - 1] == '"') {
		rest.s++;
		rest.n -= 2;
	}
	if (text_is(word.s, word.n, "account"))
		return parse_account(p, rest);
	if (text_is(word.s, word.n, "defaults"))
		return parse_defaults(p, rest);
	if (text_is(word.s, word.n, "eval"))
		return parse_eval(p, rest);
	if (text_is(word.s, word.n, "include"))
		return parse_include(p, rest);
	return parse_setting(p, word, rest);
}

static int
parse_lines(struct parser *p, const char *bytes, size_t n)
{
	size_t mark = text_byte_order_mark(bytes, n);

	bytes += mark;
	n -= mark;
	while ((p->line = text_take_line(&bytes, &n, &p->len)) != NULL) {
		p->place.line++;
		if (accounts_report(p->accounts, parse_line(p), p->fault) == -1)
			return -1;
	}
	return 0;
}

static int
parse_file(struct parser *p, const struct parser_hooks *hooks,
    const char *name, const char *bytes, size_t n,
    struct accountfile_facts *facts)
{
	/* origins point to the name for as long as the accounts live */
	struct account_source *source = accounts_source(p->accounts, name);

	source->state = ACCOUNT_SOURCE_READ;
	memset(facts, 0, sizeof(*facts));
	p->hooks = hooks;
	p->facts = facts;
	p->place = (struct option_place){ source->path, 0, 1 };
	return parse_lines(p, bytes, n);
}

/*
 * The outer file's own settings go on in the account that they were in: a file
 * with accounts of its own, included in between, does not take them over.
 */
int
parser_include(struct parser *p, const struct parser_hooks *hooks,
    const char *name, const char *bytes, size_t n,
    struct accountfile_facts *facts)
{
	struct parser outer = *p;
	int r = parse_file(p, hooks, name, bytes, n, facts);

	p->hooks = outer.hooks;
	p->facts = outer.facts;
	p->place = outer.place;
	p->line = outer.line;
	p->len = outer.len;
	p->current = outer.current;
	return r;
}

/* Moves the accounts over, but for those that an earlier file has defined. */
static void
merge(struct accounts *accounts, struct account_table *table)
{
	struct account *account;
	size_t kept = 0;

	for (size_t i = 0; i < table->count; i++) {
		account = table->account[i];
		if (account_table_find(&accounts->table, account->name,
		    strlen(account->name)) == NULL)
			account_table_add(&accounts->table, account);
		else
			table->account[kept++] = account;
	}
	table->count = kept;
}

int
accountfile_parse(struct accounts *accounts, const struct parser_hooks *hooks,
    const char *name, const char *bytes, size_t n,
    struct accountfile_facts *facts, struct fault *f)
{
	struct parser p = { .accounts = accounts, .fault = f };
	int r;

	account_init(&p.defaults);
	account_init(&p.scrap);
	r = parse_file(&p, hooks, name, bytes, n, facts);
	if (r == 0)
		merge(accounts, &p.table);
	account_table_free(&p.table);
	account_free(&p.defaults);
	account_free(&p.scrap);
	return r;
}
