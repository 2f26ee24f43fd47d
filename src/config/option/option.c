/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "config/account/account.h"
#include "config/option/table.h"

/* Fields are reached by offset; an enum has to be as wide as an int. */
_Static_assert(sizeof(enum toggle) == sizeof(int), "enum toggle");
_Static_assert(sizeof(enum tls_min_version) == sizeof(int), "enum version");
_Static_assert(sizeof(enum from_header) == sizeof(int), "enum from_header");
_Static_assert(sizeof(enum to_header) == sizeof(int), "enum to_header");
_Static_assert(sizeof(enum address_family) == sizeof(int), "enum family");
_Static_assert(sizeof(enum dsn_return) == sizeof(int), "enum dsn_return");

#define HELP_LEFT_SIZE 80		/* octets; a line of the help */
#define OPTION_SLIP_MAX 40		/* octets; no known word is longer */

const struct option_choice option_toggles[] = {
	{ "on", TOGGLE_ON }, { "off", TOGGLE_OFF }, { NULL, 0 }
};

/* Other words for a setting, from files that exist. */
static const struct {
	const char *keyword;
	const char *name;
	enum option_id id;
} aliases[] = {
	{ "connect_timeout", "connect-timeout", OPTION_TIMEOUT },
	{ "authzid", "authzid", OPTION_AUTH_ID },
};

const struct option_row *
option_row(enum option_id id)
{
	if (id >= OPTION_TLS)
		return &option_tls_rows[id - OPTION_TLS];
	if (id >= OPTION_FROM)
		return &option_mail_rows[id - OPTION_FROM];
	return &option_server_rows[id - OPTION_HOST];
}

static bool
same(const char *s, size_t n, const char *word)
{
	return word != NULL && strlen(word) == n && memcmp(s, word, n) == 0;
}

enum option_id
option_find_keyword(const char *s, size_t n)
{
	for (int i = 0; i < OPTION_COUNT; i++)
		if (same(s, n, option_row((enum option_id)i)->keyword))
			return (enum option_id)i;
	for (size_t i = 0; i < sizeof(aliases) / sizeof(aliases[0]); i++)
		if (same(s, n, aliases[i].keyword))
			return aliases[i].id;
	return OPTION_COUNT;
}

enum option_id
option_find_name(const char *s, size_t n)
{
	for (int i = 0; i < OPTION_COUNT; i++)
		if (same(s, n, option_row((enum option_id)i)->name))
			return (enum option_id)i;
	for (size_t i = 0; i < sizeof(aliases) / sizeof(aliases[0]); i++)
		if (same(s, n, aliases[i].name))
			return aliases[i].id;
	return OPTION_COUNT;
}

bool
option_value_optional(enum option_id id)
{
	return option_row(id)->choices != NULL &&
	    (option_row(id)->flags & OPTION_NEEDED) == 0;
}

size_t
option_slip(const char *a, size_t alen, const char *b)
{
	char *word, *known;
	size_t edits, allowed;

	if (alen > OPTION_SLIP_MAX || strlen(b) > OPTION_SLIP_MAX)
		return SIZE_MAX;
	word = memory_copy(a, alen);
	known = memory_string(b);
	for (char *p = word; *p != '\0'; p++)
		*p = *p == '-' ? '_' : text_to_lower(*p);
	for (char *p = known; *p != '\0'; p++)
		*p = *p == '-' ? '_' : text_to_lower(*p);
	edits = text_distance(word, known);
	/* "prt" may be port, and "b" is not a slip for "a" */
	allowed = strlen(known) < 3 ? 0 : strlen(known) < 6 ? 1 :
	    strlen(known) / 3;
	free(word);
	free(known);
	return edits <= allowed ? edits : SIZE_MAX;
}

const char *
option_nearest(const char *s, size_t n)
{
	size_t best = SIZE_MAX, edits;
	const char *keyword, *word = NULL;

	for (int i = 0; i < OPTION_COUNT; i++) {
		keyword = option_row((enum option_id)i)->keyword;
		edits = option_slip(s, n, keyword);
		if (edits < best) {
			best = edits;
			word = keyword;
		}
	}
	return word;
}

void
option_print_help(FILE *out)
{
	const struct option_row *row;
	char left[HELP_LEFT_SIZE];

	for (int i = 0; i < OPTION_COUNT; i++) {
		row = option_row((enum option_id)i);
		if (row->name == NULL)
			continue;
		snprintf(left, sizeof(left), "--%s%s=%s%s", row->name,
		    row->choices != NULL ? "[" : "", row->value,
		    row->choices != NULL ? "]" : "");
		fprintf(out, "  %-*s %s (%s)\n", OPTION_HELP_COLUMN, left,
		    row->help, row->preset);
	}
}
