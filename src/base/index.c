/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>

#include "base/index.h"
#include "base/memory.h"
#include "base/random.h"
#include "base/text.h"

#define SLOTS_MIN 64	/* at first; a power of two */

struct index_entry {
	uint64_t hash;
	size_t at;	/* where the key begins in `keys` */
	size_t number;
};

/*
 * Eight octets at a time, from the seed on. With `fold`, the bit that tells the
 * cases of letters apart does not count, whatever the octet is: is_key() looks
 * more closely.
 */
static uint64_t
hash(const struct index *ix, const char *key, size_t n)
{
	const uint64_t fold = ix->fold ? UINT64_C(0x2020202020202020) : 0;
	uint64_t h = ix->seed ^ n, word;
	size_t part;

	for (; n > 0; key += part, n -= part) {
		part = n < sizeof(word) ? n : sizeof(word);
		word = 0;
		memcpy(&word, key, part);
		h = (h ^ (word | fold)) * UINT64_C(0x9e3779b97f4a7c15);
		h ^= h >> 32;
	}
	return h;
}

static bool
is_key(const struct index *ix, size_t entry, const char *key, size_t n)
{
	size_t at = ix->entry[entry].at;
	size_t end = entry + 1 < ix->count ? ix->entry[entry + 1].at :
	    ix->keys.len;

	if (ix->fold)
		return text_same(ix->keys.data + at, end - at, key, n);
	return end - at == n && memcmp(ix->keys.data + at, key, n) == 0;
}

/* The slot of a key, or the free one where it belongs. Half of the slots are
 * free, so a search ends after a few steps. */
static size_t *
find_slot(const struct index *ix, uint64_t h, const char *key, size_t n)
{
	size_t i = (size_t)h & (ix->slots - 1);

	while (ix->slot[i] != 0 && (ix->entry[ix->slot[i] - 1].hash != h ||
	    !is_key(ix, ix->slot[i] - 1, key, n)))
		i = (i + 1) & (ix->slots - 1);
	return &ix->slot[i];
}

static void
grow(struct index *ix)
{
	size_t i;

	ix->slots = ix->slots == 0 ? SLOTS_MIN : ix->slots * 2;
	ix->entry = memory_resize(ix->entry, ix->slots / 2,
	    sizeof(*ix->entry));
	free(ix->slot);
	ix->slot = memory_array(ix->slots, sizeof(*ix->slot));
	for (size_t k = 0; k < ix->count; k++) {
		i = (size_t)ix->entry[k].hash & (ix->slots - 1);
		while (ix->slot[i] != 0)
			i = (i + 1) & (ix->slots - 1);
		ix->slot[i] = k + 1;
	}
}

/* Without random numbers the seed stays 0, which is no worse than a fixed
 * one: the index works, and somebody could make it slow. */
static void
begin(struct index *ix)
{
	buffer_init(&ix->keys, SIZE_MAX);
	if (random_bytes(&ix->seed, sizeof(ix->seed)) == -1)
		ix->seed = 0;
}

size_t
index_find(const struct index *ix, const char *key, size_t n)
{
	size_t found;

	if (ix->slots == 0)
		return INDEX_NONE;
	found = *find_slot(ix, hash(ix, key, n), key, n);
	return found == 0 ? INDEX_NONE : ix->entry[found - 1].number;
}

size_t
index_add(struct index *ix, const char *key, size_t n, size_t number)
{
	size_t *slot;
	uint64_t h;

	if (ix->slots == 0)
		begin(ix);
	if (ix->count == ix->slots / 2)
		grow(ix);
	h = hash(ix, key, n);
	slot = find_slot(ix, h, key, n);
	if (*slot != 0)
		return ix->entry[*slot - 1].number;
	ix->entry[ix->count++] = (struct index_entry){ h, ix->keys.len,
	    number };
	*slot = ix->count;
	buffer_add(&ix->keys, key, n);
	return number;
}

void
index_free(struct index *ix)
{
	buffer_free(&ix->keys);
	free(ix->entry);
	free(ix->slot);
	memset(ix, 0, sizeof(*ix));
}
