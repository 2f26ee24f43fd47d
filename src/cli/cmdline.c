/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>

#include "cli/cmdline.h"

static const struct {
	const char *name;
	enum invocation invocation;
} names[] = {
	{ "sendmail", INVOCATION_SENDMAIL },
	{ "send-mail", INVOCATION_SENDMAIL },
	{ "mailq", INVOCATION_MAILQ },
	{ "newaliases", INVOCATION_NEWALIASES },
	{ "runq", INVOCATION_RUNQ },
	{ "hoststat", INVOCATION_HOSTSTAT },
	{ "purgestat", INVOCATION_HOSTSTAT },
};

enum invocation
invocation_of(const char *argv0)
{
	const char *base;

	/* whoever executes us without a name wants us to guess wrong */
	if (argv0 == NULL)
		return INVOCATION_SENDMAIL;
	base = strrchr(argv0, '/');
	base = base == NULL ? argv0 : base + 1;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(base, names[i].name) == 0)
			return names[i].invocation;
	return INVOCATION_POSTRIDER;
}

bool
invocation_is_trusted(enum invocation invocation)
{
	return invocation == INVOCATION_POSTRIDER;
}

void
cmdline_init(struct cmdline *c)
{
	memset(c, 0, sizeof(*c));
	envelope_init(&c->envelope);
	account_init(&c->overrides);
	c->request.settings = &c->overrides;
}

void
cmdline_free(struct cmdline *c)
{
	envelope_free(&c->envelope);
	free(c->word);
	account_free(&c->overrides);
	notes_free(&c->notes);
	cmdline_init(c);
}

int
cmdline_set(struct cmdline *c, enum option_id id, const char *value,
    struct fault *f)
{
	static const struct option_place here = { NULL,
	    ORIGIN_COMMAND_LINE, 0 };

	return option_set(&c->overrides, id, value, strlen(value), &here, f);
}
