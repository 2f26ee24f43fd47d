/* SPDX-License-Identifier: ISC */
/*
 * legacy: words of msmtp's account files and command line that are no settings
 * here. Most stand for a setting of another name; the others have no effect.
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

/* The row of a keyword, or of a long option (`by_name`), or NULL. */
const struct legacy *legacy_find(const char *, size_t, bool by_name);
/* The i-th row, NULL behind the last. */
const struct legacy *legacy_at(size_t i);

/*
 * Sets the setting that the word stands for; a word without effect adds a note
 * instead. Faults are those of option_set().
 */
int legacy_set(struct account *, const struct legacy *, const char *value,
    size_t n, const struct option_place *, struct notes *, struct fault *);
/* Adds a note on what to write in place of the word. */
void legacy_note(struct notes *, const struct legacy *, const char *value,
    size_t n, const struct option_place *);
/* The line to write instead of a setting that should not be used any more; NULL
 * for all others. */
const char *legacy_advice(enum option_id);

/* The long option of msmtp that these octets abbreviate; NULL when none or
 * several begin so. */
const char *legacy_expand(const char *, size_t);

#endif
