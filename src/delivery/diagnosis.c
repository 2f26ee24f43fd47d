/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/fault.h"
#include "base/memory.h"
#include "base/text.h"
#include "mail/address/address.h"
#include "mail/envelope.h"
#include "mail/header/header.h"
#include "delivery/outcome.h"

#define TEXT_MAX (64 * 1024)	/* octets of a hint */
#define ADDRESS_MIN 3		/* "a@b": anything shorter is in every text */

/* What the server said, as far as it decides. */
enum answer {
	ANSWER_NONE,	/* no reply: something else went wrong */
	ANSWER_4YZ, ANSWER_5YZ,
	ANSWER_REFUSAL,	/* of a rule: either of these, or */
	ANSWER_5YZ_TOKEN,	/* the second, to a token */
	ANSWER_AUTH_UNKNOWN,	/* 500 to 503: about the command AUTH */
	ANSWER_OTHER	/* a reply that was not the wanted one */
};

static const char limit_reached[] = "the provider's limit is reached; it "
    "takes mail again a day later";
static const char later[] = "a temporary refusal; try again later";
static const char sender_not_ours[] = "the server may accept only addresses "
    "of the account: set \"from\", or give -f";
static const char unwanted[] = "the server takes this machine, or the message, "
    "for a source of unwanted mail: its operator can say why; port 587 or 465 "
    "with \"auth on\" takes mail of users from anywhere";
static const char too_large[] = "make the attachment smaller, or send a link";
static const char recipients_wrong[] = "check the addresses";
static const char name_disliked[] = "the server may dislike the name $; set "
    "\"domain\"";
static const char auth_missing[] = "the server wants authentication: set "
    "\"auth on\", \"user\" and a password";
static const char auth_not_enough[] = "the server wants more than this account "
    "gives: check \"auth\" and \"tls\"";

/* What providers mean, by what they say: their own words are of no help. */
static const char microsoft_admin[] = "the administrator has to enable "
    "Authenticated SMTP for this mailbox, no password helps: "
    "https://aka.ms/smtp_auth_disabled";
static const char microsoft_token[] = "Microsoft takes no passwords here, app "
    "passwords neither: sign in by postrider-oauth2 and set \"oauth2\", or "
    "\"auth xoauth2\" and a passwordeval that prints a token";
static const char microsoft_blocked[] = "the administrator has to say why: the "
    "account may be locked, or security defaults forbid it";
static const char microsoft_scope[] = "the token may have expired; it must "
    "have the scope SMTP.Send, and be that of \"user\" or of somebody who may "
    "send as it";
static const char microsoft_soon[] = "the token must be valid for ten more "
    "minutes: passwordeval has to refresh it earlier";
static const char microsoft_mailbox[] = "the mailbox cannot be opened until "
    "the administrator has mended it";
static const char google_app[] = "Google takes no account passwords here: make "
    "an app password (two-step verification comes first), or sign in by "
    "postrider-oauth2 and set \"oauth2\"";
static const char google_scope[] = "the token may have expired; it must "
    "have the scope https://mail.google.com/ and be that of \"user\"";
static const char too_many[] = "wait before the next try, each one makes the "
    "wait longer; and use an app password";
static const char too_fast[] = "the provider's rate is exceeded; a moment "
    "later it takes mail again";
static const char address_unknown[] = "allow this machine's address in the "
    "provider's panel";
static const char tls_missing[] = "the server wants TLS: set \"tls on\"";

/* What servers say of the session in a reply to something else; "|" stands
 * between those of them that mean the same. */
#define HELLO_WORDS "helo command rejected|invalid helo"
#define RELAY_WORDS "relay access denied|relaying denied|to relay|" \
    "relay not permitted|relaying not|allowed rcpthosts|client host|" \
    "authentication required|authentication is required|not authenticated"

#define LIST_WORDS "blocked using|spamhaus|blacklist|block list|blocklist|" \
    "listed at|listed in|as spam|is spam|looks like spam|poor reputation"

#define UNANSWERED "some servers offer CHUNKING and never answer BDAT: set " \
    "\"chunking off\""

#define ANY (-1)

/*
 * A refusal and its meaning; the first row that fits is the one. Reasons stand
 * in RFC 5321 section 4.2.1 for the first digit, in RFC 3463 section 3 for the
 * enhanced status codes: X.1 addressing, X.6 media, X.2.3 and X.3.4 a message
 * that is too large, X.7.0 security.
 */
static const struct rule {
	enum phase first, last;
	enum answer answer;
	int code;		/* ANY, */
	int subject, detail;	/* as are these */
	enum fault_class class;
	enum retry retry;
	const char *hint;	/* "$" is the name that we greeted with */
	/* the reply holds one of them, in any case, and then the hint is the
	 * one, as it is where any reply will do (""); NULL: any reply, and a
	 * hint of somebody else's is better */
	const char *words;
} rules[] = {
	/* a limit for a day, which Gmail and Microsoft refuse like a fault */
	{ PHASE_MAIL, PHASE_MESSAGE, ANSWER_REFUSAL, 550, 4, 5,
	    FAULT_TEMPORARY, RETRY_LATER, limit_reached, "" },
	{ PHASE_MAIL, PHASE_MESSAGE, ANSWER_REFUSAL, 554, 2, 0,
	    FAULT_TEMPORARY, RETRY_LATER, limit_reached, "submissionquota" },
	/* what providers refuse credentials for */
	{ PHASE_AUTH, PHASE_MESSAGE, ANSWER_5YZ, ANY, 7, 139, FAULT_AUTH,
	    RETRY_ELSEWHERE, microsoft_admin, "is disabled for the" },
	{ PHASE_AUTH, PHASE_MESSAGE, ANSWER_5YZ, ANY, 7, 139, FAULT_AUTH,
	    RETRY_ELSEWHERE, microsoft_token, "basic authentication" },
	{ PHASE_AUTH, PHASE_MESSAGE, ANSWER_5YZ, ANY, 7, 139, FAULT_AUTH,
	    RETRY_ELSEWHERE, microsoft_blocked, "" },
	{ PHASE_AUTH, PHASE_MESSAGE, ANSWER_5YZ, ANY, 7, 30, FAULT_AUTH,
	    RETRY_ELSEWHERE, microsoft_token, "basic authentication" },
	{ PHASE_AUTH, PHASE_AUTH, ANSWER_5YZ_TOKEN, 535, 7, 3, FAULT_AUTH,
	    RETRY_ELSEWHERE, microsoft_scope, "authentication unsuccessful" },
	{ PHASE_AUTH, PHASE_AUTH, ANSWER_5YZ, 535, 7, 3, FAULT_AUTH,
	    RETRY_ELSEWHERE, microsoft_token, "authentication unsuccessful" },
	{ PHASE_AUTH, PHASE_AUTH, ANSWER_AUTH_UNKNOWN, 501, 5, 127, FAULT_AUTH,
	    RETRY_ELSEWHERE, microsoft_soon, "" },
	{ PHASE_AUTH, PHASE_AUTH, ANSWER_5YZ, 534, 7, 9, FAULT_AUTH,
	    RETRY_ELSEWHERE, google_app, "application-specific password" },
	{ PHASE_AUTH, PHASE_AUTH, ANSWER_5YZ_TOKEN, 535, 7, 8, FAULT_AUTH,
	    RETRY_ELSEWHERE, google_scope, "badcredentials" },
	{ PHASE_AUTH, PHASE_AUTH, ANSWER_5YZ, 535, 7, 8, FAULT_AUTH,
	    RETRY_ELSEWHERE, google_app, "badcredentials" },
	{ PHASE_AUTH, PHASE_AUTH, ANSWER_5YZ, ANY, ANY, ANY, FAULT_AUTH,
	    RETRY_ELSEWHERE, too_many, "too many" },
	{ PHASE_AUTH, PHASE_AUTH, ANSWER_4YZ, ANY, ANY, ANY, FAULT_TEMPORARY,
	    RETRY_ELSEWHERE, too_many, "too many" },
	{ PHASE_GREETING, PHASE_MESSAGE, ANSWER_5YZ, 525, ANY, ANY,
	    FAULT_REFUSED, RETRY_ELSEWHERE, address_unknown, "ip address" },
	/* what they say late, of the session: in any reply behind it */
	{ PHASE_AUTH, PHASE_MESSAGE, ANSWER_5YZ, ANY, ANY, ANY, FAULT_REFUSED,
	    RETRY_NEVER, tls_missing, "must issue a starttls" },
	{ PHASE_MAIL, PHASE_MESSAGE, ANSWER_5YZ, ANY, ANY, ANY, FAULT_REFUSED,
	    RETRY_NEVER, name_disliked, HELLO_WORDS },
	{ PHASE_MAIL, PHASE_MESSAGE, ANSWER_4YZ, ANY, ANY, ANY,
	    FAULT_TEMPORARY, RETRY_LATER, name_disliked, HELLO_WORDS },
	/* smtp-relay.gmail.com */
	{ PHASE_HELLO, PHASE_HELLO, ANSWER_4YZ, 421, ANY, ANY,
	    FAULT_TEMPORARY, RETRY_ELSEWHERE, name_disliked, "(ehlo)" },
	{ PHASE_MAIL, PHASE_MESSAGE, ANSWER_5YZ, ANY, ANY, ANY, FAULT_REFUSED,
	    RETRY_NEVER, auth_missing, RELAY_WORDS },
	{ PHASE_MAIL, PHASE_MESSAGE, ANSWER_4YZ, ANY, ANY, ANY,
	    FAULT_TEMPORARY, RETRY_LATER, auth_missing, RELAY_WORDS },
	{ PHASE_RCPT, PHASE_MESSAGE, ANSWER_5YZ, 530, ANY, ANY, FAULT_REFUSED,
	    RETRY_NEVER, auth_missing, "" },
	{ PHASE_MAIL, PHASE_MESSAGE, ANSWER_4YZ, 430, 2, 0, FAULT_TEMPORARY,
	    RETRY_LATER, microsoft_mailbox, "storedrv" },
	{ PHASE_MAIL, PHASE_MESSAGE, ANSWER_4YZ, 454, ANY, ANY,
	    FAULT_TEMPORARY, RETRY_LATER, too_fast, "throttling" },
	{ PHASE_GREETING, PHASE_GREETING, ANSWER_5YZ, ANY, ANY, ANY,
	    FAULT_REFUSED, RETRY_ELSEWHERE, unwanted, LIST_WORDS },
	{ PHASE_MAIL, PHASE_MESSAGE, ANSWER_5YZ, ANY, ANY, ANY,
	    FAULT_REFUSED, RETRY_NEVER, unwanted, LIST_WORDS },
	/* temporary: before the message anybody may take it */
	{ PHASE_NONE, PHASE_MAIL, ANSWER_4YZ, ANY, ANY, ANY,
	    FAULT_TEMPORARY, RETRY_ELSEWHERE, later, NULL },
	{ PHASE_RCPT, PHASE_DATA, ANSWER_4YZ, 421, ANY, ANY,
	    FAULT_TEMPORARY, RETRY_ELSEWHERE, later, NULL },
	{ PHASE_RCPT, PHASE_MESSAGE, ANSWER_4YZ, ANY, ANY, ANY,
	    FAULT_TEMPORARY, RETRY_LATER, later, NULL },
	/* the session: another server may be willing, or this one be mended */
	{ PHASE_HELLO, PHASE_HELLO, ANSWER_5YZ, ANY, ANY, ANY,
	    FAULT_REFUSED, RETRY_ELSEWHERE, name_disliked, NULL },
	{ PHASE_NONE, PHASE_STARTTLS, ANSWER_5YZ, ANY, ANY, ANY,
	    FAULT_REFUSED, RETRY_ELSEWHERE, NULL, NULL },
	{ PHASE_AUTH, PHASE_AUTH, ANSWER_AUTH_UNKNOWN, ANY, ANY, ANY,
	    FAULT_REFUSED, RETRY_ELSEWHERE, NULL, NULL },
	{ PHASE_AUTH, PHASE_AUTH, ANSWER_5YZ, ANY, ANY, ANY,
	    FAULT_AUTH, RETRY_ELSEWHERE, NULL, NULL },
	/* X.1.7 and X.1.8 are about the sender, wherever it is refused */
	{ PHASE_RCPT, PHASE_MESSAGE, ANSWER_5YZ, ANY, 1, 7,
	    FAULT_DATA, RETRY_NEVER, sender_not_ours, NULL },
	{ PHASE_RCPT, PHASE_MESSAGE, ANSWER_5YZ, ANY, 1, 8,
	    FAULT_DATA, RETRY_NEVER, sender_not_ours, NULL },
	/* recipients */
	{ PHASE_RCPT, PHASE_RCPT, ANSWER_5YZ, ANY, ANY, ANY,
	    FAULT_RECIPIENT, RETRY_NEVER, recipients_wrong, NULL },
	/* the message itself */
	{ PHASE_MAIL, PHASE_MESSAGE, ANSWER_5YZ, ANY, 6, ANY,
	    FAULT_DATA, RETRY_NEVER, NULL, NULL },
	{ PHASE_MAIL, PHASE_MESSAGE, ANSWER_5YZ, ANY, 2, 3,
	    FAULT_DATA, RETRY_NEVER, too_large, NULL },
	{ PHASE_MAIL, PHASE_MESSAGE, ANSWER_5YZ, ANY, 3, 4,
	    FAULT_DATA, RETRY_NEVER, too_large, NULL },
	/* the reverse-path, or that we may send at all */
	{ PHASE_MAIL, PHASE_MAIL, ANSWER_5YZ, 530, ANY, ANY,
	    FAULT_REFUSED, RETRY_NEVER, auth_missing, NULL },
	{ PHASE_MAIL, PHASE_MAIL, ANSWER_5YZ, ANY, 7, 0,
	    FAULT_REFUSED, RETRY_NEVER, auth_missing, NULL },
	{ PHASE_MAIL, PHASE_MAIL, ANSWER_5YZ, ANY, 1, ANY,
	    FAULT_DATA, RETRY_NEVER, sender_not_ours, NULL },
	{ PHASE_MAIL, PHASE_MAIL, ANSWER_5YZ, ANY, ANY, ANY,
	    FAULT_REFUSED, RETRY_NEVER, sender_not_ours, NULL },
	/* a recipient, or the rest, when the message had gone */
	{ PHASE_DATA, PHASE_MESSAGE, ANSWER_5YZ, ANY, 1, ANY,
	    FAULT_RECIPIENT, RETRY_NEVER, NULL, NULL },
	{ PHASE_DATA, PHASE_MESSAGE, ANSWER_5YZ, ANY, ANY, ANY,
	    FAULT_REFUSED, RETRY_NEVER, NULL, NULL },
	/* a server that does not speak SMTP as it must */
	{ PHASE_NONE, PHASE_AUTH, ANSWER_OTHER, ANY, ANY, ANY,
	    FAULT_PROTOCOL, RETRY_ELSEWHERE, NULL, NULL },
	{ PHASE_MAIL, PHASE_MESSAGE, ANSWER_OTHER, ANY, ANY, ANY,
	    FAULT_PROTOCOL, RETRY_LATER, NULL, NULL },
};

/* No reply, so the class was recorded where it went wrong. */
static const enum retry without_reply[FAULT_CLASSES] = {
	[FAULT_NONE] = RETRY_NEVER, [FAULT_USAGE] = RETRY_NEVER,
	[FAULT_DATA] = RETRY_NEVER, [FAULT_INPUT] = RETRY_NEVER,
	[FAULT_RECIPIENT] = RETRY_NEVER, [FAULT_CONFIG] = RETRY_NEVER,
	[FAULT_SOFTWARE] = RETRY_NEVER, [FAULT_NO_HOST] = RETRY_NEVER,
	/* this machine is short of something */
	[FAULT_SYSTEM] = RETRY_LATER, [FAULT_IO] = RETRY_LATER,
	/* the name, the network, the certificate, the credentials */
	[FAULT_HOST] = RETRY_ELSEWHERE, [FAULT_REFUSED] = RETRY_ELSEWHERE,
	[FAULT_TEMPORARY] = RETRY_ELSEWHERE,
	[FAULT_PROTOCOL] = RETRY_ELSEWHERE, [FAULT_AUTH] = RETRY_ELSEWHERE,
	[FAULT_COMMAND] = RETRY_ELSEWHERE,
};

/*
 * Recipients have a reply each. When nobody was accepted, one that is
 * temporary makes it worth another try; when all or none should be, one for
 * good makes that vain.
 */
static enum answer
answer_to_recipients(const struct outcome *o)
{
	bool nobody = o->deferred + o->refused == o->recipients;

	if (nobody)
		return o->deferred > 0 ? ANSWER_4YZ : ANSWER_5YZ;
	return o->refused > 0 ? ANSWER_5YZ : ANSWER_4YZ;
}

static enum answer
answer_of(const struct outcome *o, const struct fault *f)
{
	int code = o->reply.code, digit = reply_digit(&o->reply);

	if (o->phase == PHASE_RCPT && (digit == 4 || digit == 5))
		return answer_to_recipients(o);
	if (o->phase == PHASE_AUTH && code >= 500 && code <= 503)
		return ANSWER_AUTH_UNKNOWN;
	if (digit == 4 || digit == 5)
		return digit == 4 ? ANSWER_4YZ : ANSWER_5YZ;
	/* an earlier success says nothing about this failure */
	return digit != 0 && f->class == FAULT_PROTOCOL ? ANSWER_OTHER :
	    ANSWER_NONE;
}

/* Does the text hold one of the words, which "|" separates? */
static bool
says(const char *text, size_t n, const char *words)
{
	size_t m;

	for (;; words += m + 1) {
		m = strcspn(words, "|");
		for (size_t i = 0; i + m <= n; i++)
			if (text_same(text + i, m, words, m))
				return true;
		if (words[m] == '\0')
			return false;
	}
}

static bool
is_answer(enum answer of_rule, enum answer answer, bool token)
{
	if (of_rule == ANSWER_REFUSAL)
		return answer == ANSWER_4YZ || answer == ANSWER_5YZ;
	if (of_rule == ANSWER_5YZ_TOKEN)
		return token && answer == ANSWER_5YZ;
	return answer == of_rule;
}

static bool
fits(const struct rule *rule, const struct outcome *o, enum answer answer)
{
	const struct reply *r = &o->reply;

	return o->phase >= rule->first && o->phase <= rule->last &&
	    is_answer(rule->answer, answer, o->token) &&
	    (rule->code == ANY || rule->code == r->code) &&
	    (rule->subject == ANY || r->subject == rule->subject) &&
	    (rule->detail == ANY || r->detail == rule->detail) &&
	    (rule->words == NULL || says(r->text.len == 0 ? "" :
	    r->text.data, r->text.len, rule->words));
}

static const struct rule *
find_rule(const struct outcome *o, const struct fault *f)
{
	enum answer answer = answer_of(o, f);

	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++)
		if (fits(&rules[i], o, answer))
			return &rules[i];
	return NULL;
}

static void
set_hint(const char *hint, const struct outcome *o, struct fault *f)
{
	const char *name;

	if (hint == NULL)
		return;
	if (hint == auth_missing && o->auth)
		hint = auth_not_enough;
	name = strchr(hint, '$');
	if (name == NULL)
		fault_replace_hint(f, "%s", hint);
	else
		fault_replace_hint(f, "%.*s%s%s", (int)(name - hint), hint,
		    o->ehlo_name == NULL ? "" : o->ehlo_name, name + 1);
}

/* Some recipients have the message; the fault is about the others. */
static enum retry
settle_partial(const struct outcome *o, struct fault *f)
{
	f->class = o->refused > 0 ? FAULT_RECIPIENT : FAULT_TEMPORARY;
	if (f->hint == NULL)
		set_hint(o->refused > 0 ? "send it again to the refused "
		    "recipients only, once their addresses are right" :
		    "send it again to the refused recipients only, once "
		    "their addresses are taken", o, f);
	return o->deferred > 0 ? RETRY_LATER : RETRY_NEVER;
}

static enum retry
settle(const struct outcome *o, struct fault *f)
{
	const struct rule *rule;

	if (f->class == FAULT_NONE)
		return RETRY_NEVER;
	if (o->unsure) {
		fault_replace_hint(f, "look whether it arrived before you "
		    "send it again%s", o->unanswered ? "; " UNANSWERED : "");
		return RETRY_HERE;
	}
	if (o->delivered > 0)
		return settle_partial(o, f);
	rule = find_rule(o, f);
	if (rule != NULL) {
		f->class = rule->class;
		if (rule->words != NULL || f->hint == NULL)
			set_hint(rule->hint, o, f);
		return rule->retry;
	}
	if (o->unanswered)
		fault_replace_hint(f, "%s", UNANSWERED);
	return o->phase <= PHASE_DATA ? without_reply[f->class] :
	    RETRY_LATER;
}

enum retry
diagnosis_settle(struct outcome *o, struct fault *f)
{
	o->retry = settle(o, f);
	return o->retry;
}

bool
diagnosis_is_final(const struct outcome *o, const struct fault *f)
{
	return o->retry == RETRY_NEVER && (f->class == FAULT_DATA ||
	    f->class == FAULT_RECIPIENT || f->class == FAULT_REFUSED);
}

/* The same rules, for what a recipient's own reply was. */
static bool
is_a_limit(const struct recipient *to)
{
	const struct rule *rule = rules;

	for (; rule->hint == limit_reached; rule++)
		if (to->code == rule->code && to->subject == rule->subject &&
		    to->detail == rule->detail &&
		    says(to->reply, strlen(to->reply), rule->words))
			return true;
	return false;
}

void
diagnosis_settle_recipients(struct envelope *e)
{
	for (size_t i = 0; i < e->count; i++)
		if (e->recipient[i].state == RECIPIENT_REFUSED &&
		    e->recipient[i].reply != NULL &&
		    is_a_limit(&e->recipient[i]))
			e->recipient[i].state = RECIPIENT_DEFERRED;
}

/* ---- Which address a refusal is about. */

enum { /* bits: a reply may leave it open */
	ABOUT_PATH = 1,		/* the reverse-path */
	ABOUT_FROM = 2,		/* the field From */
	ABOUT_SENDER = 4,	/* the field Sender */
	ABOUT_RECIPIENT = 8
};

/* As servers say it, the first that is there; see plain_text(). */
static const struct {
	const char *words;
	unsigned about;
} phrases[] = {
	{ "sender header", ABOUT_SENDER },
	{ "header sender", ABOUT_SENDER },
	{ "sender field", ABOUT_SENDER },
	{ "from header", ABOUT_FROM },
	{ "header from", ABOUT_FROM },
	{ "header address", ABOUT_FROM },
	{ "from field", ABOUT_FROM },
	{ "rfc5322 from", ABOUT_FROM },
	{ "rfc5322.from", ABOUT_FROM },
	{ "send as", ABOUT_FROM },
	{ "sendas", ABOUT_FROM },
	{ "on behalf of", ABOUT_FROM },
	{ "envelope from", ABOUT_PATH },
	{ "envelope sender", ABOUT_PATH },
	{ "envelope address", ABOUT_PATH },
	{ "mail from", ABOUT_PATH },
	{ "mailfrom", ABOUT_PATH },
	{ "return path", ABOUT_PATH },
	{ "reverse path", ABOUT_PATH },
	{ "recipient address rejected", ABOUT_RECIPIENT },
	/* once the server has the header, these can mean it */
	{ "sender address", ABOUT_PATH | ABOUT_FROM },
	{ "sender verif", ABOUT_PATH | ABOUT_FROM },
	{ "sender rejected", ABOUT_PATH | ABOUT_FROM },
	{ "sender domain", ABOUT_PATH | ABOUT_FROM },
	{ "from address", ABOUT_PATH | ABOUT_FROM },
	{ "not owned by", ABOUT_PATH | ABOUT_FROM },
	{ "not local sender", ABOUT_PATH | ABOUT_FROM },
};

/* The octets of a reply, in lower case and with blanks where words meet. */
static char *
plain_text(const struct reply *r)
{
	char *s = memory_copy(r->text.len == 0 ? "" : r->text.data,
	    r->text.len);

	for (size_t i = 0; i < r->text.len; i++)
		s[i] = s[i] == '\0' || strchr("-_:\n\t", s[i]) != NULL ? ' ' :
		    text_to_lower(s[i]);
	return s;
}

/* Does the reply repeat this address, and not only as a part of another? */
static bool
repeats(const struct reply *r, const char *address, size_t n)
{
	const char *s = r->text.data;

	for (size_t i = 0; n >= ADDRESS_MIN && i + n <= r->text.len; i++)
		if (text_same(s + i, n, address, n) &&
		    (i == 0 || !address_is_atext(s[i - 1])) &&
		    (i + n == r->text.len || !address_is_atext(s[i + n])))
			return true;
	return false;
}

static bool
repeats_box(const struct reply *r, const struct mailbox *box)
{
	char *spec = address_spec(box);
	bool found = box->domain[0] != '\0' && repeats(r, spec, strlen(spec));

	free(spec);
	return found;
}

static bool
repeats_field(const struct reply *r, const struct header *h, const char *name)
{
	struct address_list list = { .box = NULL };
	const struct header_field *field;
	size_t from = 0, len;
	const char *body;
	bool found = false;

	while ((field = header_next(h, name, &from)) != NULL) {
		body = header_body(h, field, &len);
		address_parse(&list, body, len, NULL);
	}
	for (size_t i = 0; i < list.count; i++)
		found |= repeats_box(r, &list.box[i]);
	address_list_free(&list);
	return found;
}

static unsigned
find_address(const struct reply *r, const struct envelope *e,
    const struct header *h)
{
	unsigned about = 0;

	if (e->path.local != NULL && repeats_box(r, &e->path))
		about |= ABOUT_PATH;
	if (h != NULL && repeats_field(r, h, "From"))
		about |= ABOUT_FROM;
	if (h != NULL && repeats_field(r, h, "Sender"))
		about |= ABOUT_SENDER;
	return about;
}

static unsigned
find_phrase(const struct reply *r)
{
	char *text = plain_text(r);
	unsigned about = 0;

	for (size_t i = 0; about == 0 &&
	    i < sizeof(phrases) / sizeof(phrases[0]); i++)
		if (strstr(text, phrases[i].words) != NULL)
			about = phrases[i].about;
	free(text);
	return about;
}

/* Who writes to himself is refused as a recipient, not as a sender. */
static bool
repeats_refused(const struct reply *r, const struct envelope *e)
{
	const struct recipient *to;

	for (size_t i = 0; i < e->count; i++) {
		to = &e->recipient[i];
		if (to->reply != NULL && repeats_box(r, &to->box))
			return true;
	}
	return false;
}

/*
 * What a reply that is no success is about; 0: it does not tell. By the words
 * in it, by an address that it repeats, by its enhanced status code, by the
 * phase. The header may be NULL.
 */
static unsigned
find(const struct reply *r, enum phase phase,
    const struct envelope *e, const struct header *h)
{
	bool early = phase < PHASE_DATA;
	unsigned said = find_phrase(r);
	unsigned found = find_address(r, e, h);

	if (said == 0 && (reply_has_status(r, 1, 7) ||
	    reply_has_status(r, 1, 8)))
		said = ABOUT_PATH;
	/* the server has not seen the header, whatever it repeats */
	if (early && said == 0 && (phase == PHASE_MAIL ||
	    ((found & ABOUT_PATH) != 0 && !repeats_refused(r, e))))
		said = ABOUT_PATH;
	if (early && (said & ABOUT_PATH) != 0)
		return ABOUT_PATH;
	if (early)
		return phase == PHASE_RCPT ? ABOUT_RECIPIENT : said;
	if ((said & found) != 0)
		return said & found;
	return said != 0 ? said : found;
}

/* The addresses of a field, as it has them; nothing where there is none. */
static void
add_field(struct buffer *b, const struct header *h, const char *name)
{
	const struct header_field *field;
	size_t from = 0, len;
	const char *body;

	field = h == NULL ? NULL : header_next(h, name, &from);
	buffer_printf(b, "the field %s", name);
	if (field == NULL)
		return;
	body = header_text(h, field, &len);
	buffer_add_string(b, " '");
	buffer_add(b, body, len);
	buffer_add_char(b, '\'');
}

static void
add_or(struct buffer *b, size_t start)
{
	if (b->len > start)
		buffer_add_string(b, " or ");
}

static void
explain(unsigned about, const struct reply *r, const struct envelope *e,
    const struct header *h, struct fault *f)
{
	static const char what[] = "the reply is about ";
	size_t start = sizeof(what) - 1;
	struct buffer b;

	buffer_init(&b, TEXT_MAX);
	buffer_add_string(&b, what);
	if ((about & ABOUT_PATH) != 0) {
		buffer_add_string(&b, "the reverse-path <");
		if (e->path.local != NULL)
			address_add_spec(&b, &e->path);
		buffer_add_char(&b, '>');
	}
	if ((about & ABOUT_FROM) != 0) {
		add_or(&b, start);
		add_field(&b, h, "From");
	}
	if ((about & ABOUT_SENDER) != 0) {
		add_or(&b, start);
		add_field(&b, h, "Sender");
	}
	/* RFC 3463 section 3.2: X.1.8 */
	fault_replace_hint(f, "%s; the server %s: %s\"sender ADDRESS\" in the "
	    "account, which replaces those that are not yours, or \"sender "
	    "ADDRESS force\"", b.data, reply_has_status(r, 1, 8) ?
	    "finds no such domain" : "may accept only addresses of the "
	    "account", about == ABOUT_PATH ? "set \"from\", give -f, or set " :
	    "set ");
	buffer_free(&b);
}

/*
 * The same for a recipient that is a bare name: whatever else the hint said
 * gives way to that.
 */
static void
explain_bare(const struct envelope *e, struct fault *f)
{
	const struct recipient *r;

	for (size_t i = 0; i < e->count; i++) {
		r = &e->recipient[i];
		if (r->reply == NULL || r->box.domain[0] != '\0')
			continue;
		fault_replace_hint(f, "'%s' has no domain: give it an address "
		    "by %s\"aliases\" or \"qualify_domain\" of the account%s",
		    r->box.local, strcmp(r->box.local, "root") == 0 ?
		    "\"root\", " : "", r->doubtful ? "; a display name "
		    "that has a comma must be in quotes" : "");
		return;
	}
}

static bool
refused(const struct reply *r)
{
	return r->code != 0 && (reply_digit(r) == 4 || reply_digit(r) == 5);
}

/* That is for "auth" to mend, which the hint there is says already. */
static bool
wants_authentication(const struct reply *r)
{
	return r->code == 530 || reply_has_status(r, 7, 0);
}

void
diagnosis_find_address(const struct outcome *o, const struct envelope *e,
    const struct header *h, struct fault *f)
{
	const struct reply *r = &o->reply;
	const struct rule *rule;
	unsigned about;

	if (o->unsure)
		return;
	if (o->delivered > 0) {
		explain_bare(e, f);
		return;
	}
	/* a row that knows the server's words knows better */
	if (!refused(r) || o->phase < PHASE_MAIL || wants_authentication(r) ||
	    ((rule = find_rule(o, f)) != NULL && rule->words != NULL))
		return;
	about = find(r, o->phase, e, h);
	/* what is temporary may mend itself, unless the reply is clear */
	if (reply_digit(r) == 4 && find_phrase(r) == 0 &&
	    o->phase == PHASE_MAIL)
		return;
	if (about == ABOUT_RECIPIENT) {
		explain_bare(e, f);
	} else if (about != 0) {
		explain(about, r, e, h, f);
		if (f->class == FAULT_RECIPIENT)
			f->class = FAULT_REFUSED;
	}
}
