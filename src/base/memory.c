/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/mman.h>

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"

/* Octets for what is told and logged of a shortage: address space, no more,
 * until then. */
#define RESERVE (2 * 1024 * 1024)
#define GROW_MIN 16	/* elements of an array at first */
#define POOL_BLOCK 4000	/* octets; a page with what malloc(3) adds */

struct memory_block {
	struct memory_block *before;
	char octets[];
};

static struct {
	int status;
	int (*call)(void *);
	void *context;
	void *reserve;
} exhaustion = { .status = EXIT_FAILURE };

void
memory_settle(int status)
{
	exhaustion.status = status;
}

void
memory_on_exhaustion(int (*call)(void *), void *context)
{
	exhaustion.call = call;
	exhaustion.context = context;
	if (call != NULL && exhaustion.reserve == NULL)
		exhaustion.reserve = malloc(RESERVE);
}

static void
memory_exhausted(void)
{
	static const char text[] = "postrider: out of memory\n"
	    "hint: raise the memory limit of the calling process\n";
	int (*call)(void *) = exhaustion.call;
	int status = exhaustion.status;

	exhaustion.call = NULL;
	free(exhaustion.reserve);
	exhaustion.reserve = NULL;
	if (call != NULL)
		status = call(exhaustion.context);
	if (status != EXIT_SUCCESS &&
	    write(STDERR_FILENO, text, sizeof(text) - 1) == -1) {
		/* the exit status says it all the same */
	}
	_exit(status);
}

void *
memory_alloc(size_t n)
{
	return memory_array(n, 1);
}

void *
memory_array(size_t n, size_t size)
{
	void *p = calloc(n == 0 ? 1 : n, size);

	if (p == NULL)
		memory_exhausted();
	return p;
}

void *
memory_resize(void *p, size_t n, size_t size)
{
	void *q;

	if (size != 0 && n > SIZE_MAX / size)
		memory_exhausted();
	q = realloc(p, n * size == 0 ? 1 : n * size);
	if (q == NULL)
		memory_exhausted();
	return q;
}

void *
memory_grow(void *p, size_t count, size_t *cap, size_t size)
{
	if (count < *cap)
		return p;
	*cap = *cap == 0 ? GROW_MIN : *cap * 2;
	return memory_resize(p, *cap, size);
}

char *
memory_copy(const void *p, size_t n)
{
	char *q;

	if (n == SIZE_MAX)
		memory_exhausted();
	q = memory_resize(NULL, n + 1, 1);
	if (n > 0)
		memcpy(q, p, n);
	q[n] = '\0';
	return q;
}

char *
memory_string(const char *s)
{
	return s == NULL ? NULL : memory_copy(s, strlen(s));
}

void *
memory_pool_take(struct memory_pool *p, size_t n)
{
	struct memory_block *block;

	if (n > p->left) {
		p->left = n > POOL_BLOCK ? n : POOL_BLOCK;
		block = memory_resize(NULL, sizeof(*block) + p->left, 1);
		block->before = p->block;
		p->block = block;
		p->next = block->octets;
	}
	p->next += n;
	p->left -= n;
	return p->next - n;
}

void
memory_pool_free(struct memory_pool *p)
{
	struct memory_block *before;

	for (; p->block != NULL; p->block = before) {
		before = p->block->before;
		free(p->block);
	}
	memset(p, 0, sizeof(*p));
}

void
memory_wipe(void *p, size_t n)
{
	if (p == NULL || n == 0)
		return;
#ifdef HAVE_EXPLICIT_BZERO
	explicit_bzero(p, n);
#else
	volatile unsigned char *q = p;

	while (n-- > 0)
		*q++ = 0;
#endif
}

#if defined(MAP_ANONYMOUS) && !defined(SANITIZE)
/* Pages for n octets and a NUL. */
static size_t
secret_size(size_t n)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);

	return n / page * page + page;
}

/* In pages of its own, which are neither dumped nor, where that is allowed,
 * written to a swap device. */
static char *
secret_copy_of(const void *p, size_t n)
{
	size_t size = secret_size(n);
	char *bytes = n >= SIZE_MAX / 2 ? MAP_FAILED : mmap(NULL, size,
	    PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (bytes == MAP_FAILED)
		memory_exhausted();
#ifdef MADV_DONTDUMP
	madvise(bytes, size, MADV_DONTDUMP);
#endif
	mlock(bytes, size);
	if (n > 0)
		memcpy(bytes, p, n);
	return bytes;
}

static void
secret_drop(char *bytes, size_t n)
{
	memory_wipe(bytes, n);
	munmap(bytes, secret_size(n));
}
#else
static char *
secret_copy_of(const void *p, size_t n)
{
	return memory_copy(p, n);
}

static void
secret_drop(char *bytes, size_t n)
{
	memory_wipe(bytes, n);
	free(bytes);
}
#endif

void
secret_set(struct secret *s, const void *p, size_t n)
{
	char *bytes = secret_copy_of(p, n);

	secret_clear(s);
	s->bytes = bytes;
	s->len = n;
}

void
secret_copy(struct secret *s, const struct secret *from)
{
	if (secret_is_set(from))
		secret_set(s, from->bytes, from->len);
	else
		secret_clear(s);
}

bool
secret_is_set(const struct secret *s)
{
	return s->bytes != NULL;
}

void
secret_clear(struct secret *s)
{
	if (s->bytes != NULL)
		secret_drop(s->bytes, s->len);
	s->bytes = NULL;
	s->len = 0;
}
