/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/stat.h>

#include <errno.h>
#include <string.h>

#include "base/buffer.h"
#include "base/fault.h"
#include "base/file.h"
#include "base/memory.h"
#include "config/account/account.h"
#include "config/alias/alias.h"

#define LISTS_MAX 1000		/* each costs a file and a search */
#define ERRORS_NOTED 5		/* of the system's file; newaliases shows all */

enum alias_choice
alias_choice(const struct account *account)
{
	const struct option_place *origin = &account->origin[OPTION_ALIASES];

	if (account->aliases != NULL)
		return ALIAS_CHOICE_FILE;
	/* an empty value means no aliases; no setting, the system's */
	return origin->file != NULL || origin->line != 0 ?
	    ALIAS_CHOICE_NONE : ALIAS_CHOICE_DEFAULT;
}

static int
read_file(const char *path, struct buffer *text, struct fault *f)
{
	if (file_load(path, text) == 0)
		return 0;
	if (errno == EFBIG)
		return fault(f, FAULT_CONFIG, "alias file %s is larger than %d "
		    "MiB", path, ALIAS_FILE_MAX / (1024 * 1024));
	if (errno == 0) {
		fault(f, FAULT_CONFIG, "alias file %s is not a regular file",
		    path);
		return fault_hint(f, "for no aliases at all, write 'aliases' "
		    "without a value");
	}
	fault(f, FAULT_CONFIG, "alias file %s cannot be read: %s", path,
	    strerror(errno));
	return fault_hint(f, "let this user read it, or name another one");
}

int
alias_read(struct aliases *a, const char *path, struct notes *errors,
    struct fault *f)
{
	struct buffer text;
	int r;

	buffer_init(&text, ALIAS_FILE_MAX);
	r = read_file(path, &text, f);
	if (r == 0)
		alias_parse(a, path, &text, errors);
	buffer_free(&text);
	return r;
}

struct alias_entry *
alias_list(struct aliases *a, const char *path, struct fault *f)
{
	struct aliases *list;
	struct buffer text;

	for (size_t i = 0; i < a->lists; i++)
		if (strcmp(a->list[i]->file, path) == 0)
			return a->list[i]->entry;
	if (a->lists == LISTS_MAX) {
		fault(f, FAULT_CONFIG, "%s: more than %d included lists", path,
		    LISTS_MAX);
		return NULL;
	}
	buffer_init(&text, ALIAS_FILE_MAX);
	if (read_file(path, &text, f) == -1) {
		buffer_free(&text);
		return NULL;
	}
	list = memory_alloc(sizeof(*list));
	aliases_init(list);
	alias_parse_list(list, path, &text);
	a->list = memory_resize(a->list, a->lists + 1,
	    sizeof(struct aliases *));
	a->list[a->lists++] = list;
	buffer_free(&text);
	return list->entry;
}

static void
keep_going(const char *path, const struct notes *errors, struct notes *notes)
{
	for (size_t i = 0; i < errors->count && i < ERRORS_NOTED; i++)
		notes_add(notes, "%s; the line is ignored", errors->text[i]);
	if (errors->count > ERRORS_NOTED)
		notes_add(notes, "%s: %zu more errors; run: postrider -bi",
		    path, errors->count - ERRORS_NOTED);
}

int
alias_load(struct aliases *a, const char *path, bool configured,
    struct notes *notes, struct fault *f)
{
	struct notes errors = { .text = NULL };
	struct fault why = { .class = FAULT_NONE };
	struct stat st;
	int r;

	if (!configured && stat(path, &st) == -1 &&
	    (errno == ENOENT || errno == ENOTDIR))
		return 0;
	r = alias_read(a, path, &errors, configured ? f : &why);
	if (r == -1 && !configured) {
		notes_add(notes, "%s; names are not aliased", why.text);
		fault_clear(&why);
		r = 0;
	} else if (r == 0 && !configured) {
		keep_going(path, &errors, notes);
	} else if (r == 0 && errors.count > 0) {
		r = fault(f, FAULT_CONFIG, "%s", errors.text[0]);
	}
	notes_free(&errors);
	return r;
}
