/* SPDX-License-Identifier: ISC */
/*
 * accountparse: the parser of account files, seen from inside setup/. A file
 * that is included is parsed by the parser of the file that names it.
 */
#ifndef CONFIG_ACCOUNT_PARSE_H
#define CONFIG_ACCOUNT_PARSE_H

#include "config/account/account.h"
#include "config/account/grammar.h"

struct parser;

/* What needs the file itself, not only its bytes. */
struct parser_hooks {
	/* May commands of the file that is being parsed be run? */
	int (*trust)(void *arg, struct fault *);
	/* Parses the files that fit, by parser_include(). */
	int (*include)(void *arg, struct parser *, const char *pattern,
	    const struct option_place *, struct fault *);
	void *arg;
};

struct parser {
	struct accounts *accounts;
	const struct parser_hooks *hooks;	/* or NULL */
	struct option_place place;	/* the line; its column is 1 */
	const char *line;
	size_t len;			/* without line end */
	size_t evaluated;		/* column of the command that printed
					 * the line, else 0 */
	struct account defaults;
	struct account scrap;		/* settings behind an account line
					 * that is wrong */
	struct account *current;	/* what settings go into */
	struct account *implicit;	/* made by settings above the first
					 * account line, or NULL */
	struct account_table table;	/* accounts of this file */
	struct accountfile_facts *facts;
	struct fault *fault;
};

/* Part of the line. */
struct slice {
	const char *s;
	size_t n;
};

/* As accountfile_parse(); with hooks, "eval" and "include" do what they say. */
int parser_run(struct accounts *, const struct parser_hooks *,
    const char *name, const char *bytes, size_t n, struct accountfile_facts *,
    struct fault *);
/*
 * Lines of a file as if they stood where the parser is. What follows the
 * include belongs to the account that it stood in. The facts are the file's
 * own.
 */
int parser_include(struct parser *, const char *name, const char *bytes,
    size_t n, struct accountfile_facts *);
/* Lines, one after the other, and a line as the parser has it. */
int parser_lines(struct parser *, const char *bytes, size_t n);
int parser_line(struct parser *);

/* The place of something in the line. */
struct option_place parser_place(const struct parser *, const char *at);

/* accountcommand.c: the lines that are no settings of an account. */
int parser_eval(struct parser *, struct slice command);
int parser_include_line(struct parser *, struct slice pattern);

#endif
