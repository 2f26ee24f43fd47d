/* SPDX-License-Identifier: ISC */
#include <string.h>

#include <idn2.h>

#include "base/idna.h"
#include "base/memory.h"
#include "base/text.h"

/*
 * What UTS #46 calls deviations: sharp s, final sigma, and the joiners. IDNA
 * 2003 maps them to something else, or to nothing.
 */
static const char *const deviations[] = { "\xc3\x9f", "\xe1\xba\x9e",
    "\xcf\x82", "\xe2\x80\x8c", "\xe2\x80\x8d" };

static bool
has_deviation(const char *domain)
{
	for (size_t i = 0; i < sizeof(deviations) / sizeof(deviations[0]); i++)
		if (strstr(domain, deviations[i]) != NULL)
			return true;
	return false;
}

static size_t
count(const char *s, char c)
{
	size_t n = 0;

	for (; *s != '\0'; s++)
		n += *s == c;
	return n;
}

/*
 * Has the mapping made an ASCII character that no host name has? The library
 * can be asked to see to that (IDN2_USE_STD3_ASCII_RULES), and then drops it:
 * "paypal＠evil.example" would be "paypalevil.example". Those that stand in
 * the domain as they are, such as underscores, are for the caller to judge.
 */
static bool
has_made_characters(const char *domain, const char *ascii)
{
	for (const char *p = ascii; *p != '\0'; p++)
		if (!text_is_alpha(*p) && !text_is_digit(*p) && *p != '-' &&
		    *p != '.' && count(ascii, *p) > count(domain, *p))
			return true;
	return false;
}

/* A final dot stands for the root if it was written as one. */
static bool
has_empty_label(const char *domain, const char *ascii)
{
	size_t n = strlen(ascii);

	return n == 0 || ascii[0] == '.' || strstr(ascii, "..") != NULL ||
	    (ascii[n - 1] == '.' && domain[strlen(domain) - 1] != '.');
}

int
idna_to_ascii(const char *domain, char **ascii)
{
	char *out = NULL;
	int n, result = -1;

	if (text_is_ascii(domain, strlen(domain))) {
		*ascii = memory_string(domain);
		return 0;
	}
	n = idn2_to_ascii_8z(domain, &out, IDN2_NONTRANSITIONAL);
	/* symbols, which IDNA 2003 had and registries still sell */
	if (n == IDN2_DISALLOWED && !has_deviation(domain))
		n = idn2_to_ascii_8z(domain, &out, IDN2_TRANSITIONAL);
	if (n != IDN2_OK)
		return -1;
	if (!has_made_characters(domain, out) &&
	    !has_empty_label(domain, out)) {
		*ascii = memory_string(out);
		result = 0;
	}
	idn2_free(out);
	return result;
}
