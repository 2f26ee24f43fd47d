/* SPDX-License-Identifier: ISC */
/*
 * octets: questions about 64 octets at once, for what has to look at each
 * octet of a large message. The answer has a bit for each octet, the first
 * one's the lowest. Everywhere but on x86 that takes eight words a question,
 * there (where SSE2 is never missing on 64 bits) four.
 */
#ifndef BASE_OCTETS_H
#define BASE_OCTETS_H

#include <stdint.h>
#include <string.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#define OCTETS 64

/* Eight octets as a word, the first one's bits the lowest. */
static inline uint64_t
octets_word(const char *p)
{
	uint64_t word = 0;

	for (int i = 7; i >= 0; i--)
		word = word << 8 | (unsigned char)p[i];
	return word;
}

/* The highest bits of eight octets, side by side. */
static inline uint64_t
octets_gather(uint64_t word)
{
	return ((word >> 7 & UINT64_C(0x0101010101010101)) *
	    UINT64_C(0x0102040810204080)) >> 56;
}

/* Which of them are c? */
static inline uint64_t
octets_are_portable(const char *p, char c)
{
	const uint64_t low = UINT64_C(0x7f7f7f7f7f7f7f7f);
	uint64_t every = (unsigned char)c * UINT64_C(0x0101010101010101);
	uint64_t bits = 0, x;

	for (int i = 0; i < OCTETS; i += 8) {
		x = octets_word(p + i) ^ every;
		/* the highest bit of an octet is set unless it is 0 */
		x = ((x & low) + low) | x;
		bits |= octets_gather(~x) << i;
	}
	return bits;
}

/* Which of them are above 127? */
static inline uint64_t
octets_high_portable(const char *p)
{
	uint64_t bits = 0;

	for (int i = 0; i < OCTETS; i += 8)
		bits |= octets_gather(octets_word(p + i)) << i;
	return bits;
}

#ifdef __SSE2__

static inline uint64_t
octets_are(const char *p, char c)
{
	const __m128i every = _mm_set1_epi8(c);
	uint64_t bits = 0;

	for (int i = 0; i < OCTETS; i += 16) {
		__m128i x = _mm_loadu_si128((const void *)(p + i));

		bits |= (uint64_t)(uint32_t)_mm_movemask_epi8(
		    _mm_cmpeq_epi8(x, every)) << i;
	}
	return bits;
}

static inline uint64_t
octets_high(const char *p)
{
	uint64_t bits = 0;

	for (int i = 0; i < OCTETS; i += 16)
		bits |= (uint64_t)(uint32_t)_mm_movemask_epi8(
		    _mm_loadu_si128((const void *)(p + i))) << i;
	return bits;
}

#else

static inline uint64_t
octets_are(const char *p, char c)
{
	return octets_are_portable(p, c);
}

static inline uint64_t
octets_high(const char *p)
{
	return octets_high_portable(p);
}

#endif

/* How many bits are set. */
static inline unsigned
octets_count(uint64_t x)
{
	x -= x >> 1 & UINT64_C(0x5555555555555555);
	x = (x & UINT64_C(0x3333333333333333)) +
	    (x >> 2 & UINT64_C(0x3333333333333333));
	x = (x + (x >> 4)) & UINT64_C(0x0f0f0f0f0f0f0f0f);
	return (unsigned)(x * UINT64_C(0x0101010101010101) >> 56);
}

/* The number of the lowest bit, or of the highest, of any. */
static inline unsigned
octets_first(uint64_t x)
{
	return (unsigned)__builtin_ctzll(x);
}

static inline unsigned
octets_last(uint64_t x)
{
	return 63 - (unsigned)__builtin_clzll(x);
}

/* The bits of the first n octets; n is at most 64. */
static inline uint64_t
octets_before(unsigned n)
{
	return n >= OCTETS ? UINT64_MAX : (UINT64_C(1) << n) - 1;
}

#endif
