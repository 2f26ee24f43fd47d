/* SPDX-License-Identifier: ISC */
/* An answer of the DNS: whatever it holds, what is found can be a setting. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "wire/dial.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static void
require(bool truth)
{
	if (!truth)
		abort();
}

static void
parse(enum srv_type type, const uint8_t *data, size_t n)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";
	struct srv_list l = { .record = NULL };
	const struct srv *s;

	if (srv_parse(&l, type, data, n) == 0) {
		for (size_t i = 0; i < l.count; i++) {
			s = &l.record[i];
			require(s->port != 0 && s->target[0] != '\0' &&
			    s->target[0] != '-' && strlen(s->target) <= 253 &&
			    s->target[strspn(s->target, allowed)] == '\0');
			require(i == 0 || s[-1].priority <= s->priority);
		}
		/* each takes its octets */
		require(l.count + l.unusable <= n / (type == SRV_MX ? 14 :
		    18));
	}
	srv_list_free(&l);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	parse(SRV_SRV, data, n);
	parse(SRV_MX, data, n);
	return 0;
}
