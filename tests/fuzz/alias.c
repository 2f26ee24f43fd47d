/* SPDX-License-Identifier: ISC */
/*
 * Alias files. Whatever they hold: an error names a line and column that the
 * file has; every entry is found by its name; expansion ends, in addresses
 * that are there once, or in a fault that names a line of the file; and the
 * header is never offered anything but a recipient.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/fault.h"
#include "base/memory.h"
#include "base/text.h"
#include "mail/envelope.h"
#include "config/alias/alias.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

#define NAMES_TRIED 64	/* entries expanded one by one */

static void
require(bool truth)
{
	if (!truth)
		abort();
}

static size_t
lines_of(const char *s, size_t n)
{
	size_t lines = 1;

	for (size_t i = 0; i < n; i++)
		lines += s[i] == '\n';
	return lines;
}

/* "F:LINE: ..." or "F:LINE:COLUMN: ..." */
static void
check_place(const char *text, const char *s, size_t n)
{
	unsigned long line, column;
	char *end;

	require(strncmp(text, "F:", 2) == 0);
	line = strtoul(text + 2, &end, 10);
	require(line >= 1 && line <= lines_of(s, n) && *end == ':');
	if (end[1] == ' ')
		return;
	column = strtoul(end + 1, &end, 10);
	require(column >= 1 && column <= n + 1 && strncmp(end, ": ", 2) == 0);
}

static void
parse(struct aliases *a, const char *s, size_t n, struct notes *errors)
{
	struct buffer text;

	aliases_init(a);
	buffer_init(&text, ALIAS_FILE_MAX);
	buffer_add(&text, s, n);
	alias_parse(a, "F", &text, errors);
	buffer_free(&text);
}

static bool
holds(const struct envelope *e, const struct mailbox *box)
{
	for (size_t i = 0; i < e->count; i++)
		if (strcmp(e->recipient[i].box.local, box->local) == 0 &&
		    text_same_word(box->domain, strlen(box->domain),
		    e->recipient[i].box.domain))
			return true;
	return false;
}

/* Asks for one entry of a fresh copy of the file. */
static void
expand(const char *s, size_t n, const struct local_domains *d, size_t i)
{
	struct mailbox who = { NULL, NULL, NULL };
	struct notes errors = { .text = NULL };
	struct fault f = { .class = FAULT_NONE };
	const struct mailbox *instead;
	struct aliases a;
	struct envelope e;
	char domain[] = "";

	parse(&a, s, n, &errors);
	envelope_init(&e);
	who.local = memory_copy(a.text.data + a.entry[i].name,
	    a.entry[i].name_len);
	who.domain = domain;
	if (alias_expand(&a, d, &who, &e, &f) == -1) {
		require(f.class == FAULT_CONFIG);
		check_place(f.text, s, n);
	} else {
		require(e.count > 0);
		instead = alias_replacement(&a, d, &who);
		require(instead == NULL || holds(&e, instead));
		require(instead == NULL || e.count == 1);
		for (size_t k = 0; k < e.count; k++)
			require(e.recipient[k].box.local[0] != '\0');
	}
	free(who.local);
	fault_clear(&f);
	envelope_free(&e);
	aliases_free(&a);
	notes_free(&errors);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static const char host[] = "localhost", shared[] = "shared.example";
	struct local_domains d = { .names.count = 0 };
	struct notes errors = { .text = NULL };
	const char *s = (const char *)data;
	struct aliases a;

	local_domains_add(&d, host, strlen(host), LOCALITY_OWN);
	local_domains_add(&d, shared, strlen(shared), LOCALITY_SHARED);
	parse(&a, s, n, &errors);
	for (size_t i = 0; i < a.count; i++)
		require(alias_find(&a, a.text.data + a.entry[i].name,
		    a.entry[i].name_len) == &a.entry[i]);
	for (size_t i = 0; i < a.count && i < NAMES_TRIED; i++)
		expand(s, n, &d, i);
	alias_check(&a, &d, &errors);
	for (size_t i = 0; i < a.count; i++)
		require(!a.entry[i].open);
	for (size_t i = 0; i < errors.count; i++)
		check_place(errors.text[i], s, n);
	notes_free(&errors);
	aliases_free(&a);
	local_domains_free(&d);
	return 0;
}
