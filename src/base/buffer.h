/* SPDX-License-Identifier: ISC */
/*
 * buffer: growable bytes, born with a maximum. The only growable byte type
 * of the program. Zero bytes are ordinary; a NUL that does not count stands
 * behind the last byte, so that data can be handed to functions that want a
 * string once the buffer has been initialised.
 */
#ifndef BASE_BUFFER_H
#define BASE_BUFFER_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

struct buffer {
	char *data;	/* len bytes and a NUL; valid until the next add */
	size_t len;
	size_t cap;
	size_t max;	/* bytes, the NUL apart */
	bool full;	/* sticky: an add did not fit and was left out */
};

/* An empty buffer for at most max bytes. Free it with buffer_free(). */
void buffer_init(struct buffer *, size_t max);
/* Frees the bytes; the buffer is empty and can be used again. */
void buffer_free(struct buffer *);
/* Wipes the bytes first: for what may have held a secret. */
void buffer_wipe(struct buffer *);
/* Forgets the content, keeps the memory. */
void buffer_clear(struct buffer *);
/*
 * Adds bytes. When they would pass the maximum nothing is added, `full` is
 * set and -1 is returned: a run of adds may be checked once, by `full`.
 */
int buffer_add(struct buffer *, const void *p, size_t n);
int buffer_add_char(struct buffer *, char c);
int buffer_add_string(struct buffer *, const char *s);
int buffer_printf(struct buffer *, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
int buffer_vprintf(struct buffer *, const char *fmt, va_list)
    __attribute__((format(printf, 2, 0)));
/* Formatted text as a string that the caller frees. */
char *buffer_format(const char *fmt, ...)
    __attribute__((format(printf, 1, 2)));
/* Makes room for n more bytes and returns where they go; NULL beyond max. */
char *buffer_reserve(struct buffer *, size_t n);
/* n of the reserved bytes have been written. */
void buffer_commit(struct buffer *, size_t n);
/* Removes n bytes at the front (n is at most len). */
void buffer_consume(struct buffer *, size_t n);
/* The bytes as a string that the caller frees; the buffer is empty after. */
char *buffer_detach(struct buffer *);

#endif
