/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/stat.h>

#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/memory.h"
#include "base/text.h"
#include "wire/anchors.h"

#define BUNDLE_MAX (16 * 1024 * 1024)	/* octets; real ones have 250,000 */
#define PREFIX_TEXT 640		/* octets of base64 that hold most subjects */

/* RFC 7468 section 3 */
#define BEGIN "-----BEGIN "
#define BEGIN_CERTIFICATE "-----BEGIN CERTIFICATE-----"
#define END_CERTIFICATE "-----END CERTIFICATE-----"
#define LENGTH(word) (sizeof(word) - 1)

/* DER (X.690): the tags of what stands before a subject. */
#define TAG_INTEGER 0x02
#define TAG_SEQUENCE 0x30
#define TAG_VERSION 0xa0	/* [0], constructed */
#define LENGTH_OCTETS_MAX 4	/* no certificate needs more */

/* Takes tag and length off the front, and leaves what they announce. */
static bool
take_head(struct span *in, unsigned tag, size_t *len)
{
	size_t n, octets;

	if (in->len < 2 || in->p[0] != tag)
		return false;
	n = in->p[1];
	in->p += 2;
	in->len -= 2;
	if (n >= 0x80) {
		octets = n - 0x80;
		if (octets == 0 || octets > LENGTH_OCTETS_MAX ||
		    octets > in->len)
			return false;
		for (n = 0; octets > 0; octets--) {
			n = n << 8 | *in->p++;
			in->len--;
		}
	}
	*len = n;
	return true;
}

/* Takes a whole element off the front, into *out unless that is NULL. */
static bool
take(struct span *in, unsigned tag, struct span *out)
{
	const unsigned char *start = in->p;
	size_t len;

	if (!take_head(in, tag, &len) || len > in->len)
		return false;
	in->p += len;
	in->len -= len;
	if (out != NULL)
		*out = (struct span){ start, (size_t)(in->p - start) };
	return true;
}

bool
anchors_names(const unsigned char *der, size_t len, struct span *issuer,
    struct span *subject)
{
	struct span in = { der, len };
	size_t announced;

	/* of Certificate and TBSCertificate only the beginning is here */
	for (int i = 0; i < 2; i++)
		if (!take_head(&in, TAG_SEQUENCE, &announced))
			return false;
	if (in.len > 0 && in.p[0] == TAG_VERSION &&
	    !take(&in, TAG_VERSION, NULL))
		return false;
	return take(&in, TAG_INTEGER, NULL) &&	/* serialNumber */
	    take(&in, TAG_SEQUENCE, NULL) &&	/* signature */
	    take(&in, TAG_SEQUENCE, issuer) &&
	    take(&in, TAG_SEQUENCE, NULL) &&	/* validity */
	    take(&in, TAG_SEQUENCE, subject);
}

/*
 * Base64 (RFC 4648 section 4), with a bit that a digit has not for what is
 * left out and for what must not be there.
 */
#define LEFT_OUT 64
#define WRONG 128

static const unsigned char *
digits(void)
{
	static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "abcdefghijklmnopqrstuvwxyz0123456789+/";
	static unsigned char table[UCHAR_MAX + 1];

	if (table[0] == WRONG)
		return table;
	memset(table, WRONG, sizeof(table));
	for (unsigned char i = 0; alphabet[i] != '\0'; i++)
		table[(unsigned char)alphabet[i]] = i;
	table['\n'] = table['\r'] = table[' '] = table['\t'] = LEFT_OUT;
	return table;
}

/* Decodes up to the padding; -1 for what is no base64. */
static ssize_t
decode(const char *text, size_t n, unsigned char *out)
{
	const unsigned char *p = (const unsigned char *)text, *end = p + n;
	const unsigned char *value = digits();
	unsigned char *to = out;
	unsigned bits = 0, held = 0;

	while (p < end) {
		/* four digits are three octets */
		while (held == 0 && end - p >= 4 && (value[p[0]] |
		    value[p[1]] | value[p[2]] | value[p[3]]) < LEFT_OUT) {
			bits = (unsigned)value[p[0]] << 18 |
			    (unsigned)value[p[1]] << 12 |
			    (unsigned)value[p[2]] << 6 | value[p[3]];
			*to++ = (unsigned char)(bits >> 16);
			*to++ = (unsigned char)(bits >> 8);
			*to++ = (unsigned char)bits;
			p += 4;
		}
		if (p == end || *p == '=')
			break;
		if (value[*p] == WRONG)
			return -1;
		if (value[*p] < LEFT_OUT) {
			bits = bits << 6 | value[*p];
			held += 6;
			if (held >= 8) {
				held -= 8;
				*to++ = (unsigned char)(bits >> held);
			}
		}
		p++;
	}
	return to - out;
}

/*
 * Does this block's subject have one of the names? 1 or 0; -1 when it cannot
 * be told. The beginning is tried first, where a subject nearly always is.
 */
static int
is_wanted(const char *text, size_t n, const struct span *names, size_t count)
{
	unsigned char small[PREFIX_TEXT], *der = small;
	struct span issuer, subject = { NULL, 0 };
	ssize_t len = decode(text, n < PREFIX_TEXT ? n : PREFIX_TEXT, der);
	int wanted = -1;

	if (len != -1 && !anchors_names(der, (size_t)len, &issuer,
	    &subject)) {
		der = memory_alloc(n + 1);
		len = decode(text, n, der);
		if (len != -1 && !anchors_names(der, (size_t)len, &issuer,
		    &subject))
			len = -1;
	}
	if (len != -1)
		wanted = 0;
	for (size_t i = 0; i < count && wanted == 0; i++)
		wanted = names[i].len == subject.len && memcmp(names[i].p,
		    subject.p, subject.len) == 0;
	if (der != small)
		free(der);
	return wanted;
}

/*
 * The next block at or behind p: its first octet, or NULL when there is no
 * more; *end is behind it, NULL for one that is broken or of another kind.
 */
static const char *
next_block(const char *p, const char *limit, const char **end)
{
	const char *begin;

	*end = NULL;
	begin = p == limit ? NULL : text_find(p, (size_t)(limit - p), BEGIN,
	    LENGTH(BEGIN));
	if (begin == NULL || (size_t)(limit - begin) <
	    LENGTH(BEGIN_CERTIFICATE) || memcmp(begin, BEGIN_CERTIFICATE,
	    LENGTH(BEGIN_CERTIFICATE)) != 0)
		return begin;
	p = begin + LENGTH(BEGIN_CERTIFICATE);
	*end = text_find(p, (size_t)(limit - p), END_CERTIFICATE,
	    LENGTH(END_CERTIFICATE));
	if (*end != NULL)
		*end += LENGTH(END_CERTIFICATE);
	return begin;
}

/* How many blocks there are; 0 when one is not what we can search. */
static size_t
count_blocks(const char *pem, size_t len)
{
	const char *p = pem, *limit = pem + len, *end;
	size_t n = 0;

	while (next_block(p, limit, &end) != NULL) {
		if (end == NULL)
			return 0;
		p = end;
		n++;
	}
	return n;
}

bool
anchors_take(struct anchors *a, const char *pem, size_t len)
{
	memset(a, 0, sizeof(*a));
	a->count = len == 0 ? 0 : count_blocks(pem, len);
	if (a->count == 0)
		return false;
	a->pem = memory_copy(pem, len);
	a->len = len;
	return true;
}

/* All of a regular file of at most BUNDLE_MAX octets. */
static bool
read_file(struct anchors *a, const char *file)
{
	int fd = open(file, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	struct stat st;
	ssize_t n = 0;

	if (fd == -1)
		return false;
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size > 0 &&
	    st.st_size <= BUNDLE_MAX) {
		a->pem = memory_resize(NULL, (size_t)st.st_size, 1);
		while (a->len < (size_t)st.st_size && (n = read(fd,
		    a->pem + a->len, (size_t)st.st_size - a->len)) > 0)
			a->len += (size_t)n;
	}
	close(fd);
	return a->len > 0 && n != -1;
}

bool
anchors_open(struct anchors *a, const char *file)
{
	memset(a, 0, sizeof(*a));
	if (read_file(a, file))
		a->count = count_blocks(a->pem, a->len);
	if (a->count == 0)
		anchors_close(a);
	return a->count > 0;
}

void
anchors_close(struct anchors *a)
{
	free(a->pem);
	memset(a, 0, sizeof(*a));
}

bool
anchors_select(const struct anchors *a, const struct span *names, size_t n,
    struct buffer *pem)
{
	const char *p = a->pem, *limit = a->pem + a->len, *begin, *end, *text;
	int wanted;

	while ((begin = next_block(p, limit, &end)) != NULL) {
		text = begin + LENGTH(BEGIN_CERTIFICATE);
		wanted = is_wanted(text, (size_t)(end - text) -
		    LENGTH(END_CERTIFICATE), names, n);
		if (wanted == -1)
			return false;
		if (wanted == 1) {
			buffer_add(pem, begin, (size_t)(end - begin));
			buffer_add_char(pem, '\n');
		}
		p = end;
	}
	return !pem->full;
}
