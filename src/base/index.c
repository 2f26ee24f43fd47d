/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>

#include "base/index.h"
#include "base/memory.h"
#include "base/random.h"
#include "base/text.h"

#define SLOTS_MIN 64	/* at first; a power of two */

struct index_slot {
	bool used;
	uint64_t hash;
	size_t at;	/* of the key in `keys` */
	size_t n;
	size_t number;
};

/* FNV-1a, from the seed on. */
static uint64_t
hash(const struct index *ix, const char *key, size_t n)
{
	uint64_t h = ix->seed;

	for (size_t i = 0; i < n; i++) {
		h ^= (unsigned char)(ix->fold ? text_to_lower(key[i]) :
		    key[i]);
		h *= UINT64_C(1099511628211);
	}
	return h;
}

static bool
is_key(const struct index *ix, const struct index_slot *slot,
    const char *key, size_t n)
{
	const char *there = ix->keys.data + slot->at;

	if (ix->fold)
		return text_same(there, slot->n, key, n);
	return slot->n == n && memcmp(there, key, n) == 0;
}

/* The slot of a key, or the free one where it belongs. Half of the slots are
 * free, so a search ends after a few steps. */
static struct index_slot *
find_slot(const struct index *ix, uint64_t h, const char *key, size_t n)
{
	size_t i = (size_t)h & (ix->slots - 1);

	while (ix->slot[i].used && (ix->slot[i].hash != h ||
	    !is_key(ix, &ix->slot[i], key, n)))
		i = (i + 1) & (ix->slots - 1);
	return &ix->slot[i];
}

static void
grow(struct index *ix)
{
	struct index_slot *old = ix->slot, *to;
	size_t slots = ix->slots;

	ix->slots = slots == 0 ? SLOTS_MIN : slots * 2;
	ix->slot = memory_array(ix->slots, sizeof(*ix->slot));
	for (size_t i = 0; i < slots; i++) {
		if (!old[i].used)
			continue;
		to = find_slot(ix, old[i].hash, ix->keys.data + old[i].at,
		    old[i].n);
		*to = old[i];
	}
	free(old);
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
	const struct index_slot *slot;

	if (ix->slots == 0)
		return INDEX_NONE;
	slot = find_slot(ix, hash(ix, key, n), key, n);
	return slot->used ? slot->number : INDEX_NONE;
}

size_t
index_add(struct index *ix, const char *key, size_t n, size_t number)
{
	struct index_slot *slot;
	uint64_t h;

	if (ix->slots == 0)
		begin(ix);
	if (ix->count >= ix->slots / 2)
		grow(ix);
	h = hash(ix, key, n);
	slot = find_slot(ix, h, key, n);
	if (slot->used)
		return slot->number;
	*slot = (struct index_slot){ true, h, ix->keys.len, n, number };
	buffer_add(&ix->keys, key, n);
	ix->count++;
	return number;
}

void
index_free(struct index *ix)
{
	buffer_free(&ix->keys);
	free(ix->slot);
	memset(ix, 0, sizeof(*ix));
}
