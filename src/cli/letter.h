/* SPDX-License-Identifier: ISC */
/*
 * letter: sendmail's one-letter options, and the long options that are no
 * settings. One row is an option, whether it has a value, and what it does.
 * Letters that some sendmail has and that change nothing here are rows, too,
 * so that their values are not taken for recipients.
 */
#ifndef CLI_LETTER_H
#define CLI_LETTER_H

#include <stdbool.h>
#include <stddef.h>

#include "cli/cmdline.h"

enum letter_value {
	LETTER_ALONE,		/* no value; others may follow: -ti */
	LETTER_ATTACHED,	/* the rest of the word, if any: -d0.1 */
	LETTER_VALUE		/* the rest of the word, else the next one */
};

/* Without an effect the option is ignored. */
/* In the order in which people read a row. NOLINTNEXTLINE */
struct letter {
	char letter;		/* or NUL: there is only a name */
	const char *name;	/* the long option without "--", or NULL */
	enum letter_value takes;
	const char *value;	/* what the help calls the value */
	const char *help;	/* NULL: the help does not explain it */
	bool ours;		/* callers of sendmail have no use for it */
	bool words;		/* arguments behind it belong to it */
	/* the effect, one of these, or a function with what it needs */
	const char *refused;	/* why the option is not supported */
	size_t flag;		/* offset of a bool in struct cmdline */
	enum cmdline_mode mode;	/* CMDLINE_SUBMIT: none */
	int (*apply)(struct cmdline *, const struct letter *,
	    const char *value, struct fault *);
	size_t text;		/* offset of a string in struct cmdline */
	const char *given;	/* the value of a letter that takes none */
};

/*
 * Does what the option is for. `value` is NULL for LETTER_ALONE, and "" for
 * LETTER_ATTACHED without one; it must live as long as the struct cmdline.
 * FAULT_USAGE or FAULT_DATA begins with the letter.
 */
int letter_apply(struct cmdline *, const struct letter *, const char *value,
    struct fault *);
/* The row of a letter, or NULL. */
const struct letter *letter_find(char);
/* The i-th row, NULL behind the last. */
const struct letter *letter_at(size_t i);

#endif
