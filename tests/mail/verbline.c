/* SPDX-License-Identifier: ISC */
/* verbline: which lines a server could take for commands. */
#include <string.h>

#include "mail/message/bodyscan.h"
#include "tests/tap.h"

static const struct {
	const char *line;
	bool verb;
} lines[] = {
	{ "Hello, Bob.", false }, { "", false }, { ".", false },
	{ "MAIL FROM:<a@example.org>", true }, { "rcpt to:<b@c>", true },
	{ "DaTa", true }, { "BDAT 10 LAST", true }, { "RSET", true },
	{ "quit", true }, { "QUIT\r", true }, { "EHLO x", true },
	{ "helo", true }, { "LHLO", true }, { "NOOP", true },
	{ "VRFY root", true }, { "EXPN list", true }, { "HELP", true },
	{ "Starttls", true }, { "AUTH PLAIN AAAA", true }, { "ETRN @x", true },
	{ "TURN", true }, { "XCLIENT NAME=x", true }, { "SEND FROM:<>", true },
	{ "  MAIL FROM:<>", true }, { "\t\vdata", true },
	{ "\x01 rset", true }, { "database", true },
	{ "Mailing-List: x", true },
	{ "Sender: alice@example.org", false },
	{ "Authentication-Results: x", false }, { "Helpful", false },
	{ "Turnip", false }, { "Send", true }, { "help!", true },
	{ "Date: today", false }, { "Message-ID: <x>", false },
	{ "X-MAIL: data", false }, { "to MAIL FROM:<>", false },
	{ "> quit", false }, { "qui", false }, { "dat a", false },
	{ "=4DAIL FROM:<>", true }, { "=4d=41=49=4C FROM:<>", true },
	{ "D=41ta", true }, { "=20=09data", true }, { "=52CPT", true },
	{ "da=7", false }, { "data=", true }, { "=", false }, { "=zz", false },
	{ "help=20me", true }, { "help=", true }, { "helper", false },
	{ "starttl", false }, { "starttlsstarttls", true },
	{ "abcdefghijklmnop", false }, { "\xc3\xa4 data", false },
	{ "\xa0" "data", true }, { "\x85" "data", true },
	{ "\xc2\xa0" "data", true }, { "\xef\xbb\xbf" "data", true },
	{ "\xe3\x80\x80 data", true }, { "\x7f" "data", true },
	{ "\xe2\x80\xaf" "data", true }, { "\xff\xf0" "data", false },
	{ "=A0data", true }, { "\xe4 data", false },
};

static bool
runs(const char *line)
{
	struct verbline s;
	bool verb = false;

	memset(&s, 0, sizeof(s));
	for (const char *p = line; *p != '\0'; p++)
		verb |= verbline_octet(&s, *p);
	return verbline_octet(&s, '\n') || verb;
}

static void
test_lines(void)
{
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		tap_ok(runs(lines[i].line) == lines[i].verb, "%s: %s",
		    lines[i].verb ? "a command" : "no command",
		    lines[i].line[0] < ' ' ? "(control)" : lines[i].line);
}

/* What two letters rule out is none; and a text is as its lines. */
static void
test_text(void)
{
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		const char *line = lines[i].line;
		size_t n = strlen(line);
		struct verbline s;
		bool found;

		memset(&s, 0, sizeof(s));
		found = verbline_text(&s, "Hello.\r\n", 8);
		for (size_t k = 0; k < n; k++)
			found |= verbline_text(&s, line + k, 1);
		found |= verbline_text(&s, "\r\nbye\r\n", 7);
		tap_ok(found == lines[i].verb, "in a text, row %zu", i);
		tap_ok(n == 0 || !lines[i].verb ||
		    (verbline_may_begin(line, line + n) &&
		    verbline_may_begin(line, line + 1)),
		    "by its first letters, row %zu", i);
	}
}

int
main(void)
{
	test_lines();
	test_text();
	return tap_done();
}
