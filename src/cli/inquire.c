/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "base/fault.h"
#include "base/text.h"
#include "cli/inquire.h"
#include "cli/letter.h"

static const struct {
	enum cmdline_mode mode;
	const char *name;
} modes[] = {
	{ CMDLINE_SERVERINFO, "serverinfo" },
	{ CMDLINE_CONFIGURE, "configure" },
	{ CMDLINE_ETRN, "rmqs" },
	{ CMDLINE_VRFY, "vrfy" },
	{ CMDLINE_EXPN, "expn" },
};

/* The option's name. */
static const char *
name_of(enum cmdline_mode mode)
{
	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++)
		if (modes[i].mode == mode)
			return modes[i].name;
	return "?";
}

int
inquire_choose(struct cmdline *c, enum cmdline_mode mode,
    const char *argument, struct fault *f)
{
	const char *name = name_of(mode);

	if (c->inquiry == mode && argument != NULL)
		return fault(f, FAULT_USAGE, "--%s is there twice", name);
	if (c->inquiry != mode && c->inquiry != CMDLINE_SUBMIT)
		return fault(f, FAULT_USAGE, "--%s and --%s exclude each "
		    "other", name_of(c->inquiry), name);
	if (argument != NULL && argument[0] == '\0')
		return fault(f, FAULT_USAGE, "--%s needs a value", name);
	if (argument != NULL && text_has_control(argument, strlen(argument)))
		return fault(f, FAULT_USAGE, "--%s '%s' holds a control "
		    "character", name, argument);
	c->inquiry = mode;
	c->argument = argument;
	return 0;
}

int
inquire_settle(struct cmdline *c, struct fault *f)
{
	const char *name = name_of(c->inquiry);

	if (c->mode != CMDLINE_SUBMIT)
		return fault(f, FAULT_USAGE, "--%s cannot be combined with "
		    "another mode", name);
	c->mode = c->inquiry;
	if (c->words > 0) {
		fault(f, FAULT_USAGE, "--%s takes no recipients, as '%s'",
		    name, c->word[0]);
		return fault_hint(f, "no message is sent");
	}
	if (c->read_recipients || c->read_sender || c->pretend)
		return fault(f, FAULT_USAGE, "--%s reads no message: %s does "
		    "not go with it", name, c->read_recipients ? "-t" :
		    c->pretend ? "--pretend" : "--read-envelope-from");
	if (c->request.account != NULL && c->overrides.set[OPTION_HOST]) {
		fault(f, FAULT_USAGE, "--host and --account exclude each "
		    "other");
		return fault_hint(f, "--host is an account of its own and "
		    "reads no account file");
	}
	return 0;
}

int
inquire_apply(struct cmdline *c, const struct letter *l, const char *value,
    struct fault *f)
{
	(void)value;
	if (letter_ours_only(c, l, f) == -1)
		return -1;
	return inquire_choose(c, CMDLINE_SERVERINFO, NULL, f);
}
