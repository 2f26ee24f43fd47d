/* SPDX-License-Identifier: ISC */
/* diagnosis: what outcomes mean. */
#include <stdlib.h>
#include <string.h>

#include "base/fault.h"
#include "base/memory.h"
#include "delivery/outcome.h"
#include "tests/tap.h"

#define LATER "try again later"
#define AUTH_ON "set \"auth on\""
#define FROM "set \"from\""

/* A reply in a phase; the fault that the protocol code has recorded. */
static const struct {
	enum phase phase;
	int code;
	int subject, detail;
	enum fault_class before;
	enum fault_class class;
	enum retry retry;
	const char *hint;	/* a part of it, or NULL: none */
} rows[] = {
	/* 4yz: elsewhere as long as nothing of the message was sent */
	{ PHASE_GREETING, 421, -1, -1, FAULT_TEMPORARY, FAULT_TEMPORARY,
	    RETRY_ELSEWHERE, LATER },
	{ PHASE_HELLO, 450, -1, -1, FAULT_TEMPORARY, FAULT_TEMPORARY,
	    RETRY_ELSEWHERE, LATER },
	{ PHASE_AUTH, 454, 7, 0, FAULT_TEMPORARY, FAULT_TEMPORARY,
	    RETRY_ELSEWHERE, LATER },
	{ PHASE_MAIL, 451, 1, 8, FAULT_TEMPORARY, FAULT_TEMPORARY,
	    RETRY_ELSEWHERE, LATER },
	{ PHASE_DATA, 421, -1, -1, FAULT_TEMPORARY, FAULT_TEMPORARY,
	    RETRY_ELSEWHERE, LATER },
	{ PHASE_DATA, 451, -1, -1, FAULT_TEMPORARY, FAULT_TEMPORARY,
	    RETRY_LATER, LATER },
	{ PHASE_MESSAGE, 452, 3, 1, FAULT_TEMPORARY, FAULT_TEMPORARY,
	    RETRY_LATER, LATER },
	{ PHASE_MESSAGE, 421, -1, -1, FAULT_TEMPORARY, FAULT_TEMPORARY,
	    RETRY_LATER, LATER },
	/* 5yz before MAIL is about the session */
	{ PHASE_GREETING, 554, -1, -1, FAULT_REFUSED, FAULT_REFUSED,
	    RETRY_ELSEWHERE, NULL },
	{ PHASE_HELLO, 550, -1, -1, FAULT_REFUSED, FAULT_REFUSED,
	    RETRY_ELSEWHERE, "name box.example.org" },
	{ PHASE_HELLO, 550, 1, 8, FAULT_REFUSED, FAULT_REFUSED,
	    RETRY_ELSEWHERE, "set \"domain\"" },
	{ PHASE_STARTTLS, 502, -1, -1, FAULT_REFUSED, FAULT_REFUSED,
	    RETRY_ELSEWHERE, NULL },
	{ PHASE_AUTH, 535, 7, 8, FAULT_REFUSED, FAULT_AUTH, RETRY_ELSEWHERE,
	    NULL },
	{ PHASE_AUTH, 503, -1, -1, FAULT_REFUSED, FAULT_REFUSED,
	    RETRY_ELSEWHERE, NULL },
	/* 5yz to MAIL */
	{ PHASE_MAIL, 530, -1, -1, FAULT_REFUSED, FAULT_REFUSED, RETRY_NEVER,
	    AUTH_ON },
	{ PHASE_MAIL, 550, 7, 0, FAULT_REFUSED, FAULT_REFUSED, RETRY_NEVER,
	    AUTH_ON },
	{ PHASE_MAIL, 550, 1, 8, FAULT_REFUSED, FAULT_DATA, RETRY_NEVER,
	    FROM },
	{ PHASE_MAIL, 552, 3, 4, FAULT_REFUSED, FAULT_DATA, RETRY_NEVER,
	    "attachment" },
	{ PHASE_MAIL, 553, -1, -1, FAULT_REFUSED, FAULT_REFUSED, RETRY_NEVER,
	    FROM },
	/* X.1.z is about a recipient from RCPT on, X.1.7 and X.1.8 never */
	{ PHASE_GREETING, 550, 1, 1, FAULT_REFUSED, FAULT_REFUSED,
	    RETRY_ELSEWHERE, NULL },
	{ PHASE_HELLO, 550, 1, 1, FAULT_REFUSED, FAULT_REFUSED,
	    RETRY_ELSEWHERE, "set \"domain\"" },
	{ PHASE_STARTTLS, 550, 1, 1, FAULT_REFUSED, FAULT_REFUSED,
	    RETRY_ELSEWHERE, NULL },
	{ PHASE_AUTH, 500, 1, 1, FAULT_REFUSED, FAULT_REFUSED,
	    RETRY_ELSEWHERE, NULL },
	{ PHASE_AUTH, 535, 1, 1, FAULT_REFUSED, FAULT_AUTH, RETRY_ELSEWHERE,
	    NULL },
	{ PHASE_AUTH, 554, 1, 2, FAULT_REFUSED, FAULT_AUTH, RETRY_ELSEWHERE,
	    NULL },
	{ PHASE_MAIL, 550, 1, 1, FAULT_REFUSED, FAULT_DATA, RETRY_NEVER,
	    FROM },
	{ PHASE_DATA, 550, 1, 7, FAULT_REFUSED, FAULT_DATA, RETRY_NEVER,
	    FROM },
	{ PHASE_MESSAGE, 550, 1, 8, FAULT_REFUSED, FAULT_DATA, RETRY_NEVER,
	    FROM },
	/* 5yz to the message */
	{ PHASE_MESSAGE, 554, 6, 1, FAULT_REFUSED, FAULT_DATA, RETRY_NEVER,
	    NULL },
	{ PHASE_MESSAGE, 552, 2, 3, FAULT_REFUSED, FAULT_DATA, RETRY_NEVER,
	    "attachment" },
	{ PHASE_MESSAGE, 550, 1, 1, FAULT_REFUSED, FAULT_RECIPIENT,
	    RETRY_NEVER, NULL },
	{ PHASE_DATA, 554, -1, -1, FAULT_REFUSED, FAULT_REFUSED, RETRY_NEVER,
	    NULL },
	/* a limit for a day; the same codes without it are for good */
	{ PHASE_MESSAGE, 550, 4, 5, FAULT_REFUSED, FAULT_TEMPORARY,
	    RETRY_LATER, "a day later" },
	{ PHASE_MAIL, 550, 4, 5, FAULT_REFUSED, FAULT_TEMPORARY, RETRY_LATER,
	    "a day later" },
	{ PHASE_MESSAGE, 554, 2, 0, FAULT_REFUSED, FAULT_REFUSED, RETRY_NEVER,
	    NULL },
	/* what is no refusal, and should have been something else */
	{ PHASE_GREETING, 250, -1, -1, FAULT_PROTOCOL, FAULT_PROTOCOL,
	    RETRY_ELSEWHERE, NULL },
	{ PHASE_DATA, 250, -1, -1, FAULT_PROTOCOL, FAULT_PROTOCOL,
	    RETRY_LATER, NULL },
	/* no reply: the class stands, and decides */
	{ PHASE_NONE, 0, -1, -1, FAULT_CONFIG, FAULT_CONFIG, RETRY_NEVER,
	    NULL },
	{ PHASE_NONE, 0, -1, -1, FAULT_DATA, FAULT_DATA, RETRY_NEVER, NULL },
	{ PHASE_CONNECT, 0, -1, -1, FAULT_NO_HOST, FAULT_NO_HOST, RETRY_NEVER,
	    NULL },
	{ PHASE_NONE, 0, -1, -1, FAULT_COMMAND, FAULT_COMMAND,
	    RETRY_ELSEWHERE, NULL },
	{ PHASE_CONNECT, 0, -1, -1, FAULT_HOST, FAULT_HOST, RETRY_ELSEWHERE,
	    NULL },
	{ PHASE_CONNECT, 0, -1, -1, FAULT_TEMPORARY, FAULT_TEMPORARY,
	    RETRY_ELSEWHERE, NULL },
	{ PHASE_TLS, 0, -1, -1, FAULT_REFUSED, FAULT_REFUSED,
	    RETRY_ELSEWHERE, NULL },
	{ PHASE_AUTH, 0, -1, -1, FAULT_AUTH, FAULT_AUTH, RETRY_ELSEWHERE,
	    NULL },
	{ PHASE_RCPT, 0, -1, -1, FAULT_TEMPORARY, FAULT_TEMPORARY,
	    RETRY_ELSEWHERE, NULL },
	{ PHASE_MESSAGE, 0, -1, -1, FAULT_TEMPORARY, FAULT_TEMPORARY,
	    RETRY_LATER, NULL },
	{ PHASE_MESSAGE, 0, -1, -1, FAULT_IO, FAULT_IO, RETRY_LATER, NULL },
	/* an earlier success is not the reason for what failed later */
	{ PHASE_MAIL, 250, 0, 0, FAULT_TEMPORARY, FAULT_TEMPORARY,
	    RETRY_ELSEWHERE, NULL },
};

static void
set(struct outcome *o, enum phase phase, int code, int subject, int detail)
{
	outcome_init(o);
	o->phase = phase;
	o->reply.code = code;
	o->reply.subject = subject;
	o->reply.detail = detail;
	o->ehlo_name = memory_string("box.example.org");
	o->recipients = 1;
}

static void
check(const char *label, struct outcome *o, enum fault_class before,
    enum fault_class class, enum retry retry, const char *hint)
{
	struct fault f = { .class = FAULT_NONE };
	enum retry got;

	fault(&f, before, "it failed");
	got = diagnosis_settle(o, &f);
	tap_ok(f.class == class, "%s: exit status", label);
	tap_ok(got == retry, "%s: another try", label);
	tap_ok(hint == NULL ? f.hint == NULL : f.hint != NULL &&
	    strstr(f.hint, hint) != NULL, "%s: hint", label);
	fault_clear(&f);
	outcome_free(o);
}

/* Recipients have replies of their own, which are counted. */
static void
test_recipients(void)
{
	struct outcome o;

	set(&o, PHASE_RCPT, 550, 1, 1);
	o.refused = 1;
	check("one recipient, refused", &o, FAULT_REFUSED, FAULT_RECIPIENT,
	    RETRY_NEVER, "check the addresses");
	set(&o, PHASE_RCPT, 550, 1, 8);
	o.refused = 1;
	check("one recipient, refused for the sender's sake", &o,
	    FAULT_REFUSED, FAULT_DATA, RETRY_NEVER, FROM);
	set(&o, PHASE_RCPT, 550, 1, 1);
	o.recipients = 2;
	o.refused = o.deferred = 1;
	check("nobody accepted, one for now", &o, FAULT_REFUSED,
	    FAULT_TEMPORARY, RETRY_LATER, LATER);
	set(&o, PHASE_RCPT, 450, -1, -1);
	o.recipients = 3;
	o.refused = o.deferred = 1;
	check("all or none, one for good", &o, FAULT_TEMPORARY,
	    FAULT_RECIPIENT, RETRY_NEVER, "check the addresses");
	set(&o, PHASE_MESSAGE, 250, -1, -1);
	o.recipients = 3;
	o.delivered = 2;
	o.refused = 1;
	check("two of three have it", &o, FAULT_RECIPIENT, FAULT_RECIPIENT,
	    RETRY_NEVER, "are right");
	set(&o, PHASE_MESSAGE, 250, -1, -1);
	o.recipients = 3;
	o.delivered = 2;
	o.deferred = 1;
	check("two of three, the third for now", &o, FAULT_RECIPIENT,
	    FAULT_TEMPORARY, RETRY_LATER, "are taken");
}

static void
test_others(void)
{
	struct fault none = { .class = FAULT_NONE };
	struct outcome o;

	set(&o, PHASE_MESSAGE, 0, -1, -1);
	o.unsure = true;
	check("unsure", &o, FAULT_TEMPORARY, FAULT_TEMPORARY, RETRY_HERE,
	    "look whether it arrived");
	set(&o, PHASE_MAIL, 530, -1, -1);
	o.auth = true;
	check("530 to an account that authenticates", &o, FAULT_REFUSED,
	    FAULT_REFUSED, RETRY_NEVER, "check \"auth\" and \"tls\"");
	set(&o, PHASE_MESSAGE, 250, 0, 0);
	tap_ok(diagnosis_settle(&o, &none) == RETRY_NEVER &&
	    none.class == FAULT_NONE && none.hint == NULL, "a success");
	outcome_free(&o);
}

int
main(void)
{
	struct outcome o;
	char label[64];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		set(&o, rows[i].phase, rows[i].code, rows[i].subject,
		    rows[i].detail);
		snprintf(label, sizeof(label), "row %zu (%d in phase %d)", i,
		    rows[i].code, (int)rows[i].phase);
		check(label, &o, rows[i].before, rows[i].class,
		    rows[i].retry, rows[i].hint);
	}
	test_recipients();
	test_others();
	return tap_done();
}
