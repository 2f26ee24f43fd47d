/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "base/text.h"
#include "smtp/sasl/mechanism.h"

#define ROW(word, ...) { .name = word, __VA_ARGS__ },

const struct sasl_mechanism sasl_mechanisms[] = {
	SASL_MECHANISMS(ROW)
	{ .name = NULL }
};

/* The row of a name of n octets, in any case, or NULL. */
static const struct sasl_mechanism *
find(const char *name, size_t n)
{
	for (size_t i = 0; sasl_mechanisms[i].name != NULL; i++)
		if (text_same_word(name, n, sasl_mechanisms[i].name))
			return &sasl_mechanisms[i];
	return NULL;
}

const struct sasl_mechanism *
sasl_choice(const char *setting, size_t i)
{
	size_t n;

	if (text_same_word(setting, strlen(setting), "on"))
		return sasl_mechanisms[i].name == NULL ? NULL :
		    &sasl_mechanisms[i];
	for (;; setting += n) {
		setting += strspn(setting, " ");
		n = strcspn(setting, " ");
		if (n == 0)
			return NULL;
		if (i-- == 0)
			return find(setting, n);
	}
}

bool
sasl_needs_password(const char *setting)
{
	const struct sasl_mechanism *m;

	for (size_t i = 0; (m = sasl_choice(setting, i)) != NULL; i++)
		if (m->password)
			return true;
	return false;
}
