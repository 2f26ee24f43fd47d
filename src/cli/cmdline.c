/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/fault.h"
#include "base/memory.h"
#include "base/text.h"
#include "config/option/legacy.h"
#include "cli/cmdline.h"
#include "cli/inquire.h"
#include "cli/letter.h"
#include "cli/longoption.h"

#define HELP_LEFT_SIZE 80	/* octets; a line of the help */

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
	c->request.settings = &c->overrides;
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

/*
 * "-oQ /file": the value of an option that is ignored. Where it would be
 * taken for a recipient, none would be lost: a word that begins so and has no
 * "@" is no address.
 */
static void
skip_file(struct arguments *a, const char *option)
{
	const char *next = a->next < a->argc ? a->argv[a->next] : "";

	if (option[0] != '\0' && option[1] == '\0' && next[0] == '/' &&
	    strchr("AFHKLMPQSTXgrux", option[0]) != NULL &&
	    strchr(next, '@') == NULL)
		a->next++;
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
		if (l->letter == 'o')
			skip_file(a, value);
		return l->apply(c, l, value, f);
	}
	return 0;
}

static int
parse_long_letter(struct cmdline *c, struct arguments *a,
    const struct longoption *o, const char *value, struct fault *f)
{
	const struct letter *l = letter_find(o->letter);
	bool takes = l != NULL ? l->takes == LETTER_VALUE :
	    o->value != NULL;
	bool may = takes || (l != NULL && l->takes == LETTER_ATTACHED);

	if (!may && value != NULL)
		return fault(f, FAULT_USAGE, "--%s has no value",
		    o->name);
	if (takes && value == NULL && (value = next_argument(a)) == NULL)
		return fault(f, FAULT_USAGE, "--%s needs a value",
		    o->name);
	if (l != NULL)
		return l->apply(c, l, value == NULL && may ? "" : value, f);
	if (o->letter == '@')
		c->read_sender = true;
	else if (o->value != NULL)
		return inquire_choose(c, o->mode, value, f);
	else
		c->mode = o->mode;
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
	bool trusted = invocation_is_trusted(c->personality);
	struct meaning m;

	if (longoption_find(word, n, &m, f) == -1)
		return -1;
	if (!trusted && (m.option == NULL || (m.option->mode != CMDLINE_HELP &&
	    m.option->mode != CMDLINE_VERSION))) {
		fault(f, FAULT_USAGE, "--%.*s is not an option of sendmail",
		    (int)n, word);
		return fault_hint(f, "long options are for callers of "
		    "postrider by its own name");
	}
	if (m.legacy != NULL)
		return parse_legacy(c, m.legacy, value, f);
	if (m.option != NULL)
		return parse_long_letter(c, a, m.option, value, f);
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
	if (c->mode == CMDLINE_CHECK && c->words > 0 &&
	    !invocation_is_trusted(c->personality)) {
		fault(f, FAULT_USAGE, "'%s': callers of sendmail cannot choose "
		    "files", c->word[0]);
		return fault_hint(f, "-bC without a file checks those that a "
		    "message would go by");
	}
	if (c->mode != CMDLINE_SUBMIT && c->mode != CMDLINE_VERIFY)
		return 0;
	for (size_t i = 0; i < c->words; i++)
		if (parse_recipient(c, c->word[i], f) == -1)
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
	if (c->mode != CMDLINE_SUBMIT && c->mode != CMDLINE_VERIFY)
		return 0;
	if (c->request.account != NULL && c->overrides.set[OPTION_HOST]) {
		fault(f, FAULT_USAGE, "--host and --account exclude each "
		    "other");
		return fault_hint(f, "--host is an account of its own and "
		    "reads no account file");
	}
	if (c->read_sender && c->path_set)
		return fault(f, FAULT_USAGE, "-f and --read-envelope-from "
		    "exclude each other");
	if (c->mode == CMDLINE_VERIFY && c->recipients.count == 0) {
		fault(f, FAULT_USAGE, "no recipients");
		return fault_hint(f, "name those to verify; -bv reads no "
		    "message");
	}
	if (!c->read_recipients && c->recipients.count == 0 && !c->pretend) {
		fault(f, FAULT_USAGE, "no recipients");
		return fault_hint(f, "name them behind the options, or take "
		    "them from the message with -t");
	}
	return 0;
}

/* Options can still choose another mode, as in every sendmail. */
static enum cmdline_mode
mode_of(enum invocation personality)
{
	switch (personality) {
	case INVOCATION_MAILQ:
		return CMDLINE_QUEUE;
	case INVOCATION_NEWALIASES:
		return CMDLINE_ALIASES;
	case INVOCATION_RUNQ:
		return CMDLINE_QUEUE_RUN;
	case INVOCATION_POSTRIDER:
	case INVOCATION_SENDMAIL:
	default:
		return CMDLINE_SUBMIT;
	}
}

int
cmdline_parse(struct cmdline *c, int argc, char *const argv[],
    struct fault *f)
{
	struct arguments a = { argc, argv, 1 };

	c->personality = invocation_of(argc > 0 ? argv[0] : NULL);
	c->mode = mode_of(c->personality);
	c->request.file_of_root = !invocation_is_trusted(c->personality);
	if (parse_arguments(c, &a, f) == -1)
		return -1;
	return check(c, f);
}

static void
print_letter(FILE *out, const struct letter *l)
{
	const char *name = NULL, *blank, *equals, *attached = NULL;
	const struct longoption *o;
	char left[HELP_LEFT_SIZE];

	for (size_t i = 0; (o = longoption_at(i)) != NULL && name == NULL; i++)
		if (o->letter == l->letter)
			name = o->name;
	blank = l->takes == LETTER_VALUE && strchr("beo", l->letter) == NULL ?
	    " " : "";
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
print_long(FILE *out, const struct longoption *o)
{
	char left[HELP_LEFT_SIZE];

	snprintf(left, sizeof(left), "%s%s%s", o->name,
	    o->value == NULL ? "" : "=", o->value == NULL ? "" : o->value);
	fprintf(out, "  --%-*s %s\n", OPTION_HELP_COLUMN - 2, left, o->help);
}

void
cmdline_print_help(FILE *out)
{
	const struct longoption *o;
	const struct letter *l;

	fputs("usage: postrider [option ...] recipient ... < message\n"
	    "       postrider [option ...] -t < message\n"
	    "       postrider [option ...] -bs\n\n"
	    "Submits one message to a smarthost.\n\nOptions:\n", out);
	for (unsigned i = 0; (l = letter_at(i)) != NULL; i++)
		if (l->help != NULL)
			print_letter(out, l);
	for (size_t i = 0; (o = longoption_at(i)) != NULL; i++)
		if (o->help != NULL)
			print_long(out, o);
	fputs("\nSettings, see postrider-accounts(5), and their defaults:\n",
	    out);
	option_print_help(out);
	fputs("\nAccepted and ignored, with their values:", out);
	for (unsigned i = 0; (l = letter_at(i)) != NULL; i++)
		if (l->help == NULL && l->reason == NULL)
			fprintf(out, " -%c", l->letter);
	fputc('\n', out);
}
