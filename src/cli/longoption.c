/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "base/buffer.h"
#include "base/fault.h"
#include "config/option/legacy.h"
#include "cli/longoption.h"

#define MESSAGE_MAX (64 * 1024)	/* octets of a fault's text */

static const struct longoption longs[] = {
	{ "account", 'a', CMDLINE_SUBMIT, NULL, NULL },
	{ "file", 'C', CMDLINE_SUBMIT, NULL, NULL },
	{ "from", 'f', CMDLINE_SUBMIT, NULL, NULL },
	{ "read-recipients", 't', CMDLINE_SUBMIT, NULL, NULL },
	{ "read-envelope-from", '@', CMDLINE_SUBMIT,
	    "take the reverse-path from the From field", NULL },
	{ "pretend", 'P', CMDLINE_SUBMIT, NULL, NULL },
	{ "debug", 'd', CMDLINE_SUBMIT, NULL, NULL },
	{ "serverinfo", 'S', CMDLINE_SUBMIT, NULL, NULL },
	{ "configure", 0, CMDLINE_CONFIGURE,
	    "find the smarthost of an address, print an account", "ADDRESS" },
	{ "rmqs", 0, CMDLINE_ETRN,
	    "ask the smarthost to send its queue for a host", "HOST" },
	{ "vrfy", 0, CMDLINE_VRFY,
	    "ask the smarthost whether it knows an address", "ADDRESS" },
	{ "expn", 0, CMDLINE_EXPN,
	    "ask the smarthost who is on a list", "LIST" },
	{ "check-config", 0, CMDLINE_CHECK,
	    "find all errors in account files, in place of recipients",
	    NULL },
	{ "help", 0, CMDLINE_HELP, "print this", NULL },
	{ "version", 0, CMDLINE_VERSION, "print the version", NULL },
};

#define LONGS (sizeof(longs) / sizeof(longs[0]))

const struct longoption *
longoption_at(size_t i)
{
	return i < LONGS ? &longs[i] : NULL;
}

/* The name of the i-th of all long options, NULL for a row without one. */
static const char *
long_name(size_t i)
{
	if (i < LONGS)
		return longs[i].name;
	if (i < LONGS + OPTION_COUNT)
		return option_row((enum option_id)(i - LONGS))->name;
	return legacy_at(i - LONGS - OPTION_COUNT)->name;
}

static size_t
long_names(void)
{
	size_t n = LONGS + OPTION_COUNT;

	while (legacy_at(n - LONGS - OPTION_COUNT) != NULL)
		n++;
	return n;
}

static int
unknown_long(const char *name, size_t n, struct fault *f)
{
	const char *near = NULL, *known;
	size_t best = SIZE_MAX, edits;

	for (size_t i = 0; i < LONGS + OPTION_COUNT; i++) {
		known = long_name(i);
		if (known == NULL)
			continue;
		edits = option_slip(name, n, known);
		if (edits < best) {
			best = edits;
			near = known;
		}
	}
	fault(f, FAULT_USAGE, "unknown option --%.*s", (int)n, name);
	if (near != NULL)
		return fault_hint(f, "did you mean --%s?", near);
	return fault_hint(f, "--help lists the options");
}

static int
refuse_prefix(const char *name, size_t n, size_t found, const char *list,
    struct fault *f)
{
	if (found == 0)
		return unknown_long(name, n, f);
	fault(f, FAULT_USAGE, "--%.*s is ambiguous", (int)n, name);
	return fault_hint(f, "it could be %s", list);
}

/* A beginning that only one long option has stands for it. */
static int
find_prefix(const char *name, size_t n, struct meaning *m, struct fault *f)
{
	size_t found = 0, total = long_names(), at = 0;
	struct buffer list;
	const char *known;

	buffer_init(&list, MESSAGE_MAX);
	for (size_t i = 0; i < total && n > 0; i++) {
		known = long_name(i);
		if (known == NULL || strncmp(known, name, n) != 0)
			continue;
		buffer_printf(&list, "%s--%s", found > 0 ? ", " : "", known);
		found++;
		at = i;
	}
	if (found != 1)
		refuse_prefix(name, n, found, list.data, f);
	buffer_free(&list);
	if (found != 1)
		return -1;
	m->option = at < LONGS ? &longs[at] : NULL;
	if (at >= LONGS + OPTION_COUNT)
		m->legacy = legacy_at(at - LONGS - OPTION_COUNT);
	else if (at >= LONGS)
		m->id = (enum option_id)(at - LONGS);
	return 0;
}

static bool
find_whole(const char *name, size_t n, struct meaning *m)
{
	m->id = option_find_name(name, n);
	m->legacy = m->id != OPTION_COUNT ? NULL : legacy_find_name(name, n);
	m->option = NULL;
	for (size_t i = 0; i < LONGS; i++)
		if (strlen(longs[i].name) == n &&
		    memcmp(longs[i].name, name, n) == 0)
			m->option = &longs[i];
	return m->option != NULL || m->id != OPTION_COUNT || m->legacy != NULL;
}

int
longoption_find(const char *name, size_t n, struct meaning *m, struct fault *f)
{
	const char *old = legacy_expand(name, n);

	if (find_whole(name, n, m) ||
	    (old != NULL && find_whole(old, strlen(old), m)))
		return 0;
	return find_prefix(name, n, m, f);
}
