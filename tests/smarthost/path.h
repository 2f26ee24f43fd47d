/* SPDX-License-Identifier: ISC */
#ifndef SMARTHOST_PATH_H
#define SMARTHOST_PATH_H

#include <stdbool.h>
#include <stddef.h>

/* The arguments of MAIL and RCPT (RFC 5321 sections 4.1.2 and 4.1.1.11). */

enum path_kind { PATH_REVERSE, PATH_FORWARD };

struct path {
	const char *text; /* with its angle brackets; within the arguments */
	size_t len;
	const char *parameters; /* what follows the blank behind it */
	size_t parameters_len;
	bool eight_bit; /* in the path */
};

/*
 * Takes apart `FROM:<path> parameters` or `TO:<path> parameters`. Returns NULL
 * or, in words, what is not right. Source routes are not right: clients should
 * not make them.
 */
const char *path_parse(struct path *path, enum path_kind kind,
    const char *arguments, size_t len);

/*
 * One of the parameters: `keyword` or `keyword=value`, value NULL without `=`.
 * extension names who defines it for this command, NULL: nobody; good says
 * whether the value is right; bit is one of its own for each keyword.
 */
struct parameter {
	const char *keyword, *value;
	size_t keyword_len, value_len;
	const char *extension;
	bool good;
	unsigned bit;
};

/* Takes the next one off *parameters. Returns false at the end. */
bool parameter_next(struct parameter *parameter, enum path_kind kind,
    const char **parameters, size_t *len);

#endif
