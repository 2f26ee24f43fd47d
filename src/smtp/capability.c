/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/text.h"
#include "smtp/session.h"
#include "smtp/reply.h"

static const char *const keywords[CAP_COUNT] = {
	[CAP_STARTTLS] = "STARTTLS",
	[CAP_AUTH] = "AUTH",
	[CAP_PIPELINING] = "PIPELINING",
	[CAP_SIZE] = "SIZE",
	[CAP_8BITMIME] = "8BITMIME",
	[CAP_ENHANCEDSTATUSCODES] = "ENHANCEDSTATUSCODES",
	[CAP_SMTPUTF8] = "SMTPUTF8",
	[CAP_DSN] = "DSN",
	[CAP_CHUNKING] = "CHUNKING",
	[CAP_LIMITS] = "LIMITS",
	[CAP_ETRN] = "ETRN",
	[CAP_REQUIRETLS] = "REQUIRETLS",
	[CAP_XQUALIFIED] = "XQUALIFIED",
};

void
capability_clear(struct capabilities *c)
{
	free(c->mechanisms);
	memset(c, 0, sizeof(*c));
}

static void
read_mechanisms(struct capabilities *c, const char *p, size_t n)
{
	struct buffer b;
	size_t len;

	buffer_init(&b, REPLY_MAX * 2);
	buffer_add_string(&b, c->mechanisms == NULL ? " " : c->mechanisms);
	for (size_t i = 0; i < n; i += len) {
		if (text_is_blank(p[i])) {
			len = 1;
			continue;
		}
		len = text_word(p + i, n - i);
		/* a NUL would hide what follows it */
		if (text_has_control(p + i, len))
			continue;
		for (size_t k = 0; k < len; k++)
			buffer_add_char(&b, text_is_alpha(p[i + k]) ?
			    (char)(p[i + k] & ~0x20) : p[i + k]);
		buffer_add_char(&b, ' ');
	}
	free(c->mechanisms);
	c->mechanisms = buffer_detach(&b);
}

/* RFC 9422 section 3: NAME=number, separated by blanks; others pass. */
static void
read_limits(struct capabilities *c, const char *p, size_t n)
{
	size_t len, name;
	int64_t value;

	for (size_t i = 0; i < n; i += len + 1) {
		len = text_word(p + i, n - i);
		for (name = 0; name < len && p[i + name] != '='; name++)
			;
		if (name == len)
			continue;
		value = text_number(p + i + name + 1, len - name - 1,
		    INT64_MAX);
		if (value <= 0)
			continue;
		if (text_same_word(p + i, name, "RCPTMAX"))
			c->rcpt_max = (uint64_t)value;
		if (text_same_word(p + i, name, "MAILMAX"))
			c->mail_max = (uint64_t)value;
	}
}

static void
read_line(struct capabilities *c, const char *p, size_t n)
{
	size_t len = text_word(p, n), i = 0;
	int64_t size;

	/* a form older than RFC 4954 that some servers speak beside it */
	if (len > 5 && text_same(p, 5, "AUTH=", 5)) {
		c->has[CAP_AUTH] = true;
		read_mechanisms(c, p + 5, n - 5);
		return;
	}
	while (i < CAP_COUNT && !text_same_word(p, len, keywords[i]))
		i++;
	if (i == CAP_COUNT)
		return;
	c->has[i] = true;
	len += text_blanks(p + len, n - len);
	if (i == CAP_AUTH)
		read_mechanisms(c, p + len, n - len);
	if (i == CAP_LIMITS)
		read_limits(c, p + len, n - len);
	if (i == CAP_SIZE) {
		size = text_number(p + len, text_word(p + len, n - len),
		    INT64_MAX);
		c->size = size > 0 ? (uint64_t)size : 0;
	}
}

void
capability_read(struct capabilities *c, const struct reply *r)
{
	const char *line;
	size_t at = 0, n;

	capability_clear(c);
	/* the first line is the server's name */
	reply_line(r, &at, &line, &n);
	while (reply_line(r, &at, &line, &n))
		read_line(c, line, n);
}

bool
capability_has_binding(const struct capabilities *c)
{
	/* there is a blank behind each name */
	return c->mechanisms != NULL &&
	    strstr(c->mechanisms, "-PLUS ") != NULL;
}

bool
capability_has_mechanism(const struct capabilities *c, const char *mechanism)
{
	size_t n = strlen(mechanism);
	const char *p = c->mechanisms;

	while (n > 0 && p != NULL && (p = strstr(p, mechanism)) != NULL) {
		if (p > c->mechanisms && p[-1] == ' ' && p[n] == ' ')
			return true;
		p += n;
	}
	return false;
}
