/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "cli/personality.h"

static const struct {
	const char *name;
	enum personality personality;
} names[] = {
	{ "sendmail", PERSONALITY_SENDMAIL },
	{ "send-mail", PERSONALITY_SENDMAIL },
	{ "mailq", PERSONALITY_MAILQ },
	{ "newaliases", PERSONALITY_NEWALIASES },
	{ "runq", PERSONALITY_RUNQ },
};

enum personality
personality_of(const char *argv0)
{
	const char *base;

	/* whoever executes us without a name wants us to guess wrong */
	if (argv0 == NULL)
		return PERSONALITY_SENDMAIL;
	base = strrchr(argv0, '/');
	base = base == NULL ? argv0 : base + 1;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(base, names[i].name) == 0)
			return names[i].personality;
	return PERSONALITY_POSTRIDER;
}

bool
personality_is_trusted(enum personality personality)
{
	return personality == PERSONALITY_POSTRIDER;
}
