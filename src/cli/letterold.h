/* SPDX-License-Identifier: ISC */
/*
 * letterold: options of sendmail's own configuration on its command line: -o
 * with a letter, -O with a word, -e, -D. Nearly all are about a queue or a
 * daemon; callers of "sendmail" may not name files by them.
 */
#ifndef CLI_LETTEROLD_H
#define CLI_LETTEROLD_H

struct cmdline;
struct fault;
struct letter;

int letter_old(struct cmdline *, const struct letter *, const char *value,
    struct fault *);
int letter_long_old(struct cmdline *, const struct letter *,
    const char *value, struct fault *);
int letter_errors(struct cmdline *, const struct letter *, const char *value,
    struct fault *);
/* Ignored, but for a file's name where that may not be given. */
int letter_file(struct cmdline *, const struct letter *, const char *value,
    struct fault *);

#endif
