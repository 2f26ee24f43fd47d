/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "base/fault.h"
#include "base/text.h"
#include "cli/cmdline.h"
#include "cli/letter.h"
#include "cli/letterold.h"

/*
 * We would open none of these files. But whoever passes one on behalf of
 * somebody else has let through what was not meant to be an option at all:
 * that message had better not go.
 */
static int
refuse_file(const struct cmdline *c, const struct letter *l,
    const char *value, struct fault *f)
{
	if (invocation_is_trusted(c->personality) ||
	    strpbrk(value, "/|") == NULL)
		return 0;
	fault(f, FAULT_USAGE, "-%c%s names a file", l->letter, value);
	return fault_hint(f, "callers of sendmail cannot choose files; if "
	    "this was to be an address, put -- before it");
}

int
letter_file(struct cmdline *c, const struct letter *l, const char *value,
    struct fault *f)
{
	return refuse_file(c, l, value, f);
}

static void
set_errors(struct cmdline *c, const char *value)
{
	c->quiet = text_to_lower(value[0]) == 'q';
}

/* A value that is missing means yes, as does one like "true" or "yes". */
static void
set_dots(struct cmdline *c, const char *value)
{
	c->ignore_dots = value[0] == '\0' || strchr("tTyY1", value[0]) != NULL;
}

int
letter_errors(struct cmdline *c, const struct letter *l, const char *value,
    struct fault *f)
{
	(void)l;
	(void)f;
	set_errors(c, value);
	return 0;
}

/* Emacs names its alias file so; nobody else's caller decides on ours. */
static int
set_alias_file(struct cmdline *c, const char *value, struct fault *f)
{
	static const struct option_place here = { NULL, 0, 0 };

	if (invocation_is_trusted(c->personality) && value[0] != '\0')
		return option_set(&c->overrides, OPTION_ALIASES, value,
		    strlen(value), &here, f);
	notes_add(&c->notes, "-oA ignored: the account's setting "
	    "'aliases' says which file is used");
	return 0;
}

/*
 * -o: a letter and its value in one word, but for "-o i", which both sendmail
 * and this table take apart. No word that follows "-oX" is eaten: it could be
 * a recipient, and none of these values is worth losing one.
 */
int
letter_old(struct cmdline *c, const struct letter *l, const char *value,
    struct fault *f)
{
	switch (value[0]) {
	case '\0':
		return fault(f, FAULT_USAGE, "-%c needs a letter", l->letter);
	case 'A':
		return set_alias_file(c, value + 1, f);
	case 'e':
		set_errors(c, value + 1);
		return 0;
	case 'i':
		set_dots(c, value + 1);
		return 0;
	default:
		return refuse_file(c, l, value, f);
	}
}

int
letter_long_old(struct cmdline *c, const struct letter *l, const char *value,
    struct fault *f)
{
	size_t n = strcspn(value, "=");
	const char *is = value[n] == '=' ? value + n + 1 : value + n;

	if (text_same_word(value, n, "IgnoreDots"))
		set_dots(c, is);
	else if (text_same_word(value, n, "ErrorMode"))
		set_errors(c, is);
	else
		return refuse_file(c, l, value, f);
	return 0;
}
