/* SPDX-License-Identifier: ISC */
/* optionlist: settings that hold several values of one kind in a line. */
#ifndef CONFIG_OPTION_LIST_H
#define CONFIG_OPTION_LIST_H

#include <stddef.h>

/*
 * Fingerprints of certificates, separated by commas or semicolons: each is
 * 32 (SHA-256), 20 (SHA-1) or 16 (MD5) octets in hex, of either case, all
 * without anything between the octets, or all with a colon or blanks. The
 * result is a string that the caller frees: words of lower case hex without
 * separators, one blank between them. NULL when the value is wrong: *at is
 * the offset of the wrong one, *why goes on where it was quoted.
 */
char *option_fingerprints(const char *value, size_t n, size_t *at,
    const char **why);
/*
 * The same for public key pins, "sha256//" and the base64 (RFC 4648) of 32
 * octets. Between them there may also be blanks alone.
 */
char *option_pins(const char *value, size_t n, size_t *at, const char **why);

#endif
