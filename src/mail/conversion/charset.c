/* SPDX-License-Identifier: ISC */
#include <iconv.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/memory.h"
#include "base/text.h"
#include "mail/conversion/charset.h"
#include "mail/conversion/conversion.h"
#include "mail/header/header.h"
#include "mail/header/syntax.h"

#define NAME_MAX_OCTETS 40	/* of a charset's name: RFC 2978 section 2.3 */
#define GROWTH 4		/* octets of UTF-8 for one, or more */

/* Octets that mean themselves in any charset of a header. */
static const char plain[] = "\r\n\t !\"#%&'()*,-./0123456789:;<=>?@ABCDEFGHIJ"
    "KLMNOPQRSTUVWXYZ[]_abcdefghijklmnopqrstuvwxyz";

/* A word or a quoted string; what has quoted pairs is no charset. */
static struct rest
take_value(struct rest *r)
{
	struct rest value;
	const char *end;

	rest_skip_space(r);
	if (!rest_take(r, '"'))
		return rest_take_token(r);
	end = memchr(r->p, '"', (size_t)(r->end - r->p));
	value.p = r->p;
	value.end = end == NULL ? r->end : end;
	r->p = end == NULL ? r->end : end + 1;
	rest_skip_space(r);
	return value;
}

/* The charset that the first Content-Type declares (RFC 2045 section 5.1). */
static char *
declared(const struct header *h)
{
	const struct header_field *field;
	struct rest r, name, value;
	size_t from = 0, n;

	field = header_next(h, "Content-Type", &from);
	if (field == NULL)
		return NULL;
	r = rest_of_field(h, field);
	rest_take_token(&r);
	if (rest_take(&r, '/'))
		rest_take_token(&r);
	while (rest_take(&r, ';')) {
		name = rest_take_token(&r);
		if (!rest_take(&r, '='))
			continue;
		value = take_value(&r);
		n = (size_t)(value.end - value.p);
		if (rest_is(name, "charset") && n > 0 && n <= NAME_MAX_OCTETS)
			return memory_copy(value.p, n);
	}
	return NULL;
}

/* A name and nothing that iconv_open(3) would take for a wish. */
static bool
is_name(const char *s)
{
	for (; *s != '\0'; s++)
		if (!text_is_alpha(*s) && !text_is_digit(*s) &&
		    strchr("-_.:+", *s) == NULL)
			return false;
	return true;
}

static size_t
count_of(const char *s, size_t n, char c)
{
	size_t count = 0;

	for (size_t i = 0; i < n; i++)
		count += s[i] == c;
	return count;
}

/* Adds the text in UTF-8; false, and nothing is added, where that fails. */
static bool
convert(iconv_t from, const char *s, size_t n, struct buffer *out)
{
	char *in = (char *)(uintptr_t)s, *to, *start;
	size_t left = n, room = n * GROWTH + sizeof(plain), made;

	to = start = buffer_reserve(out, room);
	if (start == NULL)
		return false;
	iconv(from, NULL, NULL, NULL, NULL);
	if (iconv(from, &in, &left, &to, &room) != 0 || left > 0)
		return false;
	made = (size_t)(to - start);
	/* no field or line must come in */
	if (!text_is_utf8(start, made) ||
	    count_of(start, made, '\r') != count_of(s, n, '\r') ||
	    count_of(start, made, '\n') != count_of(s, n, '\n') ||
	    memchr(start, '\0', made) != NULL)
		return false;
	buffer_commit(out, made);
	return true;
}

/* A charset whose ASCII is ASCII, or (iconv_t)-1. */
static iconv_t
open_charset(const char *name)
{
	iconv_t from = name == NULL || !is_name(name) ? (iconv_t)-1 :
	    iconv_open("UTF-8", name);
	struct buffer b;
	bool good;

	if (from == (iconv_t)-1)
		return from;
	buffer_init(&b, sizeof(plain) * (GROWTH + 1));
	good = convert(from, plain, sizeof(plain) - 1, &b) &&
	    text_is(b.data, b.len, plain);
	buffer_free(&b);
	if (good)
		return from;
	iconv_close(from);
	return (iconv_t)-1;
}

/* Windows programs call their own charset by the name of the standard one. */
static const char *
meant(const char *name, const struct header *h)
{
	static const char *const latin1[] = { "iso-8859-1", "iso8859-1",
	    "latin1", "us-ascii" };
	bool controls = false;

	for (size_t i = 0; i < h->text.len && !controls; i++)
		controls = (unsigned char)h->text.data[i] >= 0x80 &&
		    (unsigned char)h->text.data[i] < 0xa0;
	for (size_t i = 0; name != NULL && controls &&
	    i < sizeof(latin1) / sizeof(latin1[0]); i++)
		if (text_same_word(name, strlen(name), latin1[i]))
			return "windows-1252";
	return name;
}

static bool
is_raw(const struct header *h, const struct header_field *f)
{
	const char *body;
	size_t n;

	body = header_body(h, f, &n);
	return !f->removed && !text_is_ascii(body, n) &&
	    !text_is_utf8(body, n) && headerword_may_stand(h, f);
}

static char *
sentence(const struct header *h, const struct header_field *f,
    const char *charset)
{
	char *name = text_printable(h->text.data + f->start, f->name_len);
	char *text, *shown;

	if (charset == NULL) {
		text = buffer_format("field %s has 8-bit text that is not "
		    "UTF-8, and no Content-Type says in which charset; it "
		    "goes as it is", name);
	} else {
		shown = text_printable(charset, strlen(charset));
		text = buffer_format("field %s has 8-bit text that is neither "
		    "UTF-8 nor in the charset %s of the Content-Type; it goes "
		    "as it is", name, shown);
		free(shown);
	}
	free(name);
	return text;
}

static char *
decode_fields(struct header *h, const char *charset, iconv_t from)
{
	struct header_edit *edit = NULL;
	size_t count = 0, cap = 0, n;
	char *why = NULL;
	struct buffer out;
	const char *body;

	for (size_t i = 0; i < h->count; i++) {
		if (!is_raw(h, &h->field[i]))
			continue;
		body = header_body(h, &h->field[i], &n);
		buffer_init(&out, HEADER_MAX);
		if (from != (iconv_t)-1 && convert(from, body, n, &out)) {
			edit = memory_grow(edit, count, &cap, sizeof(*edit));
			edit[count++] = (struct header_edit){
			    h->field[i].body, n, buffer_detach(&out) };
		} else if (why == NULL) {
			why = sentence(h, &h->field[i], charset);
		}
		buffer_free(&out);
	}
	header_edit(h, edit, count);
	while (count > 0)
		free(edit[--count].text);
	free(edit);
	return why;
}

char *
charset_decode(struct header *h)
{
	char *charset, *why;
	iconv_t from;
	size_t i = 0;

	while (i < h->count && !is_raw(h, &h->field[i]))
		i++;
	if (i == h->count)
		return NULL;
	charset = declared(h);
	from = open_charset(meant(charset, h));
	why = decode_fields(h, charset, from);
	if (from != (iconv_t)-1)
		iconv_close(from);
	free(charset);
	return why;
}
