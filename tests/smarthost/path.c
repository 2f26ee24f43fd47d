/* SPDX-License-Identifier: ISC */
#include "platform.h"

#include <ctype.h>
#include <stdint.h>
#include <string.h>

#include "path.h"
#include "text.h"

/* RFC 5321 sections 4.5.3.1.1 to 4.5.3.1.3; the path has its brackets. */
#define LOCAL_MAX 64
#define DOMAIN_MAX 255
#define PATH_MAX_OCTETS 256

/* RFC 3461 section 4.4: ENVID before xtext encoding; encoded, three each. */
#define ENVID_MAX 300

/* RFC 3461 section 4.2, in the same way: what RCPT's 500 leaves room for. */
#define ORCPT_MAX 500

/* RFC 5322 atext, and beyond ASCII whatever SMTPUTF8 lets through. */
static bool
path_is_atext(char c)
{
	return (unsigned char)c >= 0x80 || isalnum((unsigned char)c) ||
	    (c != '\0' && strchr("!#$%&'*+-/=?^_`{|}~", c) != NULL);
}

/* Length of the local part at s, 0 when it is none. */
static size_t
path_local(const char *s, size_t len)
{
	size_t i = 0;

	if (len > 0 && s[0] == '"') {
		for (i = 1; i < len && s[i] != '"'; i++) {
			if (s[i] == '\\')
				i++;
		}
		return i < len ? i + 1 : 0;
	}
	while (i < len && (path_is_atext(s[i]) ||
	    (s[i] == '.' && i > 0 && s[i - 1] != '.')))
		i++;
	return i > 0 && s[i - 1] == '.' ? 0 : i;
}

static bool
path_is_domain(const char *s, size_t len)
{
	char before = '.';

	if (len > 2 && s[0] == '[' && s[len - 1] == ']') {
		for (size_t i = 1; i < len - 1; i++) {
			if (!isalnum((unsigned char)s[i]) &&
			    strchr(".:-", s[i]) == NULL)
				return false;
		}
		return true;
	}
	for (size_t i = 0; i < len; i++) {
		const bool word = (unsigned char)s[i] >= 0x80 ||
		    isalnum((unsigned char)s[i]);

		if (!word && (before == '.' || (s[i] != '-' && s[i] != '.')))
			return false;
		if (s[i] == '.' && before == '-')
			return false;
		before = s[i];
	}
	return len > 0 && before != '.' && before != '-';
}

/* What is between the brackets. */
static const char *
path_check(const char *s, size_t len, enum path_kind kind)
{
	const size_t local = path_local(s, len);

	if (len == 0)
		return kind == PATH_REVERSE ? NULL : "no address";
	if (s[0] == '@')
		return "source route";
	if (local == 0)
		return "local part";
	if (local > LOCAL_MAX)
		return "local part too long";
	if (local == len)
		return kind == PATH_FORWARD && text_is(s, len, "postmaster") ?
		    NULL : "no domain";
	if (s[local] != '@' ||
	    !path_is_domain(s + local + 1, len - local - 1))
		return "domain";
	if (len - local - 1 > DOMAIN_MAX || len + 2 > PATH_MAX_OCTETS)
		return "path too long";
	return NULL;
}

const char *
path_parse(struct path *path, enum path_kind kind, const char *arguments,
    size_t len)
{
	const char *keyword = kind == PATH_REVERSE ? "FROM:" : "TO:";
	const size_t n = strlen(keyword);
	bool quoted = false;
	size_t i;

	if (!text_begins(arguments, len, keyword))
		return "not FROM: or TO:";
	arguments += n;
	len -= n;
	if (len == 0 || arguments[0] != '<')
		return "no < behind the colon";
	path->eight_bit = false;
	for (i = 1; i < len && (quoted || arguments[i] != '>'); i++) {
		if (arguments[i] == '"')
			quoted = !quoted;
		else if (quoted && arguments[i] == '\\')
			i++;
		if (i < len && (unsigned char)arguments[i] >= 0x80)
			path->eight_bit = true;
	}
	if (i >= len)
		return "no >";
	path->text = arguments;
	path->len = i + 1;
	path->parameters = arguments + i + 1;
	path->parameters_len = len - i - 1;
	if (path->parameters_len > 0) {
		if (path->parameters[0] != ' ' || path->parameters_len == 1)
			return "something behind the >";
		path->parameters++;
		path->parameters_len--;
	}
	return path_check(arguments + 1, i - 1, kind);
}

/* RFC 3461 section 4: printable, with "+" and "=" as +HH. */
static bool
parameter_is_xtext(const char *s, size_t len)
{
	static const char digits[] = "0123456789ABCDEF";

	for (size_t i = 0; i < len; i++) {
		if (s[i] <= ' ' || s[i] > '~' || s[i] == '=')
			return false;
		if (s[i] != '+')
			continue;
		if (len - i < 3 || strchr(digits, s[i + 1]) == NULL ||
		    strchr(digits, s[i + 2]) == NULL)
			return false;
		i += 2;
	}
	return len > 0;
}

static bool
parameter_is_size(const char *s, size_t len)
{
	unsigned long long number;

	/* RFC 1870 section 3: 1 to 20 digits. */
	return len <= 20 && text_number(s, len, UINT64_MAX, &number) == 0;
}

static bool
parameter_is_body(const char *s, size_t len)
{
	return text_is(s, len, "7BIT") || text_is(s, len, "8BITMIME");
}

static bool
parameter_is_nothing(const char *s, size_t len)
{
	return s == NULL && len == 0;
}

static bool
parameter_is_ret(const char *s, size_t len)
{
	return text_is(s, len, "FULL") || text_is(s, len, "HDRS");
}

static bool
parameter_is_envid(const char *s, size_t len)
{
	return len <= ENVID_MAX && parameter_is_xtext(s, len);
}

/* RFC 4954 section 5 */
static bool
parameter_is_auth(const char *s, size_t len)
{
	return text_is(s, len, "<>") || parameter_is_xtext(s, len);
}

static bool
parameter_is_notify(const char *s, size_t len)
{
	if (text_is(s, len, "NEVER"))
		return true;
	for (;;) {
		const char *comma = memchr(s, ',', len);
		const size_t n = comma == NULL ? len : (size_t)(comma - s);

		if (!text_is(s, n, "SUCCESS") && !text_is(s, n, "FAILURE") &&
		    !text_is(s, n, "DELAY"))
			return false;
		if (comma == NULL)
			return true;
		s += n + 1;
		len -= n + 1;
	}
}

/* RFC 3461 section 4.2; for utf-8, RFC 6533 section 3 has its own form. */
static bool
parameter_is_orcpt(const char *s, size_t len)
{
	const char *semicolon = memchr(s, ';', len);
	size_t n;

	if (semicolon == NULL || len > ORCPT_MAX)
		return false;
	n = (size_t)(semicolon - s);
	for (size_t i = 0; i < n; i++) {
		if (!path_is_atext(s[i]))
			return false;
	}
	if (text_is(s, n, "utf-8"))
		return len > n + 1;
	return n > 0 && parameter_is_xtext(semicolon + 1, len - n - 1);
}

static const struct {
	const char *keyword, *extension;
	enum path_kind kind;
	bool (*check)(const char *s, size_t len);
} parameters[] = {
	{ "SIZE", "SIZE", PATH_REVERSE, parameter_is_size },
	{ "BODY", "8BITMIME", PATH_REVERSE, parameter_is_body },
	{ "SMTPUTF8", "SMTPUTF8", PATH_REVERSE, parameter_is_nothing },
	{ "RET", "DSN", PATH_REVERSE, parameter_is_ret },
	{ "ENVID", "DSN", PATH_REVERSE, parameter_is_envid },
	{ "AUTH", "AUTH", PATH_REVERSE, parameter_is_auth },
	{ "NOTIFY", "DSN", PATH_FORWARD, parameter_is_notify },
	{ "ORCPT", "DSN", PATH_FORWARD, parameter_is_orcpt },
};

static void
parameter_judge(struct parameter *parameter, enum path_kind kind)
{
	parameter->extension = NULL;
	parameter->good = false;
	parameter->bit = 0;
	for (size_t i = 0; i < sizeof(parameters) / sizeof(*parameters); i++) {
		if (parameters[i].kind != kind || !text_is(parameter->keyword,
		    parameter->keyword_len, parameters[i].keyword))
			continue;
		parameter->extension = parameters[i].extension;
		parameter->bit = 1U << i;
		parameter->good = (parameter->value != NULL ||
		    parameters[i].check == parameter_is_nothing) &&
		    parameters[i].check(parameter->value,
		    parameter->value_len);
	}
}

bool
parameter_next(struct parameter *parameter, enum path_kind kind,
    const char **rest, size_t *len)
{
	const char *s = *rest;
	const char *blank, *equals;
	size_t n;

	if (*len == 0)
		return false;
	blank = memchr(s, ' ', *len);
	n = blank == NULL ? *len : (size_t)(blank - s);
	equals = memchr(s, '=', n);
	parameter->keyword = s;
	parameter->keyword_len = equals == NULL ? n : (size_t)(equals - s);
	parameter->value = equals == NULL ? NULL : equals + 1;
	parameter->value_len = equals == NULL ? 0 :
	    n - parameter->keyword_len - 1;
	parameter_judge(parameter, kind);
	n += blank != NULL;
	*rest += n;
	*len -= n;
	return true;
}
