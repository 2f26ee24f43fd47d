/* SPDX-License-Identifier: ISC */
/*
 * Bundles of trust anchors, and certificates. What must hold for any bytes:
 * names lie within the certificate; what is selected is blocks of the bundle,
 * in order, and selecting from them again gives the same.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/text.h"
#include "wire/anchors.h"

#define SELECTED_MAX (1024 * 1024)

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
	static const struct span names[] = {
		{ (const unsigned char *)"\x30\x02\x05", 4 },
		{ (const unsigned char *)"\x30", 2 },
	};
	struct span issuer, subject;
	struct anchors a, again;
	struct buffer b, c;

	if (anchors_names(data, n, &issuer, &subject)) {
		must(within(&issuer, data, n));
		must(within(&subject, data, n));
		must(issuer.p + issuer.len < subject.p);
	}
	buffer_init(&b, SELECTED_MAX);
	buffer_init(&c, SELECTED_MAX);
	if (anchors_take(&a, (const char *)data, n)) {
		must(a.count > 0);
		if (anchors_select(&a, names, 2, &b) && b.len > 0) {
			must(b.len <= n + a.count);
			must(anchors_take(&again, b.data, b.len));
			must(again.count <= a.count);
			must(anchors_select(&again, names, 2, &c));
			must(b.len == c.len &&
			    memcmp(b.data, c.data, b.len) == 0);
			anchors_close(&again);
		}
	}
	anchors_close(&a);
	buffer_free(&b);
	buffer_free(&c);
	return 0;
}
