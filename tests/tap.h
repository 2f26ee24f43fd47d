/* SPDX-License-Identifier: ISC */
/*
 * tap: a unit test says "ok" or "not ok" for each row, and its plan at the
 * end, so that one that dies half way is seen to have done so.
 */
#ifndef UNIT_TAP_H
#define UNIT_TAP_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static int tap_rows;
static int tap_failures;

/* One row's result and label; the label is a printf format. */
__attribute__((format(printf, 2, 3), unused))
static bool
tap_ok(bool good, const char *fmt, ...)
{
	va_list ap;

	tap_rows++;
	tap_failures += !good;
	printf("%sok %d - ", good ? "" : "not ", tap_rows);
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	putchar('\n');
	return good;
}

/* Octets as a TAP comment, on one line whatever they are. */
__attribute__((unused))
static void
tap_show(const char *what, const char *s, size_t n)
{
	printf("# %s: ", what);
	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)s[i];

		if (c < ' ' || c > 126 || c == '\\')
			printf("\\x%02x", c);
		else
			putchar(c);
	}
	putchar('\n');
}

/* Equal octets? Shows both when they are not. */
__attribute__((unused))
static bool
tap_same(const char *label, const char *got, size_t got_len,
    const char *want, size_t want_len)
{
	bool same = got_len == want_len &&
	    (got_len == 0 || memcmp(got, want, got_len) == 0);

	if (!tap_ok(same, "%s", label)) {
		tap_show("got ", got, got_len);
		tap_show("want", want, want_len);
	}
	return same;
}

/* Equal strings? NULL is shown as (none) and equals only itself. */
__attribute__((unused))
static bool
tap_string(const char *label, const char *got, const char *want)
{
	if (got == NULL)
		got = "(none)";
	if (want == NULL)
		want = "(none)";
	return tap_same(label, got, strlen(got), want, strlen(want));
}

/* The plan; what main returns. */
__attribute__((unused))
static int
tap_done(void)
{
	printf("1..%d\n", tap_rows);
	return tap_failures > 0;
}

#endif
