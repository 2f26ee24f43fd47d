/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/fault.h"
#include "base/memory.h"
#include "mail/address/address.h"
#include "config/option/option.h"
#include "cli/cmdline.h"

#define HELP_LEFT_SIZE 80	/* octets; a line of the help */
#define LIST_MAX (64 * 1024)	/* octets of names that a hint lists */

/* Where the parser stands in argv. */
struct arguments {
	int argc;
	char *const *argv;
	int next;
};

/* What a long option may be; exactly one of these, when there is one. */
struct meaning {
	const struct letter *letter;	/* or NULL */
	enum option_id setting;		/* or OPTION_COUNT */
	const struct legacy *legacy;	/* or NULL */
};

/* It counts wherever it stands: what others put around it cannot undo it, nor
 * make it an address or the value of an option. */
static bool
is_as_sendmail(const char *argument)
{
	return strcmp(argument, "--as-sendmail") == 0;
}

static const char *
next_argument(struct arguments *a)
{
	while (a->next < a->argc && is_as_sendmail(a->argv[a->next]))
		a->next++;
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

/* A letter alone or in a cluster of some; a value ends the cluster. */
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
			if (letter_apply(c, l, NULL, f) == -1)
				return -1;
			continue;
		}
		value = word + 1;
		if (*value == '\0' && l->takes == LETTER_VALUE)
			value = next_argument(a);
		if (value == NULL) {
			fault(f, FAULT_USAGE, "-%c needs a value", l->letter);
			return l->value == NULL ? -1 : fault_hint(f,
			    "write -%c %s", l->letter, l->value);
		}
		if (l->letter == 'o')
			skip_file(a, value);
		return letter_apply(c, l, value, f);
	}
	return 0;
}

/* ---- long options by name */

static bool
meaning_at(size_t i, struct meaning *m)
{
	size_t letters = 0;

	memset(m, 0, sizeof(*m));
	m->setting = OPTION_COUNT;
	while (letter_at(letters) != NULL)
		letters++;
	if (i < letters)
		m->letter = letter_at(i);
	else if (i < letters + OPTION_COUNT)
		m->setting = (enum option_id)(i - letters);
	else
		m->legacy = legacy_at(i - letters - OPTION_COUNT);
	return i < letters + OPTION_COUNT || m->legacy != NULL;
}

/* Some letters, settings and obsolete words have no long option: NULL. */
static const char *
name_of(const struct meaning *m)
{
	return m->letter != NULL ? m->letter->name : m->legacy != NULL ?
	    m->legacy->name : option_name(option_row(m->setting));
}

static int
unknown_long(const char *name, size_t n, struct fault *f)
{
	const char *near = NULL, *known;
	size_t best = SIZE_MAX, edits;
	struct meaning m;

	for (size_t i = 0; meaning_at(i, &m) && m.legacy == NULL; i++) {
		known = name_of(&m);
		edits = known == NULL ? SIZE_MAX : option_slip(name, n, known);
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

/* A beginning that only one long option has stands for it. */
static int
find_prefix(const char *name, size_t n, struct meaning *m, struct fault *f)
{
	const char *known;
	struct buffer list;
	struct meaning each;
	size_t found = 0;

	buffer_init(&list, LIST_MAX);
	for (size_t i = 0; n > 0 && meaning_at(i, &each); i++) {
		known = name_of(&each);
		if (known == NULL || strncmp(known, name, n) != 0)
			continue;
		buffer_printf(&list, "%s--%s", found++ > 0 ? ", " : "", known);
		*m = each;
	}
	if (found == 0)
		unknown_long(name, n, f);
	if (found > 1) {
		fault(f, FAULT_USAGE, "--%.*s is ambiguous", (int)n, name);
		fault_hint(f, "it could be %s", list.data);
	}
	buffer_free(&list);
	return found == 1 ? 0 : -1;
}

static bool
find_whole(const char *name, size_t n, struct meaning *m)
{
	const struct letter *l;

	memset(m, 0, sizeof(*m));
	m->setting = option_find_name(name, n);
	if (m->setting != OPTION_COUNT)
		return true;
	m->legacy = legacy_find(name, n, true);
	for (size_t i = 0; m->legacy == NULL && m->letter == NULL &&
	    (l = letter_at(i)) != NULL; i++)
		if (l->name != NULL && strlen(l->name) == n &&
		    memcmp(l->name, name, n) == 0)
			m->letter = l;
	return m->letter != NULL || m->legacy != NULL;
}

/*
 * The option of that name of n octets, or of which it is the beginning. What
 * was the beginning of one option in msmtp remains that, so that options which
 * came later break no script.
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
parse_long_letter(struct cmdline *c, struct arguments *a,
    const struct letter *l, const char *value, struct fault *f)
{
	if (l->takes == LETTER_ALONE && value != NULL) {
		fault(f, FAULT_USAGE, "--%s takes no value", l->name);
		return fault_hint(f, l->mode == CMDLINE_TRIAL ? "a recipient "
		    "to try is an argument of its own: --%s %s" :
		    "write --%s alone", l->name, value);
	}
	if (l->takes == LETTER_VALUE && value == NULL)
		value = next_argument(a);
	else if (l->takes == LETTER_ATTACHED && value == NULL)
		value = "";
	if (l->takes != LETTER_ALONE && value == NULL) {
		fault(f, FAULT_USAGE, "--%s needs a value", l->name);
		return fault_hint(f, "write --%s=%s", l->name, l->value);
	}
	return letter_apply(c, l, value, f);
}

static int
parse_setting(struct cmdline *c, struct arguments *a, enum option_id id,
    const char *value, struct fault *f)
{
	if (value == NULL && option_value_optional(id))
		value = "";
	if (value == NULL && (value = next_argument(a)) == NULL) {
		fault(f, FAULT_USAGE, "--%s needs a value",
		    option_name(option_row(id)));
		return fault_hint(f, "write --%s=%s",
		    option_name(option_row(id)), option_row(id)->value);
	}
	return cmdline_set(c, id, value, f);
}

static int
parse_legacy(struct cmdline *c, const struct legacy *l, const char *value,
    struct fault *f)
{
	static const struct option_place here = { NULL,
	    ORIGIN_COMMAND_LINE, 0 };

	return legacy_set(&c->overrides, l, value == NULL ? "" : value,
	    value == NULL ? 0 : strlen(value), &here, &c->notes, f);
}

static bool
is_for_sendmail(const struct meaning *m)
{
	return m->letter != NULL && (m->letter->mode == CMDLINE_HELP ||
	    m->letter->mode == CMDLINE_VERSION);
}

/*
 * "-from=a@example.org" would be -f, and "-account work" an account "ccount".
 * Programs that write -fADDRESS call us by the name of sendmail.
 */
static int
refuse_one_dash(const struct cmdline *c, const char *word, struct fault *f)
{
	size_t n = strcspn(word, "=");
	struct meaning m;

	if (!invocation_is_trusted(c->invocation) || !find_whole(word, n, &m))
		return 0;
	fault(f, FAULT_USAGE, "unknown option -%.*s", (int)n, word);
	return fault_hint(f, "did you mean --%.*s?", (int)n, word);
}

static int
parse_long(struct cmdline *c, struct arguments *a, const char *word,
    struct fault *f)
{
	size_t n = strcspn(word, "=");
	const char *value = word[n] == '=' ? word + n + 1 : NULL;
	struct meaning m;

	if (find_long(word, n, &m, f) == -1)
		return -1;
	if (!invocation_is_trusted(c->invocation) && !is_for_sendmail(&m)) {
		fault(f, FAULT_USAGE, "--%.*s is not an option of sendmail",
		    (int)n, word);
		return fault_hint(f, "long options are for callers of "
		    "postrider by its own name");
	}
	if (m.legacy != NULL)
		return parse_legacy(c, m.legacy, value, f);
	if (m.letter != NULL)
		return parse_long_letter(c, a, m.letter, value, f);
	return parse_setting(c, a, m.setting, value, f);
}

/* ---- what is left */

static int
parse_recipients(struct cmdline *c, struct fault *f)
{
	struct address_list list = { .box = NULL };
	int r = 0;

	for (size_t i = 0; r == 0 && i < c->words; i++) {
		address_list_clear(&list);
		r = address_parse_recipients(&list, c->word[i],
		    strlen(c->word[i]), f);
		if (r == -1)
			fault_prefix(f, "recipient '%s': ", c->word[i]);
		else if (list.count == 0) {
			fault(f, FAULT_DATA, "recipient '%s' holds no address",
			    c->word[i]);
			r = fault_hint(f, "the variable or field that it comes "
			    "from may be empty");
		}
		for (size_t k = 0; r == 0 && k < list.count; k++)
			envelope_add(&c->envelope, &list.box[k]);
	}
	address_list_free(&list);
	return r;
}

static bool
is_final(const struct cmdline *c)
{
	return c->mode == CMDLINE_HELP || c->mode == CMDLINE_VERSION;
}

/* Who names recipients, or the message, wants it sent: say that it is not. */
static int
check_run(const struct cmdline *c, struct fault *f)
{
	if (c->words > 0)
		fault(f, FAULT_USAGE, "a run of the queue takes no "
		    "recipients, as '%s'", c->word[0]);
	else if (c->read_recipients)
		fault(f, FAULT_USAGE, "a run of the queue reads no message: "
		    "-t does not go with it");
	else
		return 0;
	return fault_hint(f, "leave that out: no message is sent");
}

/* Addresses, unless an option that follows makes them something else. */
static int
parse_words(struct cmdline *c, struct fault *f)
{
	if (c->mode == CMDLINE_CHECK && c->words > 0 &&
	    !invocation_is_trusted(c->invocation)) {
		fault(f, FAULT_USAGE, "'%s': callers of sendmail cannot choose "
		    "files", c->word[0]);
		return fault_hint(f, "-bC without a file checks those that a "
		    "message would go by");
	}
	if (c->mode == CMDLINE_QUEUE_RUN)
		return check_run(c, f);
	if (c->mode == CMDLINE_QUEUE && (c->wish.id != NULL ||
	    c->wish.recipient != NULL || c->wish.sender != NULL))
		notes_add(&c->notes, "-qI, -qR and -qS do not choose what is "
		    "listed: that is all there is");
	return c->mode == CMDLINE_SUBMIT || c->mode == CMDLINE_VERIFY ||
	    c->mode == CMDLINE_TRIAL ? parse_recipients(c, f) : 0;
}

/* A mode that stands alone becomes the mode if nothing else is asked for. */
static int
check_alone(struct cmdline *c, struct fault *f)
{
	const char *name = c->alone->name;

	if (c->mode != CMDLINE_SUBMIT) {
		fault(f, FAULT_USAGE, "--%s cannot be combined with another "
		    "mode", name);
		return fault_hint(f, "do one after the other");
	}
	c->mode = c->alone->mode;
	if (c->words > 0 && !c->alone->words) {
		fault(f, FAULT_USAGE, "--%s takes no recipients, as '%s'",
		    name, c->word[0]);
		return fault_hint(f, "leave that out: no message is sent");
	}
	if (c->read_recipients || c->read_sender || c->pretend)
		return fault(f, FAULT_USAGE, "--%s reads no message: %s does "
		    "not go with it", name, c->read_recipients ? "-t" :
		    c->pretend ? "--pretend" : "--read-envelope-from");
	return 0;
}

static int
parse_word(struct cmdline *c, struct arguments *a, const char *word,
    bool *options, struct fault *f)
{
	if (!*options || word[0] != '-')
		c->word[c->words++] = word;
	else if (strcmp(word, "--") == 0)
		*options = false;
	else if (word[1] == '-')
		return parse_long(c, a, word + 2, f);
	else if (word[1] == '\0' && c->alone != NULL && c->alone->words)
		c->word[c->words++] = word;
	else if (word[1] == '\0')
		return fault(f, FAULT_USAGE, "'-' is no address; the "
		    "message comes from standard input anyway");
	else if (refuse_one_dash(c, word + 1, f) == -1)
		return -1;
	else
		return parse_letters(c, a, word + 1, f);
	return 0;
}

/* Behind an error the rest is looked at, too: -eq counts wherever it stands. */
static int
parse_arguments(struct cmdline *c, struct arguments *a, struct fault *f)
{
	struct fault ignored = { .class = FAULT_NONE };
	const char *word;
	bool options = true;
	int r = 0;

	c->word = memory_array((size_t)a->argc + 1, sizeof(*c->word));
	while (!is_final(c) && (word = next_argument(a)) != NULL) {
		if (parse_word(c, a, word, &options, r == 0 ? f : &ignored) ==
		    -1)
			r = -1;
		fault_clear(&ignored);
	}
	if (r == 0 && !is_final(c))
		r = c->alone == NULL ? parse_words(c, f) :
		    check_alone(c, f);
	return r;
}

/* What options exclude, and what cannot be missing. */
static int
check(const struct cmdline *c, struct fault *f)
{
	const struct envelope *e = &c->envelope;
	bool message = c->mode == CMDLINE_SUBMIT || c->mode == CMDLINE_VERIFY;

	if (c->request.json && c->mode != CMDLINE_TRIAL &&
	    c->mode != CMDLINE_SERVERINFO && c->mode != CMDLINE_QUEUE_JSON &&
	    (c->mode != CMDLINE_SUBMIT || !c->pretend))
		return fault(f, FAULT_USAGE, "--json is for --check, "
		    "--serverinfo, --pretend and -bp");
	if ((message || c->mode == CMDLINE_TRIAL || c->alone != NULL) &&
	    c->request.account != NULL && c->overrides.set[OPTION_HOST]) {
		fault(f, FAULT_USAGE, "--host and --account exclude each "
		    "other");
		return fault_hint(f, "--host is an account of its own and "
		    "reads no account file");
	}
	if (!message)
		return envelope_check_path(e, f);
	if (c->read_sender && (e->path.local != NULL || e->null_path ||
	    e->unusable_path != NULL)) {
		fault(f, FAULT_USAGE, "-f and --read-envelope-from exclude "
		    "each other");
		return fault_hint(f, "-f gives the reverse-path, the other one "
		    "takes it from the From field: leave one out");
	}
	if (e->count > 0 || (c->mode == CMDLINE_SUBMIT &&
	    (c->read_recipients || c->pretend)))
		return 0;
	fault(f, FAULT_USAGE, "no recipients");
	return fault_hint(f, c->mode == CMDLINE_VERIFY ? "name those to "
	    "verify; -bv reads no message" : "name them behind the options, "
	    "or take them from the message with -t");
}

/* What the name stands for; options can still choose another mode. */
static const enum cmdline_mode mode_of[] = {
	[INVOCATION_POSTRIDER] = CMDLINE_SUBMIT,
	[INVOCATION_SENDMAIL] = CMDLINE_SUBMIT,
	[INVOCATION_MAILQ] = CMDLINE_QUEUE,
	[INVOCATION_NEWALIASES] = CMDLINE_ALIASES,
	[INVOCATION_RUNQ] = CMDLINE_QUEUE_RUN,
	[INVOCATION_HOSTSTAT] = CMDLINE_NOTHING,
};

static enum invocation
invoked(int argc, char *const argv[])
{
	enum invocation invocation = invocation_of(argc > 0 ? argv[0] : NULL);

	for (int i = 1; i < argc && invocation == INVOCATION_POSTRIDER; i++)
		if (is_as_sendmail(argv[i]))
			invocation = INVOCATION_SENDMAIL;
	return invocation;
}

int
argv_parse(struct cmdline *c, int argc, char *const argv[], struct fault *f)
{
	struct arguments a = { argc, argv, 1 };

	c->invocation = invoked(argc, argv);
	c->mode = mode_of[c->invocation];
	c->request.file_of_root = !invocation_is_trusted(c->invocation);
	if (parse_arguments(c, &a, f) == -1)
		return -1;
	if (c->request.json && c->mode == CMDLINE_QUEUE)
		c->mode = CMDLINE_QUEUE_JSON;
	return check(c, f);
}

/* "-X VALUE, --name=VALUE", as far as there is a letter, a value, a name. */
static void
print_letter(FILE *out, const struct letter *l)
{
	const char *value = l->value == NULL ? "" : l->value;
	const char *blank = l->takes == LETTER_VALUE &&
	    strchr("beo", l->letter) == NULL ? " " : "";
	const char *equals = l->takes == LETTER_VALUE ? "=" : "";
	char left[HELP_LEFT_SIZE] = "";
	size_t n = 0;

	if (l->letter != '\0')
		n = (size_t)snprintf(left, sizeof(left), "-%c%s%s%s",
		    l->letter, blank, value, l->name == NULL ? "" : ", ");
	if (l->name != NULL && n < sizeof(left))
		snprintf(left + n, sizeof(left) - n, "--%s%s%s", l->name,
		    equals, l->takes == LETTER_ATTACHED ? "[=X]" : value);
	fprintf(out, "  %-*s %s\n", OPTION_HELP_COLUMN, left, l->help);
}

void
argv_print_help(FILE *out)
{
	const struct letter *l;

	fputs("usage: postrider [option ...] recipient ... < message\n"
	    "       postrider [option ...] -t < message\n"
	    "       postrider [option ...] -bs\n\n"
	    "Submits one message to a smarthost.\n\nOptions:\n", out);
	for (size_t i = 0; (l = letter_at(i)) != NULL; i++)
		if (l->help != NULL)
			print_letter(out, l);
	fputs("\nSettings, see postrider-accounts(5), and their defaults:\n",
	    out);
	option_print_help(out);
	fputs("\nAccepted and ignored, with their values:", out);
	for (size_t i = 0; (l = letter_at(i)) != NULL; i++)
		if (l->help == NULL && l->refused == NULL)
			fprintf(out, " -%c", l->letter);
	fputc('\n', out);
}
