/* SPDX-License-Identifier: ISC */
/*
 * argv: the command line is parsed and checked as a whole, as sendmail has it,
 * with our long options.
 */
#ifndef CLI_ARGV_H
#define CLI_ARGV_H

#include <stdio.h>

struct cmdline;
struct fault;

/*
 * Parses argv, argv[0] included (argc may be 0), into a struct cmdline that
 * has been initialised. With --as-sendmail anywhere among them we have been
 * called as sendmail. FAULT_USAGE names the option and what to do; an
 * address that cannot be parsed is FAULT_DATA, and -h with too many hosts
 * FAULT_REFUSED. In CMDLINE_HELP and CMDLINE_VERSION the rest of the command
 * line is not looked at.
 */
int argv_parse(struct cmdline *, int argc, char *const argv[],
    struct fault *);

/* Prints every option there is, one on a line that begins with two blanks. */
void argv_print_help(FILE *);

#endif
