/* SPDX-License-Identifier: ISC */
/*
 * The header as it is edited: what is removed does not go out. A second,
 * simpler reader looks for Bcc in the octets that leave; and whoever is in no
 * field that names recipients is in no envelope.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/fault.h"
#include "mail/envelope.h"
#include "mail/intake.h"
#include "mail/message.h"

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

/*
 * As a mail server would see it: does a line in front of the first empty one
 * begin with the name, blanks, a colon?
 */
static bool
naive_has(const char *s, size_t n, const char *name)
{
	size_t i = 0;

	while (i < n && s[i] != '\r') {
		size_t k = 0;

		while (i + k < n && name[k] != '\0' &&
		    lower(s[i + k]) == lower(name[k]))
			k++;
		if (name[k] == '\0') {
			while (i + k < n &&
			    (s[i + k] == ' ' || s[i + k] == '\t'))
				k++;
			if (i + k < n && s[i + k] == ':')
				return true;
		}
		while (i < n && s[i] != '\n')
			i++;
		i++;
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
check_envelope(const struct message *m, const struct buffer *out)
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
		any |= naive_has(out->data, out->len, name[i]);
		require(naive_has(out->data, out->len, name[i]) ==
		    header_has(&m->header, name[i]));
	}
	require(any || (e.count == 0 && f.class == FAULT_NONE));
	for (size_t i = 0; i < e.count; i++)
		for (size_t k = 0; e.count < 50 && k < i; k++)
			require(strcmp(e.recipient[i].local,
			    e.recipient[k].local) != 0 ||
			    strcmp(e.recipient[i].domain,
			    e.recipient[k].domain) != 0);
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
		require(!naive_has(out->data, out->len, name[i]));
		require(!header_has(&m->header, name[i]));
	}
	header_prepend(&m->header, "Date", "x");
	walk(m, out);
	require(naive_has(out->data, out->len, "date"));
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
	intake_start(&in, &m, false, &f);
	r = intake_feed(&in, (const char *)data, n);
	if (r == 0)
		r = intake_finish(&in);
	intake_free(&in);
	if (r == 0) {
		walk(&m, &out);
		check_envelope(&m, &out);
		check_removal(&m, &out);
	}
	message_free(&m);
	buffer_free(&out);
	fault_clear(&f);
	return 0;
}
