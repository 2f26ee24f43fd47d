/* SPDX-License-Identifier: ISC */
/* netrc: whose password it is, however the file is written. */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "config/password/password.h"
#include "tests/tap.h"

/* All are asked for the password of alice at mail.example.org. */
static const struct {
	const char *label;
	const char *text;
	const char *password;	/* NULL: none */
} rows[] = {
	{ "an entry", "machine mail.example.org login alice password pw\n",
	    "pw" },
	{ "without a line end", "machine mail.example.org login alice "
	    "password pw", "pw" },
	{ "over several lines, in another order", "machine\n"
	    "\tmail.example.org\r\n password pw\r\n\tlogin alice\r\n", "pw" },
	{ "other words", "machine mail.example.org user alice passwd pw",
	    "pw" },
	{ "the host in any case", "machine MAIL.Example.ORG login alice "
	    "password pw", "pw" },
	{ "another host", "machine mail.example.net login alice password pw",
	    NULL },
	{ "a host that only begins alike", "machine mail.example.orgs "
	    "login alice password pw", NULL },
	{ "another user", "machine mail.example.org login bob password no "
	    "machine mail.example.org login alice password pw", "pw" },
	{ "a user in other case", "machine mail.example.org login Alice "
	    "password no", NULL },
	{ "no login", "machine mail.example.org password pw", "pw" },
	{ "no password", "machine mail.example.org login alice\n", NULL },
	{ "no password, and then one", "machine mail.example.org login alice\n"
	    "machine mail.example.org login alice password pw", "pw" },
	{ "a password without value", "machine mail.example.org login alice "
	    "password", NULL },
	{ "a login without value", "machine mail.example.org password pw "
	    "login", NULL },
	{ "default", "machine other.example.org login alice password no\n"
	    "default login alice password pw\n", "pw" },
	{ "default without login", "default password pw", "pw" },
	{ "default of another user", "default login bob password no", NULL },
	{ "the first that fits", "machine mail.example.org login alice "
	    "password pw default login alice password no", "pw" },
	{ "quotes", "machine \"mail.example.org\" login 'alice' "
	    "password \"p w # ' \\\" \\\\\"", "p w # ' \" \\" },
	{ "single quotes", "machine mail.example.org login alice "
	    "password 'p \" w'", "p \" w" },
	{ "a quote within", "machine mail.example.org login alice "
	    "password p\"w'", "p\"w'" },
	{ "an open quote ends with its line", "machine mail.example.org "
	    "password \"p w\nlogin alice\n", "p w" },
	{ "an empty password", "machine mail.example.org login alice "
	    "password \"\"", NULL },
	{ "comments", "# machine mail.example.org password no\n"
	    "machine mail.example.org # password no\nlogin alice\n"
	    "#password no\npassword pw", "pw" },
	{ "no comment in a value", "machine mail.example.org login alice "
	    "password #pw", "#pw" },
	{ "a password that is a keyword", "machine mail.example.org password "
	    "login login alice", "login" },
	{ "account", "machine mail.example.org account password login alice "
	    "password pw", "pw" },
	{ "a macro", "machine a.example.org login alice password no\n"
	    "macdef init\nmachine mail.example.org password no\n"
	    "bye\n\nmachine mail.example.org login alice password pw\n",
	    "pw" },
	{ "a macro without end", "macdef init\nmachine mail.example.org "
	    "password no", NULL },
	{ "a macro without name", "macdef", NULL },
	{ "unknown words", "machine mail.example.org port 25 login alice "
	    "password pw", "pw" },
	{ "a machine without name", "password no machine", NULL },
	{ "what stands before any entry", "login alice password no", NULL },
	{ "nothing", "", NULL },
	{ "a lone quote", "\"", NULL },
	{ "a lone backslash in a quote", "machine mail.example.org "
	    "password \"pw\\", "pw\\" },
};

static void
test_row(size_t i)
{
	struct secret secret = { NULL, 0 };
	size_t n = strlen(rows[i].text);
	/* as long as it is, so that a sanitizer sees reading behind it */
	char *text = memory_alloc(n == 0 ? 1 : n);
	bool found;

	memcpy(text, rows[i].text, n);
	found = netrc_find(text, n, "mail.example.org", "alice", &secret);
	tap_ok(found == (rows[i].password != NULL) && (!found ||
	    (secret.len == strlen(rows[i].password) &&
	    strcmp(secret.bytes, rows[i].password) == 0)), "%s",
	    rows[i].label);
	if (found)
		tap_show("found", secret.bytes, secret.len);
	secret_clear(&secret);
	free(text);
}

int
main(void)
{
	static const char nul[] = "default password p\0w";
	struct secret secret = { NULL, 0 };

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		test_row(i);
	tap_ok(!netrc_find(nul, sizeof(nul) - 1, "h", "u", &secret),
	    "a NUL in a password");
	tap_ok(!netrc_find(rows[0].text, strlen(rows[0].text),
	    "mail.example.org", NULL, &secret) && netrc_find("default "
	    "password x", 18, "h", NULL, &secret), "no user");
	secret_clear(&secret);
	return tap_done();
}
