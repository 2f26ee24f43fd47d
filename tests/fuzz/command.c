/* SPDX-License-Identifier: ISC */
/*
 * What -bs reads: the arguments of MAIL, RCPT and BDAT, and the lines behind
 * DATA. What is taken is clean, and cutting it up must not matter.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/text.h"
#include "smtp/server/command.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static void
require(bool truth)
{
	if (!truth)
		abort();
}

static void
try_unstuff(const char *p, size_t n, size_t cut, struct buffer *message,
    size_t *end)
{
	size_t at = 0, have = 0, used, len;
	struct unstuff u;

	unstuff_start(&u, n % 2 == 1);
	while (!u.ended && have < n) {
		have = have + cut > n ? n : have + cut;
		while (!u.ended && (used = unstuff_next(&u, p + at, have - at,
		    &len)) > 0) {
			require(used <= have - at && len <= used);
			at += used;
			buffer_add(message, p + at - len, len);
		}
	}
	*end = at;
}

static void
try_parsers(const char *p, size_t n)
{
	struct buffer whole, parts;
	struct command_mail m;
	struct command_rcpt c;
	size_t end, other;
	uint64_t octets;
	bool last;

	buffer_init(&whole, n + 1);
	buffer_init(&parts, n + 1);
	try_unstuff(p, n, n + 1, &whole, &end);
	try_unstuff(p, n, 1, &parts, &other);
	require(end == other && whole.len == parts.len && (whole.len == 0 ||
	    memcmp(whole.data, parts.data, whole.len) == 0));
	buffer_free(&whole);
	buffer_free(&parts);
	if (command_read_mail(&m, p, n) == NULL)
		require(m.null_path == (m.path.local == NULL) &&
		    (m.envid == NULL ||
		    !text_has_control(m.envid, strlen(m.envid))));
	command_mail_free(&m);
	if (command_read_rcpt(&c, true, p, n) == NULL)
		require(c.box.local != NULL &&
		    !text_has_control(c.box.local, strlen(c.box.local)));
	command_rcpt_free(&c);
	command_read_bdat(&octets, &last, p, n);
	command_is_name(p, n);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	try_parsers((const char *)data, n);
	return 0;
}
