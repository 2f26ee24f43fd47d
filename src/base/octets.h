/* SPDX-License-Identifier: ISC */
/*
 * octets: questions about 64 octets at once, for what has to look at each
 * octet of a large message. The answer has a bit for each octet, the first
 * one's the lowest. Everywhere but on x86 that takes eight words a question,
 * there (where SSE2 is never missing on 64 bits) four.
 */
#ifndef BASE_OCTETS_H
#define BASE_OCTETS_H

#include <stdbool.h>
#include <stdint.h>

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

/* Are all of them from 1 to 127? */
static inline bool
octets_plain_portable(const char *p)
{
	return octets_are_portable(p, '\0') == 0 &&
	    octets_high_portable(p) == 0;
}

/* Which of them are from low to high, as unsigned numbers? */
static inline uint64_t
octets_between_portable(const char *p, unsigned char low, unsigned char high)
{
	uint64_t bits = 0;

	for (int i = OCTETS - 1; i >= 0; i--) {
		unsigned char c = (unsigned char)p[i];

		bits = bits << 1 | (c >= low && c <= high);
	}
	return bits;
}

#ifdef __SSE2__

/* 16 of them, beginning with the i-th. */
static inline __m128i
octets_load(const char *p, int i)
{
	return _mm_loadu_si128((const void *)(p + i));
}

/* The highest bits of four times 16, side by side. */
static inline uint64_t
octets_bits(__m128i a, __m128i b, __m128i c, __m128i d)
{
	uint32_t low = (uint32_t)_mm_movemask_epi8(a) |
	    (uint32_t)_mm_movemask_epi8(b) << 16;
	uint32_t high = (uint32_t)_mm_movemask_epi8(c) |
	    (uint32_t)_mm_movemask_epi8(d) << 16;

	return low | (uint64_t)high << 32;
}

static inline uint64_t
octets_are(const char *p, char c)
{
	const __m128i every = _mm_set1_epi8(c);

	return octets_bits(_mm_cmpeq_epi8(octets_load(p, 0), every),
	    _mm_cmpeq_epi8(octets_load(p, 16), every),
	    _mm_cmpeq_epi8(octets_load(p, 32), every),
	    _mm_cmpeq_epi8(octets_load(p, 48), every));
}

static inline uint64_t
octets_high(const char *p)
{
	return octets_bits(octets_load(p, 0), octets_load(p, 16),
	    octets_load(p, 32), octets_load(p, 48));
}

static inline bool
octets_plain(const char *p)
{
	const __m128i zero = _mm_setzero_si128();
	__m128i a = _mm_cmpgt_epi8(octets_load(p, 0), zero);
	__m128i b = _mm_cmpgt_epi8(octets_load(p, 16), zero);
	__m128i c = _mm_cmpgt_epi8(octets_load(p, 32), zero);
	__m128i d = _mm_cmpgt_epi8(octets_load(p, 48), zero);

	/* as signed numbers, these are the ones above 0 */
	return _mm_movemask_epi8(_mm_and_si128(_mm_and_si128(a, b),
	    _mm_and_si128(c, d))) == 0xffff;
}

static inline uint64_t
octets_between(const char *p, unsigned char low, unsigned char high)
{
	const __m128i first = _mm_set1_epi8((char)low);
	const __m128i last = _mm_set1_epi8((char)(high - low));
	__m128i x[4];

	for (int i = 0; i < 4; i++) {
		x[i] = _mm_sub_epi8(octets_load(p, i * 16), first);
		x[i] = _mm_cmpeq_epi8(_mm_min_epu8(x[i], last), x[i]);
	}
	return octets_bits(x[0], x[1], x[2], x[3]);
}

#else

static inline bool
octets_plain(const char *p)
{
	return octets_plain_portable(p);
}

static inline uint64_t
octets_between(const char *p, unsigned char low, unsigned char high)
{
	return octets_between_portable(p, low, high);
}

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
