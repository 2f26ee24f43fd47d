/* SPDX-License-Identifier: ISC */
/*
 * Bundles of trust anchors, and certificates. What must hold for any bytes:
 * names lie within the certificate; blocks lie within the bundle, as
 * many as it says; what is selected is among them.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "wire/tls/trust.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void
must(int condition)
{
	if (!condition)
		abort();
}

static int
within(const struct span *s, const uint8_t *data, size_t n)
{
	return s->p >= data && s->len <= n &&
	    (size_t)(s->p - data) <= n - s->len;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static const struct span wanted[] = {
		{ (const unsigned char *)"\x30\x02\x06", 4 },
		{ (const unsigned char *)"\x30", 2 },
	};
	struct anchor_names names = { .count = 0 };
	struct span issuer, subject, block;
	struct anchors a;
	size_t at = 0, all = 0, some = 0;

	if (anchors_names(data, n, &issuer, &subject)) {
		must(within(&issuer, data, n));
		must(within(&subject, data, n));
		must(issuer.p + issuer.len < subject.p);
	}
	for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++)
		must(anchors_add_name(&names, &wanted[i]));
	anchors_take(&a, (const char *)data, n);
	while (anchors_next(&a, NULL, &at, &block)) {
		must(within(&block, (const uint8_t *)a.pem, n));
		must(at <= n && anchors_line(&a, &block) <= n + 1);
		all++;
	}
	for (at = 0; anchors_next(&a, &names, &at, &block); some++)
		must(within(&block, (const uint8_t *)a.pem, n));
	must(all == a.count && some <= all);
	anchors_close(&a);
	return 0;
}
