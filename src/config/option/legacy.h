/* SPDX-License-Identifier: ISC */
/*
 * legacy: words of msmtp's account files and command line that are no settings
 * here: those that stand for a setting of another name, and those that this
 * version does not support.
 */
#ifndef CONFIG_OPTION_LEGACY_H
#define CONFIG_OPTION_LEGACY_H

#include <stdbool.h>
#include <stddef.h>

#include "config/option/option.h"

struct account;
struct fault;
struct notes;

struct legacy {
	const char *keyword;
	const char *name;	/* long option without "--", or NULL */
	enum option_id id;	/* OPTION_COUNT: it has no effect */
	const char *on;		/* what that becomes for "on" or no value */
	const char *off;	/* and for "off"; NULL: it takes no value */
};

const struct legacy *legacy_find_keyword(const char *, size_t);
const struct legacy *legacy_find_name(const char *, size_t);
/* The i-th row, NULL behind the last. */
const struct legacy *legacy_at(size_t i);

/*
 * Sets what the word stands for. A word without effect adds a note. Faults
 * are those of option_set().
 */
int legacy_set(struct account *, const struct legacy *, const char *value,
    size_t n, const struct option_place *, struct notes *, struct fault *);
/* What to write in place of the word: for a note on an obsolete one. */
void legacy_note(struct notes *, const struct legacy *, const char *value,
    size_t n, const struct option_place *);
/* A setting that works and should not be used any more: the line to write
 * instead; NULL for all others. */
const char *legacy_advice(enum option_id);

/* The only one of msmtp's long options that begins like this, or NULL. */
const char *legacy_expand(const char *, size_t);

#endif
