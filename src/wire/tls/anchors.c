/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/base64.h"
#include "base/buffer.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/text.h"
#include "wire/tls/trust.h"

#define PREFIX_TEXT 640		/* octets of base64 that hold most subjects */

/* RFC 7468 sections 3 and 5 */
#define BEGIN "-----BEGIN "
#define BEGIN_CERTIFICATE "-----BEGIN CERTIFICATE-----"
#define END "-----END "
#define END_CERTIFICATE "-----END CERTIFICATE-----"
#define LENGTH(word) (sizeof(word) - 1)

/* DER (X.690): the tags of what stands before a subject, and in a name. */
#define TAG_INTEGER 0x02
#define TAG_OID 0x06
#define TAG_T61 0x14
#define TAG_SEQUENCE 0x30
#define TAG_SET 0x31
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

/* The types of text in which an ASCII character is the same one octet. */
static bool
is_text(unsigned tag)
{
	return tag == 0x0c || tag == 0x12 || tag == 0x13 || tag == TAG_T61 ||
	    tag == 0x16 || tag == 0x1a;
}

/* Octets that DER takes for a tag and for this length. */
static size_t
head_length(size_t len)
{
	size_t n = 2;

	for (; len >= 0x80 || (n > 2 && len > 0); len >>= 8)
		n++;
	return n;
}

/*
 * May a name be equal to another one although could_equal() says no? So it is
 * with texts that are converted before they are compared, and with lengths that
 * are written in more octets than DER allows.
 */
static bool
is_strange(const struct span *name)
{
	struct span in = *name;
	const unsigned char *start;
	unsigned tag;
	size_t len;

	while (in.len > 0) {
		start = in.p;
		tag = *start;
		if (!take_head(&in, tag, &len) || len > in.len ||
		    (size_t)(in.p - start) != head_length(len))
			return true;
		if (tag == TAG_SEQUENCE || tag == TAG_SET)
			continue;
		if (tag != TAG_OID && !is_text(tag))
			return true;
		if (tag == TAG_T61 && !text_is_ascii((const char *)in.p, len))
			return true;
		in.p += len;
		in.len -= len;
	}
	return false;
}

/*
 * Two names are equal for GnuTLS when they differ in nothing but the types of
 * their texts. RFC 5280 section 7.1 would have it ignore case and blanks, too,
 * which it does not do.
 */
static bool
could_equal(const struct span *a, const struct span *b)
{
	if (a->len != b->len)
		return false;
	for (size_t i = 0; i < a->len; i++)
		if (a->p[i] != b->p[i] &&
		    !(is_text(a->p[i]) && is_text(b->p[i])))
			return false;
	return true;
}

static bool
is_among(const struct span *subject, const struct anchor_names *names)
{
	if (names->any)
		return true;
	for (size_t i = 0; i < names->count; i++)
		if (could_equal(&names->name[i], subject))
			return true;
	return is_strange(subject);
}

bool
anchors_add_name(struct anchor_names *names, const struct span *name)
{
	if (names->count == ANCHOR_NAMES_MAX)
		return false;
	names->any |= is_strange(name);
	names->name[names->count++] = *name;
	return true;
}

/*
 * Could the certificate in this base64 have one of the names as its subject?
 * One that cannot be read could. The beginning is decoded first, since the
 * subject is nearly always there.
 */
static bool
is_wanted(const char *text, size_t n, const struct anchor_names *names)
{
	unsigned char small[PREFIX_TEXT], *whole;
	struct span issuer, subject;
	ssize_t len = base64_decode_lines(text,
	    n < PREFIX_TEXT ? n : PREFIX_TEXT, small);
	bool wanted = true;

	if (len == -1)
		return true;
	if (anchors_names(small, (size_t)len, &issuer, &subject))
		return is_among(&subject, names);
	whole = memory_alloc(n + 1);
	len = base64_decode_lines(text, n, whole);
	if (len != -1 && anchors_names(whole, (size_t)len, &issuer, &subject))
		wanted = is_among(&subject, names);
	free(whole);
	return wanted;
}

struct block {
	const char *begin;
	const char *end;	/* NULL: holds no certificate */
	const char *next;	/* where to look for another one */
	bool plain;		/* as RFC 7468 section 5 has it */
};

static bool
starts_with(const char *p, const char *limit, const char *word, size_t len)
{
	return (size_t)(limit - p) >= len && memcmp(p, word, len) == 0;
}

/*
 * The next block at or behind p; false when there are no more. As for GnuTLS, a
 * certificate is what begins as one, whatever label stands at its end.
 */
static bool
next_block(const char *p, const char *limit, struct block *b)
{
	p = p == limit ? NULL : text_find(p, (size_t)(limit - p), BEGIN,
	    LENGTH(BEGIN));
	b->begin = p;
	if (p == NULL)
		return false;
	b->plain = false;
	if (starts_with(p, limit, BEGIN_CERTIFICATE,
	    LENGTH(BEGIN_CERTIFICATE))) {
		/* no digit is a '-', and one octet is found at once */
		p += LENGTH(BEGIN_CERTIFICATE);
		b->end = memchr(p, '-', (size_t)(limit - p));
		b->plain = b->end != NULL && starts_with(b->end, limit,
		    END_CERTIFICATE, LENGTH(END_CERTIFICATE));
	}
	if (b->plain) {
		/* its last dashes may be the first ones of another one */
		b->next = b->end + LENGTH(END);
		b->end += LENGTH(END_CERTIFICATE);
		return true;
	}
	b->end = NULL;
	b->next = b->begin + LENGTH(BEGIN);
	p = b->next;
	if (!starts_with(p, limit, "CERTIFICATE", LENGTH("CERTIFICATE")) &&
	    !starts_with(p, limit, "X509 CERTIFICATE",
	    LENGTH("X509 CERTIFICATE")))
		return true;
	b->end = text_find(p, (size_t)(limit - p), END, LENGTH(END));
	b->end = b->end == NULL ? limit : b->end + LENGTH(END);
	return true;
}

static void
count_blocks(struct anchors *a)
{
	const char *limit = a->pem + a->len;
	struct block b = { .next = a->pem };

	a->plain = true;
	while (next_block(b.next, limit, &b)) {
		a->count += b.end != NULL;
		a->plain = a->plain && b.plain;
	}
}

void
anchors_take(struct anchors *a, const char *pem, size_t len)
{
	memset(a, 0, sizeof(*a));
	a->pem = memory_copy(pem, len);
	a->len = len;
	count_blocks(a);
}

bool
anchors_open(struct anchors *a, const char *file)
{
	struct buffer b;
	int error;

	memset(a, 0, sizeof(*a));
	buffer_init(&b, ANCHORS_MAX);
	if (file_load(file, &b) == -1) {
		error = errno;
		buffer_free(&b);
		errno = error;
		return false;
	}
	a->len = b.len;
	a->pem = buffer_detach(&b);
	count_blocks(a);
	return true;
}

void
anchors_close(struct anchors *a)
{
	free(a->pem);
	memset(a, 0, sizeof(*a));
}

bool
anchors_next(const struct anchors *a, const struct anchor_names *names,
    size_t *at, struct span *block)
{
	const char *limit = a->pem + a->len, *text;
	struct block b = { .next = a->pem + *at };

	while (next_block(b.next, limit, &b)) {
		if (b.end == NULL)
			continue;
		text = b.begin + LENGTH(BEGIN_CERTIFICATE);
		if (names != NULL && b.plain && !is_wanted(text,
		    (size_t)(b.end - text) - LENGTH(END_CERTIFICATE), names))
			continue;
		*at = (size_t)(b.next - a->pem);
		*block = (struct span){ (const unsigned char *)b.begin,
		    (size_t)(b.end - b.begin) };
		return true;
	}
	return false;
}

size_t
anchors_line(const struct anchors *a, const struct span *block)
{
	const char *p = a->pem;
	size_t line = 1;

	while ((p = memchr(p, '\n', (size_t)((const char *)block->p - p))) !=
	    NULL) {
		line++;
		p++;
	}
	return line;
}
