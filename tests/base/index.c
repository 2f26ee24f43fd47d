/* SPDX-License-Identifier: ISC */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/index.h"
#include "tests/tap.h"

static void
test_keys(void)
{
	struct index ix = { .fold = false };

	tap_ok(index_find(&ix, "a", 1) == INDEX_NONE, "an empty index");
	tap_ok(index_add(&ix, "a", 1, 7) == 7, "a key is added");
	tap_ok(index_find(&ix, "a", 1) == 7, "and found");
	tap_ok(index_add(&ix, "a", 1, 8) == 7, "it keeps its number");
	tap_ok(index_find(&ix, "A", 1) == INDEX_NONE, "case counts");
	tap_ok(index_find(&ix, "", 0) == INDEX_NONE, "no empty key");
	tap_ok(index_add(&ix, "", 0, 0) == 0, "an empty key");
	tap_ok(index_find(&ix, "", 0) == 0, "found, too");
	tap_ok(index_add(&ix, "a\0b", 3, 9) == 9 &&
	    index_find(&ix, "a\0b", 3) == 9 &&
	    index_find(&ix, "a\0c", 3) == INDEX_NONE, "NUL is an octet");
	tap_ok(ix.count == 3, "three keys");
	index_free(&ix);
	tap_ok(ix.count == 0 && index_find(&ix, "a", 1) == INDEX_NONE,
	    "freed, and empty");
}

static void
test_fold(void)
{
	struct index ix = { .fold = true };

	index_add(&ix, "Root", 4, 1);
	tap_ok(index_find(&ix, "rOOT", 4) == 1, "case does not count");
	tap_ok(index_add(&ix, "ROOT", 4, 2) == 1, "nor in a second one");
	tap_ok(index_find(&ix, "r@@t", 4) == INDEX_NONE, "letters only");
	index_free(&ix);
}

static void
test_many(void)
{
	struct index ix = { .fold = false };
	bool added = true, found = true;
	char key[2000];
	int n;

	memset(key, 'x', sizeof(key));
	for (size_t i = 0; i < 100000; i++) {
		n = snprintf(key, sizeof(key), "user%zu", i);
		added &= index_add(&ix, key, (size_t)n, i) == i;
	}
	for (size_t i = 0; i < 100000; i++) {
		n = snprintf(key, sizeof(key), "user%zu", i);
		found &= index_find(&ix, key, (size_t)n) == i;
	}
	tap_ok(added && ix.count == 100000, "100,000 keys");
	tap_ok(found, "all found");
	tap_ok(index_add(&ix, key, sizeof(key), 1) == 1 &&
	    index_find(&ix, key, sizeof(key)) == 1, "a long key");
	index_free(&ix);
}

/* Who can foresee slots makes every search go through all of them. */
static void
test_seed(void)
{
	struct index a = { .fold = false }, b = { .fold = false };

	index_add(&a, "a", 1, 0);
	index_add(&b, "a", 1, 0);
	tap_ok(a.seed != b.seed, "slots cannot be foreseen");
	index_free(&a);
	index_free(&b);
}

int
main(void)
{
	test_keys();
	test_fold();
	test_many();
	test_seed();
	return tap_done();
}
