/* SPDX-License-Identifier: ISC */
#include <stdint.h>
#include <string.h>

#include "base/text.h"
#include "mail/address/address.h"
#include "mail/header/header.h"
#include "mail/header/syntax.h"

#define YEAR_MAX 9999
#define ZONE_LETTERS 5	/* "usually between 3 and 5": RFC 5322 section 4.3 */

struct rest
rest_of_field(const struct header *h, const struct header_field *f)
{
	struct rest r;
	size_t len;

	r.p = header_body(h, f, &len);
	r.end = r.p + len;
	return r;
}

void
rest_skip_space(struct rest *r)
{
	const char *comment = r->p;
	size_t depth = 0;

	for (; r->p < r->end; r->p++) {
		if (*r->p == '(') {
			comment = depth++ == 0 ? r->p : comment;
		} else if (*r->p == ')' && depth > 0) {
			depth--;
		} else if (*r->p == '\\' && depth > 0 && r->p + 1 < r->end) {
			r->p++;
		} else if (depth == 0 && !text_is_blank(*r->p) &&
		    *r->p != '\r' && *r->p != '\n') {
			break;
		}
	}
	if (depth > 0)
		r->p = comment;
}

struct rest
rest_take_token(struct rest *r)
{
	struct rest token;

	rest_skip_space(r);
	token.p = r->p;
	while (r->p < r->end && (unsigned char)*r->p > ' ' && *r->p != 127 &&
	    strchr("()<>@,;:\\\"/[]?=", *r->p) == NULL)
		r->p++;
	token.end = r->p;
	rest_skip_space(r);
	return token;
}

bool
rest_take(struct rest *r, char c)
{
	if (r->p == r->end || *r->p != c)
		return false;
	r->p++;
	return true;
}

bool
rest_is(struct rest token, const char *word)
{
	return text_same_word(token.p, (size_t)(token.end - token.p), word);
}

/* The number that comes next and has so many digits, or -1. */
static int64_t
take_number(struct rest *r, size_t least, size_t most)
{
	const char *start;
	size_t n = 0;

	rest_skip_space(r);
	start = r->p;
	while (r->p < r->end && text_is_digit(*r->p))
		r->p++;
	n = (size_t)(r->p - start);
	rest_skip_space(r);
	return n < least || n > most ? -1 : text_number(start, n, INT32_MAX);
}

/* The place of a word of three letters among those, from 1; 0: not there. */
static int
take_word(struct rest *r, const char *words)
{
	const char *w = words;

	rest_skip_space(r);
	if (r->end - r->p < 3 || (r->end - r->p > 3 && text_is_alpha(r->p[3])))
		return 0;
	for (; *w != '\0'; w += 3) {
		if (!text_same(r->p, 3, w, 3))
			continue;
		r->p += 3;
		rest_skip_space(r);
		return (int)(w - words) / 3 + 1;
	}
	return 0;
}

static int
days_of_month(int month, int64_t year)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30,
	    31 };
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return days[month - 1] + (month == 2 && leap);
}

/* RFC 5322 section 4.3: years of two and three digits. */
static int64_t
take_year(struct rest *r)
{
	size_t digits = 0;
	int64_t year;

	while (r->p + digits < r->end && text_is_digit(r->p[digits]))
		digits++;
	year = take_number(r, 2, 4);
	if (year == -1 || digits == 4)
		return year;
	return digits == 2 && year < 50 ? year + 2000 : year + 1900;
}

static bool
take_date(struct rest *r)
{
	int64_t day, year;
	int month;

	if (take_word(r, "MonTueWedThuFriSatSun") > 0 && !rest_take(r, ','))
		return false;
	day = take_number(r, 1, 2);
	month = take_word(r, "JanFebMarAprMayJunJulAugSepOctNovDec");
	year = take_year(r);
	return month > 0 && year >= 1900 && year <= YEAR_MAX && day >= 1 &&
	    day <= days_of_month(month, year);
}

static bool
take_time(struct rest *r)
{
	int64_t hour = take_number(r, 2, 2), minute, second = 0;

	if (!rest_take(r, ':'))
		return false;
	minute = take_number(r, 2, 2);
	if (rest_take(r, ':'))
		second = take_number(r, 2, 2);
	return hour >= 0 && hour < 24 && minute >= 0 && minute < 60 &&
	    second >= 0 && second <= 60;	/* a leap second */
}

static bool
take_zone(struct rest *r)
{
	const char *start = r->p;

	if (rest_take(r, '+') || rest_take(r, '-')) {
		if (r->p == r->end || !text_is_digit(*r->p))
			return false;
		return take_number(r, 4, 4) >= 0;
	}
	while (r->p < r->end && text_is_alpha(*r->p))
		r->p++;
	return r->p > start && r->p - start <= ZONE_LETTERS;
}

bool
syntax_is_date(struct rest r)
{
	if (!text_is_ascii(r.p, (size_t)(r.end - r.p)))
		return false;
	if (!take_date(&r) || !take_time(&r) || !take_zone(&r))
		return false;
	rest_skip_space(&r);
	return r.p == r.end;
}

/* A dot-atom, or a literal without blanks. */
static bool
is_id_right(const char *s, size_t n)
{
	if (n < 3 || s[0] != '[' || s[n - 1] != ']')
		return address_is_dot_atom(s, n);
	for (size_t i = 1; i + 1 < n; i++)
		if (strchr("[]\\", s[i]) != NULL)
			return false;
	return true;
}

bool
syntax_is_message_id(struct rest r)
{
	const char *start, *at = NULL;

	rest_skip_space(&r);
	if (!rest_take(&r, '<'))
		return false;
	for (start = r.p; r.p < r.end && *r.p != '>'; r.p++) {
		if (text_is_control(*r.p) || *r.p == ' ' || *r.p == '<')
			return false;
		if (*r.p == '@')
			at = r.p;
	}
	if (at == NULL || at == start || r.p == r.end ||
	    !is_id_right(at + 1, (size_t)(r.p - at) - 1) ||
	    !text_is_utf8(start, (size_t)(at - start)))
		return false;
	r.p++;
	rest_skip_space(&r);
	return r.p == r.end;
}
