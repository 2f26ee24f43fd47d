/* SPDX-License-Identifier: ISC */
/* A netrc file: whatever it holds, a password found in it can be used. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "config/password/password.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static void
require(bool truth)
{
	if (!truth)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static const char *const users[] = { "alice", NULL };
	struct secret secret = { NULL, 0 };

	for (size_t i = 0; i < sizeof(users) / sizeof(users[0]); i++) {
		if (netrc_find((const char *)data, n, "mail.example.org",
		    users[i], &secret))
			require(secret.len > 0 && secret.len <= n &&
			    strlen(secret.bytes) == secret.len);
		else
			require(!secret_is_set(&secret));
		secret_clear(&secret);
	}
	return 0;
}
