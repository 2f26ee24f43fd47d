/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "base/text.h"
#include "mail/message/mbox.h"

/* The last word before *end, which is moved to where it begins. */
static const char *
last_word(const char *line, size_t *end, size_t *len)
{
	size_t i = *end, stop;

	while (i > 0 && text_is_blank(line[i - 1]))
		i--;
	stop = i;
	while (i > 0 && !text_is_blank(line[i - 1]))
		i--;
	*len = stop - i;
	*end = i;
	return line + i;
}

/* A shape: '9' stands for a digit, anything else for itself. */
static bool
has_shape(const char *s, size_t n, const char *shape)
{
	if (n != strlen(shape))
		return false;
	for (size_t i = 0; i < n; i++)
		if (shape[i] == '9' ? !text_is_digit(s[i]) : s[i] != shape[i])
			return false;
	return true;
}

static bool
is_numeric_zone(const char *s, size_t n)
{
	return has_shape(s, n, "+9999") || has_shape(s, n, "-9999");
}

static bool
is_named_zone(const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!text_is_alpha(s[i]))
			return false;
	return n > 0 && n <= 5;
}

static bool
is_one_of(const char *s, size_t n, const char *names)
{
	for (; *names != '\0'; names += 3)
		if (text_same(s, n, names, 3))
			return true;
	return false;
}

/* Read from the end: the sender in front may be anything. */
bool
mbox_is_separator(const char *line, size_t n)
{
	size_t end = n, len;
	const char *w;

	if (n < 5 || memcmp(line, "From ", 5) != 0)
		return false;
	w = last_word(line, &end, &len);
	if (is_numeric_zone(w, len))
		w = last_word(line, &end, &len);
	if (!has_shape(w, len, "9999"))
		return false;
	w = last_word(line, &end, &len);
	if (is_numeric_zone(w, len) || is_named_zone(w, len))
		w = last_word(line, &end, &len);
	if (!has_shape(w, len, "99:99:99") && !has_shape(w, len, "99:99"))
		return false;
	w = last_word(line, &end, &len);
	if (!has_shape(w, len, "9") && !has_shape(w, len, "99"))
		return false;
	w = last_word(line, &end, &len);
	if (!is_one_of(w, len, "JanFebMarAprMayJunJulAugSepOctNovDec"))
		return false;
	w = last_word(line, &end, &len);
	return is_one_of(w, len, "SunMonTueWedThuFriSat");
}
