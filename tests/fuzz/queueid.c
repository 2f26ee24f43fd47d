/* SPDX-License-Identifier: ISC */
/*
 * Queue ids from replies. What must hold for any bytes: an id lies in the
 * text, is a word with a digit and nothing that a log would have to escape,
 * and lines behind it do not change it.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "smtp/reply.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void
must(int condition)
{
	if (!condition)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	const char *text = (const char *)data, *id = NULL, *again = NULL;
	size_t len = queueid_find(text, n, &id), end;
	int digits = 0;
	const char *line;

	if (len == 0)
		return 0;
	must(id >= text && id + len <= text + n);
	must(len >= QUEUEID_MIN && len <= QUEUEID_MAX);
	for (size_t i = 0; i < len; i++) {
		digits += text_is_digit(id[i]);
		must(text_is_digit(id[i]) || text_is_alpha(id[i]) ||
		    id[i] == '-' || id[i] == '_');
	}
	must(digits > 0);
	line = memchr(id, '\n', n - (size_t)(id - text));
	end = line == NULL ? n : (size_t)(line - text);
	must(queueid_find(text, end, &again) == len && again == id);
	return 0;
}
