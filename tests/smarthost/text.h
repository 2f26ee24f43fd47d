/* SPDX-License-Identifier: ISC */
#ifndef SMARTHOST_TEXT_H
#define SMARTHOST_TEXT_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Does all of s, len octets, match the pattern? `*` stands for any run of
 * octets, `\*` for a star, everything else for itself; fold compares ASCII
 * letters without regard to case.
 */
bool text_matches(const char *pattern, const char *s, size_t len, bool fold);

/* Is s, len octets, this ASCII word in any mixture of case? */
bool text_is(const char *s, size_t len, const char *word);

/* Does s, len octets, begin with this ASCII word in any mixture of case? */
bool text_begins(const char *s, size_t len, const char *word);

/*
 * Replaces \r \n \t \0 \\ and \xHH in s by the octets they stand for, in
 * place, and stores the new length. Returns -1 for any other backslash.
 */
int text_unescape(char *s, size_t *len);

/*
 * Reads a decimal number of at most max; the whole of s, len octets, must be
 * digits. Returns -1 otherwise.
 */
int text_number(const char *s, size_t len, unsigned long long max,
    unsigned long long *number);

/*
 * Writes s, len octets, with control characters, backslashes and what is not
 * UTF-8 as escapes, followed by a NUL. out has room for TEXT_ESCAPED(len)
 * octets. Returns the length.
 */
size_t text_escape(char *out, const char *s, size_t len);
#define TEXT_ESCAPED(len) (4 * (len) + 1)

/* A printable copy for a message, cut to a line's length; the caller frees. */
char *text_shown(const char *s, size_t len);

/* malloc, realloc and strndup that end the program instead of failing. */
void *text_alloc(size_t size);
void *text_resize(void *old, size_t size);
char *text_copy(const char *s, size_t len);

#endif
