/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "wire/srv.h"

/* RFC 1035 sections 2.3.4, 3.2.1, 4.1.1 and 4.1.4; RFC 2782. */
#define HEADER_SIZE 12
#define QUESTION_REST 4		/* octets behind a question's name */
#define RECORD_REST 10		/* type, class, TTL, length of data */
#define NAME_MAX_OCTETS 255	/* of a name, with the octets of lengths */
#define LABEL_MAX 63
#define POINTER 0xc0		/* the two bits that mark one */
#define TYPE_SRV 33
#define CLASS_IN 1
#define SRV_REST 6		/* priority, weight, port */

/* What is read, and how far we are. */
struct reader {
	const unsigned char *p;
	size_t n;
	size_t at;
};

void
srv_list_free(struct srv_list *l)
{
	for (size_t i = 0; i < l->count; i++)
		free(l->record[i].target);
	free(l->record);
	memset(l, 0, sizeof(*l));
}

/* The caller has seen that there are two octets. */
static uint16_t
number_at(const struct reader *r, size_t at)
{
	return (uint16_t)(r->p[at] << 8 | r->p[at + 1]);
}

static bool
has(const struct reader *r, size_t n)
{
	return r->n - r->at >= n;
}

static bool
is_host_octet(char c)
{
	return text_is_alpha(c) || text_is_digit(c) || c == '-' || c == '_';
}

/* One label behind those that are there; false when it is none of a host's. */
static bool
add_label(char *name, size_t *len, const unsigned char *p, size_t n)
{
	bool good = true;

	if (*len > 0)
		name[(*len)++] = '.';
	for (size_t i = 0; i < n; i++) {
		name[(*len)++] = (char)p[i];
		good = good && is_host_octet((char)p[i]);
	}
	return good && p[0] != '-';
}

/*
 * A name, and r->at behind it. A pointer has to lead to before where it and
 * all before it were read from: then there is no way round in a circle. name
 * has room for NAME_MAX_OCTETS; the root is "". -1 when malformed; *good tells
 * whether a host may be called that.
 */
static int
read_name(struct reader *r, char *name, size_t *len, bool *good)
{
	size_t at = r->at, first = r->at, to, size = 0;
	bool jumped = false;
	unsigned char c;

	*len = 0;
	*good = true;
	for (;;) {
		if (at >= r->n)
			return -1;
		c = r->p[at];
		if ((c & POINTER) == POINTER) {
			if (r->n - at < 2)
				return -1;
			to = number_at(r, at) & 0x3fff;
			if (to >= first)
				return -1;
			if (!jumped)
				r->at = at + 2;
			jumped = true;
			at = first = to;
			continue;
		}
		size += (size_t)c + 1;
		if (c > LABEL_MAX || size > NAME_MAX_OCTETS ||
		    r->n - at <= c)
			return -1;
		at++;
		if (c == 0)
			break;
		*good = add_label(name, len, r->p + at, c) && *good;
		at += c;
	}
	if (!jumped)
		r->at = at;
	return 0;
}

static void
add_record(struct srv_list *l, const struct srv *s, const char *name,
    size_t len)
{
	l->record = memory_resize(l->record, l->count + 1, sizeof(*s));
	l->record[l->count] = *s;
	l->record[l->count++].target = memory_copy(name, len);
}

/* The data of one SRV record, of n octets. */
static int
read_srv(struct srv_list *l, struct reader *r, size_t n)
{
	size_t end = r->at + n, len;
	char name[NAME_MAX_OCTETS];
	struct srv s;
	bool good;

	if (n < SRV_REST + 1)
		return -1;
	s.priority = number_at(r, r->at);
	s.weight = number_at(r, r->at + 2);
	s.port = number_at(r, r->at + 4);
	r->at += SRV_REST;
	if (read_name(r, name, &len, &good) == -1 || r->at != end)
		return -1;
	if (len == 0)
		l->denied = true;
	else if (!good || s.port == 0)
		l->unusable++;
	else
		add_record(l, &s, name, len);
	return 0;
}

static int
read_record(struct srv_list *l, struct reader *r)
{
	char name[NAME_MAX_OCTETS];
	uint16_t type, class, size;
	size_t len;
	bool good;

	if (read_name(r, name, &len, &good) == -1 || !has(r, RECORD_REST))
		return -1;
	type = number_at(r, r->at);
	class = number_at(r, r->at + 2);
	size = number_at(r, r->at + 8);
	r->at += RECORD_REST;
	if (!has(r, size))
		return -1;
	if (type == TYPE_SRV && class == CLASS_IN)
		return read_srv(l, r, size);
	r->at += size;
	return 0;
}

static int
compare(const void *a, const void *b)
{
	const struct srv *x = a, *y = b;

	if (x->priority != y->priority)
		return x->priority < y->priority ? -1 : 1;
	if (x->weight != y->weight)
		return x->weight > y->weight ? -1 : 1;
	if (strcmp(x->target, y->target) != 0)
		return strcmp(x->target, y->target);
	return (x->port > y->port) - (x->port < y->port);
}

int
srv_parse(struct srv_list *l, const unsigned char *message, size_t n)
{
	struct reader r = { message, n, HEADER_SIZE };
	char name[NAME_MAX_OCTETS];
	unsigned questions, answers;
	size_t len;
	bool good;

	if (n < HEADER_SIZE)
		return -1;
	questions = number_at(&r, 4);
	answers = number_at(&r, 6);
	for (; questions > 0; questions--) {
		if (read_name(&r, name, &len, &good) == -1 ||
		    !has(&r, QUESTION_REST))
			return -1;
		r.at += QUESTION_REST;
	}
	for (; answers > 0; answers--)
		if (read_record(l, &r) == -1)
			return -1;
	if (l->count > 0)
		qsort(l->record, l->count, sizeof(*l->record), compare);
	return 0;
}
