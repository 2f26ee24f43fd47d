/* SPDX-License-Identifier: ISC */
/*
 * Configuration of other programs. The first octet says whose; the text is its
 * file, and behind each line "--" that of the next one that belongs to it.
 * Whatever they hold, what is printed is an account file without an error, and
 * so are the lines of the other files in it; a fault has a remedy.
 */
#include <sys/stat.h>

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/memory.h"
#include "base/text.h"
#include "config/account/account.h"
#include "config/account/accountfile.h"
#include "config/alias/alias.h"
#include "modes/modes.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

#define FILES 3

static const char *const files[][FILES] = {
	{ "ssmtp.conf", "revaliases", NULL },
	{ "remotes", "adminaddr", "defaulthost" },
	{ "esmtprc", NULL, NULL },
	{ "dma.conf", "auth.conf", NULL },
	{ "main.cf", "sasl_passwd", "generic" },
	{ "update-exim4.conf.conf", "passwd.client", NULL },
};

static void
require(bool truth)
{
	if (!truth)
		abort();
}

static char *
path_of(const char *folder, const char *name)
{
	return buffer_format("%s/%s", folder, name);
}

/* Writes the texts into files of a new folder. */
static void
lay_out(const char *folder, const char *const *names, const char *s, size_t n)
{
	for (size_t i = 0; i < FILES && names[i] != NULL; i++) {
		const char *end = text_find(s, n, "\n--\n", 4);
		size_t len = end == NULL ? n : (size_t)(end - s) + 1;
		char *path = path_of(folder, names[i]);
		FILE *f = fopen(path, "w");

		require(f != NULL);
		fwrite(s, 1, len, f);
		fclose(f);
		free(path);
		len += end == NULL ? 0 : 3;
		s += len;
		n -= len;
	}
}

static void
clear(const char *folder, const char *const *names)
{
	for (size_t i = 0; i < FILES && names[i] != NULL; i++) {
		char *path = path_of(folder, names[i]);

		unlink(path);
		free(path);
	}
	rmdir(folder);
}

/* The lines behind a mark are an alias file without an error. */
static void
check_file(const char *s, size_t n, const char *mark, bool senders)
{
	struct notes errors = { .text = NULL };
	struct fault f = { .class = FAULT_NONE };
	struct aliases a;
	struct buffer b;
	const char *line;
	size_t len, m = strlen(mark);

	buffer_init(&b, ALIAS_FILE_MAX);
	while ((line = text_take_line(&s, &n, &len)) != NULL)
		if (len > m && memcmp(line, mark, m) == 0) {
			buffer_add(&b, line + m, len - m);
			buffer_add_char(&b, '\n');
		}
	aliases_init(&a);
	a.senders = senders;
	if (b.len > 0)
		alias_parse(&a, "F", &b, &errors);
	/* an entry may be there twice, as in the old file */
	for (size_t i = 0; i < errors.count; i++)
		require(strstr(errors.text[i], "a second alias") != NULL);
	for (size_t i = 0; i < a.count; i++)
		require(alias_targets(&a.entry[i], &f) == 0);
	aliases_free(&a);
	notes_free(&errors);
	buffer_free(&b);
}

static void
check(const char *s, size_t n)
{
	struct accounts accounts;
	struct accountfile_facts facts = { .command = NULL };
	struct fault f = { .class = FAULT_NONE };

	accounts_init(&accounts);
	require(accountfile_parse(&accounts, NULL, "F", s, n, &facts, &f) == 0);
	require(accounts.table.count > 0);
	accounts_free(&accounts);
	check_file(s, n, "#senders ", true);
	check_file(s, n, "#aliases ", false);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	char folder[] = "/tmp/fuzz-import-XXXXXX", *path, *out = NULL;
	struct fault f = { .class = FAULT_NONE };
	const char *const *names;
	size_t size = 0;
	FILE *stream;

	if (n == 0)
		return 0;
	names = files[data[0] % (sizeof(files) / sizeof(files[0]))];
	require(mkdtemp(folder) != NULL);
	lay_out(folder, names, (const char *)data + 1, n - 1);
	path = path_of(folder, names[0]);
	stream = open_memstream(&out, &size);
	if (import(path, stream, &f) == 0) {
		fclose(stream);
		check(out, size);
	} else {
		fclose(stream);
		require(size == 0 && f.class != FAULT_NONE && f.hint != NULL);
	}
	free(out);
	free(path);
	fault_clear(&f);
	clear(folder, names);
	return 0;
}
