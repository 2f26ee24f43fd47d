/* SPDX-License-Identifier: ISC */
/*
 * longoption: the long options that are no settings, and how the name of any
 * long option is found, whole or shortened.
 */
#ifndef CLI_LONGOPTION_H
#define CLI_LONGOPTION_H

#include "cli/cmdline.h"

struct legacy;

/* Another name of a letter, or a mode. */
struct longoption {
	const char *name;
	char letter;		/* 0: `mode`; '@': read_sender */
	enum cmdline_mode mode;
	const char *help;	/* when the letter's own does not say it */
	const char *value;	/* of a mode: what the help calls it */
};

/* NULL behind the last. */
const struct longoption *longoption_at(size_t);

/* What a long option may be; exactly one of these, when there is one. */
struct meaning {
	const struct longoption *option;	/* or NULL */
	enum option_id id;		/* or OPTION_COUNT */
	const struct legacy *legacy;	/* or NULL */
};

/*
 * The option of that name of n octets, or of which it is the beginning; what
 * was the beginning of one option in msmtp remains that, so that what came
 * later breaks no script. FAULT_USAGE for a name that is unknown, with the
 * nearest one there is, or ambiguous.
 */
int longoption_find(const char *name, size_t n, struct meaning *,
    struct fault *);

#endif
