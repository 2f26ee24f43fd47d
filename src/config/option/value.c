/* SPDX-License-Identifier: ISC */
/* Values of settings: from text into the fields of an account. */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/base64.h"
#include "base/buffer.h"
#include "base/fault.h"
#include "base/idna.h"
#include "base/memory.h"
#include "base/text.h"
#include "mail/address/address.h"
#include "mail/envelope.h"
#include "wire/dial.h"
#include "config/account/account.h"
#include "config/option/option.h"

#define MESSAGE_MAX (64 * 1024)	/* octets of a fault's text */
#define SHOWN_MAX 60		/* octets of a wrong value that are quoted */
#define DAY_SECONDS ((int64_t)24 * 60 * 60)
#define PIN_PREFIX "sha256//"
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
		buffer_printf(&b, "%s:%u:%u: ", place->file, place->line,
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

	place.column += (unsigned)at;
	va_start(ap, fmt);
	place_vfault(s->fault, &place, option_name(s->row), fmt, ap);
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

/* "KEYWORD 'VALUE' WHAT", with the value from `at` on; the hint may be NULL. */
static int
refuse_value(const struct setter *s, size_t at, const char *what,
    const char *hint)
{
	refuse(s, at, "%s '%.*s' %s", s->row->keyword, shown(s, at),
	    s->value + at, what);
	return hint == NULL ? -1 : fault_hint(s->fault, "%s", hint);
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
	int word = (int)text_trimmed(s->value, at);

	at += text_blanks(s->value + at, s->n - at);
	refuse(s, at, "unexpected text '%.*s' after '%s %.*s'", shown(s, at),
	    s->value + at, s->row->keyword, word, s->value);
	if (s->value[at] == '#')
		return fault_hint(s->fault, "give the comment a line of its "
		    "own: behind a value it is part of the value");
	return fault_hint(s->fault, "write '%s %.*s'", s->row->keyword, word,
	    s->value);
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

/* What other programs call these words; `keyword` NULL: of any setting. */
static const struct {
	const char *word;
	const char *keyword;
	const char *meant;
	const char *more;	/* another line, or NULL */
} choices_meant[] = {
	{ "yes", NULL, "on", NULL }, { "true", NULL, "on", NULL },
	{ "1", NULL, "on", NULL }, { "enable", NULL, "on", NULL },
	{ "enabled", NULL, "on", NULL }, { "no", NULL, "off", NULL },
	{ "false", NULL, "off", NULL }, { "0", NULL, "off", NULL },
	{ "none", NULL, "off", NULL }, { "disabled", NULL, "off", NULL },
	{ "starttls", "tls", "on", "tls_starttls on" },
	{ "ssl", "tls", "on", "tls_starttls off" },
	{ "implicit", "tls", "on", "tls_starttls off" },
};

/* The line that another program's word stands for, as the hint. */
static bool
hint_meant(const struct setter *s)
{
	const char *keyword = s->row->keyword, *more;
	struct setter known = *s;

	for (size_t i = 0; i < sizeof(choices_meant) /
	    sizeof(choices_meant[0]); i++) {
		if (!text_same_word(s->value, s->n, choices_meant[i].word) ||
		    (choices_meant[i].keyword != NULL &&
		    strcmp(choices_meant[i].keyword, keyword) != 0))
			continue;
		known.value = choices_meant[i].meant;
		if (find_choice(&known, strlen(known.value)) == NULL)
			continue;
		more = choices_meant[i].more;
		if (s->place->file == NULL)
			fault_hint(s->fault, "write %s", known.value);
		else
			fault_hint(s->fault, more == NULL ? "write '%s %s'" :
			    "write '%s %s' and '%s'", keyword, known.value,
			    more);
		return true;
	}
	return false;
}

static int
refuse_choice(const struct setter *s)
{
	const struct option_choice *c, *near = NULL;
	size_t best = SIZE_MAX, edits, word = text_word(s->value, s->n);
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
	if (hint_meant(s))
		;
	else if (near != NULL)
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
	bool alone = text_word(s->value, s->n) == s->n;
	struct buffer list;
	int r = 0;

	buffer_init(&list, MESSAGE_MAX);
	word.place = &place;
	if (s->n == 0)
		buffer_add_string(&list, s->row->choices->word);
	for (size_t at = 0; r == 0 && at < s->n;) {
		word.value = s->value + at;
		word.n = text_word(word.value, s->n - at);
		place.column = s->place->column + (unsigned)at;
		c = find_choice(&word, word.n);
		if ((at > 0 && word.value[0] == '#') ||
		    (!alone && c != NULL && c->word[0] == 'o'))
			r = refuse_rest(s, at == 0 ? word.n : at);
		else if (c == NULL)
			r = refuse_choice(&word);
		else if (c->value != 0)
			buffer_printf(&list, "%s%s", at == 0 ? "" : " ",
			    c->word);
		at += word.n;
		at += text_blanks(s->value + at, s->n - at);
	}
	if (r == 0)
		store_string(s->account, s->row, list.len == 0 ? NULL :
		    memory_string(list.data));
	buffer_free(&list);
	return r;
}

/* Other programs use strtol(3) with base 0, for which 025 is 21. */
static int
refuse_other_base(const struct setter *s)
{
	const char *keyword = s->row->keyword;
	size_t zeros = strspn(s->value, "0");
	bool hex = text_to_lower(s->value[1]) == 'x';
	char *end;
	long value = strtol(s->value, &end, hex ? 16 : 8);
	bool other = *end == '\0' && value > 0 && value <= s->row->max;

	refuse_value(s, 0, "is not a plain decimal number", NULL);
	if (hex && other)
		return fault_hint(s->fault, "write '%s %ld'", keyword, value);
	if (hex || zeros == s->n)
		return -1;
	if (other)
		return fault_hint(s->fault, "write '%s %.*s', or '%s %ld' if "
		    "an octal number was meant", keyword, shown(s, zeros),
		    s->value + zeros, keyword, value);
	return fault_hint(s->fault, "write '%s %.*s'", keyword,
	    shown(s, zeros), s->value + zeros);
}

static int
store_number(const struct setter *s, int64_t value)
{
	memcpy(field(s->account, s->row), &value, sizeof(value));
	return 0;
}

static int
set_number(const struct setter *s)
{
	size_t digits = strspn(s->value, "0123456789");
	int64_t value = text_number(s->value, digits, s->row->max);
	bool off = (s->row->flags & OPTION_OFF) != 0;

	/* with OPTION_VALUE no empty one comes here */
	if (s->n == 0 || (off && text_is(s->value, s->n, "off")))
		return store_number(s, 0);
	if (digits > 0 && text_is_blank(s->value[digits]))
		return refuse_rest(s, digits);
	if (s->n > 1 && s->value[0] == '0' && (digits == s->n ||
	    text_to_lower(s->value[1]) == 'x'))
		return refuse_other_base(s);
	if (digits < s->n)
		return refuse_value(s, 0, "is not a number", off ?
		    "write digits only, or off" :
		    s->row->offset == offsetof(struct account, port) ? "write "
		    "digits only: submission is 587, submissions (smtps) 465" :
		    "write digits only");
	if (value < s->row->min)
		return refuse(s, 0, "%s %.*s is out of range: %lld to %lld",
		    s->row->keyword, shown(s, 0), s->value,
		    (long long)s->row->min, (long long)s->row->max);
	return store_number(s, value);
}

/* What a letter behind a number of seconds multiplies it by; 0: nothing. */
static int64_t
unit_seconds(char c)
{
	switch (text_to_lower(c)) {
	case 's':
		return 1;
	case 'm':
		return 60;
	case 'h':
		return 60 * 60;
	case 'd':
		return DAY_SECONDS;
	default:
		return 0;
	}
}

/* Digits, and perhaps the letter of a unit. */
static int
set_duration(const struct setter *s)
{
	size_t digits = strspn(s->value, "0123456789");
	size_t word = text_word(s->value, s->n);
	size_t rest = word + text_blanks(s->value + word, s->n - word);
	int64_t value = text_number(s->value, digits, s->row->max), unit = 0;

	if (digits > 0 && word == digits)
		unit = 1;
	else if (digits > 0 && word == digits + 1)
		unit = unit_seconds(s->value[digits]);
	if (unit > 0 && s->value[rest] == '#')
		return refuse_rest(s, word);
	if (unit == 0 || word < s->n)
		return refuse_value(s, 0, "is not a time", "write seconds, or "
		    "a number with s, m, h or d behind it, such as 12h");
	if (s->value[0] == '0' && digits == s->n && digits > 1)
		return refuse_other_base(s);
	if (value < s->row->min || value > s->row->max / unit)
		return refuse(s, 0, "%s %.*s is out of range: 1 second to "
		    "%lld days", s->row->keyword, shown(s, 0), s->value,
		    (long long)(s->row->max / DAY_SECONDS));
	return store_number(s, value * unit);
}

/* The parts of what other programs take for a host. */
struct site {
	size_t scheme;		/* octets of "ssl" in "ssl://", or 0 */
	size_t host;		/* where the name begins, */
	size_t host_len;	/* and its octets */
	size_t port;		/* where the port begins, */
	size_t port_len;	/* and its octets; 0: there is none */
};

/* Takes [SCHEME://][...@]HOST[:PORT][/...] apart; brackets may be around HOST,
 * and an IPv6 address without them has no port. */
static struct site
find_site(const char *s, size_t n)
{
	struct site at = { .host = 0 };
	const char *mark = text_find(s, n, "://", 3), *end;

	if (mark != NULL) {
		at.scheme = (size_t)(mark - s);
		at.host = at.scheme + 3;
	}
	for (size_t i = at.host; i < n; i++)
		if (s[i] == '@')
			at.host = i + 1;
	n = at.host + strcspn(s + at.host, "/");
	if (s[at.host] == '[') {
		at.host++;
		end = memchr(s + at.host, ']', n - at.host);
		at.port = end == NULL ? n : (size_t)(end - s) + 1;
		at.host_len = at.port - (end != NULL) - at.host;
	} else {
		end = memchr(s + at.host, ':', n - at.host);
		at.port = end == NULL || memchr(end + 1, ':',
		    (size_t)(s + n - end - 1)) != NULL ? n :
		    (size_t)(end - s);
		at.host_len = at.port - at.host;
	}
	if (at.port < n && s[at.port] == ':')
		at.port_len = n - ++at.port;
	/* as other files end their lines */
	while (at.host_len > 0 && (s[at.host + at.host_len - 1] == ';' ||
	    s[at.host + at.host_len - 1] == ','))
		at.host_len--;
	return at;
}

/* The scheme's meaning as lines of an account file, or NULL. */
static const char *
scheme_lines(const struct setter *s, size_t n)
{
	static const char *const from_start[] = { "ssl", "tls", "smtps",
	    "ssmtp", "submissions" };

	if (s->row->offset != offsetof(struct account, host))
		return NULL;
	for (size_t i = 0; i < sizeof(from_start) / sizeof(*from_start); i++)
		if (text_same_word(s->value, n, from_start[i]))
			return "'tls on', 'tls_starttls off'";
	return text_same_word(s->value, n, "starttls") ? "'tls on'" : NULL;
}

/* A password may stand before an "@": nothing is quoted up to there. */
static int
refuse_host(const struct setter *s, const struct site *at)
{
	const char *keyword = s->row->keyword;
	const char *tls = scheme_lines(s, at->scheme);
	int before = (int)(strlen(keyword) - strlen("host"));
	const char *behind = memchr(s->value, '@', s->n);
	size_t from = behind == NULL || memchr(s->value, ':',
	    (size_t)(behind - s->value)) == NULL ? 0 : at->host;
	struct buffer b;

	refuse(s, at->port_len > 0 && at->host == 0 ? at->port - 1 : 0,
	    "%s '%.*s' holds %s", keyword, shown(s, from),
	    s->value + from, at->port_len > 0 ? "a port as well" :
	    "more than a name or an address");
	buffer_init(&b, MESSAGE_MAX);
	buffer_printf(&b, "write '%s %.*s'", keyword, (int)at->host_len,
	    s->value + at->host);
	if (at->port_len > 0)
		buffer_printf(&b, "%s'%.*sport %.*s'", tls == NULL ? " and " :
		    ", ", before, keyword, (int)at->port_len,
		    s->value + at->port);
	if (tls != NULL)
		buffer_printf(&b, ", %s", tls);
	fault_hint(s->fault, "%s", b.data);
	buffer_free(&b);
	return -1;
}

static bool
is_host(const struct option_row *row)
{
	return row->offset == offsetof(struct account, host) ||
	    row->offset == offsetof(struct account, proxy_host);
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
	static const char last[] = "force";
	size_t len = sizeof(last) - 1;

	*force = n >= len && text_same_word(s + n - len, len, last) &&
	    (n == len || text_is_blank(s[n - len - 1]));
	return *force ? text_trimmed(s, n - len) : n;
}

static int
check_sender(const char *s, size_t n, struct fault *f)
{
	struct mailbox box = { .name = NULL };
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

/* The names of hosts and domains are words, and the only ones. */
static int
check_name(const struct setter *s)
{
	size_t word = text_word(s->value, s->n);
	char *ascii = NULL;
	int r;

	if (word < s->n)
		return refuse_rest(s, word);
	r = idna_to_ascii(s->value, &ascii);
	free(ascii);
	return r == 0 ? 0 : refuse_value(s, 0, "is not a valid international "
	    "domain name", NULL);
}

static int
set_string(const struct setter *s)
{
	const struct option_row *row = s->row;
	struct site at = find_site(s->value, s->n);

	for (size_t i = 0; (row->flags & OPTION_RAW) == 0 && i < s->n; i++)
		if (text_is_control(s->value[i]))
			return refuse(s, i, "%s holds a control character",
			    row->keyword);
	if ((row->flags & OPTION_WORD) != 0 && check_name(s) == -1)
		return -1;
	if (s->n > 0 && check_addresses(s) == -1)
		return -1;
	if (s->n > 0 && (row->flags & OPTION_LITERAL) != 0 &&
	    !dial_is_literal(s->value))
		return refuse_value(s, 0, "is no IP address", "write an "
		    "address such as 192.0.2.1 or 2001:db8::1, without "
		    "brackets");
	if (is_host(row) && at.host_len < s->n)
		return refuse_host(s, &at);
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

/*
 * Adds the fingerprint of a certificate as a word of lower case hex: it is 32
 * (SHA-256), 20 (SHA-1) or 16 (MD5) octets in hex of either case, all without
 * anything between them, or all with a colon or blanks. NULL, or what is wrong.
 */
static const char *
add_fingerprint(struct buffer *out, const char *s, size_t n)
{
	size_t digits = 0, run = 0;

	if (n == 0)
		return "lacks a fingerprint here";
	for (size_t i = 0; i < n; i++) {
		if (text_hex_value(s[i]) != -1) {
			buffer_add_char(out, text_to_lower(s[i]));
			digits++;
			run++;
		} else if (s[i] != ':' && !text_is_blank(s[i])) {
			return "is not in hex";
		} else if (run % 2 != 0) {
			return "has half an octet";
		} else {
			run = 0;
		}
	}
	return digits == MD5_DIGITS || digits == SHA1_DIGITS ||
	    digits == SHA256_DIGITS ? NULL :
	    "has not the length of a fingerprint";
}

/* The same of the pin of a public key: "sha256//" and the base64 (RFC 4648) of
 * 32 octets. */
static const char *
add_pin(struct buffer *out, const char *s, size_t n)
{
	static const char prefix[] = PIN_PREFIX;
	size_t begin = sizeof(prefix) - 1, end = begin + PIN_DIGITS;

	if (n != end + 1 || memcmp(s, prefix, begin) != 0 || s[end] != '=')
		return "is no pin";
	for (size_t i = begin; i < end; i++)
		if (!base64_is_digit(s[i]))
			return "is no pin";
	buffer_add(out, s, n);
	return NULL;
}

/*
 * Fingerprints or pins, separated by commas or semicolons; between pins there
 * may also be blanks alone. They are stored with one blank between them.
 */
static int
set_list(const struct setter *s)
{
	bool pins = s->row->type == OPTION_TYPE_KEY_PINS;
	struct buffer list;
	const char *why = NULL, *at = s->value;
	size_t n;

	buffer_init(&list, s->n + 1);
	for (;; at += n + (at[n] != '\0')) {
		at += strspn(at, " \t");
		if (*at == '\0')
			break;
		n = strcspn(at, pins ? ",; \t" : ",;");
		if (n == 0 && pins)
			continue;
		if (list.len > 0)
			buffer_add_char(&list, ' ');
		why = pins ? add_pin(&list, at, n) :
		    add_fingerprint(&list, at, text_trimmed(at, n));
		if (why != NULL)
			break;
	}
	if (why == NULL && list.len == 0 && s->n > 0) {
		why = "holds none";
		at = s->value;
	}
	if (why == NULL)
		store_string(s->account, s->row, list.len == 0 ? NULL :
		    buffer_detach(&list));
	buffer_free(&list);
	if (why == NULL)
		return 0;
	return refuse_value(s, (size_t)(at - s->value), why, pins ?
	    "a pin is sha256// and the base64 of 32 octets; several are "
	    "separated by commas" : "write 32 octets (SHA-256) in hex, with "
	    "or without colons; several fingerprints are separated by commas");
}

static int
set_notify(const struct setter *s)
{
	unsigned notify = 0;

	if (text_same_word(s->value, s->n, "off") ||
	    dsn_parse_notify(&notify, s->value, s->n) == 0)
		return store_number(s, notify);
	return refuse_value(s, 0, "is no list of notifications",
	    "write off, never, or some of success,failure,delay");
}

static int
set_secret(const struct setter *s)
{
	secret_clear(field(s->account, s->row));
	if (s->n > 0)
		secret_set(field(s->account, s->row), s->value, s->n);
	return 0;
}

static const struct {
	int (*set)(const struct setter *);
	size_t size;	/* of the field; 0: a string of its own */
} types[] = {
	[OPTION_TYPE_STRING] = { set_string, 0 },
	[OPTION_TYPE_PATH] = { set_string, 0 },
	[OPTION_TYPE_NUMBER] = { set_number, sizeof(int64_t) },
	[OPTION_TYPE_DURATION] = { set_duration, sizeof(int64_t) },
	[OPTION_TYPE_CHOICE] = { set_choice, sizeof(int) },
	[OPTION_TYPE_AUTH] = { set_auth, 0 },
	[OPTION_TYPE_FINGERPRINTS] = { set_list, 0 },
	[OPTION_TYPE_KEY_PINS] = { set_list, 0 },
	[OPTION_TYPE_NOTIFY] = { set_notify, sizeof(int64_t) },
	[OPTION_TYPE_SECRET] = { set_secret, sizeof(struct secret) },
};

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
	    (row->flags & OPTION_VALUE) != 0) {
		refuse(&s, 0, "%s needs a value", row->keyword);
		return fault_hint(f, "write '%s %s'", row->keyword, row->value);
	}
	string = memory_copy(value, n);
	s.value = string;
	r = types[row->type].set(&s);
	memory_wipe(string, n);
	free(string);
	if (r == -1)
		return -1;
	account->set[id] = true;
	account->origin[id] = *place;
	return 0;
}

void
option_copy(struct account *to, const struct account *from, enum option_id id)
{
	const struct option_row *row = option_row(id);
	const void *value = (const char *)from + row->offset;

	if (row->type == OPTION_TYPE_SECRET)
		secret_copy(field(to, row), value);
	else if (types[row->type].size > 0)
		memcpy(field(to, row), value, types[row->type].size);
	else
		store_string(to, row, memory_string(
		    *(char *const *)value));
	to->origin[id] = from->origin[id];
	to->set[id] = from->set[id];
}

void
option_clear(struct account *account, enum option_id id)
{
	const struct option_row *row = option_row(id);

	if (row->type == OPTION_TYPE_SECRET)
		secret_clear(field(account, row));
	else if (types[row->type].size > 0)
		memset(field(account, row), 0, types[row->type].size);
	else
		store_string(account, row, NULL);
	account->set[id] = false;
	memset(&account->origin[id], 0, sizeof(account->origin[id]));
}
