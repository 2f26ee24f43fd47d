/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "mail/message.h"
#include "smtp/chunk.h"

#define CHUNKS_MIN 8	/* first size of the list */

/*
 * SMTP and its extensions, and what servers have added. Some servers look at
 * no more than four letters: of a word that only begins like one of those
 * that move a transaction on nothing may be run either. For the others that
 * would catch ordinary fields, such as Sender and Authentication-Results.
 */
static const struct {
	const char *word;
	bool any_end;
} verbs[] = {
	{ "mail", true }, { "rcpt", true }, { "data", true },
	{ "bdat", true }, { "rset", true }, { "quit", true },
	{ "ehlo", true }, { "helo", true }, { "lhlo", true },
	{ "vrfy", true }, { "expn", true }, { "noop", true },
	{ "etrn", true }, { "atrn", true }, { "burl", true },
	{ "starttls", true }, { "xclient", true }, { "xforward", true },
	{ "soml", true }, { "saml", true }, { "send", false },
	{ "help", false }, { "turn", false }, { "auth", false },
	{ "verb", false }, { "onex", false }, { "xexch50", false },
};

#define VERBS (sizeof(verbs) / sizeof(verbs[0]))

/* 1: a verb, 0: may become one, -1: neither. */
static int
look_up(const char *word, size_t n, bool ended)
{
	int best = -1;

	for (size_t i = 0; i < VERBS; i++) {
		if (strncmp(verbs[i].word, word, n) != 0)
			continue;
		if (verbs[i].word[n] == '\0' && (ended || verbs[i].any_end))
			return 1;
		best = 0;
	}
	return best;
}

static int
hex_value(char c)
{
	if (text_is_digit(c))
		return c - '0';
	c = text_to_lower(c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/*
 * Servers differ in what they take for blanks: also those of ISO 8859 and of
 * UTF-8, of which these are the octets, what is not seen (a byte order mark),
 * and what Telnet escapes.
 */
static bool
is_blank(char c)
{
	static const char others[] = "\x9a\x9f\xa0\xa8\xa9\xad\xaf\xbb"
	    "\xbf\xc2\xe1\xe2\xe3\xef\xff";
	unsigned char u = (unsigned char)c;

	return u <= ' ' || (u >= 0x7f && (u <= 0x8f || memchr(others, c,
	    sizeof(others) - 1) != NULL));
}

/* An octet of the line as a reader of quoted-printable sees it. */
static bool
scan_decoded(struct chunk_scan *s, char c)
{
	int found;

	if (s->len == 0 && is_blank(c))
		return false;
	if (!text_is_alpha(c) && (s->len == 0 || !text_is_digit(c))) {
		s->decided = true;
		return c != '-' && look_up(s->word, s->len, true) == 1;
	}
	if (s->len == CHUNK_VERB_MAX) {
		s->decided = true;
		return false;
	}
	s->word[s->len++] = text_to_lower(c);
	found = look_up(s->word, s->len, false);
	s->decided = found != 0;
	return found == 1;
}

bool
chunk_scan_octet(struct chunk_scan *s, char c)
{
	bool verb = false;
	int digit;

	if (c == '\n') {
		if (!s->decided && s->len > 0)
			verb = look_up(s->word, s->len, true) == 1;
		memset(s, 0, sizeof(*s));
		return verb;
	}
	if (s->decided)
		return false;
	if (s->escape == 0) {
		if (c != '=')
			return scan_decoded(s, c);
		s->escape = 2;
		s->value = 0;
		return false;
	}
	digit = hex_value(c);
	if (digit == -1) {
		/* "=" and no digits: it ends a word like anything else */
		s->decided = true;
		return s->len > 0 && look_up(s->word, s->len, true) == 1;
	}
	s->value = s->value * 16 + (unsigned)digit;
	return --s->escape == 0 ? scan_decoded(s, (char)s->value) : false;
}

static void
add_chunk(struct chunk_plan *plan, uint64_t octets)
{
	if (plan->count == plan->cap) {
		plan->cap = plan->cap == 0 ? CHUNKS_MIN : plan->cap * 2;
		plan->octets = memory_resize(plan->octets, plan->cap,
		    sizeof(*plan->octets));
	}
	plan->octets[plan->count++] = octets;
}

#define PAIR(a, b) ((a) << 8 | (b))

/* Could a verb begin here? Its first two letters tell nearly all lines apart
 * from one; what is in doubt, or quoted-printable, gets a closer look. */
static bool
may_begin(const char *p, const char *end)
{
	if (*p == '=' || p + 1 == end || p[1] == '=')
		return true;
	switch (PAIR(text_to_lower(p[0]), text_to_lower(p[1]))) {
	case PAIR('a', 't'): case PAIR('a', 'u'): case PAIR('b', 'd'):
	case PAIR('b', 'u'): case PAIR('d', 'a'): case PAIR('e', 'h'):
	case PAIR('e', 't'): case PAIR('e', 'x'): case PAIR('h', 'e'):
	case PAIR('l', 'h'): case PAIR('m', 'a'): case PAIR('n', 'o'):
	case PAIR('o', 'n'): case PAIR('q', 'u'): case PAIR('r', 'c'):
	case PAIR('r', 's'): case PAIR('s', 'a'): case PAIR('s', 'e'):
	case PAIR('s', 'o'): case PAIR('s', 't'): case PAIR('t', 'u'):
	case PAIR('v', 'e'): case PAIR('v', 'r'): case PAIR('x', 'c'):
	case PAIR('x', 'e'): case PAIR('x', 'f'):
		return true;
	default:
		return false;
	}
}

/*
 * Passes over whole lines that cannot be commands, but over no line's end
 * from `cut` on. Returns where a closer look has to begin.
 */
static const char *
skip_harmless(struct chunk_scan *scan, const char *p, const char *cut,
    const char *end)
{
	while (p < end) {
		if (scan->decided) {
			p = memchr(p, '\n', (size_t)(end - p));
			if (p == NULL)
				return end;
			if (p >= cut)
				return p;
			memset(scan, 0, sizeof(*scan));
			p++;
		} else if (scan->len > 0 || scan->escape > 0) {
			return p;
		} else if (is_blank(*p)) {
			/* blanks, and empty lines */
			while (p < cut && is_blank(*p))
				p++;
			if (p == end || *p == '\n')
				return p;
			p += is_blank(*p);
		} else if (may_begin(p, end)) {
			return p;
		} else {
			scan->decided = true;
		}
	}
	return p;
}

/* Where the first line's end may be that makes a chunk large enough. */
static const char *
find_cut(uint64_t chunk, const char *from, const char *end)
{
	uint64_t lacks = chunk < CHUNK_OCTETS ? CHUNK_OCTETS - chunk : 1;

	return lacks > (uint64_t)(end - from) ? end : from + lacks - 1;
}

/* One piece of the message. False when a line could be run. */
static bool
plan_piece(struct chunk_plan *plan, struct chunk_scan *scan, uint64_t *chunk,
    const char *p, size_t n)
{
	const char *end = p + n, *from = p;
	const char *cut = find_cut(*chunk, from, end);

	while ((p = skip_harmless(scan, p, cut, end)) < end) {
		if (chunk_scan_octet(scan, *p))
			return false;
		if (*p++ != '\n' || p - 1 < cut)
			continue;
		add_chunk(plan, *chunk + (uint64_t)(p - from));
		*chunk = 0;
		from = p;
		cut = find_cut(0, from, end);
	}
	*chunk += (uint64_t)(end - from);
	return true;
}

int
chunk_plan(struct chunk_plan *plan, const struct message *m, struct fault *f)
{
	struct chunk_scan scan = { .len = 0 };
	struct message_walk walk;
	uint64_t chunk = 0;
	bool whole_lines = false;
	const char *p;
	ssize_t n;

	memset(plan, 0, sizeof(*plan));
	message_walk_start(&walk, m);
	while ((n = message_walk_next(&walk, &p, f)) > 0) {
		plan->safe = plan_piece(plan, &scan, &chunk, p, (size_t)n);
		if (!plan->safe)
			break;
		whole_lines = p[n - 1] == '\n';
	}
	message_walk_end(&walk);
	/* DATA's end brings the last line's end along if need be */
	plan->safe = plan->safe && whole_lines;
	if (chunk > 0)
		add_chunk(plan, chunk);
	return n == -1 ? -1 : 0;
}

void
chunk_free(struct chunk_plan *plan)
{
	free(plan->octets);
	memset(plan, 0, sizeof(*plan));
}
