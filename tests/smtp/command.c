/* SPDX-License-Identifier: ISC */
/* command: what clients say to -bs. */
#include <inttypes.h>

#include "base/buffer.h"
#include "mail/address/address.h"
#include "smtp/server/command.h"
#include "tests/tap.h"

#define TEXT_MAX 8192

static const struct {
	const char *line;
	enum command_verb verb;
	const char *argument;
} lines[] = {
	{ "EHLO x", COMMAND_EHLO, "x" },
	{ "ehlo x", COMMAND_EHLO, "x" },
	{ "EHLO  x \t", COMMAND_EHLO, "x" },
	{ "EHLO", COMMAND_EHLO, "" },
	{ "EHLOX", COMMAND_UNKNOWN, "" },
	{ "", COMMAND_UNKNOWN, "" },
	{ " MAIL", COMMAND_UNKNOWN, "MAIL" },
	{ "Mail From:<a@x.example> SIZE=1", COMMAND_MAIL,
	    "From:<a@x.example> SIZE=1" },
	{ "DATA", COMMAND_DATA, "" },
	{ "bdat 3 last", COMMAND_BDAT, "3 last" },
	{ "POST / HTTP/1.1", COMMAND_HTTP, "/ HTTP/1.1" },
	{ "connect x:25", COMMAND_HTTP, "x:25" },
	{ "QUITE", COMMAND_UNKNOWN, "" },
};

/* want: the result as describe_mail() writes it, or the reply's code. */
static const struct {
	const char *argument;
	const char *want;
} mails[] = {
	{ "FROM:<a@x.example>", "a@x.example" },
	{ "from:<a@x.example>", "a@x.example" },
	{ "FROM: <a@x.example>", "a@x.example" },
	{ "FROM:<>", "null" },
	{ "FROM:<root>", "root" },
	{ "FROM:<@b.example,@c.example:a@x.example>", "a@x.example" },
	{ "FROM:<\"a b\"@x.example>", "\"a b\"@x.example" },
	{ "FROM:<\"a>b\"@x.example> SIZE=7", "\"a>b\"@x.example size=7" },
	{ "FROM:<a@[192.0.2.1]>", "a@[192.0.2.1]" },
	{ "FROM:<> SIZE=18446744073709551616", "552" },
	{ "FROM:<> SIZE=9223372036854775807", "null size=9223372036854775807" },
	{ "FROM:<> size=0", "null" },
	{ "FROM:<> SIZE=000000000000000000001", "501" },
	{ "FROM:<> BODY=8BITMIME", "null 8" },
	{ "FROM:<> body=7bit", "null 7" },
	{ "FROM:<> BODY=BINARYMIME", "501" },
	{ "FROM:<> BODY", "501" },
	{ "FROM:<> RET=FULL ENVID=a+2Bb+3D", "null full envid=a+b=" },
	{ "FROM:<> RET=hdrs", "null hdrs" },
	{ "FROM:<> RET", "501" },
	{ "FROM:<> ENVID=a+0Ab", "501" },
	{ "FROM:<> ENVID=a+2", "501" },
	{ "FROM:<> ENVID=a+2b", "501" },
	{ "FROM:<a@x.example> XQUALIFIED", "a@x.example" },
	{ "FROM:<a@x.example> XQUALIFIED=a", "501" },
	{ "FROM:<> SMTPUTF8", "null utf8" },
	{ "FROM:<\xc3\xa4@x.example> SMTPUTF8", "\xc3\xa4@x.example utf8" },
	{ "FROM:<\xc3\xa4@x.example>", "553" },
	{ "FROM:<\xc3@x.example> SMTPUTF8", "501" },
	{ "FROM:<a@x.example>SIZE=1", "501" },
	{ "FROM:<a@x.example> SIZE=1 BODY=7BIT SIZE=1", "501" },
	{ "FROM:<a@x.example> AUTH=<>", "555" },
	{ "FROM:<a@x.example> ALT-X=1", "555" },
	{ "FROM:<a@x.example> ALT_X=1", "501" },
	{ "FROM:a@x.example", "501" },
	{ "FROM:<a@x.example", "501" },
	{ "FROM:<a@x.example, b@x.example>", "501" },
	{ "FROM:<a@x.example,b@x.example>", "501" },
	{ "FROM:<A <a@x.example>>", "501" },
	{ "FROM:<g:a@x.example;>", "501" },
	{ "FROM:<a@x.example(c)>", "501" },
	{ "FROM:<a@x.example><b@x.example>", "501" },
	{ "FROM:<\"\\", "501" },
	{ "FROM:", "501" },
	{ "FROM", "501" },
	{ "", "501" },
	{ "TO:<a@x.example>", "501" },
};

static const struct {
	const char *argument;
	const char *want;
} rcpts[] = {
	{ "TO:<a@x.example>", "a@x.example" },
	{ "TO:<postmaster>", "postmaster" },
	{ "to: <a@x.example>", "a@x.example" },
	{ "TO:<a@x.example> NOTIFY=NEVER", "a@x.example notify=1" },
	{ "TO:<a@x.example> NOTIFY=success,Delay", "a@x.example notify=10" },
	{ "TO:<a@x.example> NOTIFY=FAILURE ORCPT=rfc822;a+2Bb@x.example",
	    "a@x.example notify=4 orcpt=rfc822;a+2Bb@x.example" },
	{ "TO:<a@x.example> ORCPT=utf-8;x", "a@x.example orcpt=utf-8;x" },
	{ "TO:<a@x.example> NOTIFY=NEVER,DELAY", "501" },
	{ "TO:<a@x.example> NOTIFY=", "501" },
	{ "TO:<a@x.example> NOTIFY", "501" },
	{ "TO:<a@x.example> NOTIFY=A B", "501" },
	{ "TO:<a@x.example> ORCPT=rfc822", "501" },
	{ "TO:<a@x.example> ORCPT=;a", "501" },
	{ "TO:<a@x.example> ORCPT=rfc822;", "501" },
	{ "TO:<a@x.example> ORCPT=rfc822;a+0Ab", "501" },
	{ "TO:<a@x.example> ORCPT=a;b ORCPT=a;b", "501" },
	{ "TO:<a@x.example> SIZE=1", "555" },
	{ "TO:<>", "501" },
	{ "TO:<\xc3\xa4@x.example>", "553" },
	{ "FROM:<a@x.example>", "501" },
};

static const struct {
	const char *argument;
	uint64_t octets;
	int r;
	bool last;
} bdats[] = {
	{ "0", 0, 0, false }, { "17 LAST", 17, 0, true },
	{ "5  last", 5, 0, true },
	{ "9223372036854775807", INT64_MAX, 0, false },
	{ "9223372036854775808", 0, -1, false },
	{ "", 0, -1, false }, { "LAST", 0, -1, false },
	{ "-1", 0, -1, false }, { "+1", 0, -1, false },
	{ "1x", 0, -1, false }, { "1 LASTX", 0, -1, false },
	{ "1 LAST 2", 0, -1, false }, { "1LAST", 0, -1, false },
};

static const struct {
	const char *name;
	bool good;
} names[] = {
	{ "client.example.org", true }, { "localhost", true },
	{ "[127.0.0.1]", true }, { "[IPv6:::1]", true },
	{ "[ipv6:2001:db8::1]", true },
	{ "[127.0.0]", false }, { "[]", false }, { "[", false },
	{ "[IPv6:127.0.0.1]", false }, { "[::1]", false },
	{ "a b", false }, { "evil) by x (", false }, { "", false },
	{ "b\xc3\xa4r.example", false }, { "a..b", false },
};

static void
describe_mail(struct buffer *b, const struct command_mail *m)
{
	if (m->null_path)
		buffer_add_string(b, "null");
	else
		address_add_spec(b, &m->path);
	if (m->size > 0)
		buffer_printf(b, " size=%" PRIu64, m->size);
	if (m->body != COMMAND_BODY_UNSET)
		buffer_add_string(b, m->body == COMMAND_BODY_7BIT ? " 7" :
		    " 8");
	if (m->ret != DSN_RETURN_UNSET)
		buffer_add_string(b, m->ret == DSN_RETURN_FULL ? " full" :
		    " hdrs");
	if (m->envid != NULL)
		buffer_printf(b, " envid=%s", m->envid);
	if (m->smtputf8)
		buffer_add_string(b, " utf8");
}

static void
test_mail(const char *argument, const char *want)
{
	struct command_mail m;
	struct buffer b;
	const char *refusal;

	buffer_init(&b, TEXT_MAX);
	refusal = command_read_mail(&m, argument, strlen(argument));
	if (refusal != NULL)
		buffer_add(&b, refusal, 3);
	else
		describe_mail(&b, &m);
	tap_same(argument, b.data, b.len, want, strlen(want));
	command_mail_free(&m);
	buffer_free(&b);
}

static void
test_rcpt(const char *argument, const char *want)
{
	struct command_rcpt c;
	struct buffer b;
	const char *refusal;

	buffer_init(&b, TEXT_MAX);
	refusal = command_read_rcpt(&c, false, argument, strlen(argument));
	if (refusal != NULL) {
		buffer_add(&b, refusal, 3);
	} else {
		address_add_spec(&b, &c.box);
		if (c.notify != 0)
			buffer_printf(&b, " notify=%u", c.notify);
		if (c.orcpt != NULL)
			buffer_printf(&b, " orcpt=%s", c.orcpt);
	}
	tap_same(argument, b.data, b.len, want, strlen(want));
	command_rcpt_free(&c);
	buffer_free(&b);
}

int
main(void)
{
	struct command c;
	uint64_t octets;
	bool last;
	int r;

	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		command_read(&c, lines[i].line, strlen(lines[i].line));
		tap_ok(c.verb == lines[i].verb, "verb of \"%s\"",
		    lines[i].line);
		tap_same("its argument", c.argument, c.len,
		    lines[i].argument, strlen(lines[i].argument));
	}
	for (size_t i = 0; i < sizeof(mails) / sizeof(mails[0]); i++)
		test_mail(mails[i].argument, mails[i].want);
	for (size_t i = 0; i < sizeof(rcpts) / sizeof(rcpts[0]); i++)
		test_rcpt(rcpts[i].argument, rcpts[i].want);
	for (size_t i = 0; i < sizeof(bdats) / sizeof(bdats[0]); i++) {
		r = command_read_bdat(&octets, &last, bdats[i].argument,
		    strlen(bdats[i].argument));
		tap_ok(r == bdats[i].r && (r == -1 ||
		    (octets == bdats[i].octets && last == bdats[i].last)),
		    "BDAT %s", bdats[i].argument);
	}
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		tap_ok(command_is_name(names[i].name, strlen(names[i].name)) ==
		    names[i].good, "name \"%s\"", names[i].name);
	return tap_done();
}
