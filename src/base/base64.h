/* SPDX-License-Identifier: ISC */
/* base64: RFC 4648 sections 4 and 5. */
#ifndef BASE_BASE64_H
#define BASE_BASE64_H

#include <sys/types.h>

#include <stdbool.h>
#include <stddef.h>

struct buffer;

/*
 * Adds n octets in base64, without line breaks: all or nothing, like
 * buffer_add(). No copy of it is left elsewhere if the buffer was empty.
 */
int base64_add(struct buffer *, const void *, size_t n);
/* The same with the alphabet for addresses and file names, and without padding:
 * RFC 4648 section 5 and RFC 7515 section 2. */
int base64_add_url(struct buffer *, const void *, size_t n);
/*
 * Adds what n characters stand for. -1 when they are no base64: padding is
 * needed, and nothing else than the alphabet is allowed; nothing is added.
 */
int base64_decode(struct buffer *, const char *, size_t n);
/*
 * The same with lines and blanks among the digits, which are left out, and up
 * to the padding, which may be missing (PEM: RFC 7468 section 3). Writes at
 * most 3 octets for 4 characters to `out`, and returns how many; -1 for what
 * is no base64.
 */
ssize_t base64_decode_lines(const char *, size_t n, unsigned char *out);
/* One of the 64 characters that stand for 6 bits? */
bool base64_is_digit(char);

#endif
