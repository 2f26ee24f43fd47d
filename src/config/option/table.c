/* SPDX-License-Identifier: ISC */
/* The table of settings: one row for each, found by keyword or long option. */
#include <limits.h>
#include <string.h>

#include "base/text.h"
#include "smtp/sasl/mechanism.h"
#include "config/account/account.h"
#include "config/option/option.h"

/* A field is written by its offset, as an int. */
_Static_assert(sizeof(enum toggle) == sizeof(int), "enum toggle");

#define HELP_LEFT_SIZE 80		/* octets; a line of the help */
#define OPTION_SLIP_MAX 40		/* octets; no known word is longer */
#define PORT_MAX 65535			/* RFC 9293: 16 bits */
#define SECONDS_MAX (INT_MAX / 1000)	/* poll(2) counts milliseconds in int */
#define LIFETIME_MAX ((int64_t)INT_MAX)	/* seconds, 68 years */
#define FD_MIN 3	/* below are the message and our own output */
#define DH_BITS_MAX 16384		/* far above any group in use */

static const struct option_choice toggles[] = {
	{ "on", TOGGLE_ON }, { "off", TOGGLE_OFF }, { NULL, 0 }
};
static const struct option_choice protocols[] = {
	{ "smtp", PROTOCOL_SMTP },
	{ "lmtp", PROTOCOL_LMTP },
	{ NULL, 0 }
};
static const struct option_choice rejected[] = {
	{ "deliver", REJECTED_DELIVER },
	{ "abort", REJECTED_ABORT },
	{ NULL, 0 }
};
static const struct option_choice families[] = {
	{ "any", ADDRESS_FAMILY_ANY }, { "ipv4", ADDRESS_FAMILY_IPV4 },
	{ "ipv6", ADDRESS_FAMILY_IPV6 }, { NULL, 0 }
};
static const struct option_choice from_headers[] = {
	{ "auto", FROM_HEADER_AUTO }, { "on", FROM_HEADER_ON },
	{ "off", FROM_HEADER_OFF }, { NULL, 0 }
};
/* "auto" adds the field when it is missing, which is all that "on" can mean. */
static const struct option_choice added_headers[] = {
	{ "auto", TOGGLE_UNSET }, { "on", TOGGLE_ON }, { "off", TOGGLE_OFF },
	{ NULL, 0 }
};
static const struct option_choice to_headers[] = {
	{ "on", TO_HEADER_ON }, { "off", TO_HEADER_OFF },
	{ "auto", TO_HEADER_AUTO },
	{ "undisclosed_recipients", TO_HEADER_UNDISCLOSED }, { NULL, 0 }
};
static const struct option_choice returns[] = {
	{ "off", DSN_RETURN_UNSET }, { "headers", DSN_RETURN_HEADERS },
	{ "full", DSN_RETURN_FULL }, { "hdrs", DSN_RETURN_HEADERS },
	{ NULL, 0 }
};
/* Facilities by their numbers in RFC 3164 section 4.1.1; the kernel's is 0. */
static const struct option_choice facilities[] = {
	{ "on", 1 }, { "off", -1 }, { "LOG_USER", 1 }, { "LOG_MAIL", 2 },
	{ "LOG_LOCAL0", 16 }, { "LOG_LOCAL1", 17 }, { "LOG_LOCAL2", 18 },
	{ "LOG_LOCAL3", 19 }, { "LOG_LOCAL4", 20 }, { "LOG_LOCAL5", 21 },
	{ "LOG_LOCAL6", 22 }, { "LOG_LOCAL7", 23 }, { NULL, 0 }
};
static const struct option_choice lengths[] = {
	{ "encode", LONG_LINES_ENCODE }, { "pass", LONG_LINES_PASS },
	{ "refuse", LONG_LINES_REFUSE }, { NULL, 0 }
};
static const struct option_choice versions[] = {
	{ "1.2", TLS_MIN_VERSION_1_2 }, { "1.3", TLS_MIN_VERSION_1_3 },
	{ NULL, 0 }
};
static const struct option_choice unsure[] = {
	{ "retry", QUEUE_UNSURE_RETRY }, { "hold", QUEUE_UNSURE_HOLD },
	{ NULL, 0 }
};
#define WORD(name, ...) { name, 1 },
/* SASL mechanism names (RFC 4422 section 3.1); the value 0 is "off". */
static const struct option_choice methods[] = {
	{ "on", 1 }, { "off", 0 }, SASL_MECHANISMS(WORD) { NULL, 0 }
};

#define ROW(id, member, kind, ...) \
	[OPTION_##id] = { #member, OPTION_TYPE_##kind, \
	    offsetof(struct account, member), __VA_ARGS__ },
#define TOGGLE(id, member, ...) \
	ROW(id, member, CHOICE, "on|off", __VA_ARGS__, .choices = toggles)

static const struct option_row rows[OPTION_COUNT] = {
#include "config/option/rows.h"
};

/* Other words for a setting, which existing files use. */
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
	return &rows[id];
}

const char *
option_name(const struct option_row *row)
{
	static char names[OPTION_COUNT][OPTION_SLIP_MAX + 1];
	char *name = names[row - rows];

	if ((row->flags & OPTION_FILE_ONLY) != 0)
		return NULL;
	for (size_t i = 0; row->keyword[i] != '\0'; i++)
		name[i] = row->keyword[i] == '_' ? '-' : row->keyword[i];
	return name;
}

static enum option_id
find(const char *s, size_t n, bool by_name)
{
	for (enum option_id i = 0; i < OPTION_COUNT; i++)
		if (text_is(s, n, by_name ? option_name(&rows[i]) :
		    rows[i].keyword))
			return i;
	for (size_t i = 0; i < sizeof(aliases) / sizeof(aliases[0]); i++)
		if (text_is(s, n, by_name ? aliases[i].name :
		    aliases[i].keyword))
			return aliases[i].id;
	return OPTION_COUNT;
}

enum option_id
option_find_keyword(const char *s, size_t n)
{
	return find(s, n, false);
}

enum option_id
option_find_name(const char *s, size_t n)
{
	return find(s, n, true);
}

bool
option_value_optional(enum option_id id)
{
	return option_row(id)->choices != NULL &&
	    (option_row(id)->flags & OPTION_NEEDED) == 0;
}

/* Lower case, and one of "-" and "_". */
static void
simplify(char *to, const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		to[i] = s[i] == '-' ? '_' : text_to_lower(s[i]);
	to[n] = '\0';
}

size_t
option_slip(const char *a, size_t alen, const char *b)
{
	char word[OPTION_SLIP_MAX + 1], known[OPTION_SLIP_MAX + 1];
	size_t edits, allowed, blen = strlen(b);

	if (alen > OPTION_SLIP_MAX || blen > OPTION_SLIP_MAX)
		return SIZE_MAX;
	simplify(word, a, alen);
	simplify(known, b, blen);
	edits = text_distance(word, known);
	/* "prt" is a slip for port, but "b" is none for "a" */
	allowed = blen < 3 ? 0 : blen < 6 ? 1 : blen / 3;
	return edits <= allowed ? edits : SIZE_MAX;
}

/* What other programs call their settings, without "_" and "-". */
static const struct {
	const char *word;
	enum option_id id;
} foreign[] = {
	{ "server", OPTION_HOST }, { "smtp", OPTION_HOST },
	{ "smtpserver", OPTION_HOST }, { "smtphost", OPTION_HOST },
	{ "hostname", OPTION_HOST }, { "smarthost", OPTION_HOST },
	{ "mailhub", OPTION_HOST }, { "relayhost", OPTION_HOST },
	{ "smtpport", OPTION_PORT }, { "username", OPTION_USER },
	{ "login", OPTION_USER }, { "smtpuser", OPTION_USER },
	{ "authuser", OPTION_USER }, { "pass", OPTION_PASSWORD },
	{ "passwd", OPTION_PASSWORD }, { "smtppass", OPTION_PASSWORD },
	{ "smtppassword", OPTION_PASSWORD }, { "authpass", OPTION_PASSWORD },
	{ "passfile", OPTION_PASSWORD_FILE }, { "ssl", OPTION_TLS },
	{ "usetls", OPTION_TLS }, { "usestarttls", OPTION_TLS_STARTTLS },
	{ "cafile", OPTION_TLS_TRUST_FILE }, { "email", OPTION_FROM },
	{ "mailfrom", OPTION_FROM }, { "rewritedomain",
	OPTION_QUALIFY_DOMAIN }, { "masquerade", OPTION_SENDER },
	{ "authmethod", OPTION_AUTH }, { "log", OPTION_LOGFILE },
};

static const char *
find_foreign(const char *s, size_t n)
{
	char word[OPTION_SLIP_MAX + 1];
	size_t len = 0;

	for (size_t i = 0; i < n && len < OPTION_SLIP_MAX; i++)
		if (s[i] != '_' && s[i] != '-')
			word[len++] = s[i];
	for (size_t i = 0; i < sizeof(foreign) / sizeof(foreign[0]); i++)
		if (text_same_word(word, len, foreign[i].word))
			return option_row(foreign[i].id)->keyword;
	return NULL;
}

const char *
option_nearest(const char *s, size_t n)
{
	size_t best = SIZE_MAX, edits;
	const char *keyword, *word = find_foreign(s, n);

	if (word != NULL)
		return word;
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

	for (row = rows; row < rows + OPTION_COUNT; row++) {
		if (option_name(row) == NULL)
			continue;
		snprintf(left, sizeof(left), "--%s%s=%s%s", option_name(row),
		    row->choices != NULL ? "[" : "", row->value,
		    row->choices != NULL ? "]" : "");
		fprintf(out, "  %-*s %s (%s)\n", OPTION_HELP_COLUMN, left,
		    row->help, row->preset);
	}
}
