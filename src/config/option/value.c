/* SPDX-License-Identifier: ISC */
/* Values of settings: from text into the fields of an account. */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/base64.h"
#include "base/buffer.h"
#include "base/fault.h"
#include "base/memory.h"
#include "base/text.h"
#include "mail/address/address.h"
#include "mail/dsn.h"
#include "wire/dial.h"
#include "config/account/account.h"
#include "config/option/option.h"

#define MESSAGE_MAX (64 * 1024)	/* octets of a fault's text */
#define SHOWN_MAX 60		/* octets of a wrong value that are quoted */
#define DAY_SECONDS ((int64_t)24 * 60 * 60)
#define PORT_DIGITS_MAX 6	/* longer ones are no port in any base */

#define PIN_PREFIX "sha256//"
#define PIN_PREFIX_LEN (sizeof(PIN_PREFIX) - 1)
#define PIN_DIGITS 43		/* RFC 4648: 32 octets, before the one "=" */

enum { MD5_DIGITS = 32, SHA1_DIGITS = 40, SHA256_DIGITS = 64 };

/* One value on its way into an account. */
struct setter {
	struct account *account;
	const struct option_row *row;
	const struct option_place *place;
	struct fault *fault;
	const char *value;
	size_t n;
};

__attribute__((format(printf, 4, 0)))
static int
place_vfault(struct fault *f, const struct option_place *place,
    const char *name, const char *fmt, va_list ap)
{
	struct buffer b;

	buffer_init(&b, MESSAGE_MAX);
	if (place->file != NULL)
		buffer_printf(&b, "%s:%zu:%zu: ", place->file, place->line,
		    place->column);
	else if (place->line == ORIGIN_ENVIRONMENT)
		buffer_add_string(&b, "environment: ");
	else if (name != NULL)
		buffer_printf(&b, "--%s: ", name);
	buffer_vprintf(&b, fmt, ap);
	fault(f, place->file != NULL || place->line == ORIGIN_ENVIRONMENT ?
	    FAULT_CONFIG : FAULT_USAGE, "%s", b.data);
	buffer_free(&b);
	return -1;
}

int
option_fault(struct fault *f, const struct option_place *place,
    const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	place_vfault(f, place, NULL, fmt, ap);
	va_end(ap);
	return -1;
}

/* Refuses the value; `at` is the offset of what is wrong in it. */
__attribute__((format(printf, 3, 4)))
static int
refuse(const struct setter *s, size_t at, const char *fmt, ...)
{
	struct option_place place = *s->place;
	va_list ap;

	place.column += at;
	va_start(ap, fmt);
	place_vfault(s->fault, &place, s->row->name, fmt, ap);
	va_end(ap);
	return -1;
}

/* How many octets of a value, from `at` on, a message quotes. */
static int
shown(const struct setter *s, size_t at)
{
	size_t n = s->n - at;

	return n > SHOWN_MAX ? SHOWN_MAX : (int)n;
}

static const void *
const_field(const struct account *account, const struct option_row *row)
{
	return (const char *)account + row->offset;
}

static void *
field(struct account *account, const struct option_row *row)
{
	return (char *)account + row->offset;
}

static void
store_string(struct account *account, const struct option_row *row,
    char *string)
{
	char **to = field(account, row);

	free(*to);
	*to = string;
}

/*
 * Refuses text behind a word or number that is valid in itself. Mostly it is a
 * comment, which in this grammar needs a line of its own.
 */
static int
refuse_rest(const struct setter *s, size_t at)
{
	size_t word = at;

	while (word > 0 && text_is_blank(s->value[word - 1]))
		word--;
	while (at < s->n && text_is_blank(s->value[at]))
		at++;
	refuse(s, at, "unexpected text '%.*s' after '%s %.*s'", shown(s, at),
	    s->value + at, s->row->keyword, (int)word, s->value);
	if (at < s->n && s->value[at] == '#')
		return fault_hint(s->fault, "give the comment a line of its "
		    "own: behind a value it is part of the value");
	return fault_hint(s->fault, "write '%s %.*s'", s->row->keyword,
	    (int)word, s->value);
}

static size_t
first_word(const struct setter *s)
{
	size_t n = 0;

	while (n < s->n && !text_is_blank(s->value[n]))
		n++;
	return n;
}

static const struct option_choice *
find_choice(const struct setter *s, size_t n)
{
	const struct option_choice *c;
	bool any_case = s->row->type == OPTION_TYPE_AUTH ||
	    (s->row->flags & OPTION_ANY_CASE) != 0;

	for (c = s->row->choices; c->word != NULL; c++)
		if (any_case ? text_same_word(s->value, n, c->word) :
		    text_is(s->value, n, c->word))
			return c;
	return NULL;
}

static int
refuse_choice(const struct setter *s)
{
	const struct option_choice *c, *near = NULL;
	size_t best = SIZE_MAX, edits, word = first_word(s);
	struct buffer list;

	if (word < s->n && find_choice(s, word) != NULL)
		return refuse_rest(s, word);
	buffer_init(&list, MESSAGE_MAX);
	/* NOLINTNEXTLINE(clang-analyzer-*): a choice has words */
	for (c = s->row->choices; c->word != NULL; c++) {
		buffer_printf(&list, "%s%s", list.len == 0 ? "" :
		    c[1].word == NULL ? " or " : ", ", c->word);
		edits = option_slip(s->value, s->n, c->word);
		if (edits < best) {
			best = edits;
			near = c;
		}
	}
	refuse(s, 0, "%s cannot be '%.*s'", s->row->keyword, shown(s, 0),
	    s->value);
	if (near != NULL)
		fault_hint(s->fault, "did you mean '%s'? It is one of %s",
		    near->word, list.data);
	else
		fault_hint(s->fault, "write one of %s", list.data);
	buffer_free(&list);
	return -1;
}

static int
set_choice(const struct setter *s)
{
	const struct option_choice *c =
	    s->n == 0 ? s->row->choices : find_choice(s, s->n);

	if (c == NULL)
		return refuse_choice(s);
	memcpy(field(s->account, s->row), &c->value, sizeof(c->value));
	return 0;
}

/* Methods in order of preference; on and off stand alone. */
static int
set_auth(const struct setter *s)
{
	const struct option_choice *c;
	struct option_place place = *s->place;
	struct setter word = *s;
	struct buffer list;
	size_t at = 0;
	int r = 0;

	if (s->n == 0 || first_word(s) == s->n) {
		c = s->n == 0 ? s->row->choices : find_choice(s, s->n);
		if (c == NULL)
			return refuse_choice(s);
		store_string(s->account, s->row,
		    c->value == 0 ? NULL : memory_string(c->word));
		return 0;
	}
	buffer_init(&list, MESSAGE_MAX);
	word.place = &place;
	while (r == 0 && at < s->n) {
		word.value = s->value + at;
		word.n = s->n - at;
		/* cppcheck-suppress redundantAssignment; this reads it */
		word.n = first_word(&word);
		c = find_choice(&word, word.n);
		place.column = s->place->column + at;
		if ((at > 0 && word.value[0] == '#') ||
		    (c != NULL && c->word[0] == 'o'))
			r = refuse_rest(s, at == 0 ? word.n : at);
		else if (c == NULL)
			r = refuse_choice(&word);
		else
			buffer_printf(&list, "%s%s", at == 0 ? "" : " ",
			    c->word);
		at += word.n;
		while (at < s->n && text_is_blank(s->value[at]))
			at++;
	}
	if (r == 0)
		store_string(s->account, s->row, memory_string(list.data));
	buffer_free(&list);
	return r;
}

static long
digits_value(const char *s, size_t n, int base)
{
	char digits[PORT_DIGITS_MAX + 1] = "";

	if (n == 0 || n > PORT_DIGITS_MAX)
		return -1;
	memcpy(digits, s, n);
	return strtol(digits, NULL, base);
}

/* Other programs use strtol(3) with base 0, for which 025 is 21. */
static int
refuse_other_base(const struct setter *s)
{
	bool hex = s->n > 2 && text_to_lower(s->value[1]) == 'x' &&
	    strspn(s->value + 2, "0123456789abcdefABCDEF") >= s->n - 2;
	bool octal = strspn(s->value, "01234567") >= s->n;
	size_t skip = strspn(s->value, "0");
	long value;

	refuse(s, 0, "%s '%.*s' is not a plain decimal number",
	    s->row->keyword, shown(s, 0), s->value);
	if (hex) {
		value = digits_value(s->value + 2, s->n - 2, 16);
		if (value > 0)
			fault_hint(s->fault, "write '%s %ld'",
			    s->row->keyword, value);
		return -1;
	}
	if (skip == s->n)
		return -1;
	value = digits_value(s->value + skip, s->n - skip, 8);
	if (octal && value > 0)
		return fault_hint(s->fault, "write '%s %.*s', or '%s %ld' if "
		    "an octal number was meant", s->row->keyword,
		    shown(s, skip), s->value + skip, s->row->keyword, value);
	return fault_hint(s->fault, "write '%s %.*s'", s->row->keyword,
	    shown(s, skip), s->value + skip);
}

/* `s->value` is a string here: see option_set(). */
static int
set_number(const struct setter *s)
{
	size_t digits = strspn(s->value, "0123456789");
	int64_t value = text_number(s->value, digits, s->row->max);
	bool off = (s->row->flags & OPTION_OFF) != 0;

	if (s->n == 0) {
		value = 0;	/* only where OPTION_EMPTY lets it come here */
	} else if (off && text_is(s->value, s->n, "off")) {
		value = 0;
	} else if (digits > 0 && digits < s->n &&
	    text_is_blank(s->value[digits])) {
		return refuse_rest(s, digits);
	} else if (s->n > 1 && s->value[0] == '0' && (digits == s->n ||
	    text_to_lower(s->value[1]) == 'x')) {
		return refuse_other_base(s);
	} else if (digits < s->n) {
		refuse(s, 0, "%s '%.*s' is not a number", s->row->keyword,
		    shown(s, 0), s->value);
		return fault_hint(s->fault, "write digits only%s",
		    off ? ", or off" : "");
	} else if (value < s->row->min) {
		return refuse(s, 0, "%s %.*s is out of range: %lld to %lld",
		    s->row->keyword, shown(s, 0), s->value,
		    (long long)s->row->min, (long long)s->row->max);
	}
	memcpy(field(s->account, s->row), &value, sizeof(value));
	return 0;
}

/* What a letter behind a number of seconds multiplies it by; 0: nothing. */
static int64_t
unit_seconds(char c)
{
	static const struct {
		char letter;
		int64_t seconds;
	} units[] = { { 's', 1 }, { 'm', 60 }, { 'h', 60 * 60 },
		{ 'd', DAY_SECONDS } };

	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (text_to_lower(c) == units[i].letter)
			return units[i].seconds;
	return 0;
}

/* Is the second word of the value what people write as a comment? */
static bool
has_comment(const struct setter *s, size_t word)
{
	while (word < s->n && text_is_blank(s->value[word]))
		word++;
	return word < s->n && s->value[word] == '#';
}

/* Digits, and perhaps the letter of a unit; `s->value` is a string here. */
static int
set_duration(const struct setter *s)
{
	size_t digits = strspn(s->value, "0123456789"), word = first_word(s);
	int64_t value = text_number(s->value, digits, s->row->max), unit = 0;

	if (digits > 0 && word == digits)
		unit = 1;
	else if (digits > 0 && word == digits + 1)
		unit = unit_seconds(s->value[digits]);
	if (unit > 0 && has_comment(s, word))
		return refuse_rest(s, word);
	if (unit == 0 || word < s->n) {
		refuse(s, 0, "%s '%.*s' is not a time", s->row->keyword,
		    shown(s, 0), s->value);
		return fault_hint(s->fault, "write seconds, or a number with "
		    "s, m, h or d behind it, such as 12h");
	}
	if (s->value[0] == '0' && digits == s->n && digits > 1)
		return refuse_other_base(s);
	if (value < s->row->min || value > s->row->max / unit)
		return refuse(s, 0, "%s %.*s is out of range: 1 second to "
		    "%lld days", s->row->keyword, shown(s, 0), s->value,
		    (long long)(s->row->max / DAY_SECONDS));
	value *= unit;
	memcpy(field(s->account, s->row), &value, sizeof(value));
	return 0;
}

/* Other programs take "host:port"; an IPv6 literal has more colons. */
static int
refuse_host_port(const struct setter *s, size_t colon)
{
	const char *keyword = s->row->keyword;
	int before = (int)(strlen(keyword) - strlen("host"));

	refuse(s, colon, "%s '%.*s' holds a port as well", keyword,
	    shown(s, 0), s->value);
	return fault_hint(s->fault, "write '%s %.*s' and '%.*sport %.*s'",
	    keyword, (int)colon, s->value, before, keyword,
	    shown(s, colon + 1), s->value + colon + 1);
}

static bool
is_host(const struct option_row *row)
{
	return row->offset == offsetof(struct account, host) ||
	    row->offset == offsetof(struct account, proxy_host);
}

static int
refuse_name(const struct setter *s)
{
	refuse(s, 0, "%s '%.*s' is no IP address", s->row->keyword,
	    shown(s, 0), s->value);
	return fault_hint(s->fault, "write an address such as 192.0.2.1 or "
	    "2001:db8::1, without brackets");
}

static int
check_list(const char *s, size_t n, struct fault *f)
{
	struct address_list list = { .box = NULL };
	int r = address_parse(&list, s, n, f);

	if (r == 0 && list.count == 0)
		r = fault(f, FAULT_CONFIG, "there is no address in it");
	address_list_free(&list);
	return r;
}

size_t
option_address_split(const char *s, size_t n, bool *force)
{
	size_t end, word = n;

	while (word > 0 && !text_is_blank(s[word - 1]))
		word--;
	*force = word > 0 && text_same_word(s + word, n - word, "force");
	if (!*force)
		return n;
	for (end = word; end > 0 && text_is_blank(s[end - 1]); end--)
		;
	return end;
}

static int
check_sender(const char *s, size_t n, struct fault *f)
{
	struct mailbox box = { NULL, NULL, NULL };
	bool force, empty;
	size_t end = option_address_split(s, n, &force);
	int r = address_parse_path(&box, &empty, s, end, f);

	if (r == -1) {
		fault_replace_hint(f, "write one address, and behind it "
		    "nothing or the word force");
	} else if (empty || (box.domain[0] == '\0' &&
	    memchr(s, '%', end) == NULL)) {
		fault(f, FAULT_CONFIG, "it has no domain");
		r = fault_hint(f, "write it as in you@example.org");
	}
	mailbox_free(&box);
	return r;
}

/* An address is checked when it is set, not when a message is sent. */
static int
check_addresses(const struct setter *s)
{
	struct fault why = { .class = FAULT_NONE };
	int r = 0;

	if ((s->row->flags & OPTION_ADDRESSES) != 0)
		r = check_list(s->value, s->n, &why);
	else if ((s->row->flags & OPTION_FORCE) != 0)
		r = check_sender(s->value, s->n, &why);
	if (r == -1)
		refuse(s, 0, "%s '%.*s': %s", s->row->keyword, shown(s, 0),
		    s->value, why.text);
	if (why.hint != NULL)
		fault_hint(s->fault, "%s", why.hint);
	fault_clear(&why);
	return r;
}

static int
set_string(const struct setter *s)
{
	const struct option_row *row = s->row;
	size_t word = first_word(s);
	const char *colon = memchr(s->value, ':', s->n);

	for (size_t i = 0; (row->flags & OPTION_RAW) == 0 && i < s->n; i++)
		if (text_is_control(s->value[i]))
			return refuse(s, i, "%s holds a control character",
			    row->keyword);
	if ((row->flags & OPTION_WORD) != 0 && word < s->n)
		return refuse_rest(s, word);
	if (s->n > 0 && check_addresses(s) == -1)
		return -1;
	if (s->n > 0 && (row->flags & OPTION_LITERAL) != 0 &&
	    !dial_is_literal(s->value))
		return refuse_name(s);
	if (is_host(row) && colon != NULL && strchr(colon + 1, ':') == NULL)
		return refuse_host_port(s, (size_t)(colon - s->value));
	if (row->type == OPTION_TYPE_PATH && s->value[0] == '~' && s->n > 1 &&
	    s->value[1] != '/') {
		refuse(s, 0, "%s '%.*s': only one's own home folder has a "
		    "short form", row->keyword, shown(s, 0), s->value);
		return fault_hint(s->fault, "write ~/... or the whole path");
	}
	if ((row->flags & OPTION_SYSTEM) != 0 ?
	    strcmp(s->value, "system") == 0 : s->n == 0)
		store_string(s->account, row, NULL);
	else
		store_string(s->account, row, memory_copy(s->value, s->n));
	return 0;
}

/* Does it separate two values? */
static bool
is_border(char c)
{
	return c == ',' || c == ';';
}

/* Adds the digits of value[at..end) as a word; NULL, or what is wrong. */
static const char *
add_fingerprint(struct buffer *out, const char *value, size_t at, size_t end)
{
	size_t digits = 0, run = 0;

	while (end > at && text_is_blank(value[end - 1]))
		end--;
	if (at == end)
		return "lacks a fingerprint here";
	if (out->len > 0)
		buffer_add_char(out, ' ');
	for (; at < end; at++) {
		if (text_hex_value(value[at]) != -1) {
			buffer_add_char(out, text_to_lower(value[at]));
			digits++;
			run++;
		} else if (value[at] != ':' && !text_is_blank(value[at])) {
			return "is not in hex";
		} else if (run % 2 != 0) {
			return "has half an octet";
		} else {
			run = 0;
		}
	}
	if (digits != MD5_DIGITS && digits != SHA1_DIGITS &&
	    digits != SHA256_DIGITS)
		return "has not the length of a fingerprint";
	return NULL;
}

/*
 * Fingerprints of certificates, separated by commas or semicolons: each is
 * 32 (SHA-256), 20 (SHA-1) or 16 (MD5) octets in hex, of either case, all
 * without anything between the octets, or all with a colon or blanks. The
 * result is words of lower case hex without separators, one blank between
 * them. NULL, or what is wrong with the one at offset *at.
 */
static const char *
list_fingerprints(struct buffer *out, const char *value, size_t n, size_t *at)
{
	const char *why = NULL;
	size_t end;

	for (*at = 0; *at < n; *at = end + 1) {
		while (*at < n && text_is_blank(value[*at]))
			(*at)++;
		for (end = *at; end < n && !is_border(value[end]); end++)
			;
		why = add_fingerprint(out, value, *at, end);
		if (why != NULL)
			break;
	}
	return why;
}

/* The length of the pin that begins here, or 0. */
static size_t
pin_length(const char *s, size_t n)
{
	size_t digits = 0;

	if (n < PIN_PREFIX_LEN || memcmp(s, PIN_PREFIX, PIN_PREFIX_LEN) != 0)
		return 0;
	s += PIN_PREFIX_LEN;
	n -= PIN_PREFIX_LEN;
	while (digits < n && base64_is_digit(s[digits]))
		digits++;
	if (digits != PIN_DIGITS || digits == n || s[digits] != '=')
		return 0;
	return PIN_PREFIX_LEN + PIN_DIGITS + 1;
}

/*
 * The same for pins of public keys, "sha256//" and the base64 (RFC 4648) of 32
 * octets. Between them there may also be blanks alone.
 */
static const char *
list_pins(struct buffer *out, const char *value, size_t n, size_t *at)
{
	size_t len;

	for (*at = 0;; *at += len) {
		while (*at < n && (text_is_blank(value[*at]) ||
		    is_border(value[*at])))
			(*at)++;
		if (*at == n)
			return NULL;
		len = pin_length(value + *at, n - *at);
		if (len == 0 || (*at + len < n &&
		    !text_is_blank(value[*at + len]) &&
		    !is_border(value[*at + len])))
			return "is no pin";
		buffer_printf(out, "%s%.*s", out->len == 0 ? "" : " ",
		    (int)len, value + *at);
	}
}

static int
set_list(const struct setter *s)
{
	bool pins = s->row->type == OPTION_TYPE_KEY_PINS;
	struct buffer list;
	const char *why;
	size_t at;

	buffer_init(&list, s->n + 1);
	why = pins ? list_pins(&list, s->value, s->n, &at) :
	    list_fingerprints(&list, s->value, s->n, &at);
	if (why == NULL) {
		store_string(s->account, s->row, s->n == 0 ? NULL :
		    buffer_detach(&list));
		buffer_free(&list);
		return 0;
	}
	buffer_free(&list);
	refuse(s, at, "%s '%.*s' %s", s->row->keyword, shown(s, at),
	    s->value + at, why);
	return fault_hint(s->fault, pins ? "a pin is sha256// and the "
	    "base64 of 32 octets; several are separated by commas" :
	    "write 32 octets (SHA-256) in hex, with or without colons; "
	    "several fingerprints are separated by commas");
}

static int
set_notify(const struct setter *s)
{
	unsigned notify = 0;
	int64_t value;

	if (!text_same_word(s->value, s->n, "off") &&
	    dsn_parse_notify(&notify, s->value, s->n) == -1) {
		refuse(s, 0, "%s '%.*s' is no list of notifications",
		    s->row->keyword, shown(s, 0), s->value);
		return fault_hint(s->fault, "write off, never, or some of "
		    "success,failure,delay");
	}
	value = notify;
	memcpy(field(s->account, s->row), &value, sizeof(value));
	return 0;
}

static int
set_by_type(const struct setter *s)
{
	switch (s->row->type) {
	case OPTION_TYPE_NUMBER:
		return set_number(s);
	case OPTION_TYPE_DURATION:
		return set_duration(s);
	case OPTION_TYPE_CHOICE:
		return set_choice(s);
	case OPTION_TYPE_AUTH:
		return set_auth(s);
	case OPTION_TYPE_FINGERPRINTS:
	case OPTION_TYPE_KEY_PINS:
		return set_list(s);
	case OPTION_TYPE_NOTIFY:
		return set_notify(s);
	case OPTION_TYPE_SECRET:
		if (s->n == 0)
			secret_clear(field(s->account, s->row));
		else
			secret_set(field(s->account, s->row), s->value, s->n);
		return 0;
	case OPTION_TYPE_STRING:
	case OPTION_TYPE_PATH:
	default:
		return set_string(s);
	}
}

int
option_set(struct account *account, enum option_id id, const char *value,
    size_t n, const struct option_place *place, struct fault *f)
{
	const struct option_row *row = option_row(id);
	struct setter s = { account, row, place, f, NULL, n };
	const char *nul = n == 0 ? NULL : memchr(value, '\0', n);
	char *string;
	int r;

	if (nul != NULL)
		return refuse(&s, (size_t)(nul - value),
		    "%s holds a NUL character", row->keyword);
	if (n == 0 && !option_value_optional(id) &&
	    (row->flags & OPTION_EMPTY) == 0) {
		refuse(&s, 0, "%s needs a value", row->keyword);
		return fault_hint(f, "write '%s %s'", row->keyword, row->value);
	}
	string = memory_copy(value, n);
	s.value = string;
	r = set_by_type(&s);
	memory_wipe(string, n);
	free(string);
	if (r == -1)
		return -1;
	account->set[id] = true;
	account->origin[id].file = place->file;
	account->origin[id].line = place->file != NULL ||
	    place->line == ORIGIN_ENVIRONMENT ? place->line :
	    ORIGIN_COMMAND_LINE;
	return 0;
}

void
option_copy(struct account *to, const struct account *from, enum option_id id)
{
	const struct option_row *row = option_row(id);

	switch (row->type) {
	case OPTION_TYPE_NUMBER:
	case OPTION_TYPE_DURATION:
	case OPTION_TYPE_NOTIFY:
		memcpy(field(to, row), const_field(from, row), sizeof(int64_t));
		break;
	case OPTION_TYPE_CHOICE:
		memcpy(field(to, row), const_field(from, row), sizeof(int));
		break;
	case OPTION_TYPE_SECRET:
		secret_copy(field(to, row), const_field(from, row));
		break;
	case OPTION_TYPE_STRING:
	case OPTION_TYPE_PATH:
	case OPTION_TYPE_AUTH:
	case OPTION_TYPE_FINGERPRINTS:
	case OPTION_TYPE_KEY_PINS:
	default:
		store_string(to, row, memory_string(
		    *(char *const *)const_field(from, row)));
		break;
	}
	to->origin[id] = from->origin[id];
}

void
option_clear(struct account *account, enum option_id id)
{
	const struct option_row *row = option_row(id);

	if (row->type == OPTION_TYPE_SECRET)
		secret_clear(field(account, row));
	else if (row->type == OPTION_TYPE_NUMBER ||
	    row->type == OPTION_TYPE_DURATION ||
	    row->type == OPTION_TYPE_NOTIFY)
		memset(field(account, row), 0, sizeof(int64_t));
	else if (row->type == OPTION_TYPE_CHOICE)
		memset(field(account, row), 0, sizeof(int));
	else
		store_string(account, row, NULL);
	account->set[id] = false;
	account->origin[id].file = NULL;
	account->origin[id].line = 0;
}
