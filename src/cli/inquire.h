/* SPDX-License-Identifier: ISC */
/*
 * inquire: the modes that ask a server or the DNS something and have no
 * message: each stands alone.
 */
#ifndef CLI_INQUIRE_H
#define CLI_INQUIRE_H

#include "cli/cmdline.h"

struct fault;
struct letter;

/*
 * Chooses the mode. FAULT_USAGE when there is another of them already, or when
 * the argument (NULL: there is none to give) is empty or has control
 * characters.
 */
int inquire_choose(struct cmdline *, enum cmdline_mode, const char *argument,
    struct fault *);
/*
 * Once all is parsed and one was chosen: it is the mode. FAULT_USAGE when
 * there is another mode, or anything of a message: recipients, -t, -P.
 */
int inquire_settle(struct cmdline *, struct fault *);
/* -S, for the table of letters. */
int inquire_apply(struct cmdline *, const struct letter *, const char *value,
    struct fault *);

#endif
