/* SPDX-License-Identifier: ISC */
/*
 * form: names and values as application/x-www-form-urlencoded, which is also
 * the query of an address (RFC 6749 appendix B).
 */
#ifndef OAUTH2_FORM_H
#define OAUTH2_FORM_H

#include <stdbool.h>
#include <stddef.h>

struct buffer;

/* Adds "name=value", encoded, with "&" before it unless the buffer is empty or
 * ends in "?" or "&". */
void form_add(struct buffer *, const char *name, const char *value);
/*
 * Adds the decoded value of the first field of that name in n octets: false
 * when there is none, or it has a NUL or a percent sign without two digits.
 */
bool form_find(struct buffer *, const char *form, size_t n, const char *name);

#endif
