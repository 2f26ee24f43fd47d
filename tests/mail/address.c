/* SPDX-License-Identifier: ISC */
#include <stdlib.h>

#include "base/buffer.h"
#include "base/fault.h"
#include "mail/address/address.h"
#include "tests/tap.h"

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))
#define LONG_OCTETS (1024 * 1024 + 100)	/* more than a command has */

/*
 * What is wanted: the mailboxes as SMTP would have them, a space between two
 * and "Name=" before those that have a display name; or "!" and a part of the
 * fault, which has the octet where the offending text begins.
 */
struct row {
	const char *label;
	const char *input;
	const char *want;
};

static const struct row plain[] = {
	{ "empty list", "", "" },
	{ "blanks only", " \t ", "" },
	{ "comment only", "(nobody)", "" },
	{ "addr-spec", "a@example.org", "a@example.org" },
	{ "angle brackets", "<a@example.org>", "a@example.org" },
	{ "blanks around", "  a@example.org\t", "a@example.org" },
	{ "blanks in brackets", "< a@example.org >", "a@example.org" },
	{ "final line end", " a@example.org\r\n", "a@example.org" },
	{ "one name", "Ann <a@example.org>", "Ann=a@example.org" },
	{ "name of words", "Ann B C <a@example.org>",
	    "Ann B C=a@example.org" },
	{ "quoted name", "\"Ann, B.\" <a@example.org>",
	    "Ann, B.=a@example.org" },
	{ "quoted pair in a name", "\"A \\\"B\\\" \\\\C\" <a@example.org>",
	    "A \"B\" \\C=a@example.org" },
	{ "quoted empty name", "\"\" <a@example.org>", "a@example.org" },
	{ "no blank before the bracket", "Ann<a@example.org>",
	    "Ann=a@example.org" },
	{ "words quoted and not", "Ann \"B C\" D <a@example.org>",
	    "Ann B C D=a@example.org" },
	{ "two", "a@example.org, b@example.org",
	    "a@example.org b@example.org" },
	{ "two, no blank", "a@example.org,b@example.org",
	    "a@example.org b@example.org" },
	{ "three forms", "a@example.org, <b@example.org>, C <c@example.org>",
	    "a@example.org b@example.org C=c@example.org" },
	{ "comma in quotes separates nothing",
	    "\"A, B\" <a@example.org>, c@example.org",
	    "A, B=a@example.org c@example.org" },
	{ "every atext", "!#$%&'*+-/=?^_`{|}~@example.org",
	    "!#$%&'*+-/=?^_`{|}~@example.org" },
	{ "plus and digits", "user+tag2@example.org",
	    "user+tag2@example.org" },
	{ "one-letter parts", "x@y", "x@y" },
	{ "hyphens in a domain", "a@b-c.d-e", "a@b-c.d-e" },
	{ "digits in a domain", "a@3.example", "a@3.example" },
	{ "case is kept", "Ann.B@Example.ORG", "Ann.B@Example.ORG" },
	{ "IPv4 literal", "a@[192.0.2.1]", "a@[192.0.2.1]" },
	{ "IPv6 literal", "a@[IPv6:2001:db8::1]", "a@[IPv6:2001:db8::1]" },
	{ "IPv6 literal in brackets", "<a@[IPv6:2001:db8::1]>",
	    "a@[IPv6:2001:db8::1]" },
	{ "quoted local part", "\"a b\"@example.org", "\"a b\"@example.org" },
	{ "quotes that are not needed", "\"a.b\"@example.org",
	    "a.b@example.org" },
	{ "quoted at", "\"a@b\"@example.org", "\"a@b\"@example.org" },
	{ "quoted comma", "<\"a,b\"@example.org>", "\"a,b\"@example.org" },
	{ "quoted bracket", "\"a<b>\"@example.org", "\"a<b>\"@example.org" },
	{ "quoted pair in a local part", "\"a\\\"b\"@example.org",
	    "\"a\\\"b\"@example.org" },
	{ "backslash in a local part", "\"a\\\\b\"@example.org",
	    "\"a\\\\b\"@example.org" },
	{ "needless quoted pair", "\"\\a\\b\"@example.org",
	    "ab@example.org" },
	{ "quoted dot alone", "\".\"@example.org", "\".\"@example.org" },
	{ "quoted blank alone", "\" \"@example.org", "\" \"@example.org" },
	{ "quoted colon and semicolon", "\"a:b;c\"@example.org",
	    "\"a:b;c\"@example.org" },
	{ "UTF-8 local part", "j\xc3\xb6rg@example.org",
	    "j\xc3\xb6rg@example.org" },
	{ "UTF-8 domain", "a@b\xc3\xbc" "cher.example",
	    "a@b\xc3\xbc" "cher.example" },
	{ "UTF-8 name", "J\xc3\xb6rg <a@example.org>",
	    "J\xc3\xb6rg=a@example.org" },
	{ "UTF-8 quoted local part", "\"j \xc3\xb6\"@example.org",
	    "\"j \xc3\xb6\"@example.org" },
	{ "Latin-1 name", "J\xf6rg <a@example.org>",
	    "J\xf6rg=a@example.org" },
	{ "encoded word", "=?UTF-8?Q?J=C3=B6rg?= <a@example.org>",
	    "=?UTF-8?Q?J=C3=B6rg?==a@example.org" },
	{ "two encoded words",
	    "=?UTF-8?B?w7Y=?= =?UTF-8?B?w7Y=?= <a@example.org>",
	    "=?UTF-8?B?w7Y=?= =?UTF-8?B?w7Y=?==a@example.org" },
	{ "bare name", "root", "root" },
	{ "bare name in brackets", "<root>", "root" },
	{ "bare name with a name", "Charlie <root>", "Charlie=root" },
	{ "bare names", "root, operator", "root operator" },
	{ "upper case, hyphen", "MAILER-DAEMON", "MAILER-DAEMON" },
	{ "bare name with a dot", "ann.b", "ann.b" },
	{ "bare name and comment", "root (Charlie)", "root" },
	{ "bare name before an address", "root, a@example.org",
	    "root a@example.org" },
	{ "bare name before a quoted name", "root, \"A\" <a@example.org>",
	    "root A=a@example.org" },
	{ "bare name before brackets", "root, <a@example.org>",
	    "root a@example.org" },
	{ "bare name last", "Ann <a@example.org>, root",
	    "Ann=a@example.org root" },
};

static const struct row folded[] = {
	{ "comment before", "(x) a@example.org", "a@example.org" },
	{ "comment behind", "a@example.org (Ann)", "a@example.org" },
	{ "comment behind, no blank", "a@example.org(Ann)",
	    "a@example.org" },
	{ "comment nested", "a@example.org (a (b (c) d) e)",
	    "a@example.org" },
	{ "comment with a comma", "a@example.org (x, y), b@example.org",
	    "a@example.org b@example.org" },
	{ "comment with an address", "a@example.org (b@example.org)",
	    "a@example.org" },
	{ "comment with quoted parentheses", "a@example.org (x \\) y \\()",
	    "a@example.org" },
	{ "comment with a lone quote", "a@example.org (it's 5\")",
	    "a@example.org" },
	{ "comment with a bracket", "a@example.org (<)", "a@example.org" },
	{ "comment that ends in a backslash pair", "(x\\\\) a@example.org",
	    "a@example.org" },
	{ "comments everywhere",
	    "(a)Ann(b)<(c)a(d)@(e)example(f).(g)org(h)>(i)",
	    "Ann=a@example.org" },
	{ "comment between words", "Ann (x) B <a@example.org>",
	    "Ann B=a@example.org" },
	{ "quotes do not hide in a comment", "(\") a@example.org (\")",
	    "a@example.org" },
	{ "parentheses in quotes are none", "\"A (b\" <a@example.org>",
	    "A (b=a@example.org" },
	{ "blanks around the at", "a @ example.org", "a@example.org" },
	{ "blanks around the dots", "a . b @ example . org",
	    "a.b@example.org" },
	{ "words of both kinds in a local part", "a.\"b c\".d@example.org",
	    "\"a.b c.d\"@example.org" },
	{ "fold between words", "Ann\r\n B <a@example.org>",
	    "Ann B=a@example.org" },
	{ "fold between addresses", "a@example.org,\r\n\tb@example.org\r\n",
	    "a@example.org b@example.org" },
	{ "fold before the bracket", "Ann\r\n <a@example.org>",
	    "Ann=a@example.org" },
	{ "fold in an address", "a@\r\n example.org", "a@example.org" },
	{ "fold in quotes", "\"Ann\r\n B\" <a@example.org>",
	    "Ann B=a@example.org" },
	{ "fold in a comment", "a@example.org (x\r\n y)", "a@example.org" },
	{ "fold in a quoted local part", "\"a\r\n b\"@example.org",
	    "\"a b\"@example.org" },
	{ "plain ones and others", "a@example.org, B <b@example.org>,\r\n"
	    "\tc-d@e_f.example ,\r\n root, g@h (x), i.j@example.org\r\n",
	    "a@example.org B=b@example.org c-d@e_f.example root g@h "
	    "i.j@example.org" },
	{ "line of blanks", "a@example.org,\r\n \r\n b@example.org",
	    "a@example.org b@example.org" },
	{ "tab in a quoted name", "\"A\tB\" <a@example.org>",
	    "A B=a@example.org" },
	{ "fold in a literal", "a@[192.0.2\r\n .1]", "a@[192.0.2.1]" },
	{ "empty elements", ", a@example.org,, ,b@example.org,",
	    "a@example.org b@example.org" },
	{ "commas only", ",,,", "" },
	{ "comments as elements", "(x),(y), a@example.org",
	    "a@example.org" },
	{ "route", "<@b.example,@c.example:a@example.org>",
	    "a@example.org" },
	{ "route of one", "Ann <@b.example:a@example.org>",
	    "Ann=a@example.org" },
	{ "route with folds and comments",
	    "<@b.example (x),\r\n @c . example : a@example.org>",
	    "a@example.org" },
	{ "route with empty elements",
	    "<,,@b.example,,@c.example,:a@example.org>", "a@example.org" },
	{ "comma that begins no route", "<,a@example.org>", "!not a route" },
	{ "route with empty elements inside",
	    "<@b.example,,@c.example,:a@example.org>", "a@example.org" },
	{ "route through a literal", "<@[192.0.2.1]:a@example.org>",
	    "a@example.org" },
	{ "dots in a name", "John Q. Public <a@example.org>",
	    "John Q. Public=a@example.org" },
	{ "dot that begins a name", ".Ann <a@example.org>",
	    ".Ann=a@example.org" },
	{ "quoted pair in a literal", "a@[\\1.2.3.4]", "a@[1.2.3.4]" },
	{ "group", "Team: a@example.org, B <b@example.org>;",
	    "a@example.org B=b@example.org" },
	{ "group of nobody", "undisclosed-recipients:;", "" },
	{ "group of nobody, blanks", "Undisclosed recipients: (x) ;", "" },
	{ "quoted group name", "\"a, b\": a@example.org;",
	    "a@example.org" },
	{ "group with empty elements", "Team:,a@example.org,,;",
	    "a@example.org" },
	{ "group in a list",
	    "x@example.org, Team: a@example.org;, y@example.org",
	    "x@example.org a@example.org y@example.org" },
	{ "two groups", "A: a@example.org;, B: b@example.org;",
	    "a@example.org b@example.org" },
	{ "group with bare names", "Team: root, operator;",
	    "root operator" },
	{ "group name with a dot", "A. Team: a@example.org;",
	    "a@example.org" },
	{ "group with a route", "T: <@b.example:a@example.org>;",
	    "a@example.org" },
	{ "semicolon in brackets of a group", "T: \"a;b\"@example.org;",
	    "\"a;b\"@example.org" },
};

/* Beyond the RFC: see TOLERANCE. */
static const struct row tolerated[] = {
	{ "semicolons as separators", "a@example.org; b@example.org;",
	    "a@example.org b@example.org" },
	{ "no comma behind a group", "T: a@example.org; b@example.org",
	    "a@example.org b@example.org" },
	{ "group of nobody that does not end", "undisclosed-recipients:",
	    "" },
	{ "address as a name", "a@b.example <a@example.org>",
	    "a@b.example=a@example.org" },
	{ "brackets in a name", "Ann [at  home] <a@example.org>",
	    "Ann [at  home]=a@example.org" },
	{ "apostrophe in a name", "Ann O'B <a@example.org>",
	    "Ann O'B=a@example.org" },
	{ "encoded word with specials",
	    "=?utf-8?q?A,_B_<c@d>?= <a@example.org>",
	    "=?utf-8?q?A,_B_<c@d>?==a@example.org" },
	{ "encoded word glued to text", "x=?utf-8?q?A?=y <a@example.org>",
	    "x=?utf-8?q?A?=y=a@example.org" },
	{ "two dots", "a..b@example.org", "\"a..b\"@example.org" },
	{ "dot at the end", "a.@example.org", "\"a.\"@example.org" },
	{ "dot at the start", ".a@example.org", "\".a\"@example.org" },
	{ "two dots in brackets", "<a..b@example.org>",
	    "\"a..b\"@example.org" },
	{ "final dot of a domain", "a@example.org.", "a@example.org" },
	{ "underscore in a domain", "a@my_host.example",
	    "a@my_host.example" },
	{ "hyphen at a label's edge", "a@-b-.example", "a@-b-.example" },
	{ "address of digits only", "a@192.0.2.1", "a@192.0.2.1" },
	{ "long local part",
	    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa@example.org",
	    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa@example.org" },
	{ "X.400 address behind a gateway",
	    "/C=xx/ADMD= /PRMD=y/@example.org", "!words that are no" },
	{ "slash with a domain", "/C=xx/S=y/@example.org",
	    "/C=xx/S=y/@example.org" },
	{ "bar with a domain", "|x@example.org", "|x@example.org" },
};

static const struct row refused[] = {
	{ "two words", "John Doe", "!no address at octet 1: \"John Doe\"" },
	{ "two words and an address", "John Doe a@example.org",
	    "!no address at octet 1: \"John Doe a\"" },
	{ "no comma", "a@example.org b@example.org", "!more than one @" },
	{ "no comma, brackets", "<a@example.org> <b@example.org>",
	    "!octet 17" },
	{ "no comma, nor a blank", "<a@example.org><b@example.org>",
	    "!octet 16" },
	{ "text behind brackets", "<a@example.org> b", "!octet 17: \"b\"" },
	{ "no comma before a fold", "a@example.org\r\n b@example.org",
	    "!more than one @ in an address at octet 1" },
	{ "second is wrong", "a@example.org, b c", "!octet 16: \"b c\"" },
	{ "name with a comma", "Doe, John <a@example.org>",
	    "!octet 1: \"Doe\"" },
	{ "name with a comma, encoded",
	    "Doe, =?utf-8?q?J?= <a@example.org>", "!octet 1: \"Doe\"" },
	{ "name with two commas", "Doe, J., PhD <a@example.org>",
	    "!octet 6: \"J.\"" },
	{ "bare name before a semicolon", "root; a@example.org",
	    "!octet 1: \"root\"" },
	{ "bare name behind a semicolon", "a@example.org; root",
	    "!octet 16: \"root\"" },
	{ "open quotes", "\"Ann <a@example.org>", "!octet 1: \"\"Ann" },
	{ "open quotes behind", "a@example.org, Ann\" <b@example.org>",
	    "!octet 19" },
	{ "quotes that end in a backslash", "\"a\\", "!quoted string" },
	{ "open comment", "a@example.org (Ann", "!octet 15: \"(Ann\"" },
	{ "open nested comment", "a@example.org (a (b)", "!octet 15" },
	{ "comment that ends in a backslash", "(a\\", "!comment" },
	{ "comment never begun", "a@example.org )", "!octet 15: \")\"" },
	{ "open bracket", "Ann <a@example.org", "!octet 5: \"<\"" },
	{ "open bracket swallows nobody", "<a@example.org, b@example.org",
	    "!octet 1" },
	{ "list in brackets", "<a@example.org, b@example.org>",
	    "!more than one @" },
	{ "list of bare names in brackets", "<root, operator>",
	    "!octet 6: \",\"" },
	{ "bracket never begun", "a@example.org>", "!octet 14: \">\"" },
	{ "brackets in brackets", "<<a@example.org>>", "!octet 2: \"<\"" },
	{ "empty brackets", "<>", "!octet 1: \"<>\"" },
	{ "name and empty brackets", "Ann <>", "!octet 5: \"<>\"" },
	{ "empty brackets in a list", "a@example.org, < >",
	    "!octet 16: \"< >\"" },
	{ "no local part", "@example.org", "!octet 1: \"@\"" },
	{ "empty quoted local part", "\"\"@example.org", "!octet 1" },
	{ "dots only", "...@example.org", "!octet 1: \"...\"" },
	{ "no domain", "a@", "!octet 2: \"@\"" },
	{ "no domain in brackets", "<a@>", "!octet 3: \"@\"" },
	{ "no domain in a list", "a@, b@example.org", "!octet 2: \"@\"" },
	{ "two ats", "a@b@example.org", "!octet 1: \"a@b@example.org\"" },
	{ "blank in a domain", "a@exam ple.org", "!octet 3: \"exam ple" },
	{ "two dots in a domain", "a@example..org", "!octet 3" },
	{ "dot before a domain", "a@.example.org", "!octet 3" },
	{ "dot is a domain", "a@.", "!octet 3" },
	{ "two final dots", "a@example.org..", "!not a domain" },
	{ "final dot behind a blank", "a@example.org .", "!not a domain" },
	{ "illegal in a domain", "a@exa$mple.org", "!octet 3" },
	{ "slash in a domain", "a@example.org/x", "!octet 3" },
	{ "quotes in a domain", "a@\"example\".org", "!octet 3" },
	{ "literal and more", "a@[192.0.2.1].org", "!octet 3" },
	{ "empty literal", "a@[]", "!octet 3: \"[]\"" },
	{ "open literal", "a@[192.0.2.1", "!octet 3: \"[192" },
	{ "literal never begun", "a@192.0.2.1]", "!octet 12: \"]\"" },
	{ "literal in a literal", "a@[[192.0.2.1]]", "!octet 3" },
	{ "at in a literal", "a@[b@c]", "!octet 3" },
	{ "8-bit in a literal", "a@[\xc3\xb6]", "!octet 3" },
	{ "comma in brackets", "[a, b@c] <a@example.org>", "!octet 1" },
	{ "literal is no local part", "[a]@example.org", "!octet 1" },
	{ "quoted and atom glued", "\"a\"b@example.org", "!words" },
	{ "atom and quoted glued", "a\"b\"@example.org", "!words" },
	{ "quotes and two dots", "\"a\"..b@example.org", "!misplaced" },
	{ "blank and two dots", "a . . b@example.org", "!misplaced" },
	{ "dot, blank, at", "a. @example.org", "!misplaced" },
	{ "tab in a local part", "\"a\tb\"@example.org", "!tab" },
	{ "not UTF-8, local part", "\xf6@example.org", "!UTF-8" },
	{ "not UTF-8, domain", "a@\xf6.example", "!octet 3" },
	{ "overlong UTF-8", "\xc0\xae@example.org", "!UTF-8" },
	{ "bare name not UTF-8", "r\xf6t", "!octet 1" },
	{ "command", "|cmd", "!octet 1: \"|cmd\"" },
	{ "quoted command", "\"|cmd\"", "!octet 1" },
	{ "quoted command with arguments", "\"|cmd x\"", "!octet 1" },
	{ "command in brackets", "<|cmd>", "!octet 2" },
	{ "file", "/var/mail/x", "!octet 1: \"/var/mail/x\"" },
	{ "include", ":include:/x", "!octet 1: \":\"" },
	{ "quoted bare name of words", "\"John Doe\"", "!octet 1" },
	{ "dots in a bare name", "a..b", "!octet 1" },
	{ "dot behind a bare name", "root.", "!octet 1" },
	{ "dot alone", ".", "!octet 1" },
	{ "backslash", "\\root", "!octet 1: \"\\r\"" },
	{ "backslash at the end", "root\\", "!octet 5: \"\\\"" },
	{ "encoded word alone", "=?utf-8?q?a?=", "!octet 1" },
	{ "encoded local part", "=?utf-8?q?a?=@example.org", "!octet 1" },
	{ "half an encoded word", "=?utf-8?q?Doe, J?= <a@example.org>",
	    "!octet 1: \"=?utf-8?q?Doe\"" },
	{ "group that does not end", "Team: a@example.org",
	    "!octet 1: \"Team: a" },
	{ "URI", "mailto:a@example.org", "!octet 1" },
	{ "group in a group", "A: B: b@example.org;;", "!octet 5: \":\"" },
	{ "group without a name", ": a@example.org;", "!octet 1" },
	{ "address as a group", "a@example.org: b@example.org;", "!octet 1" },
	{ "colon behind brackets", "<a@example.org>: b;", "!octet 16" },
	{ "colon in an address", "<a:b@example.org>", "!octet 3: \":\"" },
	{ "route that leads nowhere", "<@b.example:>", "!octet 13" },
	{ "route without a colon", "<@b.example>", "!octet 2" },
	{ "route that is none", "<@b.example,c@d:a@example.org>", "!octet 2" },
	{ "route outside brackets", "@b.example:a@example.org", "!octet 1" },
	{ "line end", "a@example.org\nb@example.org", "!\\x0a" },
	{ "CRLF that does not fold", "a@example.org\r\nb@example.org",
	    "!\\x0d in an address at octet 14" },
	{ "CR", "a@example.org\r", "!octet 14" },
	{ "fold with LF alone", "a@example.org\n b", "!octet 14" },
	{ "line end in quotes", "\"a\r\nb\"@example.org", "!octet 3" },
	{ "quoted line end", "\"a\\\r\n b\"@example.org", "!backslash" },
	{ "escape sequence", "\x1b[31ma@example.org", "!\\x1b" },
	{ "DEL", "a\x7f@example.org", "!octet 2" },
	{ "control character in a comment", "a@example.org (\x07)",
	    "!octet 16" },
	{ "control character behind a list", "a@example.org, b@example.org\x01",
	    "!octet 29" },
	{ "control character far behind", "a@example.org, b, c\x01",
	    "!octet 20" },
	{ "injected command", "a@example.org>\r\nDATA\r\n", "!octet 15" },
	{ "injected parameter", "a@example.org> SIZE=1", "!octet 14" },
	{ "question of DSN", "<a@example.org> NOTIFY=NEVER", "!octet 17" },
};

/* The same of recipients; "?" stands before doubtful ones. */
static const struct row recipients[] = {
	{ "recipients: one of each", "root, Carol <c@example.org>",
	    "?root Carol=c@example.org" },
	{ "recipients: a comma in a name", "Doe, John <a@example.org>",
	    "?Doe John=a@example.org" },
	{ "recipients: a blank element between",
	    "Doe, , John <a@example.org>", "?Doe John=a@example.org" },
	{ "recipients: only the one beside it", "a, b, C <c@example.org>, d",
	    "a ?b C=c@example.org d" },
	{ "recipients: before a name in quotes",
	    "to4, \"A; \\\"Quoted\\\" Name\" <to5@example.com>",
	    "to4 A; \"Quoted\" Name=to5@example.com" },
	{ "recipients: before an encoded word",
	    "Doe, =?utf-8?q?J?= <a@example.org>",
	    "?Doe =?utf-8?q?J?==a@example.org" },
	{ "recipients: a folded group",
	    "Ours: to1,\r\n to2, A\r\n Name <to3@example.com>,\r\n to4;",
	    "to1 ?to2 A Name=to3@example.com to4" },
	{ "recipients: before brackets alone", "root, <c@example.org>",
	    "root c@example.org" },
	{ "recipients: two words", "John Doe, C <c@example.org>",
	    "!octet 1: \"John Doe\"" },
	{ "recipients: beside a semicolon", "root; Carol <c@example.org>",
	    "!octet 1: \"root\"" },
	{ "recipients: an initial", "Doe, J., PhD <a@example.org>",
	    "!octet 6: \"J.\"" },
	{ "recipients: a command", "|cat, Carol <c@example.org>",
	    "!octet 1: \"|cat\"" },
	{ "recipients: half of an encoded word",
	    "=?utf-8?q?D?=, John <a@example.org>", "!octet 1" },
};

static void
add_boxes(struct buffer *b, const struct address_list *list)
{
	for (size_t i = 0; i < list->count; i++) {
		if (i > 0)
			buffer_add_char(b, ' ');
		if (mailbox_is_doubtful(&list->box[i])) {
			buffer_add_char(b, '?');
		} else if (list->box[i].name != NULL) {
			buffer_add_string(b, list->box[i].name);
			buffer_add_char(b, '=');
		}
		address_add_spec(b, &list->box[i]);
	}
}

static void
check(const struct row *r, const char *input, size_t n)
{
	struct address_list list = { .box = NULL };
	struct fault f = { .class = FAULT_NONE };
	struct buffer got;
	int result;

	buffer_init(&got, 1024 * 1024);
	result = (strncmp(r->label, "recipients", 10) == 0 ?
	    address_parse_recipients : address_parse)(&list, input, n, &f);
	if (result == 0)
		add_boxes(&got, &list);
	else
		buffer_printf(&got, "!%s", f.text);
	if (r->want[0] != '!' || result == 0)
		tap_same(r->label, got.len == 0 ? "" : got.data, got.len,
		    r->want, strlen(r->want));
	else if (!tap_ok(f.class == FAULT_DATA &&
	    strstr(f.text, r->want + 1) != NULL, "%s", r->label))
		printf("# %s\n# does not say: %s\n", f.text, r->want + 1);
	buffer_free(&got);
	address_list_free(&list);
	fault_clear(&f);
}

/* A copy as long as the input: a sanitizer sees one octet too many. */
static void
check_all(const struct row *r, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		size_t n = strlen(r[i].input);
		char *exact = malloc(n == 0 ? 1 : n);

		if (exact == NULL)
			abort();
		memcpy(exact, r[i].input, n);
		check(&r[i], exact, n);
		free(exact);
	}
}

static void
check_nul(void)
{
	static const struct row r = { "NUL", "", "!\\x00" };

	check(&r, "a\0b@example.org", 15);
}

/* One that no command could hold is refused; cut short it would be another. */
static void
check_long(void)
{
	static const struct row r = { "far too long", "!address too long",
	    "!address too long" };
	static char text[LONG_OCTETS];
	static const char domain[] = "@example.org";

	memset(text, 'a', sizeof(text));
	memcpy(text + sizeof(text) - sizeof(domain), domain, sizeof(domain));
	check(&r, text, sizeof(text) - 1);
}

/*
 * Reverse-paths. want: the mailbox, "" for the null path, "!" and a part of
 * the fault.
 */
static const struct {
	const char *input;
	const char *want;
} paths[] = {
	{ "a@example.org", "a@example.org" },
	{ "<a@example.org>", "a@example.org" },
	{ "Ann B <a@example.org>", "a@example.org" },
	{ "a@example.org (Ann)", "a@example.org" },
	{ "root", "root" },
	{ "<root>", "root" },
	{ "\"a b\"@example.org", "\"a b\"@example.org" },
	{ "<@b.example:a@example.org>", "a@example.org" },
	{ "", "" },
	{ " ", "" },
	{ "<>", "" },
	{ " < > ", "" },
	{ "(nobody) <>", "" },
	{ "Ann <>", "!empty address" },
	{ "<> <>", "!second angle bracket" },
	{ "<>a", "!text behind" },
	{ "a@example.org,", "!octet 14" },
	{ ",a@example.org", "!octet 1" },
	{ ",", "!octet 1" },
	{ ";", "!octet 1" },
	{ "a@example.org, b@example.org", "!octet 14" },
	{ "<>, a@example.org", "!octet 3" },
	{ "a@example.org; b@example.org", "!octet 14" },
	{ "T: a@example.org;", "!octet 2" },
	{ "T:;", "!octet 2" },
	{ "a@example.org\r\nRCPT", "!\\x0d" },
	{ "a b@example.org", "!octet 1" },
	{ "<a@example.org", "!octet 1" },
	{ "a@", "!octet 2" },
	{ "|cmd", "!octet 1" },
};

static void
check_path(const char *input, const char *want)
{
	struct fault f = { .class = FAULT_NONE };
	struct mailbox box;
	struct buffer got;
	bool empty;

	buffer_init(&got, 1024);
	if (address_parse_path(&box, &empty, input, strlen(input), &f) == -1)
		buffer_printf(&got, "!%s", f.text);
	else if (!empty)
		address_add_spec(&got, &box);
	else if (box.local != NULL || box.domain != NULL || box.name != NULL)
		buffer_add_string(&got, "(a mailbox and empty)");
	if (want[0] == '!')
		tap_ok(f.class == FAULT_DATA && got.data[0] == '!' &&
		    strstr(got.data, want + 1) != NULL,
		    "path refused: %s", want + 1);
	else
		tap_same("path", got.len == 0 ? "" : got.data, got.len,
		    want, strlen(want));
	buffer_free(&got);
	mailbox_free(&box);
	fault_clear(&f);
}

static const struct {
	const char *text;
	bool dot_atom, domain, fqdn;
} forms[] = {
	{ "a", true, true, false },
	{ "a.b", true, true, true },
	{ "mail.example.org", true, true, true },
	{ "", false, false, false },
	{ ".", false, false, false },
	{ "a.", false, false, false },
	{ ".a", false, false, false },
	{ "a..b", false, false, false },
	{ "a b", false, false, false },
	{ "a+b.c", true, false, false },
	{ "a_b.c", true, false, false },
	{ "a@b", false, false, false },
	{ "-a.b", true, false, false },
	{ "a-.b", true, false, false },
	{ "a-b.c-d", true, true, true },
	{ "192.0.2.1", true, true, false },
	{ "example.123", true, true, false },
	{ "123.example", true, true, true },
	{ "localhost", true, true, false },
	{ "localhost.localdomain", true, true, false },
	{ "host.LocalDomain", true, true, false },
	{ "host.localdomain.example", true, true, false },
	{ "localhost.example", true, true, false },
	{ "b\xc3\xbc.example", true, true, false },
	{ "b\xfc.example", false, false, false },
	{ "[192.0.2.1]", false, false, false },
	{ "a\r\nb", false, false, false },
	/* 63 and 64 octets in a label */
	{ "aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffff123.b",
	    true, true, true },
	{ "aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffff1234.b",
	    true, false, false },
};

static void
check_forms(void)
{
	char dots[257];

	for (size_t i = 0; i < COUNT(forms); i++) {
		const char *s = forms[i].text;
		size_t n = strlen(s);

		tap_ok(address_is_dot_atom(s, n) == forms[i].dot_atom,
		    "form %zu: dot-atom", i + 1);
		tap_ok(address_is_domain(s, n) == forms[i].domain,
		    "form %zu: domain", i + 1);
		tap_ok(address_is_fqdn(s, n) == forms[i].fqdn,
		    "form %zu: fqdn", i + 1);
	}
	for (size_t i = 0; i < sizeof(dots); i++)
		dots[i] = i % 2 == 0 ? 'a' : '.';
	tap_ok(address_is_domain(dots, 255), "domain of 255 octets");
	tap_ok(!address_is_domain(dots, 257), "domain of 257 octets");
}

static int
parse(struct address_list *list, const struct buffer *b, struct fault *f)
{
	memset(list, 0, sizeof(*list));
	memset(f, 0, sizeof(*f));
	return address_parse(list, b->data, b->len, f);
}

/* None of these may cost a stack, or more than linear time. */
static void
check_size(void)
{
	struct address_list list;
	struct buffer b;
	struct fault f;

	buffer_init(&b, 64 * 1024 * 1024);
	for (int i = 0; i < 100000; i++)
		buffer_printf(&b, "U %d <u%d@example.org>,\r\n ", i, i);
	tap_ok(parse(&list, &b, &f) == 0 && list.count == 100000,
	    "100,000 recipients");
	address_list_free(&list);
	buffer_clear(&b);

	for (int i = 0; i < 1000000; i++)
		buffer_add_char(&b, '(');
	tap_ok(parse(&list, &b, &f) == -1, "a million comments, open");
	fault_clear(&f);
	for (int i = 0; i < 1000000; i++)
		buffer_add_char(&b, ')');
	buffer_add_string(&b, "a@example.org");
	tap_ok(parse(&list, &b, &f) == 0 && list.count == 1,
	    "a million comments, nested");
	address_list_free(&list);
	buffer_clear(&b);

	for (int i = 0; i < 1000000; i++)
		buffer_add_string(&b, "a.");
	tap_ok(parse(&list, &b, &f) == -1 &&
	    strstr(f.text, "too many words") != NULL, "a million words");
	address_list_free(&list);
	fault_clear(&f);
	buffer_clear(&b);

	for (int i = 0; i < 300000; i++)
		buffer_add_string(&b, "=?x,");
	tap_ok(parse(&list, &b, &f) == -1, "encoded words that never end");
	address_list_free(&list);
	fault_clear(&f);
	buffer_clear(&b);

	buffer_add_char(&b, '"');
	for (int i = 0; i < 1000000; i++)
		buffer_add_string(&b, "\\\"");
	buffer_add_string(&b, "\"@example.org");
	tap_ok(parse(&list, &b, &f) == -1 &&
	    strstr(f.text, "too long") != NULL, "a megabyte in quotes");
	address_list_free(&list);
	fault_clear(&f);
	buffer_free(&b);
}

/* What a fault quotes is short, and ends with a whole character. */
static void
check_quote(void)
{
	struct address_list list;
	struct buffer b;
	struct fault f;

	for (size_t pad = 0; pad < 4; pad++) {
		buffer_init(&b, 4096);
		buffer_add(&b, "xxxx", pad);
		for (int i = 0; i < 50; i++)
			buffer_add_string(&b, "\xe2\x82\xac");
		buffer_add_string(&b, " y");
		tap_ok(parse(&list, &b, &f) == -1 &&
		    strstr(f.text, "\xe2\x82\xac...\"") != NULL &&
		    strlen(f.text) < 120, "shortened quote %zu", pad);
		fault_clear(&f);
		buffer_free(&b);
	}
}

int
main(void)
{
	check_all(plain, COUNT(plain));
	check_all(folded, COUNT(folded));
	check_all(tolerated, COUNT(tolerated));
	check_all(refused, COUNT(refused));
	check_all(recipients, COUNT(recipients));
	check_nul();
	check_long();
	for (size_t i = 0; i < COUNT(paths); i++)
		check_path(paths[i].input, paths[i].want);
	check_forms();
	check_size();
	check_quote();
	return tap_done();
}
