/* SPDX-License-Identifier: ISC */
/*
 * The header as it is edited: what is removed does not go out. A second,
 * simpler reader looks for the same fields in the octets that come, and for
 * Bcc in those that leave; and whoever is in no field that names recipients
 * is in no envelope.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/fault.h"
#include "mail/envelope.h"
#include "mail/message/intake.h"
#include "mail/message/message.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static void
require(bool what)
{
	if (!what)
		abort();
}

static char
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

static bool
is_end(char c)
{
	return c == '\r' || c == '\n';
}

/* Does a line begin with the name, blanks, a colon? "": with any name. */
static bool
naive_field(const char *s, size_t n, const char *name)
{
	size_t k = 0;

	while (k < n && s[k] > ' ' && s[k] < 127 && s[k] != ':')
		k++;
	if (k == 0 || (name[0] != '\0' && k != strlen(name)))
		return false;
	for (size_t i = 0; i < k && name[0] != '\0'; i++)
		if (lower(s[i]) != lower(name[i]))
			return false;
	while (k < n && (s[k] == ' ' || s[k] == '\t'))
		k++;
	/* an end of the line, or of everything, is no colon */
	return k < n && k < 999 && s[k] == ':';
}

/* Octets of the line end that is there. */
static size_t
line_end(const char *s, size_t n)
{
	size_t crs = 0;

	while (crs < n && s[crs] == '\r')
		crs++;
	return crs < n && s[crs] == '\n' ? crs + 1 : 1;
}

/* Octets of a byte order mark in front of a field, whose name must end where
 * one may: 998 octets from where the line begins. */
static size_t
naive_mark(const char *s, size_t n)
{
	size_t len = 0;

	while (len < n && len < 998 && !is_end(s[len]))
		len++;
	return len > 3 && memcmp(s, "\xef\xbb\xbf", 3) == 0 &&
	    naive_field(s + 3, len - 3, "") ? 3 : 0;
}

/*
 * As a mail server would see it, in octets with any line ends: is there a
 * field of that name before the first line that is neither a field nor the
 * continuation of one? The first lines may be a mailbox's.
 */
static bool
naive_has(const char *s, size_t n, const char *name, size_t skipped)
{
	for (size_t i = naive_mark(s, n), line = 0; i < n && !is_end(s[i]);
	    line++) {
		bool blank = s[i] == ' ' || s[i] == '\t';

		if (line < skipped)
			blank = false;
		else if (blank ? line == skipped :
		    !naive_field(s + i, n - i, ""))
			return false;
		if (!blank && naive_field(s + i, n - i, name))
			return true;
		while (i < n && !is_end(s[i]))
			i++;
		i += line_end(s + i, n - i);
	}
	return false;
}

static void
walk(const struct message *m, struct buffer *out)
{
	struct fault f = { .class = FAULT_NONE };
	struct message_walk w;
	const char *p;
	ssize_t n;

	buffer_clear(out);
	buffer_add(out, "", 0);
	message_walk_start(&w, m);
	while ((n = message_walk_next(&w, &p, &f)) > 0)
		buffer_add(out, p, (size_t)n);
	message_walk_end(&w);
	require(n == 0 && out->len == message_octets(m));
}

static void
check_envelope(const struct message *m, const char *s, size_t n)
{
	static const char *const name[] = { "To", "Cc", "Bcc", "Resent-To",
	    "Resent-Cc", "Resent-Bcc" };
	struct fault f = { .class = FAULT_NONE };
	struct envelope e;
	bool any = false;

	envelope_init(&e);
	if (envelope_add_header(&e, &m->header, &f) == -1)
		require(f.class == FAULT_DATA &&
		    strstr(f.text, " in line ") != NULL);
	for (size_t i = 0; i < sizeof(name) / sizeof(name[0]); i++) {
		bool has = naive_has(s, n, name[i],
		    m->header.first_line - 1);

		any |= has;
		require(has == header_has(&m->header, name[i]));
	}
	require(any || (e.count == 0 && f.class == FAULT_NONE));
	for (size_t i = 0; i < e.count; i++)
		for (size_t k = 0; e.count < 50 && k < i; k++)
			require(strcmp(e.recipient[i].box.local,
			    e.recipient[k].box.local) != 0 ||
			    strcmp(e.recipient[i].box.domain,
			    e.recipient[k].box.domain) != 0);
	envelope_free(&e);
	fault_clear(&f);
}

static void
check_removal(struct message *m, struct buffer *out)
{
	static const char *const name[] = { "Bcc", "Resent-Bcc",
	    "Return-Path" };
	size_t before = out->len;

	for (size_t i = 0; i < sizeof(name) / sizeof(name[0]); i++)
		header_remove(&m->header, name[i]);
	walk(m, out);
	require(out->len <= before);
	for (size_t i = 0; i < sizeof(name) / sizeof(name[0]); i++) {
		require(!naive_has(out->data, out->len, name[i], false));
		require(!header_has(&m->header, name[i]));
	}
	header_prepend(&m->header, "Date", "x");
	walk(m, out);
	require(naive_has(out->data, out->len, "date", false));
	require(memcmp(out->data, "Date: x\r\n", 9) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct fault f = { .class = FAULT_NONE };
	struct message m;
	struct intake in;
	struct buffer out;
	int r;

	buffer_init(&out, SIZE_MAX / 2);
	message_init(&m);
	intake_start(&in, &m, MESSAGE_DOT_TEXT, &f);
	r = intake_feed(&in, (const char *)data, n);
	if (r == 0)
		r = intake_finish(&in);
	intake_free(&in);
	if (r == 0) {
		walk(&m, &out);
		check_envelope(&m, (const char *)data, n);
		check_removal(&m, &out);
	}
	message_free(&m);
	buffer_free(&out);
	fault_clear(&f);
	return 0;
}
