/* SPDX-License-Identifier: ISC */
/*
 * letter: sendmail's one-letter options. One row is a letter, whether it has a
 * value, and what it does; letters that some sendmail has and that change
 * nothing here are in the table as well, so that their values are known.
 */
#ifndef CLI_LETTER_H
#define CLI_LETTER_H

struct cmdline;
struct fault;

enum letter_value {
	LETTER_ALONE,		/* no value; others may follow: -ti */
	LETTER_ATTACHED,	/* the rest of the word, if any: -d0.1 */
	LETTER_VALUE		/* the rest of the word, else the next one */
};

struct letter {
	char letter;
	enum letter_value takes;
	/* `value` is NULL for LETTER_ALONE, "" for LETTER_ATTACHED without */
	int (*apply)(struct cmdline *, const struct letter *,
	    const char *value, struct fault *);
	const char *value;	/* what the help calls the value */
	const char *help;	/* NULL: ignored, or refused for `reason` */
	const char *reason;
};

/*
 * FAULT_USAGE unless we are called by our own name: for an option that callers
 * of sendmail have no use for.
 */
int letter_ours_only(const struct cmdline *, const struct letter *,
    struct fault *);
/* The row of a letter, or NULL. */
const struct letter *letter_find(char);
/* The i-th row, NULL behind the last. */
const struct letter *letter_at(unsigned i);

#endif
