/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/fault.h"
#include "base/memory.h"
#include "base/text.h"
#include "setup/account.h"
#include "setup/environment.h"

#define PREFIX "POSTRIDER_"
#define PREFIX_LEN (sizeof(PREFIX) - 1)
#define NAME_SHOWN_MAX 60	/* octets of an unknown name that are quoted */

extern char **environ;

static const struct option_place here = { NULL, ORIGIN_ENVIRONMENT, 0 };

bool
environment_has_host(void)
{
	static const char *const names[] = {
		PREFIX "HOST", PREFIX "SOCKET", "SMTPSERVER"
	};
	const char *value;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		value = getenv(names[i]);
		if (value != NULL && value[0] != '\0')
			return true;
	}
	return false;
}

static int
unknown(const char *name, size_t n, const char *word, struct fault *f)
{
	const char *near = option_nearest(word, n - PREFIX_LEN);
	char *upper;

	fault(f, FAULT_CONFIG, "environment: %.*s is no setting",
	    n > NAME_SHOWN_MAX ? NAME_SHOWN_MAX : (int)n, name);
	if (near == NULL)
		return fault_hint(f, "unset it; postrider-accounts(5) lists "
		    "the settings there are");
	upper = memory_string(near);
	for (char *p = upper; *p != '\0'; p++)
		if (*p >= 'a' && *p <= 'z')
			*p = (char)(*p - 'a' + 'A');
	fault_hint(f, "did you mean " PREFIX "%s?", upper);
	free(upper);
	return -1;
}

/* One "POSTRIDER_NAME=value". */
static int
take(struct account *account, const char *variable, struct fault *f)
{
	size_t n = strcspn(variable, "=");
	char *word = memory_copy(variable + PREFIX_LEN, n - PREFIX_LEN);
	const char *value = variable + n + 1;
	enum option_id id;
	int r = -1;

	for (char *p = word; *p != '\0'; p++)
		*p = text_to_lower(*p);
	id = option_find_keyword(word, strlen(word));
	if (id == OPTION_COUNT)
		unknown(variable, n, word, f);
	else if ((option_row(id)->flags & OPTION_COMMAND) != 0)
		fault(f, FAULT_CONFIG, "environment: %.*s: commands are not "
		    "taken from the environment", (int)n, variable);
	else
		r = option_set(account, id, value, strlen(value), &here, f);
	free(word);
	return r;
}

/* A variable of others: no pattern is meant by it. */
static int
take_other(struct account *account, enum option_id id, const char *name,
    struct fault *f)
{
	const char *value = getenv(name);
	struct buffer b;
	int r;

	if (account->set[id] || value == NULL || value[0] == '\0')
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
	for (char **v = environ; v != NULL && *v != NULL; v++)
		if (strncmp(*v, PREFIX, PREFIX_LEN) == 0 &&
		    strchr(*v, '=') != NULL && take(account, *v, f) == -1)
			return -1;
	if (take_other(account, OPTION_HOST, "SMTPSERVER", f) == -1)
		return -1;
	return take_other(account, OPTION_FROM, "EMAIL", f);
}
