/* SPDX-License-Identifier: ISC */
/*
 * index: the hash table of the program. It finds the number that belongs to a
 * key; what has that number (an entry of somebody's array) is the caller's.
 * The order of its slots depends on a random seed, so that nobody can send
 * keys of which he knows that they share a slot.
 *
 * An index that is all zeros is empty and ready. `fold` may be set before the
 * first key is added, and not later.
 */
#ifndef BASE_INDEX_H
#define BASE_INDEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"

struct index_entry;

struct index {
	bool fold;		/* ASCII letters of either case are the same */
	uint64_t seed;
	struct buffer keys;	/* the octets of all of them, in turn */
	struct index_entry *entry;
	size_t count;
	size_t *slot;		/* 0: free, else the number of an entry + 1 */
	size_t slots;		/* 0, or a power of two */
};

#define INDEX_NONE SIZE_MAX	/* the number of no key */

/* The number of a key of n octets, or INDEX_NONE when it is not there. */
size_t index_find(const struct index *, const char *key, size_t n);
/*
 * Adds a key with this number, which is not INDEX_NONE, unless the key is
 * there. Returns the number that the key has then: another than the one given
 * if it was there before. The index keeps a copy of the key.
 */
size_t index_add(struct index *, const char *key, size_t n, size_t number);
/* Frees all; the index is all zeros. */
void index_free(struct index *);

#endif
