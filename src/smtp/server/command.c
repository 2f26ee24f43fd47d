/* SPDX-License-Identifier: ISC */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <string.h>

#include "base/text.h"
#include "mail/address/address.h"
#include "smtp/server/command.h"

#define NAME_MAX_OCTETS 255	/* RFC 5321 section 4.5.3.1.2 */

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
	/* RFC 9110 section 9 and RFC 5789: browsers can be made to say these
	 * to any port of loopback, with a body that somebody else wrote */
	{ "GET", COMMAND_HTTP }, { "HEAD", COMMAND_HTTP },
	{ "POST", COMMAND_HTTP }, { "PUT", COMMAND_HTTP },
	{ "DELETE", COMMAND_HTTP }, { "CONNECT", COMMAND_HTTP },
	{ "OPTIONS", COMMAND_HTTP }, { "TRACE", COMMAND_HTTP },
	{ "PATCH", COMMAND_HTTP }, { "PRI", COMMAND_HTTP },
};

void
command_read(struct command *c, const char *line, size_t n)
{
	size_t word = 0;

	while (word < n && !text_is_blank(line[word]))
		word++;
	c->verb = COMMAND_UNKNOWN;
	for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++)
		if (text_same_word(line, word, verbs[i].word))
			c->verb = verbs[i].verb;
	while (word < n && text_is_blank(line[word]))
		word++;
	while (n > word && text_is_blank(line[n - 1]))
		n--;
	c->argument = line + word;
	c->len = n - word;
}

/* RFC 5321 section 4.1.3; other kinds of literals do not exist. */
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
	value = digits == 0 ? -1 : text_number(s, digits, INT64_MAX);
	if (value == -1)
		return -1;
	*octets = (uint64_t)value;
	*last = false;
	if (digits == n)
		return 0;
	if (!text_is_blank(s[digits]))
		return -1;
	while (digits < n && text_is_blank(s[digits]))
		digits++;
	*last = text_same_word(s + digits, n - digits, "LAST");
	return *last ? 0 : -1;
}
