/* SPDX-License-Identifier: ISC */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/memory.h"
#include "base/text.h"
#include "mail/address/address.h"
#include "smtp/server/command.h"

#define NAME_MAX_OCTETS 255	/* RFC 5321 section 4.5.3.1.2 */
#define ENVID_MAX 100	/* octets of xtext: RFC 3461 section 4.4 */
#define ORCPT_MAX 500	/* octets: RFC 3461 section 4.2 */
#define SIZE_DIGITS_MAX 20	/* RFC 1870 section 3 */

static const struct {
	const char *word;
	enum command_verb verb;
} verbs[] = {
	{ "EHLO", COMMAND_EHLO }, { "HELO", COMMAND_HELO },
	{ "MAIL", COMMAND_MAIL }, { "RCPT", COMMAND_RCPT },
	{ "DATA", COMMAND_DATA }, { "BDAT", COMMAND_BDAT },
	{ "RSET", COMMAND_RSET }, { "NOOP", COMMAND_NOOP },
	{ "VRFY", COMMAND_VRFY }, { "EXPN", COMMAND_EXPN },
	{ "HELP", COMMAND_HELP }, { "QUIT", COMMAND_QUIT },
	{ "AUTH", COMMAND_AUTH }, { "STARTTLS", COMMAND_STARTTLS },
	{ "TURN", COMMAND_TURN },
	/* RFC 9110 section 9 and RFC 5789: any web page can make a browser
	 * say these to a port of loopback, with a body that the page wrote. */
	{ "GET", COMMAND_HTTP }, { "HEAD", COMMAND_HTTP },
	{ "POST", COMMAND_HTTP }, { "PUT", COMMAND_HTTP },
	{ "DELETE", COMMAND_HTTP }, { "CONNECT", COMMAND_HTTP },
	{ "OPTIONS", COMMAND_HTTP }, { "TRACE", COMMAND_HTTP },
	{ "PATCH", COMMAND_HTTP }, { "PRI", COMMAND_HTTP },
};

void
command_read(struct command *c, const char *line, size_t n)
{
	size_t word = text_word(line, n);

	c->verb = COMMAND_UNKNOWN;
	for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++)
		if (text_same_word(line, word, verbs[i].word))
			c->verb = verbs[i].verb;
	word += text_blanks(line + word, n - word);
	c->argument = line + word;
	c->len = text_trimmed(line + word, n - word);
}

/* An address literal of RFC 5321 section 4.1.3; no other tag is registered. */
static bool
is_literal(const char *s, size_t n)
{
	static const char tag[] = "IPv6:";
	const size_t tag_len = sizeof(tag) - 1;
	char text[INET6_ADDRSTRLEN];
	struct in6_addr address;
	int family = AF_INET;

	if (n < 3 || s[0] != '[' || s[n - 1] != ']')
		return false;
	s++;
	n -= 2;
	if (n > tag_len && text_same(s, tag_len, tag, tag_len)) {
		family = AF_INET6;
		s += tag_len;
		n -= tag_len;
	}
	if (n >= sizeof(text) || memchr(s, '\0', n) != NULL)
		return false;
	memcpy(text, s, n);
	text[n] = '\0';
	return inet_pton(family, text, &address) == 1;
}

bool
command_is_name(const char *s, size_t n)
{
	if (n == 0 || n > NAME_MAX_OCTETS || !text_is_ascii(s, n))
		return false;
	return s[0] == '[' ? is_literal(s, n) : address_is_domain(s, n);
}

int
command_read_bdat(uint64_t *octets, bool *last, const char *s, size_t n)
{
	size_t digits = 0;
	int64_t value;

	while (digits < n && text_is_digit(s[digits]))
		digits++;
	value = text_number(s, digits, INT64_MAX);
	if (value == -1)
		return -1;
	*octets = (uint64_t)value;
	*last = false;
	if (digits == n)
		return 0;
	if (!text_is_blank(s[digits]))
		return -1;
	digits += text_blanks(s + digits, n - digits);
	*last = text_same_word(s + digits, n - digits, "LAST");
	return *last ? 0 : -1;
}

static const char syntax[] = "501 5.5.4 syntax error in parameters";

/* One keyword [= value] (RFC 5321 section 4.1.2). */
struct parameter {
	const char *keyword;
	size_t keyword_len;
	const char *value;	/* NULL: there is no "=" */
	size_t value_len;
};

/*
 * Octets of the path at s with its angle brackets; 0 when it is not one. A
 * quoted local part may contain ">". A path, unlike an address in a header
 * field, has no blanks or comments.
 */
static size_t
path_length(const char *s, size_t n)
{
	bool quoted = false;

	if (n == 0 || s[0] != '<')
		return 0;
	for (size_t i = 1; i < n; i++) {
		if (quoted && s[i] == '\\')
			i++;
		else if (s[i] == '"')
			quoted = !quoted;
		else if (!quoted && s[i] == '>')
			return i + 1;
		else if (!quoted && (text_is_blank(s[i]) || s[i] == '(' ||
		    s[i] == ')'))
			return 0;
	}
	return 0;
}

/*
 * Reads "WORD:<path>"; the parameters begin at *used. Many programs write a
 * blank behind the colon, which the RFC does not allow.
 */
static bool
read_path(const char *word, struct mailbox *box, bool *empty, const char *s,
    size_t n, size_t *used)
{
	size_t at = strlen(word), len;

	if (n < at || !text_same(s, at, word, at))
		return false;
	at += text_blanks(s + at, n - at);
	len = path_length(s + at, n - at);
	*used = at + len;
	if (len == 0 || (*used < n && !text_is_blank(s[*used])) ||
	    !text_is_utf8(s + at, len) || text_has_control(s + at, len))
		return false;
	return address_parse_path(box, empty, s + at, len, NULL) == 0;
}

/* Reads the parameter at *at. 1: read, 0: no more, -1: a syntax error. */
static int
next_parameter(struct parameter *p, const char *s, size_t n, size_t *at)
{
	size_t i = *at + text_blanks(s + *at, n - *at);

	if (i == n)
		return 0;
	p->keyword = s + i;
	while (i < n && s[i] != '=' && !text_is_blank(s[i])) {
		if (!text_is_alpha(s[i]) && !text_is_digit(s[i]) &&
		    s[i] != '-')
			return -1;
		i++;
	}
	p->keyword_len = (size_t)(s + i - p->keyword);
	p->value = NULL;
	p->value_len = 0;
	if (p->keyword_len == 0)
		return -1;
	if (i < n && s[i] == '=') {
		p->value = s + ++i;
		for (; i < n && !text_is_blank(s[i]); i++)
			if (text_is_control(s[i]) || s[i] == '=')
				return -1;
		p->value_len = (size_t)(s + i - p->value);
		if (p->value_len == 0)
			return -1;
	}
	*at = i;
	return 1;
}

/* A hexadecimal digit of xtext, which has capitals only. */
static int
xtext_digit(char c)
{
	return c >= 'a' ? -1 : text_hex_value(c);
}

/*
 * Decodes xtext (RFC 3461 section 4) and adds the result. -1 when it is not
 * xtext, or the result is not printable ASCII.
 */
static int
read_xtext(struct buffer *b, const char *s, size_t n)
{
	int high, low;
	char c;

	for (size_t i = 0; i < n; i++) {
		c = s[i];
		if (c == '+') {
			high = n - i > 2 ? xtext_digit(s[i + 1]) : -1;
			low = n - i > 2 ? xtext_digit(s[i + 2]) : -1;
			if (high == -1 || low == -1)
				return -1;
			c = (char)(high * 16 + low);
			i += 2;
		} else if (c == ' ' || c == '=') {
			return -1;
		}
		if (c < ' ' || c > '~')
			return -1;
		buffer_add_char(b, c);
	}
	return 0;
}

static const char *
read_size(void *mail, const struct parameter *p)
{
	struct command_mail *m = mail;
	int64_t size;

	if (p->value_len == 0 || p->value_len > SIZE_DIGITS_MAX)
		return syntax;
	for (size_t i = 0; i < p->value_len; i++)
		if (!text_is_digit(p->value[i]))
			return syntax;
	size = text_number(p->value, p->value_len, INT64_MAX);
	if (size == -1)
		return "552 5.3.4 nobody takes a message of that size";
	m->size = (uint64_t)size;
	return NULL;
}

static const char *
read_body(void *mail, const struct parameter *p)
{
	struct command_mail *m = mail;

	if (text_same_word(p->value, p->value_len, "7BIT"))
		m->body = COMMAND_BODY_7BIT;
	else if (text_same_word(p->value, p->value_len, "8BITMIME"))
		m->body = COMMAND_BODY_8BITMIME;
	else
		return "501 5.5.4 BODY is 7BIT or 8BITMIME";
	return NULL;
}

static const char *
read_smtputf8(void *mail, const struct parameter *p)
{
	struct command_mail *m = mail;

	if (p->value != NULL)
		return syntax;
	m->smtputf8 = true;
	return NULL;
}

/* RFC 8689 section 2: it is not offered to a client without TLS, and taken from
 * one that names it: its wish must not get lost. */
static const char *
read_requiretls(void *mail, const struct parameter *p)
{
	struct command_mail *m = mail;

	if (p->value != NULL)
		return syntax;
	m->requiretls = true;
	return NULL;
}

static const char *
read_qualified(void *mail, const struct parameter *p)
{
	struct command_mail *m = mail;

	if (p->value != NULL)
		return syntax;
	m->qualified = true;
	return NULL;
}

static const char *
read_ret(void *mail, const struct parameter *p)
{
	struct command_mail *m = mail;

	if (text_same_word(p->value, p->value_len, "FULL"))
		m->ret = DSN_RETURN_FULL;
	else if (text_same_word(p->value, p->value_len, "HDRS"))
		m->ret = DSN_RETURN_HEADERS;
	else
		return "501 5.5.4 RET is FULL or HDRS";
	return NULL;
}

static const char *
read_envid(void *mail, const struct parameter *p)
{
	struct command_mail *m = mail;
	struct buffer b;

	buffer_init(&b, ENVID_MAX);
	if (p->value_len == 0 || p->value_len > ENVID_MAX ||
	    read_xtext(&b, p->value, p->value_len) == -1) {
		buffer_free(&b);
		return "501 5.5.4 ENVID is no xtext of at most 100 octets";
	}
	m->envid = buffer_detach(&b);
	return NULL;
}

static const char *
read_notify(void *rcpt, const struct parameter *p)
{
	struct command_rcpt *c = rcpt;

	for (size_t i = 0; i < p->value_len; i++)
		if (!text_is_alpha(p->value[i]) && p->value[i] != ',')
			return syntax;
	if (p->value == NULL ||
	    dsn_parse_notify(&c->notify, p->value, p->value_len) == -1)
		return "501 5.5.4 NOTIFY is NEVER, or some of "
		    "SUCCESS,FAILURE,DELAY";
	return NULL;
}

/* A type and xtext, which are passed on unchanged (RFC 3461 section 5.2). */
static const char *
read_orcpt(void *rcpt, const struct parameter *p)
{
	struct command_rcpt *c = rcpt;
	static const char refusal[] = "501 5.5.4 ORCPT is TYPE;XTEXT";
	const char *semicolon = p->value == NULL ? NULL :
	    memchr(p->value, ';', p->value_len);
	struct buffer b;
	size_t type;
	int r;

	if (semicolon == NULL || p->value_len > ORCPT_MAX)
		return refusal;
	type = (size_t)(semicolon - p->value);
	for (size_t i = 0; i < type; i++)
		if (!text_is_alpha(p->value[i]) &&
		    !text_is_digit(p->value[i]) && p->value[i] != '-')
			return refusal;
	buffer_init(&b, ORCPT_MAX);
	r = read_xtext(&b, semicolon + 1, p->value_len - type - 1);
	if (type == 0 || b.len == 0)
		r = -1;
	buffer_free(&b);
	if (r == -1)
		return refusal;
	c->orcpt = memory_copy(p->value, p->value_len);
	return NULL;
}

/* Each may be given once. */
static const struct {
	const char *keyword;
	bool rcpt;		/* of RCPT, not of MAIL */
	const char *(*read)(void *, const struct parameter *);
} parameters[] = {
	{ "SIZE", false, read_size }, { "BODY", false, read_body },
	{ "SMTPUTF8", false, read_smtputf8 },
	{ "REQUIRETLS", false, read_requiretls },
	{ "XQUALIFIED", false, read_qualified }, { "RET", false, read_ret },
	{ "ENVID", false, read_envid }, { "NOTIFY", true, read_notify },
	{ "ORCPT", true, read_orcpt },
};

#define PARAMETERS (sizeof(parameters) / sizeof(parameters[0]))

/* Reads all of them into a struct command_mail or struct command_rcpt. */
static const char *
read_parameters(void *into, bool rcpt, const char *s, size_t n)
{
	bool seen[PARAMETERS] = { false };
	struct parameter p;
	const char *refusal;
	size_t at = 0, row;
	int r;

	while ((r = next_parameter(&p, s, n, &at)) == 1) {
		for (row = 0; row < PARAMETERS; row++)
			if (parameters[row].rcpt == rcpt &&
			    text_same_word(p.keyword, p.keyword_len,
			    parameters[row].keyword))
				break;
		if (row == PARAMETERS)
			return rcpt ?
			    "555 5.5.4 a parameter that RCPT has not got" :
			    "555 5.5.4 a parameter that MAIL has not got";
		if (seen[row])
			return "501 5.5.4 a parameter stands there twice";
		seen[row] = true;
		refusal = parameters[row].read(into, &p);
		if (refusal != NULL)
			/* cppcheck-suppress returnDanglingLifetime
			 * all of these texts are static */
			return refusal;
	}
	return r == -1 ? syntax : NULL;
}

static const char unicode[] = "553 5.6.7 an address that is not ASCII needs "
    "SMTPUTF8";

const char *
command_read_mail(struct command_mail *m, const char *s, size_t n)
{
	const char *refusal;
	size_t used;

	memset(m, 0, sizeof(*m));
	if (!read_path("FROM:", &m->path, &m->null_path, s, n, &used))
		return "501 5.1.7 syntax: MAIL FROM:<address>";
	refusal = read_parameters(m, false, s + used, n - used);
	return refusal == NULL && !m->smtputf8 && !text_is_ascii(s, n) ?
	    unicode : refusal;
}

const char *
command_read_rcpt(struct command_rcpt *c, bool smtputf8, const char *s,
    size_t n)
{
	size_t used;
	bool empty;

	memset(c, 0, sizeof(*c));
	if (!read_path("TO:", &c->box, &empty, s, n, &used) || empty)
		return "501 5.1.3 syntax: RCPT TO:<address>";
	if (!smtputf8 && !text_is_ascii(s, n))
		return unicode;
	return read_parameters(c, true, s + used, n - used);
}

void
command_mail_free(struct command_mail *m)
{
	mailbox_free(&m->path);
	free(m->envid);
	memset(m, 0, sizeof(*m));
}

void
command_rcpt_free(struct command_rcpt *c)
{
	mailbox_free(&c->box);
	free(c->orcpt);
	memset(c, 0, sizeof(*c));
}
