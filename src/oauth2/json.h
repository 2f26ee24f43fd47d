/* SPDX-License-Identifier: ISC */
/*
 * json: an object of RFC 8259 and its members. Only this module knows json-c.
 * What is not asked for is kept as it is.
 */
#ifndef OAUTH2_JSON_H
#define OAUTH2_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buffer;
struct json;

/* An object without members. */
struct json *json_new(void);
/*
 * The object that n octets are; NULL when they are anything else: another type,
 * no UTF-8, more than one value, or nested deeper than 32. Free it with
 * json_free().
 */
struct json *json_parse(const char *, size_t n);
void json_free(struct json *);

/*
 * A string that is not empty and has no NUL; NULL when there is no such member.
 * It is the object's.
 */
const char *json_string(const struct json *, const char *name);
/*
 * A whole number, which may stand in a string; -1 when the member is missing,
 * negative or no number. Values beyond INT64_MAX are INT64_MAX.
 */
int64_t json_number(const struct json *, const char *name);

/* Sets a member; NULL removes it. */
void json_set_string(struct json *, const char *name, const char *value);
/* Sets a member to a number. */
void json_set_number(struct json *, const char *name, int64_t value);

/* Adds the object as text; -1 when it does not fit. */
int json_add_text(struct buffer *, const struct json *);

#endif
