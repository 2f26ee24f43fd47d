/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/fault.h"
#include "base/memory.h"
#include "base/text.h"
#include "setup/legacy.h"
#include "cli/cmdline.h"
#include "cli/inquire.h"
#include "cli/letter.h"

#define MESSAGE_MAX (64 * 1024)	/* octets of a fault's text */
#define HELP_LEFT_SIZE 80	/* octets; a line of the help */

/* Long options that are no settings: other names of letters, and two more. */
static const struct {
	const char *name;
	char letter;		/* 0: `mode`; '@': read_sender */
	enum cmdline_mode mode;
	const char *help;	/* when the letter's own does not say it */
	const char *value;	/* of a mode: what the help calls it */
} longs[] = {
	{ "account", 'a', CMDLINE_SUBMIT, NULL, NULL },
	{ "file", 'C', CMDLINE_SUBMIT, NULL, NULL },
	{ "from", 'f', CMDLINE_SUBMIT, NULL, NULL },
	{ "read-recipients", 't', CMDLINE_SUBMIT, NULL, NULL },
	{ "read-envelope-from", '@', CMDLINE_SUBMIT,
	    "take the reverse-path from the From field", NULL },
	{ "pretend", 'P', CMDLINE_SUBMIT, NULL, NULL },
	{ "debug", 'd', CMDLINE_SUBMIT, NULL, NULL },
	{ "serverinfo", 'S', CMDLINE_SUBMIT, NULL, NULL },
	{ "configure", 0, CMDLINE_CONFIGURE,
	    "find the smarthost of an address, print an account", "ADDRESS" },
	{ "rmqs", 0, CMDLINE_ETRN,
	    "ask the smarthost to send its queue for a host", "HOST" },
	{ "verify", 0, CMDLINE_VERIFY,
	    "ask the smarthost whether it knows an address", "ADDRESS" },
	{ "expand", 0, CMDLINE_EXPAND,
	    "ask the smarthost who is on a list", "LIST" },
	{ "check-config", 0, CMDLINE_CHECK,
	    "find all errors in account files, in place of recipients",
	    NULL },
	{ "help", 0, CMDLINE_HELP, "print this", NULL },
	{ "version", 0, CMDLINE_VERSION, "print the version", NULL },
};

#define LONGS (sizeof(longs) / sizeof(longs[0]))

/* Where the parser stands in argv. */
struct arguments {
	int argc;
	char *const *argv;
	int next;
};

void
cmdline_init(struct cmdline *c)
{
	memset(c, 0, sizeof(*c));
	account_init(&c->overrides);
}

void
cmdline_free(struct cmdline *c)
{
	mailbox_free(&c->path);
	address_list_free(&c->recipients);
	free(c->word);
	account_free(&c->overrides);
	notes_free(&c->notes);
	cmdline_init(c);
}

static const char *
next_argument(struct arguments *a)
{
	return a->next < a->argc ? a->argv[a->next++] : NULL;
}

/* -X alone or in a cluster; a value ends the cluster. */
static int
parse_letters(struct cmdline *c, struct arguments *a, const char *word,
    struct fault *f)
{
	const struct letter *l;
	const char *value;

	for (; *word != '\0'; word++) {
		l = letter_find(*word);
		if (l == NULL) {
			fault(f, FAULT_USAGE, "unknown option -%c", *word);
			return fault_hint(f, "--help lists the options");
		}
		if (l->takes == LETTER_ALONE) {
			if (l->apply(c, l, NULL, f) == -1)
				return -1;
			continue;
		}
		value = word + 1;
		if (*value == '\0' && l->takes == LETTER_VALUE)
			value = next_argument(a);
		if (value == NULL)
			return fault(f, FAULT_USAGE, "-%c needs a value",
			    l->letter);
		return l->apply(c, l, value, f);
	}
	return 0;
}

/* What a long option may be; exactly one of these, when there is one. */
struct meaning {
	size_t i;		/* in longs[], or LONGS */
	enum option_id id;	/* or OPTION_COUNT */
	const struct legacy *legacy;	/* or NULL */
};

/* The name of the i-th of all long options, NULL for a row without one. */
static const char *
long_name(size_t i)
{
	if (i < LONGS)
		return longs[i].name;
	if (i < LONGS + OPTION_COUNT)
		return option_row((enum option_id)(i - LONGS))->name;
	return legacy_at(i - LONGS - OPTION_COUNT)->name;
}

static size_t
long_names(void)
{
	size_t n = LONGS + OPTION_COUNT;

	while (legacy_at(n - LONGS - OPTION_COUNT) != NULL)
		n++;
	return n;
}

static int
unknown_long(const char *name, size_t n, struct fault *f)
{
	const char *near = NULL, *known;
	size_t best = SIZE_MAX, edits;

	for (size_t i = 0; i < LONGS + OPTION_COUNT; i++) {
		known = long_name(i);
		if (known == NULL)
			continue;
		edits = option_slip(name, n, known);
		if (edits < best) {
			best = edits;
			near = known;
		}
	}
	fault(f, FAULT_USAGE, "unknown option --%.*s", (int)n, name);
	if (near != NULL)
		return fault_hint(f, "did you mean --%s?", near);
	return fault_hint(f, "--help lists the options");
}

static int
refuse_prefix(const char *name, size_t n, size_t found, const char *list,
    struct fault *f)
{
	if (found == 0)
		return unknown_long(name, n, f);
	fault(f, FAULT_USAGE, "--%.*s is ambiguous", (int)n, name);
	return fault_hint(f, "it could be %s", list);
}

/* A beginning that only one long option has stands for it. */
static int
find_prefix(const char *name, size_t n, struct meaning *m, struct fault *f)
{
	size_t found = 0, total = long_names(), at = 0;
	struct buffer list;
	const char *known;

	buffer_init(&list, MESSAGE_MAX);
	for (size_t i = 0; i < total && n > 0; i++) {
		known = long_name(i);
		if (known == NULL || strncmp(known, name, n) != 0)
			continue;
		buffer_printf(&list, "%s--%s", found > 0 ? ", " : "", known);
		found++;
		at = i;
	}
	if (found != 1)
		refuse_prefix(name, n, found, list.data, f);
	buffer_free(&list);
	if (found != 1)
		return -1;
	m->i = at < LONGS ? at : LONGS;
	if (at >= LONGS + OPTION_COUNT)
		m->legacy = legacy_at(at - LONGS - OPTION_COUNT);
	else if (at >= LONGS)
		m->id = (enum option_id)(at - LONGS);
	return 0;
}

static bool
find_whole(const char *name, size_t n, struct meaning *m)
{
	m->id = option_find_name(name, n);
	m->legacy = m->id != OPTION_COUNT ? NULL : legacy_find_name(name, n);
	for (m->i = 0; m->i < LONGS; m->i++)
		if (strlen(longs[m->i].name) == n &&
		    memcmp(longs[m->i].name, name, n) == 0)
			break;
	return m->i < LONGS || m->id != OPTION_COUNT || m->legacy != NULL;
}

/*
 * What was the beginning of one option in msmtp remains that, so that what
 * came later breaks no script.
 */
static int
find_long(const char *name, size_t n, struct meaning *m, struct fault *f)
{
	const char *old = legacy_expand(name, n);

	if (find_whole(name, n, m) ||
	    (old != NULL && find_whole(old, strlen(old), m)))
		return 0;
	return find_prefix(name, n, m, f);
}

static int
parse_long_letter(struct cmdline *c, struct arguments *a, size_t i,
    const char *value, struct fault *f)
{
	const struct letter *l = letter_find(longs[i].letter);
	bool takes = l != NULL ? l->takes == LETTER_VALUE :
	    longs[i].value != NULL;
	bool may = takes || (l != NULL && l->takes == LETTER_ATTACHED);

	if (!may && value != NULL)
		return fault(f, FAULT_USAGE, "--%s has no value",
		    longs[i].name);
	if (takes && value == NULL && (value = next_argument(a)) == NULL)
		return fault(f, FAULT_USAGE, "--%s needs a value",
		    longs[i].name);
	if (l != NULL)
		return l->apply(c, l, value == NULL && may ? "" : value, f);
	if (longs[i].letter == '@')
		c->read_sender = true;
	else if (longs[i].value != NULL)
		return inquire_choose(c, longs[i].mode, value, f);
	else
		c->mode = longs[i].mode;
	return 0;
}

static int
parse_setting(struct cmdline *c, struct arguments *a, enum option_id id,
    const char *value, struct fault *f)
{
	static const struct option_place here = { NULL, 0, 0 };

	if (value == NULL && option_value_optional(id))
		value = "";
	if (value == NULL && (value = next_argument(a)) == NULL)
		return fault(f, FAULT_USAGE, "--%s needs a value",
		    option_row(id)->name);
	return option_set(&c->overrides, id, value, strlen(value), &here, f);
}

static int
parse_legacy(struct cmdline *c, const struct legacy *l, const char *value,
    struct fault *f)
{
	static const struct option_place here = { NULL, 0, 0 };

	return legacy_set(&c->overrides, l, value == NULL ? "" : value,
	    value == NULL ? 0 : strlen(value), &here, &c->notes, f);
}

static int
parse_long(struct cmdline *c, struct arguments *a, const char *word,
    struct fault *f)
{
	size_t n = strcspn(word, "=");
	const char *value = word[n] == '=' ? word + n + 1 : NULL;
	bool trusted = personality_is_trusted(c->personality);
	struct meaning m;

	if (find_long(word, n, &m, f) == -1)
		return -1;
	if (!trusted && (m.i == LONGS || (longs[m.i].mode != CMDLINE_HELP &&
	    longs[m.i].mode != CMDLINE_VERSION))) {
		fault(f, FAULT_USAGE, "--%.*s is not an option of sendmail",
		    (int)n, word);
		return fault_hint(f, "long options are for callers of "
		    "postrider by its own name");
	}
	if (m.legacy != NULL)
		return parse_legacy(c, m.legacy, value, f);
	if (m.i < LONGS)
		return parse_long_letter(c, a, m.i, value, f);
	return parse_setting(c, a, m.id, value, f);
}

static int
parse_recipient(struct cmdline *c, const char *argument, struct fault *f)
{
	struct address_list *list = &c->recipients;
	size_t before = list->count;
	struct fault why = { 0 };

	if (address_parse(list, argument, strlen(argument), &why) == -1) {
		fault(f, why.class, "recipient '%s': %s", argument, why.text);
		if (why.hint != NULL)
			fault_hint(f, "%s", why.hint);
		fault_clear(&why);
		return -1;
	}
	if (list->count == before)
		return fault(f, FAULT_DATA, "recipient '%s' holds no address",
		    argument);
	return 0;
}

static bool
is_final(const struct cmdline *c)
{
	return c->mode == CMDLINE_HELP || c->mode == CMDLINE_VERSION;
}

/* Addresses, unless an option that follows makes them something else. */
static int
parse_words(struct cmdline *c, struct fault *f)
{
	for (size_t i = 0; i < c->words; i++)
		if (c->mode != CMDLINE_CHECK &&
		    parse_recipient(c, c->word[i], f) == -1)
			return -1;
	return 0;
}

static int
parse_arguments(struct cmdline *c, struct arguments *a, struct fault *f)
{
	const char *word;
	bool options = true;
	int r = 0;

	c->word = memory_array((size_t)a->argc + 1, sizeof(*c->word));
	while (r == 0 && !is_final(c) && (word = next_argument(a)) != NULL) {
		if (!options || word[0] != '-')
			c->word[c->words++] = word;
		else if (strcmp(word, "--") == 0)
			options = false;
		else if (word[1] == '-')
			r = parse_long(c, a, word + 2, f);
		else if (word[1] == '\0')
			r = fault(f, FAULT_USAGE, "'-' is no address; the "
			    "message comes from standard input anyway");
		else
			r = parse_letters(c, a, word + 1, f);
	}
	if (r == 0 && !is_final(c))
		r = c->inquiry == CMDLINE_SUBMIT ? parse_words(c, f) :
		    inquire_settle(c, f);
	return r;
}

/* What options exclude, and what cannot be missing. */
static int
check(const struct cmdline *c, struct fault *f)
{
	if (is_final(c) || c->mode != CMDLINE_SUBMIT)
		return 0;
	if (c->account != NULL && c->overrides.set[OPTION_HOST]) {
		fault(f, FAULT_USAGE, "--host and --account exclude each "
		    "other");
		return fault_hint(f, "--host is an account of its own and "
		    "reads no account file");
	}
	if (c->read_sender && c->path_set)
		return fault(f, FAULT_USAGE, "-f and --read-envelope-from "
		    "exclude each other");
	if (!c->read_recipients && c->recipients.count == 0 && !c->pretend) {
		fault(f, FAULT_USAGE, "no recipients");
		return fault_hint(f, "name them behind the options, or take "
		    "them from the message with -t");
	}
	return 0;
}

static int
check_personality(struct cmdline *c, struct fault *f)
{
	if (is_final(c))
		return 0;
	if (c->personality == PERSONALITY_MAILQ)
		c->mode = CMDLINE_QUEUE;
	/* installers of packages call it, and mind when it fails */
	if (c->personality == PERSONALITY_NEWALIASES)
		c->mode = CMDLINE_ALIASES;
	if (c->personality == PERSONALITY_RUNQ) {
		fault(f, FAULT_USAGE, "this program keeps no queue");
		return fault_hint(f, "each message is sent at once, or the "
		    "exit status says that it was not");
	}
	return 0;
}

int
cmdline_parse(struct cmdline *c, int argc, char *const argv[],
    struct fault *f)
{
	struct arguments a = { argc, argv, 1 };

	c->personality = personality_of(argc > 0 ? argv[0] : NULL);
	if (parse_arguments(c, &a, f) == -1 || check_personality(c, f) == -1)
		return -1;
	return check(c, f);
}

static void
print_letter(FILE *out, const struct letter *l)
{
	const char *name = NULL, *blank, *equals, *attached = NULL;
	char left[HELP_LEFT_SIZE];

	for (size_t i = 0; i < LONGS && name == NULL; i++)
		if (longs[i].letter == l->letter)
			name = longs[i].name;
	blank = l->takes == LETTER_VALUE && l->letter != 'b' &&
	    l->letter != 'o' ? " " : "";
	equals = l->takes == LETTER_VALUE ? "=" : "";
	if (l->takes == LETTER_ATTACHED)
		attached = "[=X]";
	if (name == NULL)
		snprintf(left, sizeof(left), "-%c%s%s", l->letter, blank,
		    l->value == NULL ? "" : l->value);
	else
		snprintf(left, sizeof(left), "-%c%s%s, --%s%s%s", l->letter,
		    blank, l->value == NULL ? "" : l->value, name, equals,
		    attached != NULL ? attached :
		    l->value == NULL ? "" : l->value);
	fprintf(out, "  %-*s %s\n", OPTION_HELP_COLUMN, left, l->help);
}

static void
print_long(FILE *out, size_t i)
{
	char left[HELP_LEFT_SIZE];

	snprintf(left, sizeof(left), "%s%s%s", longs[i].name,
	    longs[i].value == NULL ? "" : "=",
	    longs[i].value == NULL ? "" : longs[i].value);
	fprintf(out, "  --%-*s %s\n", OPTION_HELP_COLUMN - 2, left,
	    longs[i].help);
}

void
cmdline_print_help(FILE *out)
{
	const struct letter *l;

	fputs("usage: postrider [option ...] recipient ... < message\n"
	    "       postrider [option ...] -t < message\n\n"
	    "Submits one message to a smarthost.\n\nOptions:\n", out);
	for (unsigned i = 0; (l = letter_at(i)) != NULL; i++)
		if (l->help != NULL)
			print_letter(out, l);
	for (size_t i = 0; i < LONGS; i++)
		if (longs[i].help != NULL)
			print_long(out, i);
	fputs("\nSettings, see postrider-accounts(5), and their defaults:\n",
	    out);
	option_print_help(out);
	fputs("\nAccepted and ignored, with their values:", out);
	for (unsigned i = 0; (l = letter_at(i)) != NULL; i++)
		if (l->help == NULL && l->reason == NULL)
			fprintf(out, " -%c", l->letter);
	fputc('\n', out);
}
