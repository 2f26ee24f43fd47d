/* SPDX-License-Identifier: ISC */
/*
 * accountmatch: how well the addresses and globs in an account's `from` fit a
 * reverse-path. match.c also has account_sender().
 *
 * Commas or blanks outside of double quotes separate the elements; the address
 * of an element with <...> is what stands in them. An element with one of ? * [
 * is a glob. Patterns (%U and so on) are expanded before anything is compared.
 */
#ifndef CONFIG_ACCOUNT_MATCH_H
#define CONFIG_ACCOUNT_MATCH_H

#include <stddef.h>

struct account;
struct fault;
struct option_place;

/*
 * A greater number is a better fit. From the best on: the address with the same
 * case of the local part; in another case; both again when the subaddress
 * ("+...") of the reverse-path is left out; a glob that fits, the better the
 * more of its characters are no wildcards; a glob that fits without the
 * subaddress.
 */
#define ACCOUNTMATCH_NONE 0
#define ACCOUNTMATCH_GLOB ((size_t)1 << 30)	/* below: globs */
#define ACCOUNTMATCH_TAGGED (ACCOUNTMATCH_GLOB + 1)
#define ACCOUNTMATCH_CASE (ACCOUNTMATCH_GLOB + 3)
#define ACCOUNTMATCH_EXACT (ACCOUNTMATCH_GLOB + 4)

/* The fit of the best element. One whose pattern has no value fits nothing. */
size_t accountmatch(const struct account *, const char *sender,
    const char *author);
/*
 * FAULT_CONFIG, with its place, at the first element that is neither a glob nor
 * an address; `place` is that of the value. No pattern is expanded: an element
 * passes if some value of its patterns could make it an address.
 */
int accountmatch_check(const struct account *, const struct option_place *,
    struct fault *);
#endif
