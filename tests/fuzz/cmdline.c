/* SPDX-License-Identifier: ISC */
/*
 * Command lines: the input is argv, its words ended by NUL. What is taken is
 * free of control characters wherever it goes into a message or to a server.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/fault.h"
#include "base/memory.h"
#include "base/text.h"
#include "cli/cmdline.h"

#define WORDS_MAX 64	/* arguments; the rest of the input is left out */

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static void
require(bool truth)
{
	if (!truth)
		abort();
}

static void
check_clean(const char *s)
{
	require(s == NULL || !text_has_control(s, strlen(s)));
}

static void
check_taken(const struct cmdline *c)
{
	check_clean(c->request.full_name);
	check_clean(c->envelope.envid);
	check_clean(c->overrides.host);
	check_clean(c->overrides.domain);
	check_clean(c->overrides.user);
	require(!secret_is_set(&c->overrides.password));
	require(c->overrides.from == NULL);
	if (c->envelope.path.local != NULL) {
		require(c->envelope.path.local[0] != '\0');
		check_clean(c->envelope.path.local);
		check_clean(c->envelope.path.domain);
	}
	for (size_t i = 0; i < c->envelope.count; i++) {
		require(c->envelope.recipient[i].box.local[0] != '\0');
		check_clean(c->envelope.recipient[i].box.local);
		check_clean(c->envelope.recipient[i].box.domain);
	}
	require(c->mode != CMDLINE_SUBMIT || c->read_recipients ||
	    c->envelope.count > 0 || c->pretend);
	if (invocation_is_trusted(c->invocation))
		return;
	require(!c->pretend && !c->read_sender && c->alone == NULL);
	/* -4, -6, -G, -N off and -R off set what harms nobody */
	require(!c->overrides.set[OPTION_HOST] &&
	    !c->overrides.set[OPTION_LOGFILE] &&
	    !c->overrides.set[OPTION_ALIASES] &&
	    !c->overrides.set[OPTION_PASSWORDEVAL] &&
	    !c->overrides.set[OPTION_TLS_CERTCHECK]);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	char *argv[WORDS_MAX + 1] = { NULL };
	char *words = memory_copy(data, n);
	struct cmdline c;
	struct fault f = { 0 };
	int argc = 0;

	for (size_t i = 0; i < n && argc < WORDS_MAX;
	    i += strlen(words + i) + 1)
		argv[argc++] = words + i;
	cmdline_init(&c);
	if (argv_parse(&c, argc, argv, &f) == 0)
		check_taken(&c);
	else
		require(f.class == FAULT_USAGE || f.class == FAULT_DATA ||
		    f.class == FAULT_REFUSED);
	cmdline_free(&c);
	fault_clear(&f);
	free(words);
	return 0;
}
