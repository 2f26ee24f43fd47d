/* SPDX-License-Identifier: ISC */
/*
 * Lists of addresses and globs, as in `from`: the input is a list, a NUL, and
 * a reverse-path that is the author, too. An address of the list fits it; one
 * that fits, does so in capitals of the domain as well; patterns bring no
 * others in.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/fault.h"
#include "base/memory.h"
#include "base/text.h"
#include "config/account/account.h"
#include "config/account/sender.h"

#define LIST_MAX 4096	/* octets; fnmatch(3) may be slow on long globs */

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static void
require(bool truth)
{
	if (!truth)
		abort();
}

static void
check_sender(struct account *a, const char *author)
{
	struct fault f = { 0 };
	char *sender;

	a->author = memory_string(author);
	if (account_sender(a, &sender, &f) == -1) {
		require(f.class == FAULT_DATA || f.class == FAULT_CONFIG);
		require(sender == NULL);
	} else if (sender != NULL) {
		require(a->from != NULL);
		/* "Name <>" is the null reverse-path, which chooses nothing */
		require(strcmp(sender, "<>") == 0 || sender[0] == '\0' ||
		    accountmatch(a, sender, author) == ACCOUNTMATCH_EXACT);
	}
	free(sender);
	fault_clear(&f);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static const struct option_place place = { "F", 1, 1 };
	char *text = memory_copy(data, n > LIST_MAX ? LIST_MAX : n);
	size_t list = strlen(text), fit;
	const char *sender = list < n && list < LIST_MAX ? text + list + 1 :
	    "a+b@example.org";
	char *upper = memory_string(sender), *at = strrchr(upper, '@');
	struct fault f = { 0 };
	struct account a;

	account_init(&a);
	if (option_set(&a, OPTION_FROM, text, list, &place, &f) == 0) {
		fit = accountmatch(&a, sender, sender);
		require(fit <= ACCOUNTMATCH_EXACT);
		for (char *p = at; p != NULL && *p != '\0'; p++)
			if (*p >= 'a' && *p <= 'z')
				*p = (char)(*p - 'a' + 'A');
		require(at == NULL || accountmatch(&a, upper, sender) == fit);
		check_sender(&a, sender);
	}
	fault_clear(&f);
	account_free(&a);
	free(upper);
	free(text);
	return 0;
}
