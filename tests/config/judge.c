/* SPDX-License-Identifier: ISC */
/* Which settings go together. */
#include <stdlib.h>
#include <string.h>

#include "base/fault.h"
#include "config/account/account.h"
#include "config/account/accountfile.h"
#include "config/account/judge.h"
#include "tests/tap.h"

#define TLS_465 "port 465 has TLS from the first octet"

/* The first complaint about an account of these lines, or NULL. */
static const struct {
	const char *lines;
	const char *says;	/* part of it */
	bool doubt;		/* it may send */
	enum session_tls tls;
	unsigned port;
} rows[] = {
	{ "host h", NULL, false, SESSION_CLEAR, 25 },
	{ "host h\nauth on", "no user", false, SESSION_STARTTLS, 25 },
	{ "host h\nauth external\ntls on", NULL, false, SESSION_STARTTLS, 25 },
	{ "host h\nprotocol lmtp", "no port", false, SESSION_CLEAR, 25 },
	{ "host h\nport 465", NULL, false, SESSION_IMPLICIT_TLS, 465 },
	{ "host h\nport 465\ntls off", "tls (f:3): " TLS_465, false,
	    SESSION_CLEAR, 465 },
	{ "host h\nport 465\ntls on\ntls_starttls on", "tls_starttls (f:4): "
	    TLS_465, false, SESSION_STARTTLS, 465 },
	{ "host h\nport 993\ntls on", "port (f:2): port 993 is for reading "
	    "mail by IMAP", false, SESSION_STARTTLS, 993 },
	{ "host h\nport 110", "by POP3", false, SESSION_CLEAR, 110 },
	{ "host localhost\nport 143", NULL, false, SESSION_CLEAR, 143 },
	{ "host localhost\nport 465\ntls off", NULL, false, SESSION_CLEAR,
	    465 },
	{ "socket /s\nhost h\nport 465\ntls off", NULL, false, SESSION_CLEAR,
	    25 },
	{ "host 127.0.0.1\nproxy_host p\nport 465\ntls off", TLS_465, false,
	    SESSION_CLEAR, 465 },
	{ "host h\nport 587", NULL, false, SESSION_STARTTLS, 587 },
	{ "host h\nport 587\ntls off", "tls (f:3): few servers", true,
	    SESSION_CLEAR, 587 },
	{ "host h\nport 587\ntls_starttls off", "begins without TLS", true,
	    SESSION_IMPLICIT_TLS, 587 },
	{ "host h\nauth on\nuser u\ntls off", "others can read", true,
	    SESSION_CLEAR, 25 },
	{ "host 127.0.0.1\nauth on\nuser u", NULL, false, SESSION_CLEAR, 25 },
	{ "host h\nauth plain\nuser u\ntls off", "tls (f:4): without TLS, auth "
	    "PLAIN is not sent", false, SESSION_CLEAR, 25 },
	{ "host h\nauth plain login\nuser u\ntls off\nauth_without_tls on",
	    "others can read", true, SESSION_CLEAR, 25 },
	{ "host h\nauth plain cram-md5\nuser u\ntls off", "others can read",
	    true, SESSION_CLEAR, 25 },
};

static void
test_row(size_t i)
{
	struct accountfile_facts facts;
	struct accounts accounts;
	struct fault f = { .class = FAULT_NONE };
	struct notes notes = { .text = NULL };
	const struct account *a;
	const char *text;

	accounts_init(&accounts);
	accountfile_parse(&accounts, NULL, "f", rows[i].lines,
	    strlen(rows[i].lines), &facts, &f);
	a = accounts.table.account[0];
	tap_ok(account_tls(a) == rows[i].tls &&
	    account_port(a) == rows[i].port, "%zu: mode and port", i);
	if (account_judge(a, &f) == 0 && account_judge_way(a, &f) == 0)
		account_judge_doubts(a, &notes);
	text = f.text != NULL ? f.text : notes.count > 0 ? notes.text[0] : NULL;
	tap_ok(rows[i].says == NULL ? text == NULL : text != NULL &&
	    (f.text == NULL) == rows[i].doubt &&
	    strstr(text, rows[i].says) != NULL, "%zu: what is said", i);
	notes_free(&notes);
	fault_clear(&f);
	accounts_free(&accounts);
}

int
main(void)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		test_row(i);
	return tap_done();
}
