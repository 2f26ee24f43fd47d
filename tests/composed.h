/* SPDX-License-Identifier: ISC */
/*
 * composed: whatever the input, the header that leaves parses by RFC 5322 or is
 * the input's own. For a fuzz target, and for a test that makes inputs itself.
 */
#ifndef TEST_COMPOSED_H
#define TEST_COMPOSED_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/fault.h"
#include "base/text.h"
#include "mail/conversion/conversion.h"
#include "mail/message/intake.h"
#include "config/account/account.h"
#include "delivery/letter.h"
#include "delivery/request.h"
#include "tests/strict.h"

/* Settings by the bits of a message's first octet. */
static const struct {
	enum option_id id;
	const char *value;
} composed_settings[] = {
	{ OPTION_SENDER, "you@example.org" },
	{ OPTION_QUALIFY_DOMAIN, "example.net" },
	{ OPTION_SET_TO_HEADER, "auto" },
	{ OPTION_SET_FROM_HEADER, "off" },
	{ OPTION_SENDER_REPLY_TO, "on" },
	{ OPTION_SET_TO_HEADER, "on" },
	{ OPTION_SET_FROM_HEADER, "on" },
	{ OPTION_FROM_FULL_NAME, "J\xc3\xb6rg, \"you\"" },
};

enum { COMPOSED_NOT_FROM = 8, COMPOSED_REPLACES = 0x60 };

struct composed {
	struct account account;
	struct message message;
	struct buffer out;	/* the header */
};

/* What is looked at, for who has to find out. */
static const uint8_t *composed_data;
static size_t composed_octets;

static void
composed_require(bool truth, const char *what)
{
	if (truth)
		return;
	fprintf(stderr, "composed: %s; settings %02x of\n%.*s\n", what,
	    composed_data[0], (int)composed_octets - 1,
	    (const char *)composed_data + 1);
	abort();
}

static void
composed_set_up(struct account *a, unsigned bits)
{
	static const struct option_place place = { "F", 1, 1 };
	struct fault f = { .class = FAULT_NONE };

	account_init(a);
	option_set(a, OPTION_FROM, "me@example.org", 14, &place, &f);
	for (unsigned i = 0; i < 8; i++)
		if (bits >> i & 1)
			option_set(a, composed_settings[i].id,
			    composed_settings[i].value,
			    strlen(composed_settings[i].value), &place, &f);
	composed_require(f.class == FAULT_NONE, "settings");
}

static int
composed_read(struct message *m, const char *s, size_t n)
{
	struct fault f = { .class = FAULT_NONE };
	struct intake in;
	int r;

	message_init(m);
	intake_start(&in, m, MESSAGE_DOT_TEXT, &f);
	r = intake_feed(&in, s, n);
	if (r == 0)
		r = intake_finish(&in);
	intake_free(&in);
	fault_clear(&f);
	return r;
}

/* The header that the account makes of it. */
static bool
composed_write(struct buffer *out, const struct account *a,
    const struct message *m)
{
	static char local[] = "bob", domain[] = "example.net";
	const struct mailbox bob = { NULL, local, domain };
	struct fault f = { .class = FAULT_NONE };
	struct request request = { .settings = a };
	struct alias_source aliases;
	struct envelope given;
	struct notes notes = { .count = 0 };
	struct letter l;
	const char *p;
	size_t at = 0, n;
	bool good;

	envelope_init(&given);
	envelope_add(&given, &bob);
	alias_source_init(&aliases, a, true);
	letter_init(&l, &request, a, &aliases, &notes);
	good = letter_set_sender(&l, &given, &f) == 0 &&
	    letter_add_recipients(&l, &given, &f) == 0 &&
	    letter_write(&l, m, &given, &f) == 0;
	buffer_init(out, SIZE_MAX / 4);
	buffer_add(out, "", 0);
	while (good && (n = header_next_octets(&l.message.header, &at, &p)) > 0)
		buffer_add(out, p, n);
	letter_free(&l);
	alias_source_free(&aliases);
	envelope_free(&given);
	notes_free(&notes);
	fault_clear(&f);
	if (!good)
		buffer_free(out);
	return good;
}

static size_t
composed_count(const struct header *h, const char *name)
{
	size_t from = 0, count = 0;

	while (header_next(h, name, &from) != NULL)
		count++;
	return count;
}

static void
composed_check_lines(const struct buffer *out)
{
	for (size_t i = 0; i < out->len; i++) {
		composed_require(out->data[i] != '\r' ||
		    out->data[i + 1] == '\n', "a bare CR");
		composed_require(out->data[i] != '\n' || (i > 0 &&
		    out->data[i - 1] == '\r'), "a bare LF");
		composed_require(out->data[i] != '\0', "a NUL");
	}
}

static void
composed_check_once(const struct header *h, unsigned bits)
{
	static const char *const once[] = { "To", "Cc", "Reply-To", "Date",
	    "Message-ID", "Subject", "In-Reply-To", "References", "From",
	    "Sender" };
	size_t n = bits & COMPOSED_NOT_FROM ? 8 : 10;

	for (size_t i = 0; i < n; i++)
		composed_require(composed_count(h, once[i]) <= 1, once[i]);
	composed_require(composed_count(h, "Date") == 1, "no Date");
	composed_require(composed_count(h, "Message-ID") == 1, "no ID");
}

/* Is a field's body good, by the letter? */
typedef bool composed_judge(const char *, size_t);

static bool
composed_all(const struct header *h, const char *name, composed_judge *judge)
{
	const struct header_field *f;
	size_t from = 0, n;
	const char *s;

	while ((f = header_next(h, name, &from)) != NULL) {
		s = header_body(h, f, &n);
		if (!judge(s, n))
			return false;
	}
	return true;
}

/* Each field of that name is good, if each was that was there. */
static void
composed_check_own(const struct header *was, const struct header *is,
    const char *name, composed_judge *judge)
{
	const struct header_field *f;
	size_t from = 0, n;
	const char *s;

	if (!composed_all(was, name, judge))
		return;
	while ((f = header_next(is, name, &from)) != NULL) {
		s = header_body(is, f, &n);
		if (!judge(s, n))
			fprintf(stderr, "%.*s", (int)n, s);
		composed_require(judge(s, n), name);
	}
}

/* What a field held is in what leaves, folds and blanks apart. */
static void
composed_check_kept(const struct header *was, const struct header *is)
{
	static const char *const names[] = { "Subject", "Date", "Message-ID" };
	const struct header_field *f, *g;
	const char *s, *t;
	size_t n, m, from;
	bool kept;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		for (from = 0;
		    (f = header_next(was, names[i], &from)) != NULL;) {
			s = header_text(was, f, &n);
			kept = n == 0 || !text_is_ascii(s, n);
			for (size_t k = 0; !kept && k < is->count; k++) {
				g = &is->field[k];
				t = header_text(is, g, &m);
				kept = m == n && memcmp(s, t, n) == 0;
			}
			composed_require(kept, "text is lost");
		}
}

static void
composed_check(const uint8_t *data, size_t n)
{
	unsigned bits = n == 0 ? 0 : data[0];
	size_t first, last;
	struct composed c;
	struct buffer again;
	struct message second;

	if (n == 0)
		return;
	composed_data = data;
	composed_octets = n;
	composed_set_up(&c.account, bits);
	if (composed_read(&c.message, (const char *)data + 1, n - 1) == 0 &&
	    composed_write(&c.out, &c.account, &c.message)) {
		const struct header *was = &c.message.header, *is;
		bool is_signed = mimekind_find(was) == MIMEKIND_SIGNED;

		composed_check_lines(&c.out);
		composed_require(composed_read(&second, c.out.data,
		    c.out.len) == 0 && second.body.size == 0, "a header");
		is = &second.header;
		composed_require(!header_has(is, "Bcc") &&
		    !header_has(is, "Resent-Bcc"), "Bcc");
		if (!is_signed) {
			composed_check_once(is, bits);
			composed_check_kept(was, is);
		}
		composed_check_own(was, is, "From", strict_is_list);
		composed_check_own(was, is, "Sender", strict_is_list);
		/* it may be made of From, whose addresses are as they were */
		if (composed_all(was, "From", strict_is_list))
			composed_check_own(was, is, "Reply-To",
			    strict_is_list);
		composed_check_own(was, is, "To", strict_is_list);
		composed_check_own(was, is, "Cc", strict_is_list);
		composed_check_own(was, is, "Date", strict_is_date);
		composed_check_own(was, is, "Message-ID", strict_is_id);
		composed_require(composed_write(&again, &c.account, &second),
		    "once more");
		/* replaced fields change their places, without Bcc a To
		 * may be missing, and blocks of Resent- fields may become
		 * neighbours */
		if ((bits & COMPOSED_REPLACES) != 0 ||
		    header_has(was, "Bcc") ||
		    envelope_resent(was, &first, &last))
			buffer_clear(&again);
		if (again.len > 0 && (again.len != c.out.len ||
		    memcmp(again.data, c.out.data, again.len) != 0))
			fprintf(stderr, "first:\n%ssecond:\n%s", c.out.data,
			    again.data);
		composed_require(again.len == 0 || (again.len == c.out.len &&
		    memcmp(again.data, c.out.data, again.len) == 0),
		    "what has been composed is composed");
		buffer_free(&again);
		message_free(&second);
		buffer_free(&c.out);
	}
	message_free(&c.message);
	account_free(&c.account);
}

#endif
