/* SPDX-License-Identifier: ISC */
/*
 * Rewriting. The first octet says which settings the account has; the rest is
 * a message, whose header is composed: see composed.h.
 */
#include "tests/composed.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	composed_check(data, n);
	return 0;
}
