/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/fault.h"
#include "base/memory.h"
#include "base/text.h"
#include "base/variable.h"
#include "config/account/account.h"
#include "config/account/accountfile.h"

#define PREFIX "POSTRIDER_"
#define PREFIX_LEN (sizeof(PREFIX) - 1)
#define NAME_SHOWN_MAX 60	/* octets of an unknown name that are quoted */

static const struct option_place here = { NULL, ORIGIN_ENVIRONMENT, 0 };

bool
account_is_environment(const struct account *a)
{
	return a->name != NULL && a->defined.file == NULL &&
	    strcmp(a->name, ENVIRONMENT_NAME) == 0;
}

bool
environment_has_host(void)
{
	static const char *const names[] = {
		PREFIX "HOST", PREFIX "SOCKET", "SMTPSERVER"
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (variable_get(names[i]) != NULL)
			return true;
	return false;
}

/* The setting of "POSTRIDER_NAME=value", in lower case as `word`, which the
 * caller frees; OPTION_COUNT if there is none. */
static enum option_id
find(const char *variable, char **word)
{
	size_t n = strcspn(variable, "=");

	*word = memory_copy(variable + PREFIX_LEN, n - PREFIX_LEN);
	for (char *p = *word; *p != '\0'; p++)
		*p = text_to_lower(*p);
	return option_find_keyword(*word, strlen(*word));
}

static bool
is_ours(const char *variable)
{
	return strncmp(variable, PREFIX, PREFIX_LEN) == 0 &&
	    strchr(variable, '=') != NULL;
}

/* The variable that was probably meant, which the caller frees, or NULL. */
static char *
meant(const char *word)
{
	const char *near = option_nearest(word, strlen(word));
	char *name = near == NULL ? NULL : buffer_format(PREFIX "%s", near);

	for (char *p = name; p != NULL && *p != '\0'; p++)
		if (*p >= 'a' && *p <= 'z')
			*p = (char)(*p - 'a' + 'A');
	return name;
}

/* The length of its name, as much of it as is quoted. */
static int
name_shown(const char *variable)
{
	size_t n = strcspn(variable, "=");

	return n > NAME_SHOWN_MAX ? NAME_SHOWN_MAX : (int)n;
}

/* The next one that looks like a setting and is none, and what was meant. */
static const char *
next_unknown(char *const **v, char **near)
{
	const char *variable;
	bool unknown;
	char *word;

	while ((variable = *(*v)) != NULL) {
		(*v)++;
		if (!is_ours(variable))
			continue;
		unknown = find(variable, &word) == OPTION_COUNT;
		*near = unknown ? meant(word) : NULL;
		free(word);
		if (unknown)
			return variable;
	}
	return NULL;
}

void
environment_note(const struct account *account, struct notes *notes)
{
	char *const *v = variable_all();
	const char *variable;
	char *near;

	if (!account_is_environment(account))
		return;
	while ((variable = next_unknown(&v, &near)) != NULL) {
		notes_add(notes, "environment: %.*s is no setting; it is "
		    "ignored%s%s%s", name_shown(variable), variable,
		    near == NULL ? "" : ". Did you mean ",
		    near == NULL ? "" : near, near == NULL ? "" : "?");
		free(near);
	}
}

void
environment_blame(struct fault *f)
{
	char *const *v = variable_all();
	const char *variable;
	char *near;

	while ((variable = next_unknown(&v, &near)) != NULL) {
		fault_prefix(f, "environment: %.*s is no setting; ",
		    name_shown(variable), variable);
		if (near != NULL)
			fault_hint(f, "did you mean %s?", near);
		free(near);
	}
}

/* One "POSTRIDER_NAME=value". */
static int
take(struct account *account, const char *variable, struct fault *f)
{
	size_t n = strcspn(variable, "=");
	const char *value = variable + n + 1;
	char *word;
	enum option_id id = find(variable, &word);

	free(word);
	if (id == OPTION_COUNT || *value == '\0')
		return 0;
	if ((option_row(id)->flags & OPTION_COMMAND) != 0) {
		fault(f, FAULT_CONFIG, "environment: %.*s: commands are not "
		    "taken from the environment", (int)n, variable);
		return fault_hint(f, "set POSTRIDER_PASSWORD_FILE, or write an "
		    "account file");
	}
	return option_set(account, id, value, strlen(value), &here, f);
}

/* A variable that other programs have, too: a "%" in it begins no pattern. */
static int
take_other(struct account *account, enum option_id id, const char *name,
    struct fault *f)
{
	const char *value = variable_get(name);
	struct buffer b;
	int r;

	if (account->set[id] || value == NULL)
		return 0;
	buffer_init(&b, 2 * strlen(value));
	for (; *value != '\0'; value++) {
		if (*value == '%' && id == OPTION_FROM)
			buffer_add_char(&b, '%');
		buffer_add_char(&b, *value);
	}
	r = option_set(account, id, b.data, b.len, &here, f);
	buffer_free(&b);
	return r;
}

int
environment_read(struct account *account, struct fault *f)
{
	for (char *const *v = variable_all(); *v != NULL; v++)
		if (is_ours(*v) && take(account, *v, f) == -1)
			return -1;
	if (take_other(account, OPTION_HOST, "SMTPSERVER", f) == -1)
		return -1;
	return take_other(account, OPTION_FROM, "EMAIL", f);
}
