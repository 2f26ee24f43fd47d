/* SPDX-License-Identifier: ISC */
/*
 * lettermode: the letters that say what is to be done at all: -b, -I, -q, -d.
 * They are called as struct letter has it.
 */
#ifndef CLI_LETTERMODE_H
#define CLI_LETTERMODE_H

struct cmdline;
struct fault;
struct letter;

int letter_mode(struct cmdline *, const struct letter *, const char *value,
    struct fault *);
int letter_aliases(struct cmdline *, const struct letter *, const char *value,
    struct fault *);
int letter_queue(struct cmdline *, const struct letter *, const char *value,
    struct fault *);
int letter_debug(struct cmdline *, const struct letter *, const char *value,
    struct fault *);

#endif
