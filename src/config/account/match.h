/* SPDX-License-Identifier: ISC */
/*
 * accountmatch: the addresses and globs in an account's `from`, and how well
 * they fit a reverse-path. account_sender() is here, too.
 *
 * They are separated by commas or blanks, neither of which counts in double
 * quotes; in an element with <...>, that is the address. What has one of ? * [
 * is a glob. Patterns are expanded before anything is compared.
 */
#ifndef CONFIG_ACCOUNT_MATCH_H
#define CONFIG_ACCOUNT_MATCH_H

#include <stddef.h>

struct account;
struct fault;
struct option_place;

/*
 * How well, the greater the better: an address in the same case of the local
 * part, in another one, without the subaddress ("+...") of the reverse-path,
 * a glob, and that without the subaddress. Globs with more characters that
 * are no wildcards fit better.
 */
#define ACCOUNTMATCH_NONE 0
#define ACCOUNTMATCH_GLOB ((size_t)1 << 30)	/* below: globs */
#define ACCOUNTMATCH_TAGGED (ACCOUNTMATCH_GLOB + 1)
#define ACCOUNTMATCH_CASE (ACCOUNTMATCH_GLOB + 3)
#define ACCOUNTMATCH_EXACT (ACCOUNTMATCH_GLOB + 4)

/* An element whose pattern has no value here fits nothing. */
size_t accountmatch(const struct account *, const char *sender,
    const char *author);
/*
 * Are all the elements but globs addresses? FAULT_CONFIG with the place of
 * the first that is none; `place` is that of the value. Nothing is expanded:
 * patterns stand for what they may come to.
 */
int accountmatch_check(const struct account *, const struct option_place *,
    struct fault *);
#endif
