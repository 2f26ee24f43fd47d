/* SPDX-License-Identifier: ISC */
#include "platform.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "guard.h"
#include "record.h"
#include "session.h"
#include "text.h"

/* RFC 5321 section 4.5.3.1.4, CRLF included. */
#define COMMAND_MAX 512

/* A reply line of ours, RFC 5321 section 4.5.3.1.5. */
#define REPLY_MAX 512

static const char *const extension_keywords[EXTENSION_COUNT] = {
	[EXTENSION_PIPELINING] = "PIPELINING",
	[EXTENSION_SIZE] = "SIZE",
	[EXTENSION_8BITMIME] = "8BITMIME",
	[EXTENSION_ENHANCEDSTATUSCODES] = "ENHANCEDSTATUSCODES",
	[EXTENSION_SMTPUTF8] = "SMTPUTF8",
	[EXTENSION_DSN] = "DSN",
	[EXTENSION_CHUNKING] = "CHUNKING",
	[EXTENSION_STARTTLS] = "STARTTLS",
	[EXTENSION_AUTH] = "AUTH",
};

/* How much longer MAIL and RCPT may be, by the RFC of each extension. */
static const struct {
	enum extension extension;
	size_t mail, rcpt;
} allowances[] = {
	{ EXTENSION_SIZE, 26, 0 },
	{ EXTENSION_8BITMIME, 17, 0 },
	{ EXTENSION_SMTPUTF8, 10, 0 },
	{ EXTENSION_AUTH, 500, 0 },
	/* " RET=HDRS", " ENVID=" and 100 octets; 500 for NOTIFY and ORCPT */
	{ EXTENSION_DSN, 116, 500 },
};

static void session_ehlo(struct session *session);
static void session_starttls(struct session *session);
static void session_noop(struct session *session);
static void session_vrfy(struct session *session);
static void session_help(struct session *session);
static void session_quit(struct session *session);

static const struct command {
	const char *verb;
	void (*carry_out)(struct session *session);
	size_t max;
	bool last;    /* RFC 2920 section 3.1: of its group */
	bool greeted; /* needs EHLO or HELO before */
	bool alone;   /* takes no argument */
	bool payload; /* carried out even when refused: to skip what follows */
} commands[] = {
	{ "EHLO", session_ehlo, 512, true, false, false, false },
	{ "HELO", session_ehlo, 512, true, false, false, false },
	{ "LHLO", session_ehlo, 512, true, false, false, false },
	{ "MAIL", transaction_mail, 512, false, true, false, false },
	{ "RCPT", transaction_rcpt, 512, false, true, false, false },
	{ "DATA", transaction_data, 512, true, true, true, false },
	{ "BDAT", transaction_bdat, 512, false, true, false, true },
	{ "RSET", transaction_rset, 512, false, false, true, false },
	{ "NOOP", session_noop, 512, true, false, false, false },
	{ "VRFY", session_vrfy, 512, true, false, false, false },
	{ "EXPN", session_vrfy, 512, true, false, false, false },
	{ "HELP", session_help, 512, true, false, false, false },
	{ "QUIT", session_quit, 512, true, false, true, false },
	{ "STARTTLS", session_starttls, 512, true, true, true, false },
	/* RFC 4954 section 4 */
	{ "AUTH", login_auth, 12288, true, true, false, false },
};

enum extension
extension_find(const char *keyword)
{
	unsigned i;

	for (i = 0; i < EXTENSION_COUNT; i++) {
		if (text_is(keyword, strlen(keyword), extension_keywords[i]))
			break;
	}
	return (enum extension)i;
}

bool
session_offers(const struct session *session, enum extension extension)
{
	const struct service *service = session->service;
	const bool tls = peer_tls(session->peer) != NULL;
	char *mechanisms;
	bool some;

	if (!session->extended || service->withheld[extension])
		return false;
	if (extension == EXTENSION_STARTTLS)
		return service->security != NULL && !tls;
	if (extension != EXTENSION_AUTH)
		return true;
	if (service->require_tls && !tls)
		return false;
	mechanisms = login_mechanisms(session);
	some = mechanisms[0] != '\0';
	free(mechanisms);
	return some;
}

bool
session_allows(const struct session *session, enum extension extension)
{
	return session_offers(session, extension) &&
	    !session->service->unused[extension];
}

/*
 * Every reply passes here: the moment to see whether the client has waited for
 * it where it must. What it has sent instead is not carried out.
 */
void
session_send(struct session *session, const char *reply)
{
	static const char warning[] = "503 5.5.0 you did not wait\r\n";
	const bool waits = session->last ||
	    !session_allows(session, EXTENSION_PIPELINING);

	if (waits && !session->over &&
	    peer_glance(session->peer, 0) == ARRIVAL_DATA) {
		record_event("violation: more behind a command that ends its "
		    "group");
		session->violations++;
		session->over = true;
		reply = warning;
	}
	if (peer_send(session->peer, reply, strlen(reply)) != 0 ||
	    strncmp(reply, "421", 3) == 0)
		session->over = true;
}

__attribute__((format(printf, 4, 0)))
static void
session_vreply(struct session *session, unsigned code, const char *enhanced,
    const char *format, va_list args)
{
	const bool terse = enhanced == NULL ||
	    !session_offers(session, EXTENSION_ENHANCEDSTATUSCODES);
	char reply[REPLY_MAX];
	const size_t room = sizeof(reply) - 2; /* CRLF */
	size_t n;

	snprintf(reply, room, "%03u %s%s", code, terse ? "" : enhanced,
	    terse ? "" : " ");
	n = strlen(reply);
	vsnprintf(reply + n, room - n, format, args);
	n = strlen(reply);
	memcpy(reply + n, "\r\n", sizeof("\r\n"));
	session_send(session, reply);
}

void
session_reply(struct session *session, unsigned code, const char *enhanced,
    const char *format, ...)
{
	va_list args;

	va_start(args, format);
	session_vreply(session, code, enhanced, format, args);
	va_end(args);
}

void
session_violation(struct session *session, unsigned code,
    const char *enhanced, const char *format, ...)
{
	char why[256];
	va_list args;

	va_start(args, format);
	vsnprintf(why, sizeof(why), format, args);
	va_end(args);
	record_event("violation: %s: %.*s", why, (int)session->len,
	    session->line);
	session->violations++;
	va_start(args, format);
	session_vreply(session, code, enhanced, format, args);
	va_end(args);
}

struct line
session_line(struct session *session, size_t max)
{
	struct line line = peer_line(session->peer, -1);

	session->line = line.text;
	session->len = line.len;
	if (line.state == LINE_END ||
	    (line.state == LINE_CUT && peer_was_cut(session->peer))) {
		session->over = true;
		return line;
	}
	if (line.state != LINE_WHOLE) {
		/* Where the next command begins is anybody's guess. */
		session->over = true;
		session_violation(session, 500, "5.5.2", "%s",
		    line_flaw(line.state));
		return line;
	}
	if (line.len + 2 > max) {
		session_violation(session, 500, "5.5.2", "line too long");
		session->over = true;
	}
	return line;
}

const char *
session_refusal(const struct session *session, const char *line, size_t len)
{
	const struct refusal *refusal = session->service->refusals;

	while (refusal != NULL &&
	    !text_matches(refusal->pattern, line, len, true))
		refusal = refusal->next;
	return refusal == NULL ? NULL : refusal->reply;
}

const char *
session_arguments(const struct session *session, size_t *len)
{
	const char *end = session->line + session->len;
	const char *blank = memchr(session->line, ' ', session->len);

	if (blank == NULL) {
		*len = 0;
		return end;
	}
	*len = (size_t)(end - blank) - 1;
	return blank + 1;
}

/* RFC 5321 section 4.1.3, roughly: a domain or an address literal. */
static bool
session_is_domain(const char *s, size_t len)
{
	bool label = false;

	if (len > 2 && s[0] == '[' && s[len - 1] == ']')
		return memchr(s, ' ', len) == NULL;
	for (size_t i = 0; i < len; i++) {
		const unsigned char c = (unsigned char)s[i];

		if (c == '.' ? !label : c <= ' ' || c == 0x7f ||
		    strchr("()<>@,;:\\\"[]", c) != NULL)
			return false;
		label = c != '.';
	}
	return label;
}

static char *
session_capabilities(const struct session *session)
{
	const struct service *service = session->service;
	char *list = NULL, *mechanisms;
	size_t len = 0;
	FILE *out = open_memstream(&list, &len);

	if (out == NULL)
		die(EXIT_TROUBLE, "out of memory");
	fprintf(out, "250-%s\r\n", service->name);
	for (unsigned i = 0; i < EXTENSION_COUNT; i++) {
		if (!session_offers(session, (enum extension)i))
			continue;
		fprintf(out, "250-%s", extension_keywords[i]);
		if (i == EXTENSION_SIZE)
			fprintf(out, " %llu", service->size);
		mechanisms = login_mechanisms(session);
		if (i == EXTENSION_AUTH)
			fprintf(out, " %s", mechanisms);
		free(mechanisms);
		fputs("\r\n", out);
	}
	if (service->limits != NULL)
		fprintf(out, "250-LIMITS %s\r\n", service->limits);
	fputs("250 HELP\r\n", out);
	fclose(out);
	return list;
}

static void
session_ehlo(struct session *session)
{
	size_t len;
	const char *name = session_arguments(session, &len);
	char *list;

	transaction_forget(session);
	free(session->helo);
	session->helo = NULL;
	session->extended = false;
	/* RFC 2033 section 4.1 */
	if (text_begins(session->line, session->len, "LHLO") !=
	    session->service->lmtp) {
		session_violation(session, 500, "5.5.1", "LHLO is LMTP's, and "
		    "only that");
		return;
	}
	if (!session_is_domain(name, len)) {
		session_violation(session, 501, NULL, "not a domain");
		return;
	}
	session->helo = text_copy(name, len);
	session->extended = !text_begins(session->line, session->len, "HELO");
	if (!session->extended) {
		session_reply(session, 250, NULL, "%s",
		    session->service->name);
		return;
	}
	list = session_capabilities(session);
	session_send(session, list);
	free(list);
}

static void
session_starttls(struct session *session)
{
	const char *why;

	if (!session_offers(session, EXTENSION_STARTTLS)) {
		session_violation(session, 503, "5.5.1", "no STARTTLS here");
		return;
	}
	session_reply(session, 220, "2.0.0", "go ahead");
	if (session->over)
		return;
	/* RFC 3207 section 4.2: nothing said in clear counts any more. */
	transaction_forget(session);
	free(session->helo);
	free(session->user);
	session->helo = session->user = NULL;
	session->extended = false;
	if (peer_secure(session->peer, session->service->security, &why) != 0)
		session->over = true;
}

static void
session_noop(struct session *session)
{
	session_reply(session, 250, "2.0.0", "ok");
}

static void
session_vrfy(struct session *session)
{
	session_reply(session, 252, "2.1.5", "send some mail, and see");
}

static void
session_help(struct session *session)
{
	session_reply(session, 214, "2.0.0", "RFC 5321");
}

static void
session_quit(struct session *session)
{
	session_reply(session, 221, "2.0.0", "bye");
	session->over = true;
}

static const struct command *
session_command(const char *line, size_t len)
{
	const char *blank = memchr(line, ' ', len);
	const size_t n = blank == NULL ? len : (size_t)(blank - line);

	for (size_t i = 0; i < sizeof(commands) / sizeof(*commands); i++) {
		if (text_is(line, n, commands[i].verb))
			return &commands[i];
	}
	return NULL;
}

static size_t
session_limit(const struct session *session, const struct command *command)
{
	size_t limit = command == NULL ? COMMAND_MAX : command->max;
	const size_t count = sizeof(allowances) / sizeof(*allowances);

	for (size_t i = 0; command != NULL && i < count; i++) {
		if (!session_offers(session, allowances[i].extension))
			continue;
		if (command->carry_out == transaction_mail)
			limit += allowances[i].mail;
		else if (command->carry_out == transaction_rcpt)
			limit += allowances[i].rcpt;
	}
	return limit;
}

/* What is wrong with the command, whatever it is about; NULL for nothing. */
static const char *
session_objection(const struct session *session,
    const struct command *command)
{
	const char *s = session->line;
	const size_t len = session->len;

	for (size_t i = 0; i < len; i++) {
		const unsigned char c = (unsigned char)s[i];

		if (c < ' ' || c == 0x7f)
			return "control character in a command";
		if (c >= 0x80 && !session_offers(session, EXTENSION_SMTPUTF8))
			return "8-bit character without SMTPUTF8";
	}
	if (len > 0 && s[len - 1] == ' ')
		return "blank at the end of a command";
	if (len + 2 > session_limit(session, command))
		return "command too long";
	if (command != NULL && command->alone && len > strlen(command->verb))
		return "argument where there is none";
	return NULL;
}

static void
session_step(struct session *session)
{
	const struct command *command;
	const char *objection;
	char *copy;
	const struct line line = session_line(session, SIZE_MAX);

	if (session->over)
		return;
	command = session_command(line.text, line.len);
	session->last = command != NULL && command->last;
	session->refusal = session_refusal(session, line.text, line.len);
	objection = session_objection(session, command);
	copy = text_copy(line.text, line.len);
	peer_take_line(session->peer, &line);
	session->line = copy;
	if (objection != NULL) {
		session_violation(session, 501, "5.5.2", "%s", objection);
	} else if (session->refusal != NULL &&
	    (command == NULL || !command->payload)) {
		if (command != NULL && command->carry_out == transaction_mail)
			transaction_lose(session);
		if (command != NULL && command->carry_out == transaction_rcpt)
			session->tried++;
		session_send(session, session->refusal);
	} else if (command == NULL) {
		session_violation(session, 500, "5.5.1", "unknown command");
	} else if (command->greeted && session->helo == NULL) {
		session_violation(session, 503, "5.5.1", "EHLO comes first");
	} else {
		command->carry_out(session);
	}
	session->line = "";
	session->len = 0;
	free(copy);
}

/* The number is read anew for each session; none, or 0, is no limit. */
static void
session_limit_octets(struct session *session)
{
	FILE *file = session->service->cut == NULL ? NULL :
	    fopen(session->service->cut, "r");
	unsigned long long octets = 0;
	char line[32];

	if (file == NULL)
		return;
	if (fgets(line, sizeof(line), file) != NULL)
		octets = strtoull(line, NULL, 10);
	if (octets > 0)
		peer_set_limit(session->peer, octets);
	fclose(file);
}

unsigned
session_run(const struct service *service, int fd)
{
	struct session session;
	const char *why;

	memset(&session, 0, sizeof(session));
	session.service = service;
	session.peer = peer_new(fd);
	session.line = "";
	session.last = true;
	session_limit_octets(&session);
	if (service->implicit_tls &&
	    peer_secure(session.peer, service->security, &why) != 0)
		session.over = true;
	if (!session.over)
		session_reply(&session, 220, NULL, "%s ESMTP",
		    service->name);
	while (!session.over)
		session_step(&session);
	transaction_forget(&session);
	free(session.helo);
	free(session.user);
	free(session.mechanism);
	peer_close(session.peer, CLOSING_NOTIFY);
	return session.violations;
}
