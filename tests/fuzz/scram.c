/* SPDX-License-Identifier: ISC */
/*
 * What a server says in SCRAM: its first message, and behind a line end its
 * last. What must hold for any bytes: only what is answered can be verified,
 * an answer repeats the server's nonce, which begins with ours, and a server
 * that does not know the password does not prove that it does.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "smtp/sasl/scram.h"

#define OUT_MAX (1024 * 1024)
#define DIGITS_MAX 3	/* more rounds only take longer */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void
must(int condition)
{
	if (!condition)
		abort();
}

static int
takes_long(const char *text, size_t n)
{
	size_t digits = 0;

	for (size_t i = 0; i < n && digits <= DIGITS_MAX; i++)
		digits = text_is_digit(text[i]) ? digits + 1 : 0;
	return digits > DIGITS_MAX;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	const struct scram_names names = { .user = "alice", .nonce = "abc" };
	const char *text = (const char *)data, *last = text + n;
	size_t first = n, rest = 0;
	enum scram_result result;
	struct buffer out;
	struct scram s;

	for (size_t i = 0; i < n; i++) {
		if (text[i] != '\n')
			continue;
		first = i;
		last = text + i + 1;
		rest = n - i - 1;
		break;
	}
	if (takes_long(text, first))
		return 0;
	buffer_init(&out, OUT_MAX);
	scram_first(&s, true, &names, &out);
	buffer_clear(&out);
	result = scram_final(&s, "secret", text, first, &out);
	must((result == SCRAM_DONE) == (out.len > 0));
	must(result != SCRAM_DONE || text_find(out.data, out.len, ",r=abc",
	    6) != NULL);
	must(!scram_verify(&s, last, rest));
	scram_free(&s);
	buffer_free(&out);
	return 0;
}
