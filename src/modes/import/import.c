/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/stat.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "config/account/account.h"
#include "modes/import/import.h"
#include "modes/modes.h"

#define COMMENT_WIDTH 78	/* columns of a comment, its "# " apart */
#define LIST_MAX (1024 * 1024)	/* octets of what is put together */

/* A program: the file that has its configuration, and words of which one
 * begins a line there. */
static const struct program {
	char file[28];
	char word[2][28];
	int (*read)(struct import *, const char *, struct fault *);
} programs[] = {
	{ "ssmtp.conf", { "mailhub", "UseSTARTTLS" }, import_ssmtp },
	{ "remotes", { "", "" }, import_nullmailer },
	{ "esmtprc", { "hostname", "identity" }, import_esmtp },
	{ "dma.conf", { "SMARTHOST", "AUTHPATH" }, import_dma },
	{ "main.cf", { "relayhost", "smtp_sasl_auth_enable" },
	    import_postfix },
	{ "update-exim4.conf.conf", { "dc_eximconfig_configtype",
	    "dc_smarthost" }, import_exim },
	{ "msmtprc", { "account", "defaults" }, NULL },
};

#define PROGRAMS (sizeof(programs) / sizeof(programs[0]))

/* ---- whose is it? */

static const struct program *
by_name(const char *name)
{
	for (size_t i = 0; i < PROGRAMS; i++)
		if (text_find(name, strlen(name), programs[i].file,
		    strlen(programs[i].file)) != NULL)
			return &programs[i];
	return NULL;
}

static const struct program *
by_words(struct import *x, const char *file, struct fault *f)
{
	const struct program *found = NULL;
	struct import_text t;
	const char *line;
	size_t n, word;

	if (import_open(x, &t, file, false, f) == -1)
		return NULL;
	while (found == NULL && (line = import_next(x, &t, &n)) != NULL) {
		for (word = 0; word < n && !text_is_blank(line[word]) &&
		    line[word] != '='; word++)
			;
		for (size_t i = 0; i < PROGRAMS && found == NULL; i++)
			if (text_is(line, word, programs[i].word[0]) ||
			    text_is(line, word, programs[i].word[1]))
				found = &programs[i];
	}
	buffer_wipe(&t.text);
	if (found == NULL) {
		fault(f, FAULT_CONFIG, "%s: no configuration that is known",
		    x->path);
		fault_hint(f, "there are ssmtp.conf, the folder of nullmailer, "
		    "esmtprc, dma.conf, main.cf of Postfix and "
		    "update-exim4.conf.conf");
	}
	return found;
}

/* The file of a program in the folder, or NULL. */
static const struct program *
in_folder(const char *folder)
{
	struct stat st;
	char *path;
	bool there;

	for (size_t i = 0; i < PROGRAMS; i++) {
		path = buffer_format("%s/%s", folder, programs[i].file);
		there = stat(path, &st) == 0;
		free(path);
		if (there)
			return &programs[i];
	}
	return NULL;
}

static int
find_and_read(struct import *x, struct fault *f)
{
	const char *slash = strrchr(x->path, '/'), *file;
	const struct program *p;
	struct stat st;

	if (stat(x->path, &st) == 0 && S_ISDIR(st.st_mode)) {
		size_t n = strlen(x->path);

		while (n > 1 && x->path[n - 1] == '/')
			n--;
		x->folder = memory_copy(x->path, n);
		p = in_folder(x->folder);
		if (p == NULL)
			return fault(f, FAULT_INPUT, "%s: the folder has no "
			    "file that is known, such as ssmtp.conf, remotes "
			    "or main.cf", x->path);
		file = p->file;
	} else {
		x->folder = slash == NULL ? memory_string(".") :
		    memory_copy(x->path, slash == x->path ? 1 :
		    (size_t)(slash - x->path));
		file = slash == NULL ? x->path : slash + 1;
		p = by_name(file);
		if (p == NULL)
			p = by_words(x, file, f);
		if (p == NULL)
			return -1;
	}
	if (p->read != NULL)
		return p->read(x, file, f);
	fault(f, FAULT_USAGE, "%s is of msmtp: there is nothing to import",
	    x->path);
	return fault_hint(f, "it is read as it is, under its own name or as "
	    "an account file; try: postrider --check-config %s", x->path);
}

/* ---- what is printed */

/* Lines of comment, cut at blanks where that goes. */
static void
print_comment(FILE *out, const char *text)
{
	size_t n, cut;

	do {
		n = strlen(text);
		if (n > COMMENT_WIDTH) {
			for (cut = COMMENT_WIDTH; cut > 0 && text[cut] != ' ';
			    cut--)
				;
			n = cut > 0 ? cut : strcspn(text, " ");
		}
		fprintf(out, "# %.*s\n", (int)n, text);
		text += n;
		text += *text == ' ';
	} while (*text != '\0');
}

/* Quotes where blanks, or a mark at the beginning, would be taken for
 * something else. */
static void
print_setting(FILE *out, enum option_id id, const char *value)
{
	size_t n = strlen(value);
	bool quote = n > 0 && (id == OPTION_PASSWORD || id == OPTION_USER ||
	    strchr("=: \t", value[0]) != NULL || text_is_blank(value[n - 1]) ||
	    (n > 1 && value[0] == '"' && value[n - 1] == '"'));

	fprintf(out, "%s%s%s%s%s\n", option_row(id)->keyword, n > 0 ? " " : "",
	    quote ? "\"" : "", value, quote ? "\"" : "");
}

/* A file that goes beside this one: its lines, each behind a mark by which
 * sed(1) finds them. */
static void
print_file(FILE *out, const char *mark, const struct buffer *b)
{
	const char *rest = b->data, *line;
	size_t left = b->len, n;

	if (left == 0)
		return;
	fprintf(out, "\n# These lines belong into %s/postrider/%s:\n"
	    "# sed -n 's/^#%s //p' THIS-FILE > %s/postrider/%s\n", SYSCONFDIR,
	    mark, mark, SYSCONFDIR, mark);
	while ((line = text_take_line(&rest, &left, &n)) != NULL)
		fprintf(out, "#%s %.*s\n", mark, (int)n, line);
}

static void
print_head(FILE *out, const struct import *x)
{
	bool secret = false;
	char *path = text_printable(x->path, strlen(x->path)), *line;

	for (size_t i = 0; i < x->accounts; i++)
		secret |= x->account[i].value[OPTION_PASSWORD] != NULL;
	line = buffer_format("An account file for postrider, made of %s%s",
	    path, secret ? ". It holds a password: nobody else may read it "
	    "(chmod 600; a umask of 077 before it is written)." : ".");
	print_comment(out, line);
	free(line);
	free(path);
	for (size_t i = 0; i < x->notes.count; i++) {
		fprintf(out, "#\n");
		print_comment(out, x->notes.text[i]);
	}
	if (x->without.len == 0)
		return;
	path = text_printable(x->without.data, x->without.len);
	line = buffer_format("Without a counterpart: %s.", path);
	fprintf(out, "#\n");
	print_comment(out, line);
	free(line);
	free(path);
}

static void
print_all(FILE *out, const struct import *x)
{
	print_head(out, x);
	for (size_t i = 0; i < x->accounts; i++) {
		const char *name = x->account[i].name;

		fprintf(out, "\n%s%s\n", strcmp(name, "defaults") == 0 ? "" :
		    "account ", name);
		for (int k = 0; k < OPTION_COUNT; k++)
			if (x->account[i].value[k] != NULL)
				print_setting(out, (enum option_id)k,
				    x->account[i].value[k]);
	}
	print_file(out, "senders", &x->senders);
	print_file(out, "aliases", &x->aliases);
}

static void
import_free(struct import *x)
{
	import_forget(x);
	for (size_t i = 0; i < x->accounts; i++) {
		free(x->account[i].name);
		for (int k = 0; k < OPTION_COUNT; k++)
			free(x->account[i].value[k]);
	}
	free(x->pair);
	free(x->account);
	free(x->folder);
	notes_free(&x->files);
	notes_free(&x->notes);
	buffer_free(&x->without);
	buffer_free(&x->senders);
	buffer_free(&x->aliases);
}

/* Every account names the files that go beside it, or the defaults do. */
static int
name_files(struct import *x, struct fault *f)
{
	int r = 0;

	for (size_t i = 0; i < x->accounts && r == 0; i++) {
		x->now = &x->account[i];
		if (i > 0 && strcmp(x->account[0].name, "defaults") == 0)
			break;
		if (x->senders.len > 0)
			r = import_set(x, OPTION_SENDERS, SYSCONFDIR
			    "/postrider/senders", f);
		if (r == 0 && x->aliases.len > 0)
			r = import_set(x, OPTION_ALIASES, SYSCONFDIR
			    "/postrider/aliases", f);
	}
	return r;
}

int
import(const char *path, FILE *out, struct fault *f)
{
	struct import x;
	int r;

	memset(&x, 0, sizeof(x));
	x.path = path;
	buffer_init(&x.without, LIST_MAX);
	buffer_init(&x.senders, LIST_MAX);
	buffer_init(&x.aliases, LIST_MAX);
	r = find_and_read(&x, f);
	if (r == 0)
		r = name_files(&x, f);
	if (r == 0)
		print_all(out, &x);
	import_free(&x);
	return r;
}
