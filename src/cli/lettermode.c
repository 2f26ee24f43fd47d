/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "base/fault.h"
#include "cli/cmdline.h"
#include "cli/letter.h"
#include "cli/lettermode.h"

static const char no_daemon[] = "there is no daemon: each message is sent by "
    "the program that is called with it";
static const char no_batch[] = "-bm, the default, takes one message, with its "
    "recipients as arguments or by -t";

/* The modes of all sendmails; without a reason they are ours. */
static const struct {
	const char *name;
	enum cmdline_mode mode;
	const char *reason;	/* why not */
} modes[] = {
	{ "m", CMDLINE_SUBMIT, NULL },
	{ "C", CMDLINE_CHECK, NULL },
	{ "h", CMDLINE_NOTHING, NULL },
	{ "H", CMDLINE_NOTHING, NULL },
	{ "i", CMDLINE_ALIASES, NULL },
	{ "I", CMDLINE_ALIASES, NULL },
	{ "p", CMDLINE_QUEUE, NULL },
	{ "pa", CMDLINE_QUEUE, NULL },
	{ "pi", CMDLINE_QUEUE, NULL },
	{ "pr", CMDLINE_QUEUE, NULL },
	{ "pra", CMDLINE_QUEUE, NULL },
	{ "pru", CMDLINE_QUEUE, NULL },
	{ "pu", CMDLINE_QUEUE, NULL },
	{ "P", CMDLINE_QUEUE_COUNT, NULL },
	{ "pc", CMDLINE_QUEUE_COUNT, NULL },
	{ "t", CMDLINE_TEST, NULL },
	{ "v", CMDLINE_VERIFY, NULL },
	{ "V", CMDLINE_VERSION, NULL },
	{ "s", CMDLINE_SERVE, NULL },
	{ "S", CMDLINE_SUBMIT, no_batch },
	{ "a", CMDLINE_SUBMIT, no_batch },
	{ "d", CMDLINE_SUBMIT, no_daemon },
	{ "df", CMDLINE_SUBMIT, no_daemon },
	{ "D", CMDLINE_SUBMIT, no_daemon },
	{ "l", CMDLINE_SUBMIT, no_daemon },
	{ "w", CMDLINE_SUBMIT, no_daemon },
};

int
letter_mode(struct cmdline *c, const struct letter *l, const char *value,
    struct fault *f)
{
	const char *reason = "the modes are -bm, which is the default, -bs, "
	    "-bv, -bt, -bi, -bp, -bP, -bC and -bV";

	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
		if (strcmp(value, modes[i].name) != 0)
			continue;
		reason = modes[i].reason;
		if (reason != NULL)
			break;
		c->mode = modes[i].mode;
		return 0;
	}
	fault(f, FAULT_USAGE, "-%c%s is not supported", l->letter, value);
	return fault_hint(f, "%s", reason);
}

/* -I */
int
letter_aliases(struct cmdline *c, const struct letter *l, const char *value,
    struct fault *f)
{
	(void)l;
	(void)value;
	(void)f;
	c->mode = CMDLINE_ALIASES;
	return 0;
}

/* With -bp it chooses what is listed, of nothing. */
int
letter_queue(struct cmdline *c, const struct letter *l, const char *value,
    struct fault *f)
{
	(void)l;
	(void)value;
	(void)f;
	if (c->mode == CMDLINE_SUBMIT)
		c->mode = CMDLINE_QUEUE_RUN;
	return 0;
}

/* -d0.1 and the like print what a program is, in every sendmail. */
int
letter_debug(struct cmdline *c, const struct letter *l, const char *value,
    struct fault *f)
{
	(void)l;
	(void)f;
	if (strcmp(value, "0") == 0 || strncmp(value, "0.", 2) == 0)
		c->mode = CMDLINE_VERSION;
	else
		c->verbose = true;
	return 0;
}
