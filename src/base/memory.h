/* SPDX-License-Identifier: ISC */
/*
 * memory: allocation that cannot fail, and secrets that cannot be printed.
 *
 * When the system has no memory left, these functions end the process, with a
 * line on standard error unless the exit status is a success.
 */
#ifndef BASE_MEMORY_H
#define BASE_MEMORY_H

#include <stdbool.h>
#include <stddef.h>

/* n bytes, zeroed; never NULL. The caller frees it with free(). */
void *memory_alloc(size_t n);
/* n elements of the given size, zeroed; ends the process on overflow. */
void *memory_array(size_t n, size_t size);
/* p resized to n elements of the given size; new bytes are not zeroed. */
void *memory_resize(void *p, size_t n, size_t size);
/*
 * An array of *cap elements, which is p or takes its place, with room for one
 * behind the first `count`. It begins as NULL with a *cap of 0, and doubles.
 */
void *memory_grow(void *p, size_t count, size_t *cap, size_t size);
/* A NUL-terminated copy of n bytes. The caller frees it. */
char *memory_copy(const void *p, size_t n);
/* A copy of a string; NULL for NULL. The caller frees it. */
char *memory_string(const char *s);
/*
 * Octets that are freed together: for many short strings. All zeros at first.
 */
struct memory_pool {
	struct memory_block *block;	/* the last one */
	char *next;			/* what is left of it */
	size_t left;
};
/* n octets, not aligned and not zeroed. */
void *memory_pool_take(struct memory_pool *, size_t n);
void memory_pool_free(struct memory_pool *);
/* Overwrites n bytes in a way that the compiler does not drop. */
void memory_wipe(void *p, size_t n);
/* From now on a shortage of memory ends the process with this status. */
void memory_settle(int status);
/*
 * From now on it calls this function before, once, which returns the status to
 * end with. It may allocate a little: some memory is kept in reserve for it.
 * NULL: none any more.
 */
void memory_on_exhaustion(int (*)(void *context), void *context);

/*
 * A password or token. The bytes are NUL-terminated for libraries that want
 * that, and wiped when cleared. Nothing in base/text or base/fault takes one.
 */
struct secret {
	char *bytes;
	size_t len;
};

/* Takes a copy of n bytes; what it held before is wiped. */
void secret_set(struct secret *, const void *p, size_t n);
/* Takes a copy of another one, which may be unset. */
void secret_copy(struct secret *, const struct secret *from);
bool secret_is_set(const struct secret *);
/* Wipes and frees; the struct can be used again. */
void secret_clear(struct secret *);

#endif
