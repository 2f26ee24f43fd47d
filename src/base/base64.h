/* SPDX-License-Identifier: ISC */
/* base64: RFC 4648 section 4, as SASL carries its messages. */
#ifndef BASE_BASE64_H
#define BASE_BASE64_H

#include <stddef.h>

struct buffer;

/*
 * Adds n octets in base64, without line breaks: all or nothing, like
 * buffer_add(). No copy of it is left elsewhere if the buffer was empty.
 */
int base64_add(struct buffer *, const void *, size_t n);
/*
 * Adds what n characters stand for. -1 when they are no base64: padding is
 * needed, and nothing else than the alphabet is allowed; nothing is added.
 */
int base64_decode(struct buffer *, const char *, size_t n);

#endif
