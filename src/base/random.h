/* SPDX-License-Identifier: ISC */
/* random: bytes that nobody can predict. */
#ifndef BASE_RANDOM_H
#define BASE_RANDOM_H

#include <stddef.h>

/* n bytes (at most 256) from the system; -1 if it has none to give. */
int random_bytes(void *, size_t n);

#endif
