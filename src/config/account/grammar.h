/* SPDX-License-Identifier: ISC */
/*
 * grammar: the account files' grammar, of which postrider-accounts(5) is the
 * reference. It parses octets; files and commands are its caller's.
 */
#ifndef CONFIG_ACCOUNT_GRAMMAR_H
#define CONFIG_ACCOUNT_GRAMMAR_H

#include <stdbool.h>
#include <stddef.h>

struct accounts;
struct fault;
struct option_place;
struct parser;
struct secret;

/* What a file holds that its owner and mode have to fit. */
struct accountfile_facts {
	bool password;
	bool passwordeval;
	bool eval;
};

/*
 * What the lines "eval COMMAND" and "include PATTERN" need of the world; the
 * place is that of the command or pattern, for faults.
 */
struct parser_hooks {
	/* Gets the line that the command prints, without its end. */
	int (*eval)(void *arg, const char *command,
	    const struct option_place *, struct secret *line, struct fault *);
	/* Parses the files that fit, each by parser_include(). */
	int (*include)(void *arg, struct parser *, const char *pattern,
	    const struct option_place *, struct fault *);
	void *arg;
};

/*
 * Adds the accounts of a file given as octets. An account whose name is there
 * already, from a file parsed earlier, is left out. On the first error: -1,
 * FAULT_CONFIG beginning "NAME:LINE:COLUMN: " (both from 1, columns in
 * octets), or a fault of a hook's, and no account of this file is added.
 * Without hooks (NULL) no "eval" is run and no "include" followed.
 */
int accountfile_parse(struct accounts *, const struct parser_hooks *,
    const char *name, const char *bytes, size_t n, struct accountfile_facts *,
    struct fault *);
/*
 * Parses a file as if its lines stood where the parser is, with hooks and facts
 * of its own. What follows the include belongs to the account that it stood
 * in. -1: the fault is recorded where accountfile_parse() was told to.
 */
int parser_include(struct parser *, const struct parser_hooks *,
    const char *name, const char *bytes, size_t n, struct accountfile_facts *);

#endif
