/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>

#include "cli/cmdline.h"

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
